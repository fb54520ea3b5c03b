//! Agents are made, changed, limited, and put to work or to rest by their owners.

use identity_core::{
    Account, Bio, Headline,
    command::{EditProfile, PortraitChange},
    gate::{self, Action, Guarded},
};
use kernel::{AccountId, Actor, ConversationId, Currency, Cursor, Money, Page, PageSize};
use platform::{Cx, Tx, event};
use sqlx::{PgExecutor, PgPool};

use crate::{
    Error, Spec,
    agent::{AgentEntry, AgentState, Caps, MAX_AGENTS, OwnAgent},
    budget::{Side, Spent},
    command::{NewAgent, NewCaps},
    event::{AgentCreated, AgentPaused, AgentResumed, AgentRetired},
    store::{
        agents::{self, AgentRow},
        checks, runs, spending,
    },
};

/// What a new agent may cost, in minor units of euros, until its owner says otherwise.
const FIRST_CAPS: (i64, i64) = (2_00, 20_00);

/// Makes an agent of the actor, with what its template suggests as a draft and as checks. Returns its account.
///
/// # Errors
/// When the handle is taken, the actor is no person, or has as many agents as there may be.
pub async fn create_agent(tx: &mut Tx, cx: &Cx<Actor>, new: &NewAgent) -> Result<AccountId, Error> {
    let owner = cx.actor.account;
    if agents::count_alone(tx, owner).await? >= MAX_AGENTS {
        return Err(Error::Full { what: "agents", most: MAX_AGENTS });
    }
    let account = identity_core::command::NewAgent {
        handle: new.handle.clone(),
        name: new.name.clone(),
        headline: Headline::default(),
        bio: Bio::default(),
    };
    let id = identity_core::service::create_agent(tx, cx, &account).await?;
    let draft = new.template.map(crate::template::Template::spec).unwrap_or_default();
    let euros = |minor| Money::new(minor, Currency::Eur);
    let caps = Caps { daily: euros(FIRST_CAPS.0), monthly: euros(FIRST_CAPS.1) };
    agents::insert(tx, id, owner, &draft, caps, cx.now()).await?;
    for check in new.template.map(crate::template::Template::checks).into_iter().flatten() {
        checks::insert(tx, cx.id(), id, &check, cx.now()).await?;
    }
    event::append(tx, cx, id, &AgentCreated { agent: id, owner, template: draft.template }).await?;
    Ok(id)
}

/// Keeps what was typed into the builder. Returns the number of the draft from now on.
///
/// # Errors
/// When it isn't valid, the agent isn't the actor's, or the draft was saved since the actor opened it.
pub async fn save_draft(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    agent: AccountId,
    draft: Spec,
    expected_number: u32,
) -> Result<u32, Error> {
    let row = hold(tx, &cx.actor, agent).await?;
    // Where it began is not for the form to say.
    let draft = Spec { template: row.draft.template.clone(), ..draft.parse().map_err(Error::Invalid)? };
    // Also when the answer to a save was lost and it is sent again.
    if row.draft == draft {
        return Ok(row.draft_number);
    }
    if row.draft_number != expected_number {
        return Err(Error::SavedMeanwhile);
    }
    agents::save_draft(tx, agent, &draft, cx.now()).await?;
    Ok(row.draft_number + 1)
}

/// Keeps all that the builder's form holds: how the agent presents itself, and what it is made of. Returns the number of the
/// draft from now on, which counts changes of either.
///
/// # Errors
/// When it isn't valid, the agent isn't the actor's, or either was saved since the actor opened it.
pub async fn save(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    agent: AccountId,
    profile: &EditProfile,
    draft: Spec,
    expected_number: u32,
) -> Result<u32, Error> {
    let row = hold(tx, &cx.actor, agent).await?;
    let draft = Spec { template: row.draft.template.clone(), ..draft.parse().map_err(Error::Invalid)? };
    let account = identity_core::service::account(&mut **tx, agent).await?.ok_or(Error::NoSuchAgent)?;
    let presents_itself_anew = is_other(&account, profile);
    if row.draft == draft && !presents_itself_anew {
        return Ok(row.draft_number);
    }
    if row.draft_number != expected_number {
        return Err(Error::SavedMeanwhile);
    }
    if presents_itself_anew {
        identity_core::service::edit_agent_profile(tx, cx, agent, profile).await?;
    }
    agents::save_draft(tx, agent, &draft, cx.now()).await?;
    Ok(row.draft_number + 1)
}

/// Whether a profile says or shows something else than an account does now.
fn is_other(account: &Account, profile: &EditProfile) -> bool {
    let shown = account.summary.portrait.as_ref().map(|portrait| portrait.media);
    let portrait = match profile.portrait {
        PortraitChange::Keep => false,
        PortraitChange::Remove => shown.is_some(),
        PortraitChange::Set(media) => shown != Some(media),
    };
    portrait
        || account.summary.name != profile.name
        || account.headline != profile.headline
        || account.bio != profile.bio
}

/// What an agent has cost today and this month.
///
/// # Errors
/// When it isn't the actor's.
pub async fn spending_of(pool: &PgPool, cx: &Cx<Actor>, agent: AccountId) -> Result<Vec<Spent>, Error> {
    own(pool, &cx.actor, agent).await?;
    spending::spent(pool, agent, Side::Agent, cx.now().date_naive()).await
}

/// The conversation in which the actor tried the draft last.
///
/// # Errors
/// When the agent isn't the actor's.
pub async fn test_conversation(
    pool: &PgPool,
    cx: &Cx<Actor>,
    agent: AccountId,
) -> Result<Option<ConversationId>, Error> {
    own(pool, &cx.actor, agent).await?;
    runs::newest_preview(pool, agent, cx.actor.account).await
}

