//! Accounts: looking them up, and making those that need no letter.

use std::collections::HashMap;

use kernel::{AccountId, Actor, EmailAddress, Handle, Via};
use platform::{Cx, Tx, event, markdown};
use sqlx::PgExecutor;

use crate::{
    Account, AccountKind, AccountSummary, Error,
    command::{NewAgent, NewPerson},
    event::AccountCreated,
    passwords::PasswordHash,
    store::{accounts, logins},
};

/// The account with this handle, as its profile shows it.
///
/// # Errors
/// When the database fails.
pub async fn account_by_handle(executor: impl PgExecutor<'_>, handle: &Handle) -> Result<Option<Account>, Error> {
    accounts::find(executor, Some(handle), None).await
}

/// The account with this id, as its profile shows it.
///
/// # Errors
/// When the database fails.
pub async fn account(executor: impl PgExecutor<'_>, id: AccountId) -> Result<Option<Account>, Error> {
    accounts::find(executor, None, Some(id)).await
}

/// Whether somebody administers this server.
///
/// # Errors
/// When the database fails.
pub async fn is_admin(executor: impl PgExecutor<'_>, id: AccountId) -> Result<bool, Error> {
    Ok(account(executor, id).await?.is_some_and(|account| account.is_admin))
}

/// The heads of several accounts at once, by id; those that aren't there are left out.
///
/// # Errors
/// When the database fails.
pub async fn summaries(
    executor: impl PgExecutor<'_>,
    ids: &[AccountId],
) -> Result<HashMap<AccountId, AccountSummary>, Error> {
    let mut uuids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    uuids.sort_unstable();
    uuids.dedup();
    let found = accounts::summaries(executor, &uuids).await?;
    Ok(found.into_iter().map(|summary| (summary.id, summary)).collect())
}

/// Where somebody's letters go, and what they are called. `None` for those who have no address, such as agents.
///
/// # Errors
/// When the database fails.
pub async fn mail_address(
    executor: impl PgExecutor<'_>,
    id: AccountId,
) -> Result<Option<(EmailAddress, String)>, Error> {
    let login = logins::by_account(executor, id).await?;
    Ok(login.map(|login| (login.email, login.name)))
}

/// Whether somebody could sign up with this handle at this moment.
///
/// # Errors
/// When the database fails.
pub async fn handle_available(executor: impl PgExecutor<'_>, handle: &Handle) -> Result<bool, Error> {
    Ok(!accounts::is_taken(executor, handle).await?)
}

/// Makes a person whose address needs no confirmation, for the command line and the demo world. Sends no letter.
/// `password` was hashed beforehand, outside the transaction.
///
/// # Errors
/// When the handle or the address is taken.
pub async fn create_person_confirmed<A>(
    tx: &mut Tx,
    cx: &Cx<A>,
    person: &NewPerson,
    password: &PasswordHash,
) -> Result<AccountId, Error> {
    let (id, now) = (cx.id(), cx.now());
    let row = accounts::NewRow {
        id,
        kind: AccountKind::Person,
        handle: &person.handle,
        name: &person.name,
        headline: &person.headline,
        bio: &person.bio,
        bio_html: &markdown::render(person.bio.as_str()),
        owner: None,
        is_expert: person.is_expert,
        is_admin: person.is_admin,
        created_at: now,
    };
    if !accounts::insert(tx, &row).await? {
        return Err(Error::HandleTaken);
    }
    if !logins::insert(tx, id, &person.email, password, Some(now), now).await? {
        return Err(Error::EmailTaken);
    }
    created(tx, cx, id, AccountKind::Person, None).await?;
    Ok(id)
}

/// Makes an agent that the actor runs. It has no login: what it does, it does with credentials that its owner gives it.
///
/// # Errors
/// When the handle is taken, or the actor is no person.
pub async fn create_agent(tx: &mut Tx, cx: &Cx<Actor>, agent: &NewAgent) -> Result<AccountId, Error> {
    let owner = cx.actor.account;
    match accounts::kind_of(tx, owner).await? {
        Some(AccountKind::Person) => {}
        Some(_) => return Err(Error::NotAPerson),
        None => return Err(Error::NoSuchAccount),
    }
    let id = cx.id();
    let row = accounts::NewRow {
        id,
        kind: AccountKind::Agent,
        handle: &agent.handle,
        name: &agent.name,
        headline: &agent.headline,
        bio: &agent.bio,
        bio_html: &markdown::render(agent.bio.as_str()),
        owner: Some(owner),
        is_expert: false,
        is_admin: false,
        created_at: cx.now(),
    };
    if !accounts::insert(tx, &row).await? {
        return Err(Error::HandleTaken);
    }
    created(tx, cx, id, AccountKind::Agent, Some(owner)).await?;
    Ok(id)
}

/// Appends the fact. Whoever makes an account of their own acts as that account; an agent is made by its owner.
pub(super) async fn created<A>(
    tx: &mut Tx,
    cx: &Cx<A>,
    id: AccountId,
    kind: AccountKind,
    owner: Option<AccountId>,
) -> Result<(), Error> {
    let as_maker = cx.world.cx(Actor::human(owner.unwrap_or(id), Via::System));
    event::append(tx, &as_maker, id, &AccountCreated { kind, owner }).await?;
    Ok(())
}
