//! On what terms an agent may be asked, as the market has it.

use agents_core::{
    Error as AgentsError,
    service::{Most, reserve_charge, settle},
    terms::{self, Asking, Ended, Terms, refuse},
};
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use kernel::{AccountId, Actor, Id, Money, Problem, ProblemKind};
use money_core::{Amount, LedgerKind, Memo, PlaceHold, Subject, service as ledger};
use platform::{Cx, Tx, event, models::Cost};
use sqlx::PgPool;

use super::sell::{self, For};
use crate::{
    Error, LicenceState, ListingState, Standing, Way,
    event::MessageSold,
    listing::CURRENCY,
    store::{
        charges::{self, Charge},
        licences::{self, Licence},
        listings::{self, Listing},
        revenue, splits,
        users::{self, Used, User},
    },
};

/// How long the price of a message is set aside at most: far longer than an answer can take.
const HELD_FOR: TimeDelta = TimeDelta::days(1);

/// The terms of the market. What was never offered there can be asked by everybody, and costs nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct MarketTerms;

#[async_trait]
impl Terms for MarketTerms {
    async fn admit(&self, tx: &mut Tx, cx: &Cx<Actor>, asking: &Asking) -> Result<(), AgentsError> {
        admit(tx, cx, asking).await.map_err(for_agents)
    }

    async fn settle(&self, tx: &mut Tx, cx: &Cx<Actor>, ended: &Ended) -> Result<(), AgentsError> {
        settle_answer(tx, cx, ended).await.map_err(for_agents)
    }

    async fn standing(&self, pool: &PgPool, cx: &Cx<Actor>, agent: AccountId) -> Result<terms::Standing, AgentsError> {
        let Standing { way, next_costs, free_left, to_agree, problem, .. } =
            standing(pool, cx, agent).await.map_err(for_agents)?;
        let note = match (way, next_costs) {
            (Some(Way::Trial), _) if free_left == 1 => Some("One free message is left.".to_owned()),
            (Some(Way::Trial), _) => Some(format!("{free_left} free messages are left.")),
            (_, Some(price)) => Some(format!("Each message costs {price}; an answer that fails costs nothing.")),
            _ => None,
        };
        Ok(terms::Standing { note, problem, to_agree })
    }

    async fn earned(
        &self,
        pool: &PgPool,
        owner: AccountId,
        agents: &[AccountId],
        since: DateTime<Utc>,
    ) -> Result<Vec<(AccountId, Money)>, AgentsError> {
        revenue::of_agents(pool, agents, owner, Id::lowest_at(since)).await.map_err(for_agents)
    }

    async fn agree(&self, tx: &mut Tx, cx: &Cx<Actor>, agent: AccountId, seen: Money) -> Result<(), AgentsError> {
        agree_price(tx, cx, agent, seen).await.map_err(for_agents)
    }
}

/// An error of ours as the agents' area takes it: a failing database stays one.
fn for_agents(error: Error) -> AgentsError {
    match error {
        Error::Agents(error) => error,
        Error::Database(error) => AgentsError::Database(error),
        Error::Ledger(money_core::Error::NotEnough { of: LedgerKind::Wallet, missing }) => refuse(Problem::new(
            ProblemKind::Conflict,
            format!(
                "There is not enough in your wallet for this message: {missing} are missing. Top it up, and ask again."
            ),
        )),
        other => refuse(other.into()),
    }
}

/// Why somebody may not ask.
enum No {
    /// It takes on nobody new, or nobody at all.
    NotOffered,
    /// They have to agree to the price first.
    Agree(Money),
    /// It has to be bought or subscribed to.
    Buy,
    /// What they subscribed to is not paid.
    Unpaid,
}

