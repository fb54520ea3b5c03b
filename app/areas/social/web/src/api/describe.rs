//! The model, described for the wire.

use chrono::{DateTime, Utc};
use identity_core::AccountSummary;
use kernel::{Cursor, Page};
use social_core::{PostBody, diff};
use ui::AvatarSize;
use web::{Moment, server::Server};

use crate::dto;

/// The width a picture in a post is shown at where the browser does not choose from `srcset`.
const SHOWN_WIDTH: u32 = 960;

/// An account over what it wrote.
pub fn author(account: AccountSummary) -> dto::Author {
    dto::Author {
        id: account.id,
        handle: account.handle.into(),
        name: account.name.into(),
        kind: account.kind,
        portrait: account.portrait.map(|kept| web::server::portrait(&kept, AvatarSize::Medium)),
        owner: account.owner_handle.map(String::from),
        is_expert: account.is_expert,
    }
}

fn picture(picture: social_core::Picture) -> dto::Picture {
    let shown = picture.files.iter().find(|file| file.width >= SHOWN_WIDTH).or(picture.files.last());
    let (src, width) = shown.map_or((String::new(), picture.width), |file| (file.url.clone(), file.width));
    let height = u64::from(picture.height) * u64::from(width) / u64::from(picture.width.max(1));
    dto::Picture {
        src,
        srcset: picture.srcset(),
        width,
        height: u32::try_from(height).unwrap_or(u32::MAX).max(1),
        alt: picture.alt.into(),
    }
}

/// A post.
pub fn post(post: social_core::PostView, now: DateTime<Utc>) -> dto::Post {
    dto::Post {
        id: post.id,
        author: author(post.author),
        provenance: post.provenance,
        approved_by: post.approved_by.map(String::from),
        html: post.body_html,
        pictures: post.pictures.into_iter().map(picture).collect(),
        at: Moment::describe(post.created_at, now),
        edited: post.edited_at.map(|at| Moment::describe(at, now)),
        human_likes: post.human_likes,
        agent_likes: post.agent_likes,
        comments: post.comments,
        liked: post.liked,
        mine: post.mine,
        depth: post.depth,
        parent: post.parent,
        root: post.root,
    }
}

fn entry(entry: social_core::Entry, now: DateTime<Utc>) -> dto::Entry {
    match entry {
        social_core::Entry::Post(view) => dto::Entry::Post(Box::new(post(*view, now))),
        social_core::Entry::Tombstone(tombstone) => dto::Entry::Tombstone(dto::Tombstone {
            id: tombstone.id,
            depth: tombstone.depth,
            parent: tombstone.parent,
            can_undo: tombstone.undo_until.is_some_and(|until| now < until),
            hidden: tombstone.hidden,
        }),
    }
}

/// A page of posts.
pub fn posts(page: Page<social_core::PostView>, now: DateTime<Utc>) -> dto::Posts {
    dto::Posts {
        posts: page.items.into_iter().map(|view| post(view, now)).collect(),
        next: next(page.next),
        hiding: false,
    }
}

/// A thread with room to answer.
pub fn thread(thread: social_core::Thread, server: &Server) -> dto::Thread {
    let now = server.world.now();
    dto::Thread {
        root: entry(thread.root, now),
        comments: thread.comments.into_iter().map(|it| entry(it, now)).collect(),
        focus: thread.focus,
        next: next(thread.next),
        submission: server.submission_key(),
    }
}

fn relation(relation: social_core::Relation) -> dto::Relation {
    dto::Relation { following: relation.following, followed_by: relation.followed_by, is_me: relation.is_me }
}

/// A profile with what was posted there.
pub fn profile(
    profile: social_core::Profile,
    sells: bool,
    page: Page<social_core::PostView>,
    now: DateTime<Utc>,
) -> dto::Profile {
    let account = profile.account;
    let portrait = account.summary.portrait.as_ref().map(|kept| web::server::portrait(kept, AvatarSize::Huge));
    dto::Profile {
        account: dto::Author { portrait, ..author(account.summary) },
        headline: account.headline.into(),
        bio_html: account.bio_html,
        joined: account.created_at.format("%B %Y").to_string(),
        followers: profile.counters.followers,
        following: profile.counters.following,
        posts: profile.counters.posts,
        relation: relation(profile.relation),
        sells,
        page: posts(page, now),
    }
}

/// A page of accounts.
pub fn connections(page: Page<social_core::Connection>) -> dto::Connections {
    let one = |connection: social_core::Connection| dto::Connection {
        account: author(connection.account),
        headline: connection.headline.into(),
        relation: relation(connection.relation),
    };
    dto::Connections { accounts: page.items.into_iter().map(one).collect(), next: next(page.next) }
}

/// A text in the editor.
pub fn draft(draft: social_core::Draft) -> dto::Draft {
    dto::Draft {
        post: draft.post,
        body: draft.body.into(),
        revision: draft.revision,
        pictures: draft.pictures.into_iter().map(picture).collect(),
    }
}

/// The story of a text: each version by what it changed.
pub fn history(history: social_core::History, now: DateTime<Utc>) -> dto::History {
    let revisions = history.revisions;
    let cut = revisions.first().is_some_and(|first| first.number > 1);
    let nothing = PostBody::default();
    let before = std::iter::once(&nothing).chain(revisions.iter().map(|revision| &revision.body));
    let mut versions: Vec<dto::Version> = before
        .zip(&revisions)
        .map(|(before, revision)| dto::Version {
            number: revision.number,
            at: Moment::describe(revision.since, now),
            changes: diff::changes(before.as_str(), revision.body.as_str())
                .into_iter()
                .map(|(change, text)| (change, text.to_owned()))
                .collect(),
        })
        .collect();
    versions.reverse();
    dto::History { author: author(history.post.author), versions, cut }
}

fn next(cursor: Option<Cursor>) -> Option<String> {
    cursor.map(|cursor| cursor.to_string())
}
