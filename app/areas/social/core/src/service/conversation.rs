//! Conversations: to begin one, to say something, to answer bit by bit, and to find them again.

use identity_core::gate::{self, Action, Guarded};
use kernel::{AccountId, Actor, ConversationId, Cursor, MessageId, Page, PageSize};
use platform::{Cx, Tx, event, markdown};
use sqlx::{PgExecutor, PgPool};

use super::attachment;
use crate::{
    Branch, Conversation, ConversationEntry, Error, MessageState, NewConversation, NewMessage, Title,
    conversation::{ANSWER_LIMIT, BRANCH_PAGE, MAX_MEMBERS, MAX_MESSAGES},
    event::{AnswerBegun, AnswerEnded, ConversationBegun, ConversationDeleted, MessageSent},
    store::conversations::{self, ConversationState, NewRow},
};

/// Begins a conversation of the actor with others.
///
/// # Errors
/// When nobody else takes part, there are too many, or one of them isn't there.
pub async fn begin_conversation(tx: &mut Tx, cx: &Cx<Actor>, new: &NewConversation) -> Result<ConversationId, Error> {
    let me = cx.actor.account;
    let mut members = new.with.clone();
    members.sort_unstable();
    members.dedup();
    members.retain(|&member| member != me);
    if members.is_empty() {
        return Err(Error::Yourself);
    }
    if members.len() >= MAX_MEMBERS {
        return Err(Error::TooManyMembers);
    }
    let found = identity_core::service::summaries(&mut **tx, &members).await?;
    if found.len() < members.len() {
        return Err(Error::NoSuchAccount);
    }
    members.insert(0, me);
    let id = cx.id();
    conversations::insert(tx, id, me, &members, new, cx.now()).await?;
    event::append(tx, cx, id, &ConversationBegun { conversation: id, creator: me, members }).await?;
    Ok(id)
}

/// Says something in a conversation; its branch is the one that is shown from then on. With a submission key that was used
/// before, gives the message of that time, and nothing else happens.
///
/// # Errors
/// When it is empty, the actor is no member, what it follows isn't there or is still being written, or there is no room
/// for more.
pub async fn say(tx: &mut Tx, cx: &Cx<Actor>, new: &NewMessage) -> Result<MessageId, Error> {
    if new.body.is_empty() {
        return Err(Error::NothingSaid);
    }
    let id = cx.id();
    let now = cx.now();
    if let Some(key) = new.submission
        && let Some(earlier) = conversations::claim_submission(tx, cx.actor.account, key, id, now).await?
    {
        return Ok(earlier);
    }
    add(tx, cx, id, new.conversation, new.parent, (new.body.as_str(), MessageState::Done)).await?;
    let fact =
        MessageSent { conversation: new.conversation, message: id, author: cx.actor.account, parent: new.parent };
    event::append(tx, cx, new.conversation, &fact).await?;
    Ok(id)
}

/// Begins an answer that is written bit by bit with [`write_answer`] and ended with [`end_answer`].
///
/// # Errors
/// As [`say`].
pub async fn begin_answer(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    conversation: ConversationId,
    parent: MessageId,
) -> Result<MessageId, Error> {
    let id = cx.id();
    add(tx, cx, id, conversation, Some(parent), ("", MessageState::Writing)).await?;
    event::append(tx, cx, conversation, &AnswerBegun { conversation, message: id, author: cx.actor.account }).await?;
    Ok(id)
}

async fn add(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    id: MessageId,
    conversation: ConversationId,
    parent: Option<MessageId>,
    (body, state): (&str, MessageState),
) -> Result<(), Error> {
    conversations::lock(tx, conversation).await?;
    member_of(&mut **tx, &cx.actor, conversation).await?;
    if let Some(parent) = parent {
        let followed = conversations::message(&mut **tx, parent).await?;
        let followed = followed.filter(|it| it.conversation == conversation).ok_or(Error::NoSuchMessage)?;
        if followed.state == MessageState::Writing {
            return Err(Error::StillWriting);
        }
    }
    if conversations::count(tx, conversation).await? >= MAX_MESSAGES {
        return Err(Error::ConversationFull);
    }
    let body_html = markdown::render(body);
    let row = NewRow { id, conversation, parent, body, body_html: &body_html, state };
    conversations::insert_message(tx, &cx.actor, &row, cx.now()).await
}

/// Takes over what has been written of an answer so far. Whether it is still being written: it may have been stopped.
///
/// # Errors
/// When the database fails.
pub async fn write_answer(executor: impl PgExecutor<'_>, message: MessageId, body: &str) -> Result<bool, Error> {
    let body: String = body.chars().filter(|&c| c != '\0').take(ANSWER_LIMIT).collect();
    conversations::write_on(executor, message, &body, &markdown::render(&body)).await
}

