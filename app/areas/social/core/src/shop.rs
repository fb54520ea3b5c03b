//! Whether somebody sells something: the port through which the market, which depends on this area, tells profiles.

use std::{pin::Pin, sync::Arc};

use kernel::{AccountId, Problem};

/// What comes of asking.
pub type Answer = Pin<Box<dyn Future<Output = Result<bool, Problem>> + Send>>;

/// Says whether somebody offers something on the market. Where there is no market, there is none.
#[derive(Clone)]
pub struct Shop(Arc<dyn Fn(AccountId) -> Answer + Send + Sync>);

impl Shop {
    /// One that asks this.
    pub fn new(ask: impl Fn(AccountId) -> Answer + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    /// Whether an account offers something.
    ///
    /// # Errors
    /// When the market can't tell.
    pub async fn has_offers_of(&self, account: AccountId) -> Result<bool, Problem> {
        (self.0)(account).await
    }
}
