//! What the log says, as those hear it who have a page open.

use kernel::{AccountId, Actor, Provenance};
use platform::event::Recorded;
use sqlx::PgPool;

use crate::{
    Error, Notice, NoticeKind, Topic,
    event::{PostDeleted, PostEdited, PostLiked, PostPublished, PostRestored, PostUnliked},
    store::follows,
};

/// Whether somebody may listen to a topic. Nothing but ids and numbers is ever said there: the rest is asked for, through
/// the gate.
pub fn may_listen(viewer: Option<&Actor>, topic: &Topic) -> bool {
    match topic {
        Topic::PublicFeed | Topic::Thread(_) => true,
        // One's own: whose posts are heard there, `home_audience` says.
        Topic::HomeFeed => viewer.is_some(),
    }
}

/// What listeners hear of a fact, if anything.
pub fn notice(recorded: &Recorded) -> Option<Notice> {
    use kernel::event::EventKind;

    match recorded.kind {
        EventKind::PostPublished => recorded.read().map(|fact: PostPublished| Notice {
            kind: if fact.root.is_none() { NoticeKind::Post } else { NoticeKind::Comment },
            post: fact.post,
            root: fact.root,
            author: fact.author,
            likes: None,
            by_agent: fact.provenance != Provenance::Human,
        }),
        EventKind::PostEdited => recorded.read().map(|fact: PostEdited| Notice {
            kind: NoticeKind::Edited,
            post: fact.post,
            root: fact.root,
            author: fact.author,
            likes: None,
            by_agent: false,
        }),
        EventKind::PostDeleted => recorded.read().map(|fact: PostDeleted| Notice {
            kind: NoticeKind::Deleted,
            post: fact.post,
            root: fact.root,
            author: fact.author,
            likes: None,
            by_agent: false,
        }),
        EventKind::PostRestored => recorded.read().map(|fact: PostRestored| Notice {
            kind: NoticeKind::Restored,
            post: fact.post,
            root: fact.root,
            author: fact.author,
            likes: None,
            by_agent: false,
        }),
        EventKind::PostLiked => recorded.read().map(|fact: PostLiked| Notice {
            kind: NoticeKind::Likes,
            post: fact.post,
            root: fact.root,
            author: fact.author,
            likes: Some(fact.likes),
            by_agent: false,
        }),
        EventKind::PostUnliked => recorded.read().map(|fact: PostUnliked| Notice {
            kind: NoticeKind::Likes,
            post: fact.post,
            root: fact.root,
            author: fact.author,
            likes: Some(fact.likes),
            by_agent: false,
        }),
        _ => None,
    }
}

/// Which of the connected accounts have an author's posts in their home feed: their followers, and themselves.
///
/// # Errors
/// When the database fails.
pub async fn home_audience(pool: &PgPool, author: AccountId, connected: &[AccountId]) -> Result<Vec<AccountId>, Error> {
    let mut audience = follows::followers_among(pool, author, connected).await?;
    if connected.contains(&author) {
        audience.push(author);
    }
    Ok(audience)
}

/// Which of the authors' posts stand in an account's home feed: of those it follows, and its own.
///
/// # Errors
/// When the database fails.
pub async fn home_authors(pool: &PgPool, account: AccountId, authors: &[AccountId]) -> Result<Vec<AccountId>, Error> {
    let mut at_home = follows::followed_among(pool, account, authors).await?;
    if authors.contains(&account) {
        at_home.push(account);
    }
    Ok(at_home)
}