/// Ends an answer of the actor's. Whether it was being written until now: it may have been stopped before.
///
/// # Errors
/// When the actor has begun no such answer.
pub async fn end_answer(tx: &mut Tx, cx: &Cx<Actor>, message: MessageId, state: MessageState) -> Result<bool, Error> {
    let info = conversations::message(&mut **tx, message).await?;
    let info = info.filter(|it| it.author == cx.actor.account).ok_or(Error::NoSuchMessage)?;
    let ended = conversations::end(tx, message, state, cx.now()).await?;
    if ended {
        let fact = AnswerEnded { conversation: info.conversation, message, state };
        event::append(tx, cx, info.conversation, &fact).await?;
    }
    Ok(ended)
}

/// Shows the branch that goes through a message, up to its youngest end.
///
/// # Errors
/// When it is not in a conversation of the actor's.
pub async fn show_branch(tx: &mut Tx, cx: &Cx<Actor>, message: MessageId) -> Result<ConversationId, Error> {
    let info = conversations::message(&mut **tx, message).await?.ok_or(Error::NoSuchMessage)?;
    member_of(&mut **tx, &cx.actor, info.conversation).await.map_err(|_| Error::NoSuchMessage)?;
    let end = conversations::youngest_end(tx, message).await?;
    conversations::show(tx, info.conversation, end).await?;
    Ok(info.conversation)
}

/// Gives a conversation another title.
///
/// # Errors
/// When it is none of the actor's.
pub async fn rename_conversation(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    conversation: ConversationId,
    title: &Title,
) -> Result<(), Error> {
    member_of(&mut **tx, &cx.actor, conversation).await?;
    conversations::rename(tx, conversation, title).await
}

/// Deletes a conversation, with all that was said in it. Only who began it may.
///
/// # Errors
/// When it is none of the actor's, or somebody else began it.
pub async fn delete_conversation(tx: &mut Tx, cx: &Cx<Actor>, conversation: ConversationId) -> Result<(), Error> {
    let state = member_of(&mut **tx, &cx.actor, conversation).await?;
    gate::decide(Some(&cx.actor), Action::Delete, &Guarded::public(state.creator))?;
    attachment::delete_files(tx, conversation).await?;
    conversations::delete(tx, conversation).await?;
    event::append(tx, cx, conversation, &ConversationDeleted { conversation }).await?;
    Ok(())
}

/// The actor's conversations: where something was said last comes first. `words` finds those whose title or messages hold
/// them all, `with` those that another account takes part in.
///
/// # Errors
/// When the cursor isn't one of ours.
pub async fn conversations(
    pool: &PgPool,
    cx: &Cx<Actor>,
    words: Option<&str>,
    with: Option<AccountId>,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<ConversationEntry>, Error> {
    let words = words.map(|words| words.chars().take(200).collect::<String>());
    let words = words.as_deref().map(str::trim).filter(|words| !words.is_empty());
    let after = after.map(Cursor::id).transpose()?;
    conversations::list(pool, cx.actor.account, words, with, after, size).await
}

/// A conversation of the actor's.
///
/// # Errors
/// When it is none of theirs.
pub async fn conversation(pool: &PgPool, cx: &Cx<Actor>, id: ConversationId) -> Result<Conversation, Error> {
    let state = member_of(pool, &cx.actor, id).await?;
    let mut summaries = identity_core::service::summaries(pool, &state.members).await?;
    Ok(Conversation {
        id: state.id,
        creator: state.creator,
        title: state.title,
        members: state.members.iter().filter_map(|member| summaries.remove(member)).collect(),
        head: state.head,
        created_at: state.created_at,
    })
}

/// A stretch of a branch: the one that is shown, or the one that ends with `end`.
///
/// # Errors
/// When the conversation is none of the actor's.
pub async fn branch(
    pool: &PgPool,
    cx: &Cx<Actor>,
    id: ConversationId,
    end: Option<MessageId>,
) -> Result<Branch, Error> {
    let state = member_of(pool, &cx.actor, id).await?;
    let Some(end) = end.or(state.head) else {
        return Ok(Branch { messages: Vec::new(), before: None });
    };
    let mut messages = conversations::branch(pool, id, end, i32::from(BRANCH_PAGE)).await?;
    messages.reverse();
    let before = messages.first().and_then(|first| first.parent);
    Ok(Branch { messages, before })
}

/// Whether the actor takes part in a conversation.
///
/// # Errors
/// When the database fails.
pub async fn is_member(executor: impl PgExecutor<'_>, cx: &Cx<Actor>, id: ConversationId) -> Result<bool, Error> {
    match member_of(executor, &cx.actor, id).await {
        Ok(_) => Ok(true),
        Err(Error::NoSuchConversation) => Ok(false),
        Err(error) => Err(error),
    }
}

/// A conversation, for its members alone: to others it does not exist.
async fn member_of(
    executor: impl PgExecutor<'_>,
    actor: &Actor,
    id: ConversationId,
) -> Result<ConversationState, Error> {
    let state = conversations::find(executor, id).await?.ok_or(Error::NoSuchConversation)?;
    if !state.members.contains(&actor.account) {
        return Err(Error::NoSuchConversation);
    }
    Ok(state)
}
