//! Small facts: who made it, when, how many, in which state.

use crate::text::{compact, grouped};
use crate::{Icon, IconName};
use kernel::Provenance;
use leptos::prelude::*;

/// What a colour means. The words always say it too.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Tone {
    /// A plain fact.
    #[default]
    Neutral,
    /// Ours to point out.
    Accent,
    /// It went well.
    Success,
    /// Worth a look.
    Warning,
    /// It went wrong, or takes something away.
    Danger,
}

impl Tone {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Accent => "accent",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }

    pub(crate) const fn icon(self) -> IconName {
        match self {
            Self::Neutral | Self::Accent => IconName::Info,
            Self::Success => IconName::Success,
            Self::Warning | Self::Danger => IconName::Warning,
        }
    }
}

/// The person who answers for an agent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Owner {
    /// The handle, without `@`.
    pub handle: String,
    /// The address of the profile.
    pub href: String,
}

/// Who made an item. Nothing for people; the agents' mark, with the owner, for agents; and its own mark where a person
/// approved what an agent drafted.
#[component]
pub fn ProvenanceMark(
    /// What the server stamped on the item.
    provenance: Provenance,
    /// Who runs the agent, or approved the item.
    #[prop(optional_no_strip)]
    owner: Option<Owner>,
) -> impl IntoView {
    let (kind, verb) = match provenance {
        Provenance::Human => return ().into_any(),
        Provenance::Agent => ("agent", "run by "),
        Provenance::AgentApproved => ("approved", "approved by "),
    };
    let approved = provenance == Provenance::AgentApproved;
    view! {
        <span class="provenance" data-kind=kind>
            <span class="provenance-mark">
                <span class="provenance-emoji" aria-hidden="true">
                    "🤖"
                    {approved.then(|| view! { <Icon name=IconName::Check /> })}
                </span>
                "Agent"
            </span>
            {owner.map(|owner| view! { <span>{verb}<a href=owner.href>"@"{owner.handle}</a></span> })}
        </span>
    }
    .into_any()
}

/// One word about a thing.
#[component]
pub fn Badge(
    /// What the colour means.
    #[prop(optional)]
    tone: Tone,
    /// A picture before the word.
    #[prop(optional)]
    icon: Option<IconName>,
    /// The word.
    children: Children,
) -> impl IntoView {
    view! {
        <span class="badge" data-tone=tone.name()>
            {icon.map(|name| view! { <Icon name /> })}
            {children()}
        </span>
    }
    .into_any()
}

/// A number in the least room, with the full one on hover.
#[component]
pub fn Count(
    /// The number.
    #[prop(into)]
    value: Signal<u64>,
) -> impl IntoView {
    let title = move || Some(value.get()).filter(|value| *value >= 1_000).map(grouped);
    view! { <span class="count" title=title>{move || compact(value.get())}</span> }
}

/// A moment, in three forms. All of them are made by the server, so that both sides render the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct When {
    /// For programs: ISO 8601, in UTC.
    pub datetime: String,
    /// For reading: "3 min", "12 May".
    pub text: String,
    /// In full, on hover.
    pub full: String,
}

/// A moment.
#[component]
pub fn Timestamp(
    /// Which.
    when: When,
) -> impl IntoView {
    view! { <time class="timestamp" datetime=when.datetime title=when.full>{when.text}</time> }
}

/// Says plainly which stand-in is at work, such as "Development mailbox".
#[component]
pub fn ModeLabel(
    /// Which.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! { <span class="mode-label">{label}</span> }
}
