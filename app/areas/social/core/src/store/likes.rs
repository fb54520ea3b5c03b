//! Likes.

use chrono::{DateTime, Utc};
use kernel::{AccountId, Actor, PostId, Provenance};
use platform::Tx;

use crate::{Error, Likes};

/// Writes a like down. `false` when it was there before.
pub(crate) async fn insert(tx: &mut Tx, post: PostId, actor: &Actor, now: DateTime<Utc>) -> Result<bool, Error> {
    let inserted = sqlx::query!(
        "insert into likes (post_id, account_id, provenance, created_at) values ($1, $2, $3, $4)
         on conflict (post_id, account_id) do nothing",
        post.uuid(),
        actor.account.uuid(),
        actor.provenance.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?
    .rows_affected();
    Ok(inserted == 1)
}

/// Takes a like away, and says whose work it was. `None` when there was none.
pub(crate) async fn delete(tx: &mut Tx, post: PostId, account: AccountId) -> Result<Option<Provenance>, Error> {
    let provenance = sqlx::query_scalar!(
        "delete from likes where post_id = $1 and account_id = $2 returning provenance",
        post.uuid(),
        account.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    provenance.map(|text| Provenance::parse(&text).ok_or(Error::BadRow("provenance"))).transpose()
}

/// Changes the number of likes of a post, and says what it is now.
pub(crate) async fn count(tx: &mut Tx, post: PostId, whose: Provenance, change: i32) -> Result<Likes, Error> {
    let (human, agent) = match whose {
        Provenance::Human => (change, 0),
        Provenance::Agent | Provenance::AgentApproved => (0, change),
    };
    let row = sqlx::query!(
        "update posts set human_likes = human_likes + $2, agent_likes = agent_likes + $3 where id = $1
         returning human_likes, agent_likes",
        post.uuid(),
        human,
        agent
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(Likes { human: row.human_likes.unsigned_abs(), agent: row.agent_likes.unsigned_abs() })
}
