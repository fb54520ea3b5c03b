//! Whether what somebody says may be learnt from: not, unless they said so, for one conversation or for all.

use kernel::{Actor, ConversationId};
use platform::{Cx, Tx, event};
use social_core::service as social;
use sqlx::PgPool;

use crate::{Error, event::TrainingChosen, store::training};

/// Chooses whether what the actor says may be learnt from, in one conversation or in all of theirs of which nothing else was
/// said.
///
/// # Errors
/// When the conversation is none of theirs.
pub async fn choose_training(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    conversation: Option<ConversationId>,
    allowed: bool,
) -> Result<(), Error> {
    if let Some(conversation) = conversation
        && !social::is_member(&mut **tx, cx, conversation).await?
    {
        return Err(social_core::Error::NoSuchConversation.into());
    }
    let account = cx.actor.account;
    if training::set(tx, account, conversation, allowed, cx.now()).await? {
        event::append(tx, cx, account, &TrainingChosen { account, conversation, allowed }).await?;
    }
    Ok(())
}

/// Whether what the actor says in a conversation may be learnt from; without one, in those of which nothing was said.
///
/// # Errors
/// When the database fails.
pub async fn may_train(pool: &PgPool, cx: &Cx<Actor>, conversation: Option<ConversationId>) -> Result<bool, Error> {
    Ok(training::choice(pool, cx.actor.account, conversation).await?.unwrap_or(false))
}
