//! Signing in.

use std::time::Duration;

use chrono::{DateTime, Utc};
use kernel::{EmailAddress, Handle};
use platform::{Database, Tx, World};

use super::sessions::{SignedIn, issue_session};
use crate::{
    Error, Passwords,
    command::{Login, SignIn},
    passwords::Verdict,
    session::Device,
    store::{
        failures,
        logins::{self, LoginRecord},
    },
};

/// From this many failures on, a login is locked for a while.
const FAILURES_OF_A_LOGIN: i32 = 5;
/// From this many failures on, an address is locked for a while.
const FAILURES_OF_AN_ADDRESS: i32 = 20;

/// Signs a device in.
///
/// A try is counted before the password is looked at, and taken back when it was right: however many come at the same
/// instant, no more than the lock-out allows are looked at. A login is counted as it was typed, handle or address, whether
/// or not there is such an account, so the lock-out tells neither that nor which address belongs to which handle.
///
/// # Errors
/// When login and password don't belong together, the address is not confirmed, or there were too many failures.
pub async fn sign_in(
    database: &Database,
    world: &World,
    passwords: &Passwords,
    command: &SignIn,
) -> Result<SignedIn, Error> {
    let subjects = Subjects::of(command);
    subjects.count(database, world.now()).await?;
    let login = find(database, &command.login).await?;
    let hash = login.as_ref().map(|login| &login.password);
    let verdict = match passwords.verify(command.password.as_ref(), hash).await {
        Err(busy @ Error::Busy) => {
            // It was not looked at, so it was no try.
            let mut tx = database.begin().await?;
            subjects.take_back(&mut tx).await?;
            tx.commit().await?;
            return Err(busy);
        }
        verdict => verdict?,
    };
    let (Some(login), Some(password), Verdict::Right | Verdict::RightButOutdated) = (login, &command.password, verdict)
    else {
        return Err(Error::WrongCredentials);
    };
    let renewed = match verdict {
        Verdict::RightButOutdated => Some(passwords.hash(password, world.randomness.as_ref()).await?),
        _ => None,
    };

    let mut tx = database.begin().await?;
    // The password may have been replaced while we compared it with the old one.
    let now_kept = logins::lock(&mut tx, login.account).await?;
    if now_kept.is_none_or(|kept| kept.password != login.password) {
        return Err(Error::WrongCredentials);
    }
    subjects.take_back(&mut tx).await?;
    failures::forget(&mut tx, &self::subjects(&login.handle, &login.email)).await?;
    if !login.confirmed {
        tx.commit().await?;
        return Err(Error::EmailNotConfirmed);
    }
    if let Some(renewed) = renewed {
        logins::set_password(&mut tx, login.account, &renewed).await?;
    }
    let signed_in = issue_session(&mut tx, &world.cx(()), login.account, &command.device).await?;
    tx.commit().await?;
    Ok(signed_in)
}

async fn find(database: &Database, login: &Login) -> Result<Option<LoginRecord>, Error> {
    match login {
        Login::Handle(handle) => logins::by_handle(database.pool(), handle).await,
        Login::Email(email) => logins::by_email(database.pool(), email).await,
        Login::Nobody => Ok(None),
    }
}

/// The two names one account is counted under.
pub(super) fn subjects(handle: &Handle, email: &EmailAddress) -> [String; 2] {
    [of_handle(handle), of_email(email)]
}

fn of_handle(handle: &Handle) -> String {
    format!("handle:{handle}")
}

fn of_email(email: &EmailAddress) -> String {
    format!("email:{}", email.key())
}

/// What a try is counted under.
struct Subjects {
    address: String,
    login: Option<String>,
}

impl Subjects {
    fn of(command: &SignIn) -> Self {
        let address = format!("address:{}", Device::network(&command.device));
        let login = match &command.login {
            Login::Handle(handle) => Some(of_handle(handle)),
            Login::Email(email) => Some(of_email(email)),
            Login::Nobody => None,
        };
        Self { address, login }
    }

    /// Counts a try of both, or of neither when one is locked. Always in the same order, so that nobody waits in a circle.
    async fn count(&self, database: &Database, now: DateTime<Utc>) -> Result<(), Error> {
        let locked = |until: DateTime<Utc>| Error::Locked { wait: (until - now).to_std().unwrap_or(Duration::ZERO) };
        let mut tx = database.begin().await?;
        failures::count(&mut tx, &self.address, FAILURES_OF_AN_ADDRESS, now).await?.map_err(locked)?;
        if let Some(login) = &self.login {
            failures::count(&mut tx, login, FAILURES_OF_A_LOGIN, now).await?.map_err(locked)?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn take_back(&self, tx: &mut Tx) -> Result<(), Error> {
        failures::take_back(tx, &self.address, FAILURES_OF_AN_ADDRESS).await?;
        match &self.login {
            Some(login) => failures::take_back(tx, login, FAILURES_OF_A_LOGIN).await,
            None => Ok(()),
        }
    }
}
