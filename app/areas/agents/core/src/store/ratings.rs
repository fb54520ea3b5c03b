//! What those who asked say of answers.

use chrono::{DateTime, Utc};
use kernel::{AccountId, MessageId};
use platform::Tx;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    Error,
    rating::{Judgement, Rating, RatingNote},
};

/// Writes down what somebody says of an answer, in place of what they said before.
pub(crate) async fn set(
    tx: &mut Tx,
    account: AccountId,
    message: MessageId,
    judgement: Judgement,
    note: &RatingNote,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into message_ratings (message_id, account_id, value, note, created_at) values ($1, $2, $3, $4, $5)
         on conflict (message_id, account_id) do update set value = $3, note = $4",
        message.uuid(),
        account.uuid(),
        judgement.value(),
        note.as_str(),
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes back what somebody said of an answer. Whether they had said anything.
pub(crate) async fn take_back(tx: &mut Tx, account: AccountId, message: MessageId) -> Result<bool, Error> {
    let gone = sqlx::query!(
        "delete from message_ratings where message_id = $1 and account_id = $2",
        message.uuid(),
        account.uuid()
    )
    .execute(&mut **tx)
    .await?;
    Ok(gone.rows_affected() == 1)
}

/// What somebody says of these answers.
pub(crate) async fn of(pool: &PgPool, account: AccountId, messages: &[MessageId]) -> Result<Vec<Rating>, Error> {
    let ids: Vec<Uuid> = messages.iter().map(|message| message.uuid()).collect();
    let rows = sqlx::query!(
        "select message_id, value, note from message_ratings where account_id = $1 and message_id = any($2)",
        account.uuid(),
        &ids
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            let judgement = Judgement::of(row.value).ok_or(Error::BadRow("value of a rating"))?;
            Ok(Rating { message: MessageId::from_uuid(row.message_id), judgement, note: row.note })
        })
        .collect()
}
