//! What stands around every page of the settings.

use leptos::prelude::*;
use leptos_meta::Title;
use ui::{PageBody, PageHeader, Tab, Tabs};
use web::{MembersOnly, use_viewer};

/// The pages of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsTab {
    /// Name, bio, portrait.
    Profile,
    /// Where one is signed in.
    Devices,
    /// Which agents are shown.
    Agents,
    /// What agents remember of somebody.
    Memories,
    /// What somebody lets themselves spend by use.
    Spending,
    /// Light and dark.
    Appearance,
}

impl SettingsTab {
    const ALL: [Self; 6] =
        [Self::Profile, Self::Devices, Self::Agents, Self::Memories, Self::Spending, Self::Appearance];

    const fn label(self) -> &'static str {
        match self {
            Self::Profile => "Profile",
            Self::Devices => "Devices",
            Self::Agents => "Agents",
            Self::Memories => "Memories",
            Self::Spending => "Spending",
            Self::Appearance => "Appearance",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Profile => "/settings",
            Self::Devices => "/settings/devices",
            Self::Agents => "/settings/agents",
            Self::Memories => "/settings/memories",
            Self::Spending => "/settings/spending",
            Self::Appearance => "/settings/appearance",
        }
    }

    /// Whether it concerns an account, and not only this browser.
    const fn needs_account(self) -> bool {
        !matches!(self, Self::Appearance)
    }
}

/// A page of the settings. Whoever isn't signed in is told so, with the way there and back.
#[component]
pub fn SettingsFrame(
    /// Which page.
    tab: SettingsTab,
    /// What stands on it.
    children: Children,
) -> impl IntoView {
    let signed_in = use_viewer().is_some();
    let tabs =
        SettingsTab::ALL.map(|it| view! { <Tab href=it.path() label=it.label() current=it == tab /> }.into_any());
    let inside = if signed_in || !tab.needs_account() {
        view! { <PageBody>{children()}</PageBody> }.into_any()
    } else {
        view! { <MembersOnly title="Sign in to see your settings" /> }.into_any()
    };
    view! {
        <Title text=tab.label() />
        <PageHeader title="Settings" />
        <Tabs label="Settings">{tabs.into_iter().collect_view()}</Tabs>
        {inside}
    }
    .into_any()
}
