//! On what terms an agent may be asked: the port through which the market says who may, and what it costs them. What an
//! answer costs to run is no business of it.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{AccountId, Actor, ConversationId, Money, Problem, RunId};
use platform::{Cx, Tx, models::Cost};
use sqlx::PgPool;

use crate::{
    Error,
    service::{self, Most},
};

/// A question that is about to be asked. Its run is written down, and nobody has begun it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asking {
    /// The run that will answer.
    pub run: RunId,
    /// The agent.
    pub agent: AccountId,
    /// Whose it is.
    pub owner: AccountId,
    /// Who asks.
    pub asker: AccountId,
    /// Where.
    pub conversation: ConversationId,
}

/// An answer that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// The run that answered.
    pub run: RunId,
    /// What it cost to run.
    pub running: Cost,
    /// Whether whoever asked got something for it: it was written to its end, or stopped after words had come. What failed or
    /// came to nothing costs them nothing.
    pub delivered: bool,
}

/// How somebody stands to an agent, in words for them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// What the next message costs, or how many are free; nothing, where there is nothing to say.
    pub note: Option<String>,
    /// Why they may not ask, or what to do first.
    pub problem: Option<String>,
    /// The price of a message they have to agree to first.
    pub to_agree: Option<Money>,
}

/// Decides who may ask an agent, and what that costs.
///
/// Both take what they hold in one order, so that nobody waits in a circle: rows of their own, then the meters of what is
/// spent (by [`service::reserve_charge`] and [`service::settle`]), then the ledger.
#[async_trait]
pub trait Terms: Send + Sync {
    /// Admits a question, in the transaction that asks it: refuses, or sets aside what it will cost.
    ///
    /// # Errors
    /// With [`Error::Terms`], when the actor may not ask; when there is not enough, or a cap would be passed.
    async fn admit(&self, tx: &mut Tx, cx: &Cx<Actor>, asking: &Asking) -> Result<(), Error>;

    /// Settles an answer, in the transaction that ends it: takes what was set aside, or lets it go, and settles the run's
    /// budget. Settling again changes nothing.
    ///
    /// # Errors
    /// When the database fails.
    async fn settle(&self, tx: &mut Tx, cx: &Cx<Actor>, ended: &Ended) -> Result<(), Error>;

    /// How the actor stands to an agent. Where nothing else is said, everybody may ask, and it costs nothing.
    ///
    /// # Errors
    /// When the database fails.
    async fn standing(&self, _: &PgPool, _: &Cx<Actor>, _: AccountId) -> Result<Standing, Error> {
        Ok(Standing::default())
    }

    /// What agents of somebody's earned them since an instant; fees, others' parts and what was given back taken off. One that
    /// earned nothing may be missing.
    ///
    /// # Errors
    /// When the database fails.
    async fn earned(
        &self,
        _pool: &PgPool,
        _owner: AccountId,
        _agents: &[AccountId],
        _since: DateTime<Utc>,
    ) -> Result<Vec<(AccountId, Money)>, Error> {
        Ok(Vec::new())
    }

    /// Agrees to what a message to an agent costs.
    ///
    /// # Errors
    /// When it costs something else than what was seen, or messages are not sold.
    async fn agree(&self, _: &mut Tx, _: &Cx<Actor>, _: AccountId, _: Money) -> Result<(), Error> {
        Ok(())
    }
}

/// Where there is no market: whatever is published can be asked by everybody, and costs them nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Open;

#[async_trait]
impl Terms for Open {
    async fn admit(&self, _: &mut Tx, _: &Cx<Actor>, _: &Asking) -> Result<(), Error> {
        Ok(())
    }

    async fn settle(&self, tx: &mut Tx, cx: &Cx<Actor>, ended: &Ended) -> Result<(), Error> {
        service::settle(tx, cx, ended.run, Most { running: ended.running, charged: Cost::ZERO }).await
    }
}

/// A refusal by the terms, in words for whoever asked.
pub fn refuse(problem: Problem) -> Error {
    Error::Terms(Box::new(problem))
}
