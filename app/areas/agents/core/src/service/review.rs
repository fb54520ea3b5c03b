//! What agents propose waits here until a person decides.

use std::collections::HashMap;

use identity_core::{
    AccountSummary,
    gate::{self, Action, Guarded},
};
use kernel::{AccountId, Actor, Cursor, FieldError, Page, PageSize, PostId, ProposalId, Via};
use platform::{Cx, Database, Tx, World, event};
use social_core::{Content, NewComment, NewPost, service as social};
use sqlx::PgPool;

use super::chat::as_agent;
use crate::{
    AgentState, Error,
    acting::Left,
    event::{ReviewDecided, ReviewProposed},
    review::{Decided, Decision, Filter, NewProposal, Proposal, REASON_LIMIT, ReviewItem, ReviewState},
    store::{
        acts, agents,
        reviews::{self, Outcome, ReviewRow},
    },
};

/// The most items that the navigation counts.
const COUNTED: i64 = 100;
/// How many items that nobody decided end in one transaction.
const BATCH: i64 = 100;

/// Puts something into the inbox of an agent's owner. With a key that was used before, gives the item of that time, and nothing
/// else happens.
///
/// # Errors
/// When there is no such agent, or a text to be published is empty or too long.
pub async fn propose<A>(tx: &mut Tx, cx: &Cx<A>, new: &NewProposal) -> Result<ProposalId, Error> {
    let agent = agents::find(&mut **tx, new.agent).await?.ok_or(Error::NoSuchAgent)?;
    if !matches!(new.proposal, Proposal::Other { .. }) {
        content(new.proposal.body())?;
    }
    let (id, is_new) = reviews::insert(tx, cx.id(), agent.owner, new, cx.now()).await?;
    if is_new {
        let fact =
            ReviewProposed { item: id, agent: new.agent, assignee: agent.owner, kind: new.proposal.kind().to_owned() };
        event::append(tx, &as_agent(cx, new.agent), new.agent, &fact).await?;
    }
    Ok(id)
}

/// Decides an item of the actor's inbox. What is approved is published in the same transaction, in the name of the agent, as
/// approved by the actor. The same decision again is answered with what came of it.
///
/// # Errors
/// When there is no such item for the actor, it was decided otherwise, or what is approved can't be published.
pub async fn decide(tx: &mut Tx, cx: &Cx<Actor>, id: ProposalId, decision: &Decision) -> Result<Decided, Error> {
    let item = reviews::lock(tx, id).await?.ok_or(Error::NoSuchReview)?;
    own(&cx.actor, &item)?;
    if item.state != ReviewState::Pending {
        return decided_before(&item, &cx.actor, decision);
    }
    if item.expires_at <= cx.now() {
        return Err(Error::DecidedMeanwhile(ReviewState::Expired));
    }
    let mut outcome =
        Outcome { state: ReviewState::Approved, by: Some(cx.actor.account), edited: None, note: "", result: None };
    let edited;
    match decision {
        Decision::Approve => outcome.result = approved(tx, cx, &item, &item.proposal).await?,
        Decision::ApproveEdited(body) => {
            edited = item.proposal.saying(text(&item, body)?.as_str());
            outcome.result = approved(tx, cx, &item, &edited).await?;
            if edited != item.proposal {
                outcome.state = ReviewState::Edited;
                outcome.edited = Some(&edited);
            }
        }
        Decision::Reject(reason) => {
            outcome.state = ReviewState::Rejected;
            outcome.note = reason_of(reason)?;
        }
        Decision::TakeOver(body) => {
            outcome.state = ReviewState::TakenOver;
            let own_words = item.proposal.saying(text(&item, body)?.as_str());
            outcome.result = publish(tx, cx, &own_words, id).await?;
        }
    }
    end(tx, cx, &item, &outcome).await?;
    Ok(Decided { state: outcome.state, result: outcome.result })
}

/// What is told to somebody whose decision comes after another one.
fn decided_before(item: &ReviewRow, actor: &Actor, decision: &Decision) -> Result<Decided, Error> {
    let same = match decision {
        Decision::Approve => item.state == ReviewState::Approved,
        Decision::ApproveEdited(body) => match &item.edited {
            Some(edited) => edited.body() == body.trim(),
            None => item.state == ReviewState::Approved && item.proposal.body() == body.trim(),
        },
        Decision::Reject(_) => item.state == ReviewState::Rejected,
        Decision::TakeOver(_) => item.state == ReviewState::TakenOver,
    };
    if same && item.decided_by == Some(actor.account) {
        return Ok(Decided { state: item.state, result: item.result });
    }
    Err(Error::DecidedMeanwhile(item.state))
}

async fn approved(tx: &mut Tx, cx: &Cx<Actor>, item: &ReviewRow, proposal: &Proposal) -> Result<Option<PostId>, Error> {
    let agent = agents::find(&mut **tx, item.agent).await?.ok_or(Error::NoSuchAgent)?;
    match agent.state {
        AgentState::Retired => return Err(Error::Retired),
        AgentState::Paused => return Err(Error::Rests),
        AgentState::Draft | AgentState::Published => {}
    }
    let by_both = cx.world.cx(Actor::agent_approved(item.agent, cx.actor.account, Via::System));
    publish(tx, &by_both, proposal, item.id).await
}

