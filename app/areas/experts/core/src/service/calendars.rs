//! Calendars elsewhere, in which experts are busy; and the address under which other programs read somebody's calls.

use chrono::{DateTime, TimeDelta, Utc};
use identity_core::gate::{self, Action, Guarded};
use kernel::{AccountId, Actor, CalendarId, Id, Kind};
use platform::{Cx, Database, Tx, World, outbound::Outbound, seal::Sealer, secret::Token};
use sqlx::PgPool;
use url::Url;

use super::setup;
use crate::{
    BookingState, Error,
    command::{self, NewCalendar},
    expert::{CalendarView, MOST_CALENDARS},
    ics::{self, Meeting},
    slots::Span,
    store::{
        calendars::{self, Calendar},
        experts,
        feeds::{self, Shown},
    },
    zone::Zone,
};

/// How often a calendar is read.
const EVERY: TimeDelta = TimeDelta::hours(1);
/// How far ahead it is read, in days: a little further than anybody can book.
const DAYS: i64 = 92;
/// For so long nobody else reads calendars that somebody reads: longer than all that are taken at once can take.
const CLAIMED: TimeDelta = TimeDelta::minutes(15);
/// When a calendar that could not be read is tried again, at the soonest and at the latest.
const RETRY: (TimeDelta, TimeDelta) = (TimeDelta::minutes(15), TimeDelta::hours(24));
/// How many calendars are taken at once, and how often by one job.
const BATCH: i64 = 10;
const BATCHES: usize = 20;
/// The largest calendar that is read.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// How many times of one calendar are kept.
const MOST_BUSY: usize = 5_000;
/// The most characters of what is said to have gone wrong.
const PROBLEM_LIMIT: usize = 500;
/// What is said where the key is another one than it was.
const SEALED: &str = "The address can't be read any more. Remove the calendar, and add it again.";

/// For so many days calls that are over stay in the calendar that others read.
const PAST_DAYS: i64 = 30;
/// The most calls in it.
const MOST_SHOWN: i64 = 1_000;

/// The actor's calendars, the oldest first. Of an address no more is shown than the site.
///
/// # Errors
/// When the database fails.
pub async fn calendars(pool: &PgPool, cx: &Cx<Actor>, sealer: &Sealer) -> Result<Vec<CalendarView>, Error> {
    let found = calendars::of(pool, cx.actor.account).await?;
    Ok(found.into_iter().map(|it| view(sealer, it)).collect())
}

fn view(sealer: &Sealer, it: Calendar) -> CalendarView {
    let host = address(sealer, &it).ok().and_then(|address| address.host_str().map(str::to_owned));
    CalendarView {
        id: it.id,
        name: it.name,
        problem: it.problem.or_else(|| host.is_none().then(|| SEALED.to_owned())),
        host: host.unwrap_or_default(),
        read_at: it.read_at,
        next_at: it.next_at,
    }
}

/// The address of a calendar, or why it can't be had, in words.
fn address(sealer: &Sealer, it: &Calendar) -> Result<Url, String> {
    let opened = sealer.open_sealed(&it.address, &sealed_for(it.id)).map_err(|_| SEALED.to_owned())?;
    Url::parse(opened.reveal()).map_err(|_| SEALED.to_owned())
}

/// What a secret is bound to.
fn sealed_for<K: Kind>(id: Id<K>) -> [u8; 16] {
    *id.uuid().as_bytes()
}

/// Adds a calendar in which the actor is busy. What it says counts once it was read, in a moment: see [`read_now`].
///
/// # Errors
/// When they have no profile as an expert, or as many calendars as there may be.
pub async fn add_calendar(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    sealer: &Sealer,
    new: &NewCalendar,
) -> Result<CalendarId, Error> {
    let expert = setup::begun(tx, cx).await?;
    if calendars::count(&mut **tx, expert.id).await? >= MOST_CALENDARS {
        return Err(Error::ManyCalendars);
    }
    let id: CalendarId = cx.id();
    let sealed = sealer.seal(new.address.as_str(), &sealed_for(id), cx.world.randomness.as_ref());
    let calendar = Calendar {
        id,
        expert: expert.id,
        name: new.name.clone(),
        address: sealed.map_err(|_| Error::BadRow("secret"))?,
        read_at: None,
        problem: None,
        next_at: cx.now(),
        created_at: cx.now(),
    };
    calendars::insert(tx, &calendar).await?;
    Ok(id)
}

/// Removes a calendar. What was taken because of it is free again.
///
/// # Errors
/// When it is somebody else's.
pub async fn remove_calendar(tx: &mut Tx, cx: &Cx<Actor>, id: CalendarId) -> Result<(), Error> {
    let expert = experts::lock(tx, cx.actor.account).await?.ok_or(Error::NoSuchCalendar)?;
    let calendar = mine(calendars::find(&mut **tx, id).await?, &cx.actor)?;
    calendars::delete(tx, calendar.id).await?;
    experts::free_by(tx, expert.id, cx.now()).await
}

