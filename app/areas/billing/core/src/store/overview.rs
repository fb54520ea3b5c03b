//! How the business of subscriptions is doing.

use kernel::Money;
use sqlx::PgPool;

use super::{money, word};
use crate::{Error, SubscriptionState};

/// How many subscriptions are in each state, and what they come to by the month, for each currency.
pub(crate) async fn by_state(pool: &PgPool) -> Result<Vec<(SubscriptionState, i64, Money)>, Error> {
    let rows = sqlx::query!(
        r#"select s.state, p.currency, count(*) as "count!",
             sum(case p.per when 'year' then round(p.amount / 12.0) else p.amount end)::bigint as "monthly!"
           from subscriptions s join prices p on p.id = s.price_id
           group by s.state, p.currency order by s.state, p.currency"#
    )
    .fetch_all(pool)
    .await?;
    rows.into_iter()
        .map(|row| {
            let state = word(SubscriptionState::parse(&row.state), "state of a subscription")?;
            Ok((state, row.count, money(row.monthly, &row.currency)?))
        })
        .collect()
}

/// How many of the provider's events wait, and how many were given up.
pub(crate) async fn webhook_counts(pool: &PgPool) -> Result<(i64, i64), Error> {
    let row = sqlx::query!(
        r#"select count(*) filter (where state = 'waiting') as "waiting!", count(*) filter (where state = 'dead') as "dead!"
           from webhook_events where state in ('waiting', 'dead')"#
    )
    .fetch_one(pool)
    .await?;
    Ok((row.waiting, row.dead))
}
