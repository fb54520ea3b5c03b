//! The identity area through its public functions, on a real PostgreSQL.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that can't go on stops")]

mod accounts;
mod links;
mod profile;
mod sessions;
mod sign_in;
mod sign_up;
mod sweep;

use std::net::IpAddr;

use identity_core::{
    Device, Error, SignedIn,
    service::{self, ConfirmEmail, RequestLink, SignIn, SignUp},
};
use kernel::{AccountId, EmailAddress, Handle, Problem};
use platform::mail::StoredLetter;
use testkit::{PASSWORD, TestApp};

/// What the tests do over and over, in the way the web does it.
trait Steps {
    async fn sign_up(&self, handle: &str, email: &str, password: &str) -> Result<(), Error>;
    async fn sign_in(&self, login: &str, password: &str) -> Result<SignedIn, Error>;
    async fn sign_in_from(&self, address: [u8; 4], login: &str, password: &str) -> Result<SignedIn, Error>;
    async fn confirm(&self, token: &str) -> Result<SignedIn, Error>;
    async fn resend(&self, email: &str);
    async fn request_reset(&self, email: &str);
    async fn reset(&self, token: &str, password: &str) -> Result<(), Error>;
    async fn member(&self, handle: &str) -> AccountId;
    async fn count(&self, table: &str) -> i64;
    async fn facts(&self, kind: &str) -> i64;
}

impl Steps for TestApp {
    async fn sign_up(&self, handle: &str, email: &str, password: &str) -> Result<(), Error> {
        let command = SignUp::parse(handle, "Somebody", email, password).expect("valid input");
        let hash = self.passwords.hash(&command.password, self.world.randomness.as_ref()).await?;
        let mut tx = self.database.begin().await?;
        service::sign_up(&mut tx, &self.world.cx(()), &self.public_url, &command, &hash).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn sign_in(&self, login: &str, password: &str) -> Result<SignedIn, Error> {
        self.sign_in_from([192, 0, 2, 1], login, password).await
    }

    async fn sign_in_from(&self, address: [u8; 4], login: &str, password: &str) -> Result<SignedIn, Error> {
        let command = SignIn::parse(login, password, device_at(address)).expect("valid input");
        service::sign_in(&self.database, &self.world, &self.passwords, &command).await
    }

    async fn confirm(&self, token: &str) -> Result<SignedIn, Error> {
        let mut tx = self.database.begin().await?;
        let command = ConfirmEmail::parse(token, device());
        let signed_in = service::confirm_email(&mut tx, &self.world.cx(()), &command).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    async fn resend(&self, email: &str) {
        let mut tx = self.database.begin().await.expect("a transaction");
        let command = RequestLink::parse(email).expect("valid input");
        let sent = service::resend_confirmation(&mut tx, &self.world.cx(()), &self.public_url, &command).await;
        sent.expect("always the same answer");
        tx.commit().await.expect("a commit");
    }

    async fn request_reset(&self, email: &str) {
        let mut tx = self.database.begin().await.expect("a transaction");
        let command = RequestLink::parse(email).expect("valid input");
        let sent = service::request_reset(&mut tx, &self.world.cx(()), &self.public_url, &command).await;
        sent.expect("always the same answer");
        tx.commit().await.expect("a commit");
    }

    async fn reset(&self, token: &str, password: &str) -> Result<(), Error> {
        let command = service::ResetPassword::parse(token, password).expect("valid input");
        service::reset_password(&self.database, &self.world, &self.passwords, &self.public_url, &command).await
    }

    async fn member(&self, handle: &str) -> AccountId {
        self.person(handle).await.actor.account
    }

    async fn count(&self, table: &str) -> i64 {
        let statement = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
        sqlx::query_scalar(statement).fetch_one(self.database.pool()).await.expect("a count")
    }

    async fn facts(&self, kind: &str) -> i64 {
        let count = sqlx::query_scalar("select count(*) from events where kind = $1").bind(kind);
        count.fetch_one(self.database.pool()).await.expect("a count")
    }
}

fn device() -> Device {
    device_at([192, 0, 2, 1])
}

fn device_at(address: [u8; 4]) -> Device {
    let firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0";
    Device::new(firefox, IpAddr::from(address))
}

fn handle(text: &str) -> Handle {
    text.parse().expect("a handle")
}

fn email(text: &str) -> EmailAddress {
    text.parse().expect("an address")
}

/// The token of the link in a letter.
fn token_in(letter: &StoredLetter) -> String {
    let (_, rest) = letter.text.split_once("token=").expect("a link");
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
}

/// The only letter with this subject.
fn letter<'a>(letters: &'a [StoredLetter], subject: &str) -> &'a StoredLetter {
    let mut found = letters.iter().filter(|letter| letter.subject == subject);
    let first = found.next().unwrap_or_else(|| panic!("no letter {subject:?} in {letters:?}"));
    assert!(found.next().is_none(), "several letters {subject:?}");
    first
}

/// What the person is told, and with which status.
fn told<T: std::fmt::Debug>(result: Result<T, Error>) -> Problem {
    Problem::from(result.expect_err("it should have been refused"))
}

/// Runs all at once and gives what came of each.
async fn race<T: Send + 'static>(tries: Vec<impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let tasks: Vec<_> = tries.into_iter().map(tokio::spawn).collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.expect("no panic"));
    }
    outcomes
}

/// Another password that is good enough.
const OTHER_PASSWORD: &str = "glass otter parade trombone";

#[test]
fn the_passwords_of_these_tests_differ() {
    assert_ne!(PASSWORD, OTHER_PASSWORD);
}
