//! A sale: the price is divided by the rule in force, paid through the ledger, and written down with both.

use chrono::TimeDelta;
use kernel::{AccountId, HoldId, LicenceId, Money, RunId, TransferId};
use money_core::{Amount, Capture, Fee, Key, Line, Lines, Memo, Pay, Subject, service as ledger};
use platform::{Cx, Tx};

use crate::{
    Error, Rule, SaleKind,
    split::Part,
    store::{
        listings::Listing,
        sales::{self, Sale},
        splits,
    },
};

/// How long until what was earned can be paid out: for as long as it can be given back.
pub(super) const FREES_AFTER: TimeDelta = TimeDelta::days(RETURN_DAYS);
/// For so many days whoever bought can give it back.
pub(super) const RETURN_DAYS: i64 = 14;
/// Unless they had so many answers.
pub(super) const RETURN_ANSWERS: u64 = 20;

/// What a sale is for.
pub(super) enum For {
    /// A licence, for good or for a period; `key` makes it happen once.
    Licence { kind: SaleKind, licence: LicenceId, key: Key },
    /// A message, whose price is set aside.
    Message { run: RunId, hold: HoldId },
}

/// Has a price paid and divided. Returns the sale.
pub(super) async fn sell<A: ledger::Who>(
    tx: &mut Tx,
    cx: &Cx<A>,
    listing: &Listing,
    buyer: AccountId,
    price: Money,
    what: For,
) -> Result<Sale, Error> {
    let rule = splits::current(tx, listing.id).await?.ok_or(Error::BadRow("absence of a rule of division"))?;
    let parts = rule.divide(price.minor, buyer);
    let lines = lines(price, &parts)?;
    let memo = Memo::new(&listing.title);
    let (kind, licence, run, transfer) = match what {
        For::Licence { kind, licence, key } => {
            let subject = Some(Subject::of(licence));
            let pay = Pay { payer: buyer, lines, frees_after: FREES_AFTER, key, memo, subject };
            (kind, Some(licence), None, ledger::pay(tx, cx, &pay).await?)
        }
        For::Message { run, hold } => {
            let key = "answered".parse().map_err(money_core::Error::from)?;
            let capture = Capture { hold, lines, frees_after: FREES_AFTER, key, memo };
            (SaleKind::Message, None, Some(run), ledger::capture(tx, cx, &capture).await?)
        }
    };
    write(tx, cx, listing, buyer, price, (kind, licence, run), transfer.id, &rule, &parts).await
}

#[expect(clippy::too_many_arguments, reason = "each is a column of what is written down")]
async fn write<A>(
    tx: &mut Tx,
    cx: &Cx<A>,
    listing: &Listing,
    buyer: AccountId,
    price: Money,
    (kind, licence, run): (SaleKind, Option<LicenceId>, Option<RunId>),
    transfer: TransferId,
    rule: &Rule,
    parts: &[Part],
) -> Result<Sale, Error> {
    let sale = Sale {
        id: cx.id(),
        listing: listing.id,
        agent: listing.agent,
        buyer,
        kind,
        minor: price.minor,
        licence,
        run,
        rule_version: rule.version,
        transfer,
        at: cx.now(),
        refunded_at: None,
    };
    sales::insert(tx, &sale, parts).await?;
    Ok(sale)
}

/// The parts as the ledger takes them: to each payee theirs; the platform's comes out of the first that is large enough, which
/// is the creator's, unless they gave nearly all of it away.
fn lines(price: Money, parts: &[Part]) -> Result<Lines, Error> {
    let mut platform: i64 = parts.iter().filter(|part| part.account.is_none()).map(|part| part.minor).sum();
    let payees: Vec<(AccountId, i64)> =
        parts.iter().filter_map(|part| Some((part.account?, part.minor))).filter(|(_, minor)| *minor > 0).collect();
    let mut lines = Vec::new();
    for (to, minor) in payees {
        let fee = std::mem::take(&mut platform);
        let amount = Amount::new(Money::new(minor + fee, price.currency)).map_err(money_core::Error::from)?;
        lines.push(Line { to, amount, fee: Fee::Exactly(fee) });
    }
    // All of it is the platform's: a line of the creator's that is all fee.
    if lines.is_empty() {
        let creator = parts.iter().find_map(|part| part.account).ok_or(Error::BadRow("division without anybody"))?;
        let amount = Amount::new(price).map_err(money_core::Error::from)?;
        lines.push(Line { to: creator, amount, fee: Fee::Exactly(platform) });
    }
    let whole = Amount::new(price).map_err(money_core::Error::from)?;
    Ok(Lines::of(whole, lines).map_err(money_core::Error::from)?)
}