impl No {
    fn words(&self) -> String {
        match self {
            Self::NotOffered => "This agent is not offered at the moment.".to_owned(),
            Self::Agree(price) => {
                format!("Each message to this agent costs {price} from now on. Agree to that first, and ask again.")
            }
            Self::Buy => "The free messages are used up. Buy this agent, or subscribe to it, to go on.".to_owned(),
            Self::Unpaid => "Your subscription to this agent is not paid. Pay it to go on.".to_owned(),
        }
    }
}

/// On what ground somebody who has no share in an agent may ask it, and what that costs.
fn decide(listing: &Listing, user: &User, licence: Option<&Licence>) -> Result<(Way, Option<Money>), No> {
    let in_force = licence.is_some_and(|licence| licence.state.is_in_force());
    let taken_on = match listing.state {
        ListingState::Draft | ListingState::Listed => true,
        ListingState::Paused => in_force || user.answers > 0,
        ListingState::Withdrawn => in_force,
    };
    if !taken_on {
        return Err(No::NotOffered);
    }
    if listing.prices.free || listing.state == ListingState::Draft {
        return Ok((Way::Free, None));
    }
    if in_force {
        return Ok((Way::Licence, None));
    }
    if user.free_used < listing.free_messages {
        return Ok((Way::Trial, None));
    }
    match listing.prices.message {
        Some(price) if user.agreed.is_some_and(|agreed| agreed >= price.minor) => Ok((Way::Paid, Some(price))),
        Some(price) => Err(No::Agree(price)),
        None if licence.is_some_and(|licence| licence.state == LicenceState::Grace) => Err(No::Unpaid),
        None => Err(No::Buy),
    }
}

async fn admit(tx: &mut Tx, cx: &Cx<Actor>, asking: &Asking) -> Result<(), Error> {
    let Some(listing) = listings::of_agent(&mut **tx, asking.agent).await? else { return Ok(()) };
    let account = asking.asker;
    if listing.state == ListingState::Draft
        || account == listing.owner
        || splits::has_share(&mut **tx, listing.id, account).await?
    {
        return Ok(());
    }
    let user = users::lock(tx, listing.id, account).await?;
    let licence = licences::had(&mut **tx, listing.id, account).await?;
    let (way, price) = decide(&listing, &user, licence.as_ref())
        .map_err(|no| Error::Agents(refuse(Problem::new(ProblemKind::Conflict, no.words()))))?;
    let mut charge = Charge { run: asking.run, listing: listing.id, account, way, minor: 0, hold: None };
    if way == Way::Trial {
        users::use_free(tx, listing.id, account, 1).await?;
    }
    if let Some(price) = price {
        reserve_charge(tx, cx, asking.run, account, cost(price)).await?;
        let hold = PlaceHold {
            payer: account,
            amount: Amount::new(price).map_err(money_core::Error::from)?,
            lasts: HELD_FOR,
            key: asking.run.to_string().parse().map_err(money_core::Error::from)?,
            memo: Memo::new(&listing.title),
            subject: Some(Subject::of(asking.run)),
        };
        charge.hold = Some(ledger::hold(tx, cx, &hold).await?.id);
        charge.minor = price.minor;
    }
    charges::insert(tx, &charge).await
}

