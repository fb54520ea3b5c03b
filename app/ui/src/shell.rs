//! The frame around every page.

use crate::{AvatarSize, Byline, Count, Icon, IconName, Menu};
use leptos::children::ViewFnOnce;
use leptos::html::Span;
use leptos::prelude::*;

/// The frame of the app: rail on the left, content, context panel on the right, bottom bar on phones.
///
/// Which of them are seen is decided by the width of the window alone, so the server and every browser render the same.
#[component]
pub fn AppShell(
    /// The main areas, as `RailLink`s.
    #[prop(into)]
    rail: ViewFnOnce,
    /// Under the areas: a `RailAction`.
    #[prop(optional, into)]
    rail_action: Option<ViewFnOnce>,
    /// At the foot of the rail: `ThemeSwitch` (compact), `RailAccount`.
    #[prop(optional, into)]
    rail_foot: Option<ViewFnOnce>,
    /// The context panel: `Panel`s shown where there is room for them, so nothing may stand only here.
    #[prop(optional, into)]
    aside: Option<ViewFnOnce>,
    /// The five main areas on a phone, as `BottomLink`s.
    #[prop(into)]
    bottom: ViewFnOnce,
    /// Above everything: `OfflineBar`, and a `ModeLabel` where the whole app needs one.
    #[prop(optional, into)]
    banner: Option<ViewFnOnce>,
    /// Dashboards take the full width and have no context panel.
    #[prop(optional, into)]
    wide: Signal<bool>,
    /// Where the name in the rail leads.
    #[prop(default = "/".to_owned(), into)]
    home: String,
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="skip-link" href="#content" rel="external">"Skip to the content"</a>
        {banner.map(|it| view! { <div class="app-banner">{it.run()}</div> })}
        <div class="app-shell" data-wide=move || wide.get()>
            <header class="rail">
                <div class="rail-inner">
                    <Brand href=home />
                    <nav class="rail-nav" aria-label="Main">{rail.run()}</nav>
                    {rail_action.map(|it| view! { <div class="rail-action">{it.run()}</div> })}
                    {rail_foot.map(|it| view! { <div class="rail-foot">{it.run()}</div> })}
                </div>
            </header>
            <main class="app-main" id="content" tabindex="-1">
                <div class="app-content">{children()}</div>
            </main>
            {aside.map(|it| view! {
                <aside class="context-panel" aria-label="Beside this page">
                    <div class="context-inner">{it.run()}</div>
                </aside>
            })}
            <BottomBar>{bottom.run()}</BottomBar>
        </div>
    }
    .into_any()
}

/// The frame of pages outside the app: landing, signing in, legal texts.
#[component]
pub fn SiteShell(
    /// On the right of the header: usually "Sign in" and "Create account".
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// On the left of the foot: one short line.
    #[prop(optional, into)]
    note: Option<ViewFnOnce>,
    /// On the right of the foot: links.
    #[prop(optional, into)]
    links: Option<ViewFnOnce>,
    /// Above everything: `OfflineBar`.
    #[prop(optional, into)]
    banner: Option<ViewFnOnce>,
    /// The page.
    children: Children,
) -> impl IntoView {
    let foot = note.is_some() || links.is_some();
    view! {
        <a class="skip-link" href="#content" rel="external">"Skip to the content"</a>
        {banner.map(|it| view! { <div class="app-banner">{it.run()}</div> })}
        <div class="site-shell">
            <header class="site-header">
                <Brand href="/" />
                {actions.map(|it| view! { <div class="site-nav">{it.run()}</div> })}
            </header>
            <main class="site-main" id="content" tabindex="-1">{children()}</main>
            {foot.then(|| view! {
                <footer class="site-footer">
                    <div>{note.map(ViewFnOnce::run)}</div>
                    {links.map(|it| view! { <nav aria-label="About this site">{it.run()}</nav> })}
                </footer>
            })}
        </div>
    }
    .into_any()
}

/// The mark and the name, leading home.
#[component]
pub fn Brand(
    /// Where it leads.
    #[prop(into)]
    href: String,
) -> impl IntoView {
    view! {
        <a class="brand" href=href aria-label="Magentic, home">
            <img class="brand-mark" src="/favicon.svg" alt="" width="28" height="28" />
            <span class="brand-word">"Magentic"</span>
        </a>
    }
}

/// One area in the rail.
#[component]
pub fn RailLink(
    /// The area's picture.
    icon: IconName,
    /// Its name; at medium width it is heard and shown on hover only.
    #[prop(into)]
    label: String,
    /// Where it leads.
    #[prop(into)]
    href: Signal<String>,
    /// Whether the reader is there.
    #[prop(optional, into)]
    current: Signal<bool>,
    /// How much is new there.
    #[prop(optional, into)]
    count: Signal<u64>,
) -> impl IntoView {
    let title = label.clone();
    view! {
        <a class="rail-link" href=move || href.get() title=title aria-current=move || current.get().then_some("page")>
            <span class="link-icon"><Icon name=icon /></span>
            <span class="rail-label">{label}</span>
            <LinkCount count />
        </a>
    }
    .into_any()
}

/// The one main action in the rail, usually "Post". At medium width only its picture is seen.
#[component]
pub fn RailAction(
    /// The action's picture.
    icon: IconName,
    /// Its words.
    #[prop(into)]
    label: String,
    /// Where it leads.
    #[prop(into)]
    href: String,
) -> impl IntoView {
    let title = label.clone();
    view! {
        <a class="button" data-variant="primary" data-size="medium" data-wide="" href=href title=title>
            <Icon name=icon />
            <span class="rail-label">{label}</span>
        </a>
    }
    .into_any()
}

