//! What stands around pages.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{ModeLabel, PageBody, PageHeader, Tab, Tabs};
use web::{MembersOnly, query, use_boot, use_viewer};

use crate::routes;

/// A page of its own, for members.
#[component]
pub fn MemberPage(
    /// Its heading, and the title of the window.
    title: &'static str,
    /// Where "Back" leads.
    back: &'static str,
    /// What one signs in for.
    sign_in: &'static str,
    /// What stands on it.
    children: Children,
) -> impl IntoView {
    let inside = if use_viewer().is_some() {
        view! {
            <PageBody>
                <TestMode />
                {children()}
            </PageBody>
        }
        .into_any()
    } else {
        view! { <MembersOnly title=sign_in /> }.into_any()
    };
    view! {
        <Title text=title />
        <PageHeader title back />
        {inside}
    }
    .into_any()
}

/// The pages on which an expert sets up what others see, and sees what they have before them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetupTab {
    /// What they say of themselves.
    Profile,
    /// When they work.
    Hours,
    /// What they can be asked about.
    Services,
    /// Calendars in which they are busy, and their own.
    Calendars,
    /// What they have before them.
    Diary,
}

impl SetupTab {
    const ALL: [(Self, &str, &str); 5] = [
        (Self::Profile, routes::SETUP, "Profile"),
        (Self::Hours, routes::SETUP_HOURS, "Hours"),
        (Self::Services, routes::SETUP_SERVICES, "Services"),
        (Self::Calendars, routes::SETUP_CALENDARS, "Calendars"),
        (Self::Diary, routes::DIARY, "Diary"),
    ];
}

/// What stands around them. Whoever isn't signed in is told so, with the way there and back.
#[component]
pub fn SetupFrame(
    /// Which page.
    tab: SetupTab,
    /// What stands on it.
    children: Children,
) -> impl IntoView {
    let name = SetupTab::ALL.into_iter().find(|(it, ..)| *it == tab).map_or("", |(_, _, name)| name);
    let title = if tab == SetupTab::Diary { "Diary" } else { "Be booked" };
    let inside = if use_viewer().is_some() {
        let tabs = SetupTab::ALL.map(|(it, href, label)| view! { <Tab href label current=it == tab /> }.into_any());
        view! {
            <Tabs label="As an expert">{tabs.into_iter().collect_view()}</Tabs>
            <PageBody>
                <TestMode />
                {children()}
            </PageBody>
        }
        .into_any()
    } else {
        view! { <MembersOnly title="Sign in to be booked as an expert" /> }.into_any()
    };
    let window = if tab == SetupTab::Diary { name.to_owned() } else { format!("{title}: {}", name.to_lowercase()) };
    view! {
        <Title text=window />
        <PageHeader title back=routes::EXPERTS back_label="Experts" />
        {inside}
    }
    .into_any()
}

/// Says plainly that no real money moves, where that is so.
#[component]
pub fn TestMode() -> impl IntoView {
    use_boot().test_payments.then(|| view! { <ModeLabel label="Test mode: no real money" /> })
}

/// What changes whenever a form of the page was accepted, so that the page is asked for anew.
pub fn asked() -> Memo<Option<String>> {
    query("at")
}
