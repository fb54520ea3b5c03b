//! The sandbox: the payment provider that is built in. It takes test cards instead of money and is complete otherwise:
//! it has pages to pay on, keeps cards, charges them while their owner is away, gives money back, pays earnings out, and
//! tells its news by signed webhooks in Stripe's form.
//!
//! It behaves like an outside party. It works in transactions of its own and never in its caller's, remembers requests by
//! their key, and what it says reaches the rest of Magentic by the same way as what Stripe says.
//!
//! To add a test card: a line in [`cards::CARDS`], and a behaviour in [`cards`] if there is none like it yet.

mod accounts;
pub mod cards;
mod error;
mod events;
mod job;
mod later;
pub mod page;
mod payments;
mod payouts;
mod provider;
mod request;
mod store;

pub use accounts::{ACCOUNTS, TestAccount};
pub use events::Inbox;
pub use job::{DeliverWebhook, SettleLater, SweepSandbox, jobs};
pub use later::Later;

use kernel::Randomness;
use platform::{Database, World, config::Secret};
use url::Url;

/// The built-in payment provider.
#[derive(Clone)]
pub struct Sandbox {
    pub(crate) database: Database,
    pub(crate) world: World,
    public_url: Url,
    pub(crate) secret: Secret,
}

impl Sandbox {
    /// Opens the sandbox. What its webhooks are signed with is made once for an installation and kept in the database, so
    /// that all processes sign and check alike.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn open(database: &Database, world: &World, public_url: &Url) -> Result<Self, sqlx::Error> {
        let fresh = format!("whsec_{}", random_hex::<32>(world.randomness.as_ref()));
        // Of several that open at once, one writes, and all read what it wrote.
        sqlx::query!(
            "insert into installation (fact, value) values ('sandbox_webhook_secret', $1) on conflict (fact) do nothing",
            fresh
        )
        .execute(database.pool())
        .await?;
        let secret = sqlx::query_scalar!("select value from installation where fact = 'sandbox_webhook_secret'")
            .fetch_one(database.pool())
            .await?;
        Ok(Self {
            database: database.clone(),
            world: world.clone(),
            public_url: public_url.clone(),
            secret: Secret::from(secret.as_str()),
        })
    }

    /// A new name for something of the sandbox's: `pi_sandbox_…`.
    pub(crate) fn reference(&self, prefix: &str) -> String {
        format!("{prefix}_sandbox_{}", random_hex::<12>(self.world.randomness.as_ref()))
    }

    /// Where a page is.
    pub(crate) fn page_url(&self, reference: &str) -> Url {
        let mut url = self.public_url.clone();
        // Only addresses such as `mailto:` have no path, and nothing is served there.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["sandbox", reference]);
        }
        url
    }
}

fn random_hex<const N: usize>(randomness: &dyn Randomness) -> String {
    let mut bytes = [0; N];
    randomness.fill(&mut bytes);
    hex::encode(bytes)
}
