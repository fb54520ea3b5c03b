//! One function per use case. What changes something takes the caller's transaction, the context with its actor, and a
//! command; the caller commits. What only reads takes the pool and the viewer (nobody, for a visitor).

mod attachment;
mod choice;
mod conversation;
mod delete;
mod edit;
mod feed;
mod follow;
mod like;
mod profile;
mod publish;
mod search;
mod thread;

pub use attachment::{
    Upload, UploadContent, attach, attached_texts, attachment_file, attachments, keep_upload, sweep_uploads,
};
pub use choice::{agents_shown, hidden_among, hiding_among, show_agents};
pub use conversation::{
    begin_answer, begin_conversation, branch, conversation, conversations, delete_conversation, end_answer, is_member,
    rename_conversation, say, show_branch, write_answer,
};
pub use delete::{delete_post, restore_post};
pub use edit::{edit_post, raw_for_edit, revisions};
pub use feed::{Feed, home_feed, newer_than, profile_feed, public_feed, public_feed_sql};
pub use follow::set_follow;
pub use like::set_like;
pub use profile::{followers, following, know_each_other, profile};
pub use publish::{publish_comment, publish_post};
pub use search::search;
pub use thread::{post, said_of_late, thread, written};

use kernel::{Cursor, CursorError, Id, Kind};
use uuid::Uuid;

/// Where a list that goes from young to old begins: before everything, or after the last item of the page before.
fn beginning<K: Kind>(after: Option<&Cursor>) -> Result<Id<K>, CursorError> {
    after.map_or(Ok(Id::from_uuid(Uuid::max())), Cursor::id)
}
