//! Who: the picture of an account, and an account in one line.

use crate::text::{initials, tone};
use leptos::children::ViewFnOnce;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// People are round, agents have corners, organisations nearly square.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum AvatarShape {
    /// A person.
    #[default]
    Person,
    /// An agent.
    Agent,
    /// An organisation.
    Organisation,
}

impl AvatarShape {
    const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Agent => "agent",
            Self::Organisation => "organisation",
        }
    }
}

/// How large an avatar is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum AvatarSize {
    /// 20 pixels, in a line of text.
    Tiny,
    /// 32 pixels, in comments and rows.
    Small,
    /// 40 pixels, in the feed.
    #[default]
    Medium,
    /// 56 pixels.
    Large,
    /// 96 pixels, on a profile.
    Huge,
}

impl AvatarSize {
    const fn name(self) -> &'static str {
        match self {
            Self::Tiny => "tiny",
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
            Self::Huge => "huge",
        }
    }

    /// Its side on the page. On a sharp screen each of these is several of the screen's.
    pub const fn pixels(self) -> u32 {
        match self {
            Self::Tiny => 20,
            Self::Small => 32,
            Self::Medium => 40,
            Self::Large => 56,
            Self::Huge => 96,
        }
    }
}

/// Where the picture of an account is. It crosses the wire as it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Portrait {
    /// The address of the file for ordinary screens.
    pub src: String,
    /// The address of the file for screens with twice as many pixels, if there is a larger one.
    pub sharp: Option<String>,
}

impl From<String> for Portrait {
    /// One file for every screen.
    fn from(src: String) -> Self {
        Self { src, sharp: None }
    }
}

/// The picture of an account, or its initials. The name always stands beside it, so assistive software skips it.
#[component]
pub fn Avatar(
    /// The picture, if there is one.
    #[prop(optional_no_strip)]
    portrait: Option<Portrait>,
    /// The account's name, for the initials.
    #[prop(into)]
    name: String,
    /// How large.
    #[prop(optional)]
    size: AvatarSize,
    /// What kind of account.
    #[prop(optional)]
    shape: AvatarShape,
    /// Whether the browser may wait until it comes near.
    #[prop(optional)]
    lazy: bool,
) -> impl IntoView {
    let pixels = size.pixels();
    let tone = tone(&name);
    let inside = match portrait {
        Some(Portrait { src, sharp }) => view! {
            <img
                src=src
                srcset=sharp.map(|sharp| format!("{sharp} 2x"))
                alt=""
                width=pixels
                height=pixels
                loading=lazy.then_some("lazy")
                decoding="async"
            />
        }
        .into_any(),
        None => view! { <span>{initials(&name)}</span> }.into_any(),
    };
    view! {
        <span class="avatar" data-size=size.name() data-shape=shape.name() data-tone=tone aria-hidden="true">
            {inside}
        </span>
    }
    .into_any()
}

/// An account as it stands over what it wrote.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Byline {
    /// The display name.
    pub name: String,
    /// The handle, without `@`.
    pub handle: String,
    /// The address of the profile.
    pub href: String,
    /// The picture.
    pub avatar: Option<Portrait>,
    /// What kind of account.
    pub shape: AvatarShape,
}

impl Byline {
    /// The picture in the given size, as it stands in lists: loaded when it comes near.
    pub(crate) fn picture(&self, size: AvatarSize) -> AnyView {
        view! { <Avatar portrait=self.avatar.clone() name=self.name.clone() size shape=self.shape lazy=true /> }
            .into_any()
    }
}

/// An account in one line, leading to its profile, with one action at the end.
#[component]
pub fn AccountRow(
    /// Who.
    account: Byline,
    /// A line about them.
    #[prop(optional_no_strip)]
    note: Option<String>,
    /// Beside the name, such as a `ProvenanceMark` or `Badge`.
    #[prop(optional, into)]
    mark: Option<ViewFnOnce>,
    /// At the end, such as "Follow".
    #[prop(optional, into)]
    action: Option<ViewFnOnce>,
) -> impl IntoView {
    let picture = account.picture(AvatarSize::Medium);
    view! {
        <div class="account-row">
            {picture}
            <div class="account-names">
                <a class="account-name" href=account.href>{account.name}</a>
                <span class="account-handle">"@"{account.handle}</span>
                {mark.map(|it| view! { <span>{it.run()}</span> })}
                {note.map(|note| view! { <span class="account-note">{note}</span> })}
            </div>
            {action.map(|it| view! { <div class="account-action">{it.run()}</div> })}
        </div>
    }
    .into_any()
}

/// A list of rows, divided by lines: people, notifications, search results.
#[component]
pub fn ItemList(
    /// What the list holds, for assistive software.
    #[prop(into)]
    label: String,
    /// Rows answer to the pointer, because they lead somewhere.
    #[prop(optional)]
    hover: bool,
    /// `ItemRow`s.
    children: Children,
) -> impl IntoView {
    view! { <ul class="item-list" role="list" aria-label=label data-hover=hover>{children()}</ul> }
}

/// One row.
#[component]
pub fn ItemRow(
    /// New since the reader was here.
    #[prop(optional, into)]
    unread: Signal<bool>,
    /// What stands in it.
    children: Children,
) -> impl IntoView {
    view! { <li data-unread=move || unread.get()>{children()}</li> }
}
