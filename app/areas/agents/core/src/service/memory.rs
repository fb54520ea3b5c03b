//! What agents remember: seen, changed and deleted by whom it is about, and by nobody else.

use kernel::{AccountId, Actor, Cursor, MemoryId, MessageId, Page, PageSize};
use platform::{Cx, Tx};
use sqlx::PgPool;

use crate::{
    Error,
    memory::{MAX_MEMORIES, MemoryText, MemoryView, worth_remembering},
    store::memories::{self, NewRow},
};

/// What is remembered of the actor, by one agent or by all, youngest first.
///
/// # Errors
/// When the cursor isn't one of ours.
pub async fn memories(
    pool: &PgPool,
    cx: &Cx<Actor>,
    agent: Option<AccountId>,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<MemoryView>, Error> {
    let before = after.map_or(Ok(memories::beginning()), Cursor::id)?;
    memories::list(pool, cx.actor.account, agent, before, cx.now(), size).await
}

/// Which agents remember something of the actor, and how much.
///
/// # Errors
/// When the database fails.
pub async fn remembering(pool: &PgPool, cx: &Cx<Actor>) -> Result<Vec<(AccountId, u32)>, Error> {
    memories::remembering(pool, cx.actor.account, cx.now()).await
}

/// Has an agent remember something of the actor. Whether that is new to it.
///
/// # Errors
/// When it remembers as much as it can.
pub async fn remember(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    agent: AccountId,
    body: &MemoryText,
    message: Option<MessageId>,
) -> Result<bool, Error> {
    let account = cx.actor.account;
    let most = i64::try_from(MAX_MEMORIES).unwrap_or(i64::MAX);
    if memories::count(tx, agent, account).await? >= most {
        return Err(Error::Full { what: "memories", most: MAX_MEMORIES });
    }
    memories::insert(tx, &NewRow { id: cx.id(), agent, account, body, message }, cx.now()).await
}

/// Has an agent remember what of a message of the actor is worth it. What there is no room for is left out.
///
/// # Errors
/// When the database fails.
pub(super) async fn remember_from(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    agent: AccountId,
    message: MessageId,
    body: &str,
) -> Result<(), Error> {
    for text in worth_remembering(body) {
        match remember(tx, cx, agent, &text, Some(message)).await {
            Ok(_) => {}
            Err(Error::Full { .. }) => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Changes what is remembered of the actor.
///
/// # Errors
/// When it isn't about them, or the same is remembered already.
pub async fn edit_memory(tx: &mut Tx, cx: &Cx<Actor>, id: MemoryId, body: &MemoryText) -> Result<(), Error> {
    if memories::edit(tx, cx.actor.account, id, body, cx.now()).await? { Ok(()) } else { Err(Error::NoSuchMemory) }
}

/// Forgets something. From the next question on no agent is told of it.
///
/// # Errors
/// When it isn't about the actor.
pub async fn forget(tx: &mut Tx, cx: &Cx<Actor>, id: MemoryId) -> Result<(), Error> {
    if memories::delete(tx, cx.actor.account, id).await? { Ok(()) } else { Err(Error::NoSuchMemory) }
}

/// Forgets everything that an agent remembers of the actor. Returns how much that was.
///
/// # Errors
/// When the database fails.
pub async fn forget_all(tx: &mut Tx, cx: &Cx<Actor>, agent: AccountId) -> Result<u64, Error> {
    memories::delete_all(tx, cx.actor.account, agent).await
}
