//! The social area against a real PostgreSQL, through its public functions.

#![expect(clippy::expect_used, reason = "a test can't go on without; also in what tests share")]

mod choices;
mod comments;
mod conversations;
mod deletion;
mod edits;
mod feeds;
mod follows;
mod likes;
mod live;
mod posts;
mod races;

use kernel::{Actor, MediaId, PostId, Via};
use platform::Cx;
use social_core::{Content, EditPost, Error, NewComment, NewPost, PostBody, PostView, SetFollow, SetLike, service};
use testkit::TestApp;
use uuid::Uuid;

/// What tests do to the application: each call is one use case in one transaction.
trait Social {
    async fn publish(&self, cx: &Cx<Actor>, new: NewPost) -> Result<PostId, Error>;
    async fn post(&self, cx: &Cx<Actor>, body: &str) -> PostId;
    async fn answer(&self, cx: &Cx<Actor>, parent: PostId, body: &str) -> Result<PostId, Error>;
    async fn edit(&self, cx: &Cx<Actor>, post: PostId, expected_revision: u32, body: &str) -> Result<u32, Error>;
    async fn delete(&self, cx: &Cx<Actor>, post: PostId) -> Result<(), Error>;
    async fn restore(&self, cx: &Cx<Actor>, post: PostId) -> Result<(), Error>;
    async fn like(&self, cx: &Cx<Actor>, post: PostId, liked: bool) -> Result<(), Error>;
    async fn follow(&self, cx: &Cx<Actor>, whom: &Cx<Actor>, following: bool) -> Result<(), Error>;
    /// The post as a visitor sees it.
    async fn seen(&self, post: PostId) -> Result<PostView, Error>;
    async fn upload(&self, cx: &Cx<Actor>) -> MediaId;
    /// How many events of a kind there are.
    async fn events(&self, kind: &str) -> i64;
    async fn count(&self, sql: &'static str) -> i64;
    /// Whether every counter equals the rows it counts.
    async fn counters_are_true(&self) -> bool;
}

/// A post that only says something.
fn saying(body: &str) -> NewPost {
    NewPost { content: text(body), submission: None }
}

fn text(body: &str) -> Content {
    Content::parse::<&str>(body, &[]).expect("a valid text")
}

/// The status of the problem that an error becomes.
fn status(error: Error) -> u16 {
    kernel::Problem::from(error).status()
}

macro_rules! in_transaction {
    ($app:expr, |$tx:ident| $use_case:expr) => {{
        let mut $tx = $app.database.begin().await?;
        let result = $use_case.await;
        // Also when it failed, nothing is held when the call returns.
        if result.is_ok() {
            $tx.commit().await?
        } else {
            $tx.rollback().await?
        }
        result
    }};
}

impl Social for TestApp {
    async fn publish(&self, cx: &Cx<Actor>, new: NewPost) -> Result<PostId, Error> {
        in_transaction!(self, |tx| service::publish_post(&mut tx, cx, &new))
    }

    async fn post(&self, cx: &Cx<Actor>, body: &str) -> PostId {
        // A moment later each time, so that the order is that of publishing.
        self.clock.advance(chrono::TimeDelta::seconds(1));
        self.publish(cx, saying(body)).await.expect("a post")
    }

    async fn answer(&self, cx: &Cx<Actor>, parent: PostId, body: &str) -> Result<PostId, Error> {
        let new = NewComment { parent, content: text(body), submission: None };
        in_transaction!(self, |tx| service::publish_comment(&mut tx, cx, &new))
    }

    async fn edit(&self, cx: &Cx<Actor>, post: PostId, expected_revision: u32, body: &str) -> Result<u32, Error> {
        let edit = EditPost { post, body: PostBody::parse(body).expect("a valid text"), expected_revision };
        in_transaction!(self, |tx| service::edit_post(&mut tx, cx, &edit))
    }

    async fn delete(&self, cx: &Cx<Actor>, post: PostId) -> Result<(), Error> {
        in_transaction!(self, |tx| service::delete_post(&mut tx, cx, post))
    }

    async fn restore(&self, cx: &Cx<Actor>, post: PostId) -> Result<(), Error> {
        in_transaction!(self, |tx| service::restore_post(&mut tx, cx, post))
    }

    async fn like(&self, cx: &Cx<Actor>, post: PostId, liked: bool) -> Result<(), Error> {
        let command = SetLike { post, liked };
        in_transaction!(self, |tx| service::set_like(&mut tx, cx, command)).map(|_likes| ())
    }

    async fn follow(&self, cx: &Cx<Actor>, whom: &Cx<Actor>, following: bool) -> Result<(), Error> {
        let command = SetFollow { account: whom.actor.account, following };
        in_transaction!(self, |tx| service::set_follow(&mut tx, cx, command))
    }

    async fn seen(&self, post: PostId) -> Result<PostView, Error> {
        service::post(self.database.pool(), None, post).await
    }

    async fn upload(&self, cx: &Cx<Actor>) -> MediaId {
        let id: MediaId = cx.id();
        sqlx::query(
            "insert into media (id, owner_id, content_type, width, height, variants, bytes, created_at)
             values ($1, $2, 'image/jpeg', 1200, 800, '{320,1200}', 1000, $3)",
        )
        .bind(id.uuid())
        .bind(cx.actor.account.uuid())
        .bind(cx.now())
        .execute(self.database.pool())
        .await
        .expect("an upload");
        id
    }

    async fn events(&self, kind: &str) -> i64 {
        sqlx::query_scalar("select count(*) from events where kind = $1")
            .bind(kind)
            .fetch_one(self.database.pool())
            .await
            .expect("a count")
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.database.pool()).await.expect("a count")
    }

    async fn counters_are_true(&self) -> bool {
        let wrong_posts = self
            .count(
                "select count(*) from posts p
                 where human_likes <> (select count(*) from likes where post_id = p.id and provenance = 'human')
                     or agent_likes <> (select count(*) from likes where post_id = p.id and provenance <> 'human')
                     or comments <> (select count(*) from posts c where c.deleted_at is null
                                     and case when p.root_id is null then c.root_id = p.id else c.parent_id = p.id end)
                     or revisions <> (select count(*) from post_revisions where post_id = p.id)",
            )
            .await;
        let wrong_accounts = self
            .count(
                "select count(*) from accounts a left join social_counters s on s.account_id = a.id
                 where coalesce(s.followers, 0) <> (select count(*) from follows where followee_id = a.id)
                     or coalesce(s.following, 0) <> (select count(*) from follows where follower_id = a.id)
                     or coalesce(s.posts, 0) <> (select count(*) from posts where author_id = a.id
                                                 and root_id is null and deleted_at is null)",
            )
            .await;
        wrong_posts == 0 && wrong_accounts == 0
    }
}

/// The same agent, with a person's approval.
fn approved(agent: &Cx<Actor>, by: &Cx<Actor>) -> Cx<Actor> {
    agent.world.cx(Actor::agent_approved(agent.actor.account, by.actor.account, Via::System))
}

/// An id of nothing.
fn no_post() -> PostId {
    PostId::from_uuid(Uuid::from_u128(7))
}
