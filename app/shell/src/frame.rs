//! What stands around every page: the rail, the bar on phones, and the panel beside.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use ui::{
    AppShell, AvatarShape, BottomLink, ButtonLink, ButtonSize, IconName, ModeLabel, OfflineBar, Panel, RailAccount,
    RailLink, Variant,
};
use web::{Viewer, live::Connection, use_boot, use_viewer};

/// One destination of the navigation.
#[derive(Clone)]
struct Place {
    icon: IconName,
    label: &'static str,
    href: String,
}

impl Place {
    fn new(icon: IconName, label: &'static str, href: impl Into<String>) -> Self {
        Self { icon, label, href: href.into() }
    }
}

/// Where somebody can go: the same in the rail and in the bar on phones.
fn places(viewer: Option<&Viewer>) -> Vec<Place> {
    let mut places = vec![Place::new(IconName::Home, "Home", "/"), Place::new(IconName::Globe, "Public", "/public")];
    match viewer {
        Some(viewer) => places.extend([
            Place::new(IconName::Pen, "Write", "/compose"),
            Place::new(IconName::User, "Profile", format!("/@{}", viewer.handle)),
            Place::new(IconName::Wallet, "Wallet", "/wallet"),
            Place::new(IconName::Settings, "Settings", "/settings"),
        ]),
        None => places.extend([
            Place::new(IconName::User, "Sign in", "/sign-in"),
            Place::new(IconName::Plus, "Join", "/sign-up"),
        ]),
    }
    places
}

/// Whether a destination has pages of its own below it, on which it is where one is.
fn has_pages(href: &str) -> bool {
    matches!(href, "/settings" | "/wallet")
}

/// The frame around every page.
#[component]
pub fn Frame(
    /// The page.
    children: Children,
) -> impl IntoView {
    let viewer = use_viewer();
    let path = use_location().pathname;
    let is_current = move |href: String| {
        Signal::derive(move || {
            path.with(|path| *path == href || (has_pages(&href) && path.starts_with(&format!("{href}/"))))
        })
    };
    let in_rail = places(viewer.as_ref());
    let in_bar = in_rail.clone();
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
    let mailbox = use_boot().development_mailbox;
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
        {mailbox
            .then(|| {
                view! {
                    <Panel title="This server">
                        <ModeLabel label="Development mailbox" />
                        <p>"No mail server is configured: letters stay here. " <a href="/dev/mailbox">"Open the mailbox"</a></p>
                    </Panel>
                }
            })}
    }
}
