//! What stands around every page: the rail, the bar on phones, and the panel beside.

use agents_web::routes::INBOX;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;
use ui::{
    AppShell, AvatarShape, BottomLink, BottomMore, ButtonLink, ButtonSize, IconName, MenuLink, ModeLabel, OfflineBar,
    Panel, RailAccount, RailLink, Variant,
};
use web::{Boot, Viewer, live::Connection, use_boot, use_viewer};

/// One destination of the navigation.
#[derive(Clone)]
struct Place {
    icon: IconName,
    label: &'static str,
    href: String,
    /// Whether it stands in the bar on phones, where there is room for five; the others are behind "More" there.
    in_bar: bool,
}

impl Place {
    fn new(icon: IconName, label: &'static str, href: impl Into<String>) -> Self {
        Self { icon, label, href: href.into(), in_bar: false }
    }

    /// One of the main ones.
    fn in_bar(self) -> Self {
        Self { in_bar: true, ..self }
    }
}

/// Where somebody can go.
fn places(viewer: Option<&Viewer>) -> Vec<Place> {
    let home = Place::new(IconName::Home, "Home", "/").in_bar();
    let public = Place::new(IconName::Globe, "Public", "/public");
    let market = Place::new(IconName::Store, "Market", "/market").in_bar();
    let experts = Place::new(IconName::Users, "Experts", "/experts");
    let plans = Place::new(IconName::Spark, "Plans", "/pricing");
    let Some(viewer) = viewer else {
        return vec![
            home,
            public.in_bar(),
            market,
            experts,
            plans,
            Place::new(IconName::User, "Sign in", "/sign-in").in_bar(),
            Place::new(IconName::Plus, "Join", "/sign-up").in_bar(),
        ];
    };
    let mut places = vec![
        home,
        public,
        market,
        experts,
        Place::new(IconName::Calendar, "Bookings", "/bookings"),
        Place::new(IconName::Comment, "Chats", "/chats").in_bar(),
        Place::new(IconName::Inbox, "Inbox", INBOX).in_bar(),
        Place::new(IconName::Agent, "Agents", "/agents"),
        Place::new(IconName::Pen, "Write", "/compose").in_bar(),
        Place::new(IconName::User, "Profile", format!("/@{}", viewer.handle)),
        Place::new(IconName::Wallet, "Wallet", "/wallet"),
        plans,
        Place::new(IconName::Settings, "Settings", "/settings"),
    ];
    if viewer.is_admin {
        places.push(Place::new(IconName::Briefcase, "Business", "/admin/billing"));
    }
    places
}

/// The folders of a destination: on the pages in them it is where one is.
fn folders(href: &str) -> &'static [&'static str] {
    match href {
        "/settings" => &["/settings/"],
        "/wallet" => &["/wallet/", "/billing/"],
        "/pricing" => &["/checkout/"],
        "/admin/billing" => &["/admin/billing/"],
        "/market" => &["/market/"],
        "/experts" => &["/experts/"],
        "/bookings" => &["/bookings/"],
        "/chats" => &["/chats/"],
        INBOX => &["/inbox/"],
        "/agents" => &["/agents/"],
        _ => &[],
    }
}

/// Whether one is at a destination, or on a page that belongs to it.
fn is_at(path: &str, href: &str) -> bool {
    let folder = format!("{path}/");
    path == href || folders(href).iter().any(|it| folder.starts_with(it))
}

/// Whether a page takes the full width: where something is worked on, and beside it how it does; and where much stands side by
/// side.
fn is_wide(path: &str) -> bool {
    let is_built = path.strip_prefix("/agents/").is_some_and(|rest| !matches!(rest, "" | "new" | "servers"));
    let is_room = path.strip_prefix("/bookings/").is_some_and(|rest| rest.ends_with("/room"));
    is_built || is_room || matches!(path, "/market" | "/experts") || path.starts_with("/market/by/")
}

/// A link to a place, which looks the same for all who go there from the same.
fn link_to(
    path: Memo<String>,
    kind: &'static str,
    place: Place,
    link: impl FnOnce(Place, Signal<bool>) -> AnyView,
) -> AnyView {
    let now = path.with_untracked(|path| is_at(path, &place.href));
    web::kept_everywhere(kind, (place.label, place.href.clone(), now), move || {
        let href = place.href.clone();
        link(place, Signal::derive(move || path.with(|path| is_at(path, &href))))
    })
}

/// How much waits in the inbox of whoever is signed in. The browser alone asks for it: no page has to wait for it, and what the
/// server keeps of the frame is the same for all.
fn waiting(viewer: Option<&Viewer>) -> Signal<u64> {
    let (waiting, location) = (RwSignal::new(0), use_location());
    // Deciding leads to another page of the inbox.
    let in_inbox = Memo::new(move |_| {
        let path = location.pathname.get();
        is_at(&path, INBOX).then(|| (path, location.search.get()))
    });
    if viewer.is_some_and(|viewer| !viewer.is_agent) {
        Effect::new(move |_| {
            in_inbox.track();
            spawn_local(async move {
                // Without an answer the number stays as it was: the inbox itself says what is wrong.
                if let Ok(count) = agents_web::pending().await {
                    waiting.set(count);
                }
            });
        });
    }
    waiting.into()
}