/// A calendar of the actor's.
fn mine(calendar: Option<Calendar>, actor: &Actor) -> Result<Calendar, Error> {
    let calendar = calendar.ok_or(Error::NoSuchCalendar)?;
    let decided = gate::decide(Some(actor), Action::Edit, &Guarded::private(calendar.expert));
    decided.map_err(|_| Error::NoSuchCalendar)?;
    Ok(calendar)
}

/// Reads a calendar of the actor's now. What comes of it, or what went wrong, is in what is returned.
///
/// # Errors
/// When it is somebody else's.
pub async fn read_now(
    database: &Database,
    cx: &Cx<Actor>,
    sealer: &Sealer,
    outbound: &Outbound,
    id: CalendarId,
) -> Result<CalendarView, Error> {
    let it = mine(calendars::find(database.pool(), id).await?, &cx.actor)?;
    read(database, &cx.world, sealer, outbound, &it).await?;
    // It may have been removed meanwhile.
    Ok(view(sealer, calendars::find(database.pool(), id).await?.ok_or(Error::NoSuchCalendar)?))
}

/// Reads the calendars whose turn it is: each once an hour, and those that could not be read again after a while that
/// grows. Several may do so at once. Returns how many were tried.
///
/// # Errors
/// When the database fails.
pub async fn read_due(database: &Database, world: &World, sealer: &Sealer, outbound: &Outbound) -> Result<u64, Error> {
    let mut tried = 0;
    for _ in 0..BATCHES {
        let now = world.now();
        let due = calendars::claim(database.pool(), now, now + CLAIMED, BATCH).await?;
        if due.is_empty() {
            break;
        }
        for it in &due {
            read(database, world, sealer, outbound, it).await?;
            tried += 1;
        }
    }
    Ok(tried)
}

/// Reads a calendar, and keeps what it says; or why it can't be read, and what it said before.
async fn read(
    database: &Database,
    world: &World,
    sealer: &Sealer,
    outbound: &Outbound,
    it: &Calendar,
) -> Result<(), Error> {
    let Some(expert) = experts::find(database.pool(), it.expert).await? else { return Ok(()) };
    let zone = Zone::named(&expert.zone).ok_or(Error::BadRow("zone of an expert"))?;
    match busy(world, sealer, outbound, it, &zone).await {
        Ok(busy) => keep(database, world, it, &busy).await,
        Err(problem) => {
            let problem: String = problem.chars().take(PROBLEM_LIMIT).collect();
            calendars::failed(database.pool(), it.id, &problem, retry_at(it, world.now())).await
        }
    }
}

/// The longer it did not go well, the longer it is let be.
fn retry_at(it: &Calendar, now: DateTime<Utc>) -> DateTime<Utc> {
    let (soonest, latest) = RETRY;
    now + (now - it.read_at.unwrap_or(it.created_at)).clamp(soonest, latest)
}

/// When a calendar says that somebody is busy, or why it can't be read, in words.
async fn busy(
    world: &World,
    sealer: &Sealer,
    outbound: &Outbound,
    it: &Calendar,
    zone: &Zone,
) -> Result<Vec<Span>, String> {
    let address = address(sealer, it)?;
    let read = outbound.get_kind(&address, "text/calendar", MOST_BYTES).await;
    let bytes = read.map_err(|error| command::not_read(&error))?.bytes;
    let now = world.now();
    let busy = ics::busy(&bytes, zone, now, now + TimeDelta::days(DAYS)).map_err(|error| error.to_string())?;
    if busy.len() > MOST_BUSY {
        return Err(format!("This calendar is busy more than {MOST_BUSY} times within three months. Use another one."));
    }
    Ok(busy)
}

