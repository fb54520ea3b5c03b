//! Whether what somebody says may be learnt from.

use chrono::{DateTime, Utc};
use kernel::{AccountId, ConversationId};
use platform::Tx;
use sqlx::PgPool;

use crate::Error;

/// Writes a choice down. Whether it is another one than before.
pub(crate) async fn set(
    tx: &mut Tx,
    account: AccountId,
    conversation: Option<ConversationId>,
    may: bool,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let set = sqlx::query!(
        "insert into training_choices as before (account_id, conversation_id, allowed, decided_at) values ($1, $2, $3, $4)
         on conflict on constraint training_choices_once do update set allowed = $3, decided_at = $4
         where before.allowed <> $3",
        account.uuid(),
        conversation.map(ConversationId::uuid),
        may,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(set.rows_affected() == 1)
}

/// What somebody chose for a conversation, or else for all of theirs; nothing, when they chose nothing.
pub(crate) async fn choice(
    pool: &PgPool,
    account: AccountId,
    conversation: Option<ConversationId>,
) -> Result<Option<bool>, Error> {
    let allowed = sqlx::query_scalar!(
        "select allowed from training_choices
         where account_id = $1 and (conversation_id is null or conversation_id = $2)
         order by conversation_id nulls last limit 1",
        account.uuid(),
        conversation.map(ConversationId::uuid),
    )
    .fetch_optional(pool)
    .await?;
    Ok(allowed)
}
