//! Sessions: what a signed-in device holds.

use chrono::TimeDelta;
use kernel::{AccountId, Actor, SessionId, Via};
use platform::{Cx, Tx, World, event, secret::Token};
use sqlx::{PgExecutor, PgPool};

use crate::{
    AccountKind, AccountSummary, Error,
    event::{SessionRevoked, SignedIn as SignedInFact},
    gate::{self, Action, Guarded},
    session::{Device, SessionSummary},
    store::{accounts, sessions as store},
};

/// A device that has just been signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The secret that the device shows from now on. Given out once.
    pub token: Token,
    /// The session.
    pub session: SessionId,
    /// Who is signed in.
    pub account: AccountSummary,
}

/// What a valid token proves.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// The session.
    pub session: SessionId,
    /// Who acts, and what that makes of the things they write.
    pub actor: Actor,
    /// The account.
    pub account: AccountSummary,
    /// Whether it may administer this server.
    pub is_admin: bool,
}

/// Signs a device in to an account, whatever has been proven before.
///
/// # Errors
/// When there is no such account, it is suspended, or it is an organisation, which acts only through its members.
pub async fn issue_session<A>(tx: &mut Tx, cx: &Cx<A>, account: AccountId, device: &Device) -> Result<SignedIn, Error> {
    let found = accounts::summaries(&mut **tx, &[account.uuid()]).await?.pop();
    let summary = found.ok_or(Error::NoSuchAccount)?;
    if accounts::is_suspended(tx, account).await? {
        return Err(Error::Suspended);
    }
    let (session, token) = (cx.id(), Token::generate(cx.world.randomness.as_ref()));
    let actor = match summary.kind {
        AccountKind::Person => Actor::human(account, Via::Session(session)),
        AccountKind::Agent => Actor::agent(account, Via::Session(session)),
        AccountKind::Organisation => return Err(Error::NotAPerson),
    };
    store::insert(tx, session, account, token.hash(), device, cx.now()).await?;
    event::append(tx, &cx.world.cx(actor), account, &SignedInFact { session }).await?;
    Ok(SignedIn { token, session, account: summary })
}

/// Who holds this token, if it is valid. Notes at most once a minute that the session is in use.
///
/// # Errors
/// When the database fails.
pub async fn authenticate(pool: &PgPool, world: &World, token: &Token) -> Result<Option<Authenticated>, Error> {
    let now = world.now();
    let Some(live) = store::live(pool, token.hash(), now).await? else { return Ok(None) };
    let since = now - TimeDelta::minutes(1);
    if live.last_seen_at <= since {
        store::touch(pool, live.id, now, since).await?;
    }
    let (account, via) = (live.account.id, Via::Session(live.id));
    let actor = match live.account.kind {
        AccountKind::Agent => Actor::agent(account, via),
        AccountKind::Person | AccountKind::Organisation => Actor::human(account, via),
    };
    Ok(Some(Authenticated { session: live.id, actor, account: live.account, is_admin: live.is_admin }))
}

/// The session an actor's credential belongs to.
const fn own_session(actor: &Actor) -> Option<SessionId> {
    match actor.via {
        Via::Session(id) => Some(id),
        Via::System => None,
    }
}

/// The devices on which the actor is signed in, the last used first.
///
/// # Errors
/// When the database fails.
pub async fn sessions(executor: impl PgExecutor<'_>, cx: &Cx<Actor>) -> Result<Vec<SessionSummary>, Error> {
    store::list(executor, cx.actor.account, own_session(&cx.actor), cx.now()).await
}

/// Signs the actor's own device out.
///
/// # Errors
/// When the database fails.
pub async fn sign_out(tx: &mut Tx, cx: &Cx<Actor>) -> Result<(), Error> {
    match own_session(&cx.actor) {
        Some(id) => end_session(tx, cx, id).await,
        None => Ok(()),
    }
}

/// Signs one of the actor's devices out. Doing it twice is doing it once.
///
/// # Errors
/// When there is no such device, or it is somebody else's, which is told no differently.
pub async fn revoke_session(tx: &mut Tx, cx: &Cx<Actor>, id: SessionId) -> Result<(), Error> {
    let owner = store::owner(&mut **tx, id).await?.ok_or(Error::NoSuchSession)?;
    gate::decide(Some(&cx.actor), Action::Delete, &Guarded::private(owner)).map_err(|_| Error::NoSuchSession)?;
    end_session(tx, cx, id).await
}

/// Signs all of the actor's devices out but the one that asks. Returns how many there were.
///
/// # Errors
/// When the database fails.
pub async fn revoke_other_sessions(tx: &mut Tx, cx: &Cx<Actor>) -> Result<usize, Error> {
    end_sessions(tx, cx, cx.actor.account, own_session(&cx.actor)).await
}

async fn end_session(tx: &mut Tx, cx: &Cx<Actor>, session: SessionId) -> Result<(), Error> {
    if store::revoke(tx, session, cx.now()).await? {
        event::append(tx, cx, cx.actor.account, &SessionRevoked { session }).await?;
    }
    Ok(())
}

/// Ends all sessions of an account but one, and says so of each.
pub(super) async fn end_sessions(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    account: AccountId,
    except: Option<SessionId>,
) -> Result<usize, Error> {
    let ended = store::revoke_all(tx, account, except, cx.now()).await?;
    for session in &ended {
        event::append(tx, cx, account, &SessionRevoked { session: *session }).await?;
    }
    Ok(ended.len())
}