/// Keeps what a calendar says now, unless it was removed meanwhile.
async fn keep(database: &Database, world: &World, it: &Calendar, busy: &[Span]) -> Result<(), Error> {
    let mut tx = database.begin().await?;
    if experts::lock(&mut tx, it.expert).await?.is_none() || !calendars::lock(&mut tx, it.id).await? {
        return Ok(());
    }
    let now = world.now();
    let before = calendars::said(&mut tx, it.id, now).await?;
    calendars::read(&mut tx, it, busy, now, now + EVERY).await?;
    if frees(&before, busy, now) {
        experts::free_by(&mut tx, it.expert, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Whether something that was busy is not any more. Both are in order and touch nowhere.
fn frees(before: &[Span], busy: &[Span], now: DateTime<Utc>) -> bool {
    before.iter().any(|old| {
        let start = old.start.max(now);
        let after = busy.partition_point(|it| it.start <= start);
        let around = after.checked_sub(1).and_then(|place| busy.get(place));
        around.is_none_or(|it| it.end < old.end)
    })
}

/// The token of the address under which other programs read the actor's calls. It is made when it is asked for the
/// first time; whoever knows it can read them.
///
/// # Errors
/// When it was sealed with another key than the present one.
pub async fn feed_address(tx: &mut Tx, cx: &Cx<Actor>, sealer: &Sealer) -> Result<String, Error> {
    let me = cx.actor.account;
    if feeds::sealed(&mut **tx, me).await?.is_none() {
        let (token, sealed) = new_token(cx, sealer)?;
        feeds::insert(tx, me, &token.hash(), &sealed, cx.now()).await?;
    }
    // Of two who ask for the first time at once, one sees what the other one made.
    let sealed = feeds::sealed(&mut **tx, me).await?.ok_or(Error::NoSuchFeed)?;
    let opened = sealer.open_sealed(&sealed, &sealed_for(me));
    let opened = opened.map_err(|_| Error::NotNow("The address can't be shown any more. Renew it."))?;
    Ok(opened.reveal().to_owned())
}

/// Gives the actor's calls another address, and returns its token. The old one leads nowhere from then on.
///
/// # Errors
/// When the database fails.
pub async fn renew_feed(tx: &mut Tx, cx: &Cx<Actor>, sealer: &Sealer) -> Result<String, Error> {
    let (token, sealed) = new_token(cx, sealer)?;
    feeds::replace(tx, cx.actor.account, &token.hash(), &sealed, cx.now()).await?;
    Ok(token.reveal().to_owned())
}

fn new_token(cx: &Cx<Actor>, sealer: &Sealer) -> Result<(Token, Vec<u8>), Error> {
    let randomness = cx.world.randomness.as_ref();
    let token = Token::generate(randomness);
    let sealed = sealer.seal(token.reveal(), &sealed_for(cx.actor.account), randomness);
    Ok((token, sealed.map_err(|_| Error::BadRow("secret"))?))
}

/// Whose calendar is read with a token.
///
/// # Errors
/// When nobody has it.
pub async fn feed_owner(pool: &PgPool, token: &str) -> Result<AccountId, Error> {
    let token = Token::presented(token).ok_or(Error::NoSuchFeed)?;
    feeds::find(pool, &token.hash()).await?.ok_or(Error::NoSuchFeed)
}

/// Somebody's calls, as expert and as client, as a calendar that other programs read: those of the last thirty days,
/// and all to come. What was cancelled says so, so that it is taken out where it was put in.
/// Whoever calls this knows that they may read it: by [`feed_owner`].
///
/// # Errors
/// When the database fails.
pub async fn feed(pool: &PgPool, cx: &Cx<()>, account: AccountId, public_url: &Url) -> Result<String, Error> {
    let since = cx.now() - TimeDelta::days(PAST_DAYS);
    let shown = feeds::shown(pool, account, since, MOST_SHOWN).await?;
    let others: Vec<AccountId> = shown.iter().map(|it| it.with).collect();
    let others = identity_core::service::summaries(pool, &others).await?;
    let meetings: Vec<Meeting> = shown
        .into_iter()
        .map(|it| {
            let with = others.get(&it.with).map_or("somebody", |other| other.name.as_str()).to_owned();
            meeting(it, &with, public_url)
        })
        .collect();
    Ok(ics::calendar("Magentic calls", &meetings))
}

fn meeting(it: Shown, with: &str, public_url: &Url) -> Meeting {
    let waits = if it.state == BookingState::Requested { " (waits for a yes)" } else { "" };
    Meeting {
        uid: format!("{}@{}", it.id, public_url.host_str().unwrap_or("magentic")),
        span: it.span,
        title: format!("{} with {with}{waits}", it.title),
        text: it.brief,
        link: public_url.join(&format!("/bookings/{}", it.id)).map(String::from).unwrap_or_default(),
        sequence: it.sequence,
        stamp: it.changed_at,
        cancelled: it.state == BookingState::Cancelled,
        tentative: it.state == BookingState::Requested,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    fn spans(spans: &[(i64, i64)]) -> Vec<Span> {
        spans.iter().map(|(start, end)| Span { start: at(*start), end: at(*end) }).collect()
    }

    #[test]
    fn what_is_not_busy_any_more_is_noticed() {
        let before = spans(&[(0, 60), (100, 120)]);
        for (busy, now, expected) in [
            (vec![(0, 60), (100, 120)], 0, false),
            (vec![(0, 200)], 0, false),
            (vec![(30, 60), (90, 130)], 30, false),
            (vec![(0, 59), (100, 120)], 0, true),
            (vec![(0, 60), (101, 120)], 0, true),
            (vec![(0, 60)], 0, true),
            (vec![], 0, true),
        ] {
            assert_eq!(frees(&before, &spans(&busy), at(now)), expected, "{busy:?}");
        }
        assert!(!frees(&[], &[], at(0)));
    }

    #[test]
    fn what_fails_for_long_is_let_be_for_long() {
        let calendar = |read_at| Calendar {
            id: CalendarId::from_uuid(uuid::Uuid::nil()),
            expert: AccountId::from_uuid(uuid::Uuid::nil()),
            name: String::new(),
            address: Vec::new(),
            read_at,
            problem: None,
            next_at: at(0),
            created_at: at(0),
        };
        assert_eq!(retry_at(&calendar(None), at(1)), at(16));
        assert_eq!(retry_at(&calendar(None), at(16)), at(32));
        assert_eq!(retry_at(&calendar(Some(at(60))), at(120)), at(180));
        assert_eq!(retry_at(&calendar(None), at(10_000)), at(10_000 + 24 * 60));
    }
}
