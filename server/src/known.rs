//! Who was recognised a moment ago. A page is a dozen requests within a second, and each would ask the database who it is from.
//!
//! What is remembered counts for a second, and only until something may have changed: any request to this process that is no
//! mere reading makes it void, when it begins and when it ends, and so does every event about accounts and sessions, with
//! which the other processes make themselves heard. So a device that is signed out here is a stranger at its next request.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use identity_core::{Authenticated, Error, service};
use moka::sync::Cache;
use platform::{
    World,
    secret::{Token, TokenHash},
};
use sqlx::PgPool;

/// For how long somebody is remembered.
const REMEMBERED: TimeDelta = TimeDelta::seconds(1);
/// How many are remembered.
const MOST: u64 = 10_000;

/// Those who were recognised a moment ago.
#[derive(Clone)]
pub struct Known {
    changes: Arc<AtomicU64>,
    remembered: Cache<TokenHash, Seen>,
}

/// Somebody, as they were seen.
#[derive(Clone)]
struct Seen {
    who: Authenticated,
    at: DateTime<Utc>,
    changes: u64,
}

impl Default for Known {
    fn default() -> Self {
        let forgotten = REMEMBERED.to_std().unwrap_or_default();
        let remembered = Cache::builder().max_capacity(MOST).time_to_live(forgotten).build();
        Self { changes: Arc::default(), remembered }
    }
}

impl Known {
    /// Who holds this token, if it is valid.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn recognise(&self, pool: &PgPool, world: &World, token: &Token) -> Result<Option<Authenticated>, Error> {
        let (hash, now) = (token.hash(), world.now());
        // Read before the database is: what changes meanwhile makes what is found void.
        let changes = self.changes.load(Ordering::SeqCst);
        let seen = self.remembered.get(&hash).filter(|seen| seen.changes == changes && now - seen.at < REMEMBERED);
        if let Some(seen) = seen {
            return Ok(Some(seen.who));
        }
        let found = service::authenticate(pool, world, token).await?;
        if let Some(who) = &found {
            self.remembered.insert(hash, Seen { who: who.clone(), at: now, changes });
        }
        Ok(found)
    }

    /// Makes void what is remembered: something about accounts or sessions has changed.
    pub fn forget(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    /// Something may change from now on until the guard is dropped.
    pub fn changing(&self) -> Changing {
        self.forget();
        Changing(self.clone())
    }
}

/// While it lasts, something may change.
pub struct Changing(Known);

impl Drop for Changing {
    fn drop(&mut self) {
        self.0.forget();
    }
}

#[cfg(test)]
mod tests {
    use identity_core::Device;
    use testkit::TestApp;

    use super::*;

    #[tokio::test]
    async fn somebody_is_remembered_until_something_changes_or_a_second_is_over() {
        let app = TestApp::new().await;
        let ana = app.person("ana").await;
        let pool = app.database.pool();
        let mut tx = app.database.begin().await.expect("a transaction");
        let device = Device::new("test", [127, 0, 0, 1].into());
        let issued = service::issue_session(&mut tx, &app.world.cx(()), ana.actor.account, &device).await;
        tx.commit().await.expect("a commit");
        let token = issued.expect("a session").token;
        let known = Known::default();
        let name = async || {
            let who = known.recognise(pool, &app.world, &token).await.expect("an answer");
            who.map(|who| who.account.name.to_string())
        };
        let rename = async |name: &str| {
            let renamed = sqlx::query("update accounts set name = $1").bind(name.to_owned()).execute(pool).await;
            renamed.expect("renamed");
        };

        assert_eq!(name().await.as_deref(), Some("ana"));
        rename("Ana").await;
        assert_eq!(name().await.as_deref(), Some("ana"), "not asked again");
        known.forget();
        assert_eq!(name().await.as_deref(), Some("Ana"));

        let changing = known.changing();
        assert_eq!(name().await.as_deref(), Some("Ana"));
        rename("Ana Costa").await;
        drop(changing);
        assert_eq!(name().await.as_deref(), Some("Ana Costa"), "what was seen during a change is void after it");

        rename("Somebody").await;
        app.clock.advance(REMEMBERED);
        assert_eq!(name().await.as_deref(), Some("Somebody"));
    }
}
