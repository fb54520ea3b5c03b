//! Bookings, as both who meet see them, and what an expert earned with them.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use kernel::{AccountId, Actor, BasisPoints, BookingId, Cursor, Money, Page, PageSize, ServiceId};
use platform::Cx;
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

use crate::{
    BookingView, Error, Party, ProposalView,
    expert::WeekEarned,
    store::{
        bookings::{self, Booking, Edge, Payment},
        disputes, euros, experts, reschedules, services, slices,
    },
    zone::Zone,
};

/// So many weeks of earnings are shown.
const WEEKS: i64 = 12;

/// A booking of the actor's.
///
/// # Errors
/// When it is somebody else's.
pub async fn booking(pool: &PgPool, cx: &Cx<Actor>, id: BookingId) -> Result<BookingView, Error> {
    let it = bookings::find(pool, id).await?.ok_or(Error::NoSuchBooking)?;
    let party = it.party(cx.actor.account).ok_or(Error::NoSuchBooking)?;
    let mut views = views(pool, &[it], |_| party).await?;
    let view = views.pop().ok_or(Error::NoSuchBooking)?;
    with_dispute(pool, view).await
}

/// Which bookings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Which {
    /// Those that are still to happen.
    #[default]
    Upcoming,
    /// Those that are over, or came to nothing.
    Past,
}

/// The actor's bookings as one of both: those to come, the earliest first, or those that are over, the latest first.
///
/// # Errors
/// When the page marker is not one of ours.
pub async fn bookings(
    pool: &PgPool,
    cx: &Cx<Actor>,
    which: Which,
    party: Party,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<BookingView>, Error> {
    let me = cx.actor.account;
    let after = match after.map(Cursor::id::<kernel::Booking>).transpose()? {
        Some(id) => {
            let edge = bookings::find(pool, id).await?.filter(|it| it.party(me) == Some(party));
            Some(edge.map(|it| Edge { at: it.starts_at, id }).ok_or(Error::Cursor(kernel::CursorError))?)
        }
        None => None,
    };
    let upcoming = which == Which::Upcoming;
    let found = bookings::of_party(pool, me, party, upcoming, after, size.overfull()).await?;
    let views = views(pool, &found, |_| party).await?;
    Ok(Page::from_overfull(views, size, |view| view.id))
}

/// Bookings with all that is shown of them, in the order given; `as_party` says whom each is shown to.
pub(super) async fn views(
    pool: &PgPool,
    found: &[Booking],
    as_party: impl Fn(&Booking) -> Party,
) -> Result<Vec<BookingView>, Error> {
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<BookingId> = found.iter().map(|it| it.id).collect();
    let accounts: Vec<AccountId> = found.iter().flat_map(|it| [it.expert, it.client]).collect();
    let accounts = identity_core::service::summaries(pool, &accounts).await?;
    let service_ids: Vec<ServiceId> = found.iter().map(|it| it.service).collect();
    let services = services::many(pool, &service_ids).await?;
    let experts: Vec<AccountId> = found.iter().map(|it| it.expert).collect();
    let zones = experts::zones(pool, &experts).await?;
    let payments = by_booking(bookings::payments_of(pool, &ids).await?);
    let proposals = proposals(pool, &ids).await?;
    found
        .iter()
        .map(|it| {
            let summary = |id: AccountId| accounts.get(&id).cloned().ok_or(Error::BadRow("booking without an account"));
            let service = services.iter().find(|service| service.id == it.service);
            let service = service.ok_or(Error::BadRow("booking without a service"))?;
            let payments = payments.get(&it.id).map(Vec::as_slice).unwrap_or_default();
            let (paid, returned) = super::money::sums(payments);
            let rate = BasisPoints::try_from(it.fee_points).map_err(|_| Error::BadRow("fee of a booking"))?;
            Ok(BookingView {
                id: it.id,
                me: as_party(it),
                expert: summary(it.expert)?,
                client: summary(it.client)?,
                service: it.service,
                title: service.title.clone(),
                bring: service.bring.clone(),
                state: it.state,
                starts_at: it.starts_at,
                ends_at: it.ends_at,
                expert_zone: zones.get(&it.expert).cloned().unwrap_or_default(),
                brief: it.brief.clone(),
                price: euros(it.price_minor),
                paid: euros(paid),
                returned: euros(returned),
                fee: euros(rate.of(it.price_minor)),
                policy: it.policy.clone(),
                due_at: it.due_at,
                awaits_money: it.awaits_money,
                expert_came_at: it.expert_came_at,
                client_came_at: it.client_came_at,
                ended_at: it.ended.map(|(_, at)| at),
                closed_by: it.closed_by.and_then(|by| it.party(by)),
                reason: it.reason.clone().filter(|reason| !reason.is_empty()),
                proposal: proposals
                    .get(&it.id)
                    .map(|(by, view)| ProposalView { by: it.party(*by).unwrap_or(Party::Expert), ..view.clone() }),
                dispute: None,
                payments: payments.iter().map(|payment| payment.transfer).collect(),
                created_at: it.created_at,
            })
        })
        .collect()
}

fn by_booking(payments: Vec<(BookingId, Payment)>) -> HashMap<BookingId, Vec<Payment>> {
    let mut sorted: HashMap<BookingId, Vec<Payment>> = HashMap::new();
    for (booking, payment) in payments {
        sorted.entry(booking).or_default().push(payment);
    }
    sorted
}

/// What is proposed for bookings, with whose each is.
async fn proposals(pool: &PgPool, ids: &[BookingId]) -> Result<HashMap<BookingId, (AccountId, ProposalView)>, Error> {
    let open = reschedules::open_of(pool, ids).await?;
    let with: Vec<BookingId> = open.iter().map(|it| it.booking).collect();
    let slots = slices::proposed(pool, &with).await?;
    let view = |it: &reschedules::Reschedule| {
        let slots = slots.iter().filter(|(booking, ..)| *booking == it.booking).map(|(_, id, at)| (*id, *at)).collect();
        (it.booking, (it.by, ProposalView { id: it.id, by: Party::Expert, until: it.until, slots }))
    };
    Ok(open.iter().map(view).collect())
}

/// The same with what the client says went wrong.
async fn with_dispute(pool: &PgPool, view: BookingView) -> Result<BookingView, Error> {
    let dispute = disputes::of(pool, view.id).await?;
    Ok(BookingView { dispute, ..view })
}

/// What the actor earned as an expert in each of the last twelve weeks in which they had calls, the latest first.
///
/// # Errors
/// When they have not set anything up.
pub async fn earnings(pool: &PgPool, cx: &Cx<Actor>) -> Result<Vec<WeekEarned>, Error> {
    let expert = experts::find(pool, cx.actor.account).await?.ok_or(Error::NoSuchExpert)?;
    let zone = Zone::named(&expert.zone).ok_or(Error::BadRow("zone of an expert"))?;
    let since: DateTime<Utc> = cx.now() - TimeDelta::weeks(WEEKS);
    let mut weeks: BTreeMap<_, (u32, i64)> = BTreeMap::new();
    for (at, earned) in bookings::earned_since(pool, expert.id, since).await? {
        let day = zone.day(at);
        let monday = day - TimeDelta::days(day.weekday().num_days_from_monday().into());
        let week = weeks.entry(monday).or_default();
        *week = (week.0 + 1, week.1 + earned);
    }
    let view =
        |(monday, (calls, minor))| WeekEarned { monday, calls, earned: Money::new(minor, crate::booking::CURRENCY) };
    Ok(weeks.into_iter().rev().map(view).collect())
}