/// How an agent presents itself, as its owner changes it in the builder.
///
/// # Errors
/// When it isn't the actor's.
pub async fn profile(pool: &PgPool, cx: &Cx<Actor>, agent: AccountId) -> Result<Account, Error> {
    own(pool, &cx.actor, agent).await?;
    identity_core::service::account(pool, agent).await?.ok_or(Error::NoSuchAgent)
}

/// An agent as its owner finds it in the builder.
///
/// # Errors
/// When it isn't the actor's.
pub async fn agent(pool: &PgPool, cx: &Cx<Actor>, agent: AccountId) -> Result<OwnAgent, Error> {
    let row = own(pool, &cx.actor, agent).await?;
    let account = identity_core::service::summaries(pool, &[agent]).await?.remove(&agent).ok_or(Error::NoSuchAgent)?;
    Ok(OwnAgent {
        account,
        state: row.state,
        version: row.version_number(),
        changed: row.changed(),
        draft: row.draft,
        draft_number: row.draft_number,
        caps: row.caps,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// The actor's agents, newest first.
///
/// # Errors
/// When the cursor was made up.
pub async fn mine(
    pool: &PgPool,
    cx: &Cx<Actor>,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<AgentEntry>, Error> {
    let before = after.map(Cursor::id).transpose()?;
    let rows = agents::of_owner(pool, cx.actor.account, before, size).await?;
    let ids: Vec<AccountId> = rows.iter().map(|row| row.id).collect();
    let mut accounts = identity_core::service::summaries(pool, &ids).await?;
    let entries = rows.into_iter().map(|row| {
        Ok(AgentEntry {
            account: accounts.remove(&row.id).ok_or(Error::BadRow("agent without an account"))?,
            state: row.state,
            version: row.version_number(),
            changed: row.changed(),
            updated_at: row.updated_at,
        })
    });
    let entries = entries.collect::<Result<Vec<_>, Error>>()?;
    Ok(Page::from_overfull(entries, size, |entry| entry.account.id))
}

/// Limits what an agent may cost.
///
/// # Errors
/// When it isn't the actor's.
pub async fn set_caps(tx: &mut Tx, cx: &Cx<Actor>, agent: AccountId, caps: NewCaps) -> Result<(), Error> {
    hold(tx, &cx.actor, agent).await?;
    agents::set_caps(tx, agent, caps.caps(), cx.now()).await
}

/// Lets an agent rest: it answers nobody until it is resumed. One that rests already goes on resting.
///
/// # Errors
/// When it isn't the actor's, or was never published.
pub async fn pause(tx: &mut Tx, cx: &Cx<Actor>, agent: AccountId) -> Result<(), Error> {
    let row = hold(tx, &cx.actor, agent).await?;
    if turn(tx, cx, &row, row.state.paused().ok_or(Error::NotPublished)?).await? {
        event::append(tx, cx, agent, &AgentPaused { agent, owner: row.owner }).await?;
    }
    Ok(())
}

/// Puts an agent that rests back to work.
///
/// # Errors
/// When it isn't the actor's, or was never published.
pub async fn resume(tx: &mut Tx, cx: &Cx<Actor>, agent: AccountId) -> Result<(), Error> {
    let row = hold(tx, &cx.actor, agent).await?;
    if turn(tx, cx, &row, row.state.resumed().ok_or(Error::NotPublished)?).await? {
        event::append(tx, cx, agent, &AgentResumed { agent, owner: row.owner }).await?;
    }
    Ok(())
}

/// Ends an agent for good: it answers nobody any more and can't be changed. Its account, its posts and its conversations stay.
///
/// # Errors
/// When it isn't the actor's.
pub async fn retire(tx: &mut Tx, cx: &Cx<Actor>, agent: AccountId) -> Result<(), Error> {
    let row = match hold(tx, &cx.actor, agent).await {
        Err(Error::Retired) => return Ok(()),
        other => other?,
    };
    if turn(tx, cx, &row, AgentState::Retired).await? {
        event::append(tx, cx, agent, &AgentRetired { agent, owner: row.owner }).await?;
    }
    Ok(())
}

/// Changes the state, and says whether there was anything to change.
async fn turn(tx: &mut Tx, cx: &Cx<Actor>, row: &AgentRow, to: AgentState) -> Result<bool, Error> {
    if row.state != to {
        agents::set_state(tx, row.id, to, cx.now()).await?;
    }
    Ok(row.state != to)
}

/// An agent of the actor's, to be looked at. Of everybody else's, nobody learns in here that it exists.
pub(crate) async fn own(executor: impl PgExecutor<'_>, actor: &Actor, agent: AccountId) -> Result<AgentRow, Error> {
    let row = agents::find(executor, agent).await?.ok_or(Error::NoSuchAgent)?;
    gate::decide(Some(actor), Action::See, &Guarded::private(row.owner))?;
    Ok(row)
}

/// An agent of the actor's, to be changed: its row is held until the transaction ends.
pub(crate) async fn hold(tx: &mut Tx, actor: &Actor, agent: AccountId) -> Result<AgentRow, Error> {
    let row = agents::lock(tx, agent).await?.ok_or(Error::NoSuchAgent)?;
    gate::decide(Some(actor), Action::Edit, &Guarded::private(row.owner))?;
    if row.state == AgentState::Retired { Err(Error::Retired) } else { Ok(row) }
}