async fn settle_answer(tx: &mut Tx, cx: &Cx<Actor>, ended: &Ended) -> Result<(), Error> {
    let run = ended.run;
    let nothing = Most { running: ended.running, charged: Cost::ZERO };
    let Some((listing, account)) = charges::whose(tx, run).await? else {
        return Ok(settle(tx, cx, run, nothing).await?);
    };
    users::lock(tx, listing, account).await?;
    // Of two who settle at once, the second finds nothing.
    let Some((charge, conversation)) = charges::open(tx, run).await? else {
        return Ok(settle(tx, cx, run, nothing).await?);
    };
    let listing = listings::find(&mut **tx, listing).await?.ok_or(Error::NoSuchListing)?;
    let taken = ended.delivered;
    let price = Money::new(if taken { charge.minor } else { 0 }, CURRENCY);
    if charge.way == Way::Licence && taken {
        licences::count_answer(tx, listing.id, account).await?;
    }
    settle(tx, cx, run, Most { running: ended.running, charged: cost(price) }).await?;
    let mut charged = 0;
    match charge.hold {
        Some(hold) if taken => {
            match sell::sell(tx, cx, &listing, account, price, For::Message { run, hold }).await {
                Ok(sale) => {
                    charged = sale.minor;
                    let fact = MessageSold { sale: sale.id, listing: listing.id, account, run, price };
                    event::append(tx, cx, listing.id, &fact).await?;
                }
                // It was let go in the meantime: whoever asked keeps both.
                Err(Error::Ledger(money_core::Error::HoldClosed)) => {
                    tracing::warn!(%run, "a message could not be charged: nothing is set aside for it any more");
                }
                Err(error) => return Err(error),
            }
        }
        Some(hold) => {
            ledger::release(tx, cx, hold, &Memo::new("Nothing to pay for")).await?;
        }
        None if charge.way == Way::Trial && !taken => users::use_free(tx, listing.id, account, -1).await?,
        None => {}
    }
    charges::settle(tx, run, taken, cx.now()).await?;
    if taken {
        let used = Used { listing: listing.id, account, conversation, charged, cost: ended.running.micros() };
        users::count_answer(tx, &used, cx.now()).await?;
    }
    Ok(())
}

/// An amount as budgets count it.
pub(super) fn cost(money: Money) -> Cost {
    Cost::try_from(money.minor.saturating_mul(agents_core::budget::MICROS)).unwrap_or_default()
}

/// How the actor stands to an agent: on what ground they may ask it, what that costs, or what to do first.
///
/// # Errors
/// When the database fails.
pub async fn standing(pool: &PgPool, cx: &Cx<Actor>, agent: AccountId) -> Result<Standing, Error> {
    let nothing = Standing {
        listing: None,
        way: Some(Way::Free),
        next_costs: None,
        free_left: 0,
        to_agree: None,
        licence: None,
        problem: None,
    };
    let account = cx.actor.account;
    let Some(listing) = listings::of_agent(pool, agent).await?.filter(|it| it.state != ListingState::Draft) else {
        return Ok(nothing);
    };
    let nothing = Standing { listing: Some(listing.id), ..nothing };
    if account == listing.owner || splits::has_share(pool, listing.id, account).await? {
        return Ok(Standing { way: Some(Way::Own), ..nothing });
    }
    let user = users::find(pool, listing.id, account).await?;
    let licence = licences::had(pool, listing.id, account).await?;
    let free_left = if listing.prices.free { 0 } else { listing.free_messages.saturating_sub(user.free_used) };
    let known = Standing { free_left, licence: licence.as_ref().map(|it| it.id), ..nothing };
    Ok(match decide(&listing, &user, licence.as_ref()) {
        Ok((way, next_costs)) => Standing { way: Some(way), next_costs, ..known },
        Err(no) => {
            let to_agree = if let No::Agree(price) = no { Some(price) } else { None };
            Standing { way: None, to_agree, problem: Some(no.words()), ..known }
        }
    })
}

/// Agrees to what a message costs: up to that, messages are charged without asking again.
///
/// # Errors
/// When it costs something else than what was seen, or messages are not sold.
pub async fn agree_price(tx: &mut Tx, cx: &Cx<Actor>, agent: AccountId, seen: Money) -> Result<(), Error> {
    let listing = listings::of_agent(&mut **tx, agent).await?.ok_or(Error::NoSuchListing)?;
    if listing.state == ListingState::Draft {
        return Err(Error::NoSuchListing);
    }
    let price = listing.prices.message.ok_or(Error::NotOffered)?;
    if price != seen {
        return Err(Error::OtherPrice { now: price });
    }
    users::lock(tx, listing.id, cx.actor.account).await?;
    users::agree(tx, listing.id, cx.actor.account, price.minor).await
}