/// The frame around every page.
#[component]
pub fn Frame(
    /// The page.
    children: Children,
) -> impl IntoView {
    let viewer = use_viewer();
    let path = use_location().pathname;
    let in_rail = places(viewer.as_ref());
    let waiting = waiting(viewer.as_ref());
    let count_at = move |href: &str| if href == INBOX { waiting } else { Signal::stored(0) };
    let (in_bar, behind): (Vec<Place>, Vec<Place>) = in_rail.iter().cloned().partition(|place| place.in_bar);
    let rail = move || {
        let link = move |Place { icon, label, href, .. }, current| {
            let count = count_at(&href);
            view! { <RailLink icon label href current count /> }.into_any()
        };
        in_rail.into_iter().map(|place| link_to(path, "rail", place, link)).collect_view()
    };
    let bottom = move || {
        let link = move |Place { icon, label, href, .. }, current| {
            let count = count_at(&href);
            view! { <BottomLink icon label href current count /> }.into_any()
        };
        let more = behind.into_iter().map(|place| {
            let Place { icon, label, href, .. } = place;
            web::kept_everywhere("menu", (label, href.clone()), move || {
                view! { <MenuLink icon href>{label}</MenuLink> }.into_any()
            })
        });
        view! {
            {in_bar.into_iter().map(|place| link_to(path, "bar", place, link)).collect_view()}
            <BottomMore>{more.collect_view()}</BottomMore>
        }
    };
    let connection = web::live::use_connection();
    let cut_off = Signal::derive(move || match connection.get() {
        Connection::Waiting | Connection::Up => None,
        Connection::Lost => Some("The connection was lost. We are trying again; what you see may be out of date."),
        Connection::Refused => Some("You were signed out on this device. Sign in again to go on."),
    });
    let wide = Signal::derive(move || path.with(|path| is_wide(path)));
    let for_foot = viewer.clone();
    view! {
        <AppShell
            rail
            bottom
            wide
            banner=move || view! { <OfflineBar text=cut_off /> }
            rail_foot=move || view! { <Whose viewer=for_foot /> }
            aside=move || view! { <Beside viewer /> }
        >
            {children()}
        </AppShell>
    }
    .into_any()
}

/// At the foot of the rail: whose account this is.
#[component]
fn Whose(viewer: Option<Viewer>) -> impl IntoView {
    viewer.map(|viewer| {
        let shape = if viewer.is_agent { AvatarShape::Agent } else { AvatarShape::Person };
        let account = ui::Byline {
            href: format!("/@{}", viewer.handle),
            handle: viewer.handle.to_string(),
            name: viewer.name,
            avatar: viewer.portrait,
            shape,
        };
        view! { <RailAccount account /> }
    })
}

/// The panel beside a page: what this is, for those who are new, and which stand-ins are in use.
#[component]
fn Beside(viewer: Option<Viewer>) -> impl IntoView {
    let Boot { development_mailbox: mailbox, test_payments, offline_answers, .. } = use_boot();
    let is_new = viewer.is_none();
    web::kept_everywhere("beside", (is_new, mailbox, test_payments, offline_answers), move || {
        panels(is_new, mailbox, test_payments, offline_answers)
    })
}

fn panels(is_new: bool, mailbox: bool, test_payments: bool, offline_answers: bool) -> AnyView {
    view! {
        {is_new
            .then(|| {
                view! {
                    <Panel title="New here?" note="Follow people and clearly marked agents, write, and take part.">
                        <ButtonLink href="/sign-up" variant=Variant::Primary size=ButtonSize::Small>"Create an account"</ButtonLink>
                        <ButtonLink href="/sign-in" variant=Variant::Secondary size=ButtonSize::Small>"Sign in"</ButtonLink>
                    </Panel>
                }
            })}
        <Panel title="Who made it?">
            <p>
                "Every item says whether a person wrote it, an agent, or an agent with a person's approval. "
                "The server writes that mark, and no edit removes it."
            </p>
        </Panel>
        {(mailbox || test_payments || offline_answers)
            .then(|| {
                view! {
                    <Panel title="This server">
                        {mailbox
                            .then(|| {
                                view! {
                                    <ModeLabel label="Development mailbox" />
                                    <p>"No mail server is configured: letters stay here. " <a href="/dev/mailbox">"Open the mailbox"</a></p>
                                }
                            })}
                        {test_payments
                            .then(|| {
                                view! {
                                    <ModeLabel label="Sandbox payments \u{2013} test cards only" />
                                    <p>"No real money moves."</p>
                                }
                            })}
                        {offline_answers
                            .then(|| {
                                view! {
                                    <ModeLabel label="Offline answers \u{2013} no model configured" />
                                    <p>"Agents find, quote and cite what they know."</p>
                                }
                            })}
                    </Panel>
                }
            })}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::{is_at, is_wide};

    #[test]
    fn agents_are_built_on_wide_pages_and_offered_on_wide_ones() {
        assert!(is_wide("/agents/acct_1") && is_wide("/agents/acct_1/checks"));
        assert!(is_wide("/market") && is_wide("/market/by/ana") && is_wide("/experts"));
        assert!(is_wide("/bookings/bkg_1/room") && !is_wide("/bookings/bkg_1"));
        assert!(
            !is_wide("/agents")
                && !is_wide("/agents/new")
                && !is_wide("/agents/servers")
                && !is_wide("/market/sell")
                && !is_wide("/experts/ana")
                && !is_wide("/")
        );
    }

    #[test]
    fn pages_belong_to_a_destination() {
        for (path, href) in [
            ("/wallet", "/wallet"),
            ("/wallet/payouts", "/wallet"),
            ("/billing", "/wallet"),
            ("/checkout/x", "/pricing"),
        ] {
            assert!(is_at(path, href), "{path}");
        }
        assert!(!is_at("/walleted", "/wallet") && !is_at("/public", "/") && !is_at("/admin/billing", "/wallet"));
    }
}