/// Whose account this is, at the foot of the rail. At medium width only the picture is seen.
#[component]
pub fn RailAccount(
    /// Who.
    account: Byline,
) -> impl IntoView {
    let picture = account.picture(AvatarSize::Small);
    view! {
        <div class="account-row">
            {picture}
            <div class="account-names rail-label">
                <a class="account-name" href=account.href>{account.name}</a>
                <span class="account-handle">"@"{account.handle}</span>
            </div>
        </div>
    }
    .into_any()
}

/// The bar at the foot of a phone. `AppShell` places it; it stands here for pages that need another one.
#[component]
pub fn BottomBar(
    /// Five `BottomLink`s, and `BottomMore`.
    children: Children,
) -> impl IntoView {
    view! { <nav class="bottom-bar" aria-label="Main">{children()}</nav> }
}

/// One area in the bottom bar.
#[component]
pub fn BottomLink(
    /// The area's picture.
    icon: IconName,
    /// Its name, one short word.
    #[prop(into)]
    label: String,
    /// Where it leads.
    #[prop(into)]
    href: Signal<String>,
    /// Whether the reader is there.
    #[prop(optional, into)]
    current: Signal<bool>,
    /// How much is new there.
    #[prop(optional, into)]
    count: Signal<u64>,
) -> impl IntoView {
    view! {
        <a class="bottom-link" href=move || href.get() aria-current=move || current.get().then_some("page")>
            <span class="link-icon"><Icon name=icon /><LinkCount count /></span>
            <span>{label}</span>
        </a>
    }
    .into_any()
}

/// The rest of the areas, behind the last place of the bottom bar.
#[component]
pub fn BottomMore(
    /// `MenuLink`s.
    children: Children,
) -> impl IntoView {
    let trigger = || {
        view! {
            <span class="link-icon"><Icon name=IconName::More /></span>
            <span>"More"</span>
        }
    };
    view! { <Menu label="More" up=true trigger>{children()}</Menu> }
}

/// How much is new. Shown once the browser has taken this very place over, and not before: the page is taken over in stretches,
/// and a number that came in between would not be what the server made.
#[component]
fn LinkCount(count: Signal<u64>) -> impl IntoView {
    let (place, shown) = (NodeRef::<Span>::new(), RwSignal::new(0));
    Effect::new(move |_| {
        if place.get().is_some() {
            shown.set(count.get());
        }
    });
    let number = move || {
        let value = shown.get();
        (value > 0).then(|| {
            view! {
                <span class="link-count">
                    <span class="visually-hidden">"New: "</span>
                    <Count value />
                </span>
            }
        })
    };
    view! { <span class="link-count-place" node_ref=place>{number}</span> }
}

/// The head of a page, which stays in sight: its title, the way back, and what one can do here.
#[component]
pub fn PageHeader(
    /// The page's only `h1`.
    #[prop(into)]
    title: Signal<String>,
    /// One quiet line under it.
    #[prop(optional, into)]
    note: Option<Signal<String>>,
    /// Where "Back" leads.
    #[prop(optional, into)]
    back: Option<String>,
    /// What "Back" is called.
    #[prop(default = "Back".to_owned(), into)]
    back_label: String,
    /// Buttons on the right.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
) -> impl IntoView {
    view! {
        <header class="page-header">
            {back.map(|href| view! {
                <a class="icon-button" href=href aria-label=back_label><Icon name=IconName::Back /></a>
            })}
            <div class="page-heading">
                <h1>{move || title.get()}</h1>
                {note.map(|note| view! { <p>{move || note.get()}</p> })}
            </div>
            {actions.map(|it| view! { <div class="page-actions">{it.run()}</div> })}
        </header>
    }
    .into_any()
}

/// The inside of a page that is not a list over the full width: margins, and room between its parts.
#[component]
pub fn PageBody(
    /// `Card`s, `Section`s, forms.
    children: Children,
) -> impl IntoView {
    view! { <div class="page-body">{children()}</div> }
}

/// A part of a page under its own heading, without a box.
#[component]
pub fn Section(
    /// The heading.
    #[prop(into)]
    title: String,
    /// What stands under it.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="page-section">
            <h2>{title}</h2>
            {children()}
        </section>
    }
}

/// One subject in a box.
#[component]
pub fn Card(
    /// Its heading.
    #[prop(optional, into)]
    title: Option<String>,
    /// One or two lines under the heading.
    #[prop(optional, into)]
    note: Option<String>,
    /// On the right of the heading.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// The content reaches the edges, as a table does.
    #[prop(optional)]
    flush: bool,
    /// What the card holds.
    children: Children,
) -> impl IntoView {
    boxed("card", title, note, actions, flush, children)
}

/// A soft box in the context panel.
#[component]
pub fn Panel(
    /// Its heading.
    #[prop(optional, into)]
    title: Option<String>,
    /// One or two lines under the heading.
    #[prop(optional, into)]
    note: Option<String>,
    /// On the right of the heading.
    #[prop(optional, into)]
    actions: Option<ViewFnOnce>,
    /// What the panel holds.
    children: Children,
) -> impl IntoView {
    boxed("panel", title, note, actions, false, children)
}

fn boxed(
    class: &'static str,
    title: Option<String>,
    note: Option<String>,
    actions: Option<ViewFnOnce>,
    flush: bool,
    children: Children,
) -> AnyView {
    let head = title.is_some() || actions.is_some() || note.is_some();
    view! {
        <section class=class>
            {head.then(|| view! {
                <header class="card-head">
                    {title.map(|title| view! { <h2>{title}</h2> })}
                    {actions.map(|it| view! { <div class="button-row">{it.run()}</div> })}
                    {note.map(|note| view! { <p>{note}</p> })}
                </header>
            })}
            <div class="card-body" data-flush=flush>{children()}</div>
        </section>
    }
    .into_any()
}
