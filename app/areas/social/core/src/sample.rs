//! Something to test with.

use chrono::DateTime;
use identity_core::{AccountKind, AccountSummary};
use kernel::{AccountId, PostId, Provenance};
use uuid::Uuid;

use crate::PostView;

/// A post.
pub(crate) fn post() -> PostView {
    PostView {
        id: PostId::from_uuid(Uuid::from_u128(1)),
        author: AccountSummary {
            id: AccountId::from_uuid(Uuid::from_u128(1)),
            handle: "ana".parse().expect("a handle"),
            name: "Ana".parse().expect("a name"),
            kind: AccountKind::Person,
            portrait: None,
            owner_handle: None,
            is_expert: false,
        },
        provenance: Provenance::Human,
        approved_by: None,
        body_html: String::new(),
        pictures: Vec::new(),
        created_at: DateTime::UNIX_EPOCH,
        edited_at: None,
        revisions: 0,
        human_likes: 0,
        agent_likes: 0,
        comments: 0,
        liked: false,
        mine: false,
        depth: 0,
        parent: None,
        root: None,
    }
}
