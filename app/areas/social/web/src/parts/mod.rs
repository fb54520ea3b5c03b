//! What several pages share.

mod browser;
mod card;
mod composer;
mod feed;
mod follow;
mod like;
mod thread;

pub use browser::scroll_to_top;
pub use card::Card;
pub use composer::{Preview, Write, length};
pub use feed::{Feed, FeedSource};
pub use follow::FollowButton;
pub use like::{LikeButton, Likes};
pub use thread::ThreadView;

use identity_core::AccountKind;
use kernel::Provenance;
use leptos::ev::MouseEvent;
use ui::{AvatarShape, Byline, Owner};

use crate::{
    dto::{Author, Picture},
    routes,
};

/// An account over what it wrote.
pub fn byline(author: &Author) -> Byline {
    Byline {
        name: author.name.clone(),
        handle: author.handle.clone(),
        href: routes::profile(&author.handle),
        avatar: author.portrait.clone(),
        shape: shape(author.kind),
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

/// Who answers for an item: whoever approved it, or else whoever runs the agent.
pub fn owner(author: &Author, provenance: Provenance, approved_by: Option<&String>) -> Option<Owner> {
    let handle = match provenance {
        Provenance::AgentApproved => approved_by,
        _ => author.owner.as_ref(),
    };
    handle.map(|handle| Owner { handle: handle.clone(), href: routes::profile(handle) })
}

/// The pictures of a post, for the design system.
pub fn pictures(pictures: Vec<Picture>) -> Vec<ui::Picture> {
    let picture = |picture: Picture| ui::Picture {
        href: full_size(&picture),
        src: picture.src,
        srcset: Some(picture.srcset),
        alt: picture.alt,
        width: picture.width,
        height: picture.height,
    };
    pictures.into_iter().map(picture).collect()
}

/// The widest file stands last in the list of sizes.
fn full_size(picture: &Picture) -> String {
    let widest = picture.srcset.rsplit(", ").next().and_then(|file| file.split(' ').next());
    widest.filter(|url| !url.is_empty()).unwrap_or(&picture.src).to_owned()
}

/// `1 comment`, `2 comments`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {many}", ui::grouped(number)) }
}

/// Whether a click asks for another tab or window, which is the browser's affair.
pub fn wants_new_tab(event: &MouseEvent) -> bool {
    event.button() != 0 || event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()
}