/// Publishes what is proposed in the name of the actor. What other areas propose they do themselves, when they hear of it.
async fn publish(tx: &mut Tx, cx: &Cx<Actor>, proposal: &Proposal, item: ProposalId) -> Result<Option<PostId>, Error> {
    let submission = Some(item.uuid());
    let post = match proposal {
        Proposal::Post { body } => {
            social::publish_post(tx, cx, &NewPost { content: content(body)?, submission }).await?
        }
        Proposal::Comment { parent, body } => {
            let new = NewComment { parent: *parent, content: content(body)?, submission };
            social::publish_comment(tx, cx, &new).await?
        }
        Proposal::Other { .. } => return Ok(None),
    };
    Ok(Some(post))
}

async fn end(tx: &mut Tx, cx: &Cx<Actor>, item: &ReviewRow, outcome: &Outcome<'_>) -> Result<(), Error> {
    reviews::decide(tx, item.id, outcome, cx.now()).await?;
    if let Some(act) = item.act {
        match outcome.state {
            ReviewState::Approved | ReviewState::Edited => acts::published(tx, act, outcome.result, cx.now()).await?,
            ReviewState::TakenOver => acts::left(tx, act, Left::TakenOver, cx.now()).await?,
            ReviewState::Expired => acts::left(tx, act, Left::Expired, cx.now()).await?,
            _ => acts::left(tx, act, Left::Rejected, cx.now()).await?,
        }
    }
    let fact = ReviewDecided {
        item: item.id,
        agent: item.agent,
        assignee: item.assignee,
        kind: item.proposal.kind().to_owned(),
        state: outcome.state,
        result: outcome.result,
    };
    event::append(tx, cx, item.agent, &fact).await?;
    Ok(())
}

/// Ends items that nobody decided in time. Returns how many.
///
/// # Errors
/// When the database fails; what was ended stays so.
pub async fn expire_reviews(database: &Database, world: &World) -> Result<usize, Error> {
    let mut expired = 0;
    loop {
        let mut tx = database.begin().await?;
        let overdue = reviews::overdue(&mut tx, world.now(), BATCH).await?;
        for item in &overdue {
            let outcome = Outcome { state: ReviewState::Expired, by: None, edited: None, note: "", result: None };
            end(&mut tx, &as_agent(&world.cx(()), item.agent), item, &outcome).await?;
        }
        tx.commit().await?;
        expired += overdue.len();
        if overdue.is_empty() {
            return Ok(expired);
        }
    }
}

/// The actor's items, youngest first.
///
/// # Errors
/// When the cursor isn't one of ours.
pub async fn reviews(
    pool: &PgPool,
    cx: &Cx<Actor>,
    filter: Filter,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<ReviewItem>, Error> {
    let before = after.map(Cursor::id).transpose()?;
    let rows = reviews::list(pool, cx.actor.account, filter, before, size).await?;
    let agents: Vec<AccountId> = rows.iter().map(|row| row.agent).collect();
    let accounts = identity_core::service::summaries(pool, &agents).await?;
    let items = rows.into_iter().map(|row| view(row, &accounts)).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::from_overfull(items, size, |item| item.id))
}

/// An item of the actor's.
///
/// # Errors
/// When it is none of theirs.
pub async fn review(pool: &PgPool, cx: &Cx<Actor>, id: ProposalId) -> Result<ReviewItem, Error> {
    let row = reviews::find(pool, id).await?.ok_or(Error::NoSuchReview)?;
    own(&cx.actor, &row)?;
    let accounts = identity_core::service::summaries(pool, &[row.agent]).await?;
    view(row, &accounts)
}

/// How many items wait for the actor. 100 stands for 100 or more.
///
/// # Errors
/// When the database fails.
pub async fn pending_reviews(pool: &PgPool, cx: &Cx<Actor>) -> Result<u64, Error> {
    let count = reviews::pending(pool, cx.actor.account, COUNTED).await?;
    Ok(count.unsigned_abs())
}

fn view(row: ReviewRow, accounts: &HashMap<AccountId, AccountSummary>) -> Result<ReviewItem, Error> {
    Ok(ReviewItem {
        id: row.id,
        agent: accounts.get(&row.agent).cloned().ok_or(Error::BadRow("agent without an account"))?,
        proposal: row.proposal,
        edited: row.edited,
        waits_for: row.waits_for,
        confidence: row.confidence,
        state: row.state,
        note: row.note,
        run: row.run,
        result: row.result,
        created_at: row.created_at,
        expires_at: row.expires_at,
        decided_at: row.decided_at,
    })
}

/// To everybody but whose it is to decide, an item does not exist.
fn own(actor: &Actor, item: &ReviewRow) -> Result<(), Error> {
    gate::decide(Some(actor), Action::Edit, &Guarded::private(item.assignee)).map_err(|_| Error::NoSuchReview)
}

/// A text to be published.
pub(super) fn content(body: &str) -> Result<Content, Error> {
    Content::parse::<&str>(body, &[]).map_err(|error| Error::Social(error.into()))
}

/// The words in which an item is approved or taken over.
fn text(item: &ReviewRow, body: &str) -> Result<String, Error> {
    match item.proposal {
        Proposal::Other { .. } => Ok(body.trim().to_owned()),
        _ => Ok(content(body.trim())?.body().as_str().to_owned()),
    }
}

fn reason_of(reason: &str) -> Result<&str, Error> {
    let reason = reason.trim();
    let length = reason.chars().count();
    if length > REASON_LIMIT {
        let message = format!("This has {length} characters. {REASON_LIMIT} is the most.");
        return Err(Error::Invalid(vec![FieldError::new("reason", message)]));
    }
    Ok(reason)
}
