//! What those who asked say of answers.

use kernel::{AccountId, Actor, MessageId};
use platform::{Cx, Tx, event};
use social_core::service as social;
use sqlx::PgPool;

use crate::{
    Error,
    event::AnswerRated,
    rating::{Judgement, Rating, RatingNote},
    store::{ratings, runs},
};

/// Says of an answer in a conversation of the actor's whether it was any good; with nothing, takes that back.
///
/// # Errors
/// When there is no such answer.
pub async fn rate(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    message: MessageId,
    judgement: Option<Judgement>,
    note: &RatingNote,
) -> Result<(), Error> {
    let agent = answer_of(tx, cx, message).await?;
    match judgement {
        Some(judgement) => ratings::set(tx, cx.actor.account, message, judgement, note, cx.now()).await?,
        None if ratings::take_back(tx, cx.actor.account, message).await? => {}
        None => return Ok(()),
    }
    event::append(tx, cx, agent, &AnswerRated { agent, message, by: cx.actor.account, judgement }).await?;
    Ok(())
}

/// Who gave an answer that the actor can read.
async fn answer_of(tx: &mut Tx, cx: &Cx<Actor>, message: MessageId) -> Result<AccountId, Error> {
    let (conversation, agent) = runs::answer(tx, message).await?.ok_or(Error::NoSuchRun)?;
    if social::is_member(&mut **tx, cx, conversation).await? { Ok(agent) } else { Err(Error::NoSuchRun) }
}

/// What the actor said of these answers.
///
/// # Errors
/// When the database fails.
pub async fn ratings_of(pool: &PgPool, cx: &Cx<Actor>, messages: &[MessageId]) -> Result<Vec<Rating>, Error> {
    ratings::of(pool, cx.actor.account, messages).await
}
