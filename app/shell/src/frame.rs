//! What stands around every page: the rail, the bar on phones, and the panel beside.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use ui::{
    AppShell, AvatarShape, BottomLink, ButtonLink, ButtonSize, IconName, ModeLabel, OfflineBar, Panel, RailAccount,
    RailLink, Variant,
};
use web::{Boot, Viewer, live::Connection, use_boot, use_viewer};

/// One destination of the navigation.
#[derive(Clone)]
struct Place {
    icon: IconName,
    label: &'static str,
    href: String,
    /// Whether it stands in the bar on phones too, where there is room for six.
    in_bar: bool,
}

impl Place {
    fn new(icon: IconName, label: &'static str, href: impl Into<String>) -> Self {
        Self { icon, label, href: href.into(), in_bar: true }
    }

    /// One that other pages lead to as well.
    fn in_rail_only(self) -> Self {
        Self { in_bar: false, ..self }
    }
}

/// Where somebody can go.
fn places(viewer: Option<&Viewer>) -> Vec<Place> {
    let mut places = vec![Place::new(IconName::Home, "Home", "/"), Place::new(IconName::Globe, "Public", "/public")];
    let plans = Place::new(IconName::Store, "Plans", "/pricing");
    match viewer {
        Some(viewer) => {
            places.extend([
                Place::new(IconName::Pen, "Write", "/compose"),
                Place::new(IconName::User, "Profile", format!("/@{}", viewer.handle)),
                Place::new(IconName::Wallet, "Wallet", "/wallet"),
                plans.in_rail_only(),
                Place::new(IconName::Settings, "Settings", "/settings"),
            ]);
            if viewer.is_admin {
                places.push(Place::new(IconName::Briefcase, "Business", "/admin/billing").in_rail_only());
            }
        }
        None => places.extend([
            plans,
            Place::new(IconName::User, "Sign in", "/sign-in"),
            Place::new(IconName::Plus, "Join", "/sign-up"),
        ]),
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
        _ => &[],
    }
}

/// Whether one is at a destination, or on a page that belongs to it.
fn is_at(path: &str, href: &str) -> bool {
    let folder = format!("{path}/");
    path == href || folders(href).iter().any(|it| folder.starts_with(it))
}

/// The frame around every page.
#[component]
pub fn Frame(
    /// The page.
    children: Children,
) -> impl IntoView {
    let viewer = use_viewer();
    let path = use_location().pathname;
    let is_current = move |href: String| Signal::derive(move || path.with(|path| is_at(path, &href)));
    let in_rail = places(viewer.as_ref());
    let in_bar: Vec<Place> = in_rail.iter().filter(|place| place.in_bar).cloned().collect();
    let rail = move || {
        let links = in_rail.into_iter().map(|place| {
            let current = is_current(place.href.clone());
            view! { <RailLink icon=place.icon label=place.label href=place.href current /> }
        });
        links.collect_view()
    };
    let bottom = move || {
        let links = in_bar.into_iter().map(|place| {
            let current = is_current(place.href.clone());
            view! { <BottomLink icon=place.icon label=place.label href=place.href current /> }
        });
        links.collect_view()
    };
    let connection = web::live::use_connection();
    let cut_off = Signal::derive(move || match connection.get() {
        Connection::Waiting | Connection::Up => None,
        Connection::Lost => Some("The connection was lost. We are trying again; what you see may be out of date."),
        Connection::Refused => Some("You were signed out on this device. Sign in again to go on."),
    });
    let for_foot = viewer.clone();
    view! {
        <AppShell
            rail
            bottom
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
    let Boot { development_mailbox: mailbox, test_payments, .. } = use_boot();
    view! {
        {viewer
            .is_none()
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
        {(mailbox || test_payments)
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
                    </Panel>
                }
            })}
    }
}

#[cfg(test)]
mod tests {
    use super::is_at;

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
