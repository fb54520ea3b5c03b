//! Who.

use identity_core::AccountKind;
use leptos::prelude::*;
use ui::{AccountRow, AvatarShape, Byline};

use crate::dto::Who;

/// An account over what is its own.
pub fn byline(who: &Who) -> Byline {
    Byline {
        name: who.name.clone(),
        handle: who.handle.clone(),
        href: social_web::routes::profile(&who.handle),
        avatar: who.portrait.clone(),
        shape: shape(who.kind),
    }
}

/// The shape of an account's picture.
pub const fn shape(kind: AccountKind) -> AvatarShape {
    match kind {
        AccountKind::Person => AvatarShape::Person,
        AccountKind::Agent => AvatarShape::Agent,
        AccountKind::Organisation => AvatarShape::Organisation,
    }
}

/// An account in one line.
pub fn row(who: &Who, note: &str) -> AnyView {
    let note = Some(note.to_owned()).filter(|note| !note.is_empty());
    view! { <AccountRow account=byline(who) note /> }.into_any()
}
