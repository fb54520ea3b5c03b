//! What somebody earned: by listing, by line, and as a table that equals the ledger.

use std::io::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use identity_core::AccountSummary;
use kernel::{AccountId, Actor, Cursor, ListingId, Money, Page, PageSize, SaleId};
use platform::Cx;
use sqlx::PgPool;

use super::own;
use crate::{
    Error, Filter, ListingCard, RevenueLine, RevenueOf, Sort,
    listing::CURRENCY,
    split::MAX_DEPTH,
    store::{listings, revenue as store},
};

/// The most lines one payee has of one sale: as creator, as co-creator, and for each agent above.
const LINES_OF_SALE: i64 = 7;
const _: () = assert!(MAX_DEPTH == 5);

/// What the actor got of sales, of one listing or all, youngest first. All lines of a sale are on one page, which may therefore
/// be a little longer.
///
/// # Errors
/// When the cursor was made up.
pub async fn revenue(
    pool: &PgPool,
    cx: &Cx<Actor>,
    listing: Option<ListingId>,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<RevenueLine>, Error> {
    let before: Option<SaleId> = after.map(Cursor::id).transpose()?;
    page(pool, cx.actor.account, listing, before, size).await
}

async fn page(
    pool: &PgPool,
    payee: AccountId,
    listing: Option<ListingId>,
    before: Option<SaleId>,
    size: PageSize,
) -> Result<Page<RevenueLine>, Error> {
    let limit = i64::from(size.get()) + LINES_OF_SALE;
    let mut items = store::lines(pool, payee, listing, before, limit).await?;
    let full = usize::from(size.get());
    let last = items.get(full.saturating_sub(1)).map(|line| line.sale);
    let next = match last.filter(|_| items.len() > full) {
        Some(last) => {
            let whole = items.iter().take_while(|line| line.sale >= last).count();
            let more = items.len() > whole;
            items.truncate(whole);
            more.then(|| Cursor::after(last))
        }
        None => None,
    };
    Ok(Page { items, next })
}

/// What each listing brought the actor since an instant, the most first.
///
/// # Errors
/// When the database fails.
pub async fn revenue_by_listing(pool: &PgPool, cx: &Cx<Actor>, since: DateTime<Utc>) -> Result<Vec<RevenueOf>, Error> {
    store::by_listing(pool, cx.actor.account, since).await
}

/// Writes all lines of the actor's revenue as CSV (RFC 4180), youngest first: a row for what came in, with its transfer, and one
/// for what was taken back. The amounts add up to what the ledger moved. Returns their sum.
///
/// # Errors
/// When whoever reads it is gone.
pub async fn statement_csv<W: Write + Send>(
    pool: &PgPool,
    cx: &Cx<Actor>,
    listing: Option<ListingId>,
    mut writer: W,
) -> Result<Money, Error> {
    let heading = "date,sale,listing,title,kind,role,rule,paid,amount,currency,transfer\r\n";
    writer.write_all(heading.as_bytes())?;
    let (mut before, mut sum) = (None, 0);
    loop {
        let found = page(pool, cx.actor.account, listing, before, PageSize::clamped(100)).await?;
        for line in &found.items {
            sum += line.amount.minor - line.returned.minor;
            row(&mut writer, line, line.at, line.amount, line.transfer.to_string())?;
            if let (Some(refund), Some(at)) = (line.refund, line.refunded_at) {
                let back = Money::new(-line.returned.minor, CURRENCY);
                row(&mut writer, line, at, back, refund.to_string())?;
            }
        }
        match found.next {
            Some(next) => before = Some(next.id()?),
            None => break,
        }
    }
    writer.flush()?;
    Ok(Money::new(sum, CURRENCY))
}

fn row(
    writer: &mut impl Write,
    line: &RevenueLine,
    at: DateTime<Utc>,
    amount: Money,
    transfer: String,
) -> std::io::Result<()> {
    let cells = [
        at.to_rfc3339_opts(SecondsFormat::Secs, true),
        line.sale.to_string(),
        line.listing.to_string(),
        cell(&line.title),
        line.kind.as_str().to_owned(),
        line.role.as_str().to_owned(),
        line.rule_version.to_string(),
        line.paid.to_decimal(),
        amount.to_decimal(),
        amount.currency.to_string(),
        transfer,
    ];
    write!(writer, "{}\r\n", cells.join(","))
}

/// A text in quotes, which a spreadsheet takes for no formula.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}

/// What an agent brought since an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earnings {
    /// What its owner got, after everybody's parts.
    pub earned: Money,
    /// What was paid for it in all, without what was given back.
    pub paid: Money,
}

/// What an agent of the actor's brought since an instant.
///
/// # Errors
/// When it isn't the actor's.
pub async fn earnings_of(
    pool: &PgPool,
    cx: &Cx<Actor>,
    agent: AccountId,
    since: DateTime<Utc>,
) -> Result<Earnings, Error> {
    let (owner, _) = listings::agent(pool, agent).await?.ok_or(Error::NoSuchListing)?;
    own(&cx.actor, owner)?;
    let (earned, paid) = store::of_agent(pool, agent, owner, since).await?;
    Ok(Earnings { earned: Money::new(earned, CURRENCY), paid: Money::new(paid, CURRENCY) })
}

/// Somebody who offers agents, as everybody sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Creator {
    /// Who.
    pub account: AccountSummary,
    /// How many follow them.
    pub followers: u32,
    /// What they offer, by use.
    pub listings: Page<ListingCard>,
    /// What it brought them since ever, for themselves alone.
    pub revenue: Option<Vec<RevenueOf>>,
}

/// The page of somebody who offers agents.
///
/// # Errors
/// When there is no such account, or the cursor was made up.
pub async fn creator(
    pool: &PgPool,
    cx: &Cx<Option<Actor>>,
    account: AccountId,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Creator, Error> {
    let summary = identity_core::service::account(pool, account).await?.ok_or(Error::NoSuchListing)?.summary;
    let viewer = cx.actor.map(|actor| actor.account);
    let profile = social_core::service::profile(pool, cx.actor, &summary.handle).await?;
    let filter = Filter { owner: Some(account), ..Filter::default() };
    let listings = super::search(pool, &filter, Sort::MostUsed, after, size).await?;
    let revenue = match viewer.filter(|viewer| *viewer == account) {
        Some(_) => Some(store::by_listing(pool, account, DateTime::UNIX_EPOCH).await?),
        None => None,
    };
    Ok(Creator { account: summary, followers: profile.counters.followers, listings, revenue })
}

#[cfg(test)]
mod tests {
    #[test]
    fn nothing_becomes_a_formula_or_another_cell() {
        assert_eq!(super::cell("=1+1"), "\"'=1+1\"");
        assert_eq!(super::cell("a \"b\", c"), "\"a \"\"b\"\", c\"");
    }
}
