//! The directory: who can be booked, and when they are free next.
//!
//! Experts are found in the order of a bound that is kept with each: nothing of theirs is free before
//! (`experts.free_from`). When somebody is looked at, it is found out when they are free in truth, and the bound is
//! kept that comes of it. An expert has their place on a page once all whom nobody has looked at have a later bound: so
//! the order is exact, and few are looked at, as bounds are seldom far from the truth.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use chrono::{DateTime, TimeDelta, Utc};
use identity_core::{
    AccountSummary,
    gate::{self, Action, Guarded},
};
use kernel::{AccountId, Actor, Cursor, CursorError, Page, PageSize};
use platform::{Cx, Database, Tx, World};
use sqlx::PgPool;
use uuid::Uuid;

use super::diary::Loaded;
use crate::{
    Error, ExpertCard, ExpertState, ExpertView, Filter, ServiceView, Sort,
    slots::{Diary, Span, Taken},
    store::{
        calendars,
        directory::{self, Bound, Candidate, Card, MaybeTaken, Narrow},
        euros,
        experts::{self, Expert},
        services, waitlist,
    },
    window::{Hours, MOST_AHEAD, MOST_NOTICE},
    zone::Zone,
};

/// The most characters that are looked for.
const WORDS_LIMIT: usize = 200;
/// The most experts that are looked at in one go.
const MOST_AT_ONCE: usize = 512;
/// So far is looked first: most have something free by then.
const NEAR: TimeDelta = TimeDelta::days(14);
/// What is taken counts to days that begin so long before what is looked at, and may reach so far beyond it.
const AROUND: TimeDelta = TimeDelta::days(2);
/// Where those stand who have nothing free.
const NEVER: DateTime<Utc> = DateTime::<Utc>::MAX_UTC;
/// How many skills are named to choose from.
const SKILLS: i64 = 30;
/// How often one job looks at those whose bound has passed.
const ROUNDS: usize = 8;

/// A page of the directory: narrowed by a filter, in an order. Where nobody says all the words of what somebody needs,
/// those are found who say any of them.
///
/// # Errors
/// When the cursor was made up.
pub async fn search(
    database: &Database,
    cx: &Cx<Option<Actor>>,
    filter: &Filter,
    size: PageSize,
) -> Result<Page<ExpertCard>, Error> {
    let after: Option<AccountId> = filter.after.as_ref().map(Cursor::id).transpose()?;
    let limit = usize::from(size.get()) + 1;
    let mut look = Look::begin(database, cx.now()).await?;
    let narrow = narrow(&mut look.tx, filter).await?;
    let found = match filter.sort {
        Sort::Soonest => soonest(&mut look, &narrow, after, limit).await?,
        Sort::Cheapest | Sort::Best => in_order(&mut look, filter.sort, &narrow, after, limit).await?,
    };
    look.end().await?;
    let cards = cards(database.pool(), found).await?;
    Ok(Page::from_overfull(cards, size, |card| card.account.id))
}

/// What a filter comes to.
async fn narrow(tx: &mut Tx, filter: &Filter) -> Result<Narrow, Error> {
    let mut narrow = Narrow {
        skill: looked_for(&filter.skill),
        language: looked_for(&filter.language),
        most: filter.most,
        stars: filter.stars.map(i32::from),
        words: None,
        before: filter.before,
    };
    let Some(need) = looked_for(&filter.need) else { return Ok(narrow) };
    if let Some((all, any)) = directory::queries(tx, &need).await? {
        narrow.words = Some(all);
        if !directory::has_any(tx, &narrow).await? {
            narrow.words = Some(any);
        }
    }
    Ok(narrow)
}

/// Words as skills are written, if there are any.
fn looked_for(text: &str) -> Option<String> {
    let text: String = text.chars().filter(|c| *c != '\0').take(WORDS_LIMIT).collect();
    let words = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    Some(words).filter(|words| !words.is_empty())
}

/// Where somebody stands: who is free first, first, and last who has nothing free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    at: DateTime<Utc>,
    id: AccountId,
}

/// Those who are free first.
async fn soonest(
    look: &mut Look,
    narrow: &Narrow,
    after: Option<AccountId>,
    limit: usize,
) -> Result<Vec<Place>, Error> {
    let after = match after {
        Some(id) => Some(look.place_of(id).await?),
        None => None,
    };
    let before = narrow.before.unwrap_or(NEVER);
    let mut queue = Queue { after, before, limit, known: BinaryHeap::new(), page: Vec::new() };
    let (mut seen, mut batch) = (None, limit.saturating_mul(2));
    // Each time begins behind the last one; it ends with the page, or with the last expert.
    loop {
        let found = directory::by_bound(&mut look.tx, narrow, seen, i64::try_from(batch).unwrap_or(i64::MAX)).await?;
        let are_all = found.len() < batch;
        seen = found.last().map(|last| (last.free_from, last.id)).or(seen);
        queue.known.extend(look.places(&found).await?.into_iter().map(Reverse));
        let certain = match seen {
            Some((at, id)) if !are_all => Place { at, id },
            _ => Place { at: NEVER, id: AccountId::from_uuid(Uuid::from_u128(u128::MAX)) },
        };
        if queue.take_until(certain) || are_all {
            return Ok(queue.page);
        }
        batch = (batch * 2).min(MOST_AT_ONCE);
    }
}

/// Those who were looked at and have no place on the page yet.
struct Queue {
    after: Option<Place>,
    before: DateTime<Utc>,
    limit: usize,
    known: BinaryHeap<Reverse<Place>>,
    page: Vec<Place>,
}

impl Queue {
    /// Puts those on the page who stand up to a place that nobody comes before any more. Whether the page is whole.
    fn take_until(&mut self, certain: Place) -> bool {
        while let Some(Reverse(next)) = self.known.pop() {
            if next > certain {
                self.known.push(Reverse(next));
                return false;
            }
            if self.before < NEVER && next.at >= self.before {
                return true;
            }
            if self.after.is_none_or(|after| next > after) {
                self.page.push(next);
            }
            if self.page.len() >= self.limit {
                return true;
            }
        }
        false
    }
}

/// Those who come first in an order that has nothing to do with when they are free; who is not free in time is passed
/// over.
async fn in_order(
    look: &mut Look,
    sort: Sort,
    narrow: &Narrow,
    after: Option<AccountId>,
    limit: usize,
) -> Result<Vec<Place>, Error> {
    let (mut page, mut seen, mut batch) = (Vec::new(), after, limit);
    // Each time begins behind the last one; it ends with the page, or with the last expert.
    loop {
        let most = i64::try_from(batch).unwrap_or(i64::MAX);
        let found = match sort {
            Sort::Best => directory::by_rating(&mut look.tx, narrow, seen, most).await?,
            Sort::Cheapest | Sort::Soonest => directory::by_price(&mut look.tx, narrow, seen, most).await?,
        };
        seen = found.last().map(|last| last.id).or(seen);
        let places = look.places(&found).await?;
        page.extend(places.into_iter().filter(|place| narrow.before.is_none_or(|before| place.at < before)));
        if page.len() >= limit || found.len() < batch {
            page.truncate(limit);
            return Ok(page);
        }
        batch = (batch * 2).min(MOST_AT_ONCE);
    }
}

/// A look into the directory. What is found out on the way about when experts are free is kept at its end.
struct Look {
    tx: Tx,
    now: DateTime<Utc>,
    better: Vec<Bound>,
}

/// When an expert is free.
#[derive(Debug, Clone, Copy, Default)]
struct Free {
    /// The first time that can be had.
    next: Option<DateTime<Utc>>,
    /// The first that could be had if what is kept for somebody for a while were let go.
    surely: Option<DateTime<Utc>>,
}

impl Look {
    async fn begin(database: &Database, now: DateTime<Utc>) -> Result<Self, Error> {
        // A bound that gets lost is found again.
        let mut tx = database.begin_unhurried().await?;
        directory::plan_anew(&mut tx).await?;
        Ok(Self { tx, now, better: Vec::new() })
    }

    async fn end(mut self) -> Result<(), Error> {
        if !self.better.is_empty() {
            directory::keep_bounds(&mut self.tx, &self.better).await?;
        }
        Ok(self.tx.commit().await?)
    }

    /// Where somebody stands by when they are free.
    async fn place_of(&mut self, id: AccountId) -> Result<Place, Error> {
        let it = directory::candidate(&mut self.tx, id).await?.ok_or(Error::Cursor(CursorError))?;
        let found = self.places(&[it]).await?;
        found.into_iter().next().ok_or(Error::Cursor(CursorError))
    }

    /// Where some experts stand by when they are free, in the order given.
    async fn places(&mut self, found: &[Candidate]) -> Result<Vec<Place>, Error> {
        let near = self.now + NEAR;
        let mut free = self.free_before(found, near).await?;
        let is_far = |it: &&Candidate| {
            let looks_further = self.now + TimeDelta::days(it.ahead.into()) >= near;
            looks_further && free.get(&it.id).is_none_or(|free| free.next.is_none())
        };
        let far: Vec<Candidate> = found.iter().filter(is_far).cloned().collect();
        free.extend(self.free_before(&far, NEVER).await?);
        let mut places = Vec::with_capacity(found.len());
        for it in found {
            let free = free.get(&it.id).copied().unwrap_or_default();
            places.push(Place { at: free.next.unwrap_or(NEVER), id: it.id });
            // Nothing is free as far ahead as can be booked: the first that may be is what comes into sight then.
            let bound = free.surely.unwrap_or(self.now + TimeDelta::days(it.ahead.into()));
            if bound > it.free_from {
                self.better.push(Bound { id: it.id, version: it.version.clone(), free_from: bound });
            }
        }
        Ok(places)
    }

    /// When some experts are free, if they are before an instant. What is needed of all of them is loaded in one go.
    async fn free_before(
        &mut self,
        found: &[Candidate],
        until: DateTime<Utc>,
    ) -> Result<HashMap<AccountId, Free>, Error> {
        if found.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<Uuid> = found.iter().map(|it| it.id.uuid()).collect();
        let last = until.min(self.now + TimeDelta::days(MOST_AHEAD.into()));
        let within = Span { start: self.now - AROUND, end: last + AROUND };
        let days = (within.start.date_naive(), within.end.date_naive());
        let mut schedules = experts::schedules(&mut *self.tx, &ids, Some(days)).await?;
        let taken = directory::taken_of(&mut *self.tx, &ids, within, self.now).await?;
        let busy = calendars::busy_of(&mut *self.tx, &ids, within).await?;
        let mut free = HashMap::with_capacity(found.len());
        for it in found {
            let id = it.id.uuid();
            let hours = schedules.remove(&id).unwrap_or_default().hours(it.buffer, it.notice, it.ahead)?;
            let taken = taken.get(&id).map(Vec::as_slice).unwrap_or_default();
            let busy = busy.get(&id).map(Vec::as_slice).unwrap_or_default();
            free.insert(it.id, first(it, &hours, taken, busy, Span { start: self.now, end: until })?);
        }
        Ok(free)
    }
}

/// When an expert is free first, from now until the end of a span.
fn first(it: &Candidate, hours: &Hours, taken: &[MaybeTaken], busy: &[Span], span: Span) -> Result<Free, Error> {
    let zone = Zone::named(&it.zone).ok_or(Error::BadRow("zone of an expert"))?;
    let all: Vec<Taken> = taken.iter().map(|it| it.taken).collect();
    let from = it.free_from.max(span.start);
    let first = |taken: &[Taken]| {
        let diary = Diary { hours, zone: &zone, taken, busy, now: span.start };
        diary.free(from, span.end).next().map(|slot| slot.start)
    };
    let next = first(&all);
    if !taken.iter().any(|it| it.for_a_while) {
        return Ok(Free { next, surely: next });
    }
    let for_good: Vec<Taken> = taken.iter().filter(|it| !it.for_a_while).map(|it| it.taken).collect();
    Ok(Free { next, surely: first(&for_good) })
}

/// Looks at experts whose bound has passed, so that whoever searches finds few of them. Searches are exact without it;
/// it keeps them quick when nobody has searched for a while. Returns how many were looked at.
///
/// # Errors
/// When the database fails.
pub async fn refresh_bounds(database: &Database, world: &World) -> Result<u64, Error> {
    let mut looked_at: u64 = 0;
    for _ in 0..ROUNDS {
        let mut look = Look::begin(database, world.now()).await?;
        let latest = look.now + TimeDelta::minutes(MOST_NOTICE.into());
        let most = i64::try_from(MOST_AT_ONCE).unwrap_or(i64::MAX);
        let found = directory::passed(&mut look.tx, look.now, latest, most).await?;
        look.places(&found).await?;
        look.end().await?;
        looked_at += u64::try_from(found.len()).unwrap_or(0);
        if found.len() < MOST_AT_ONCE {
            break;
        }
    }
    Ok(looked_at)
}

async fn cards(pool: &PgPool, places: Vec<Place>) -> Result<Vec<ExpertCard>, Error> {
    let ids: Vec<AccountId> = places.iter().map(|place| place.id).collect();
    let mut cards = directory::cards(pool, &ids).await?;
    let mut accounts = identity_core::service::summaries(pool, &ids).await?;
    places
        .into_iter()
        .map(|place| {
            let account = accounts.remove(&place.id).ok_or(Error::BadRow("expert without an account"))?;
            let card = cards.remove(&place.id).ok_or(Error::BadRow("absence of an expert"))?;
            Ok(shown(account, card, Some(place.at).filter(|at| *at < NEVER)))
        })
        .collect()
}

fn shown(account: AccountSummary, card: Card, next: Option<DateTime<Utc>>) -> ExpertCard {
    // Half of a hundredth counts as one.
    let (sum, count) = (u64::from(card.rating_sum), u64::from(card.ratings));
    let hundredths = (sum * 200 + count).checked_div(count * 2);
    ExpertCard {
        account,
        headline: card.headline,
        skills: card.skills,
        languages: card.languages,
        from: card.from,
        rating: hundredths.and_then(|it| u32::try_from(it).ok()),
        ratings: card.ratings,
        calls: card.calls,
        next,
    }
}

/// An expert on their page. Who takes a break is there, and free at no time; so is who was suspended, of whom nothing
/// else is said, as on their profile. Who was not published yet is there for themselves.
///
/// # Errors
/// When there is none for the viewer.
pub async fn expert(pool: &PgPool, cx: &Cx<Option<Actor>>, id: AccountId) -> Result<ExpertView, Error> {
    let it = experts::find(pool, id).await?.ok_or(Error::NoSuchExpert)?;
    let guarded = if it.state == ExpertState::Draft { Guarded::private(id) } else { Guarded::public(id) };
    gate::decide(cx.actor.as_ref(), Action::See, &guarded).map_err(|_| Error::NoSuchExpert)?;
    let viewer = cx.actor.map(|actor| actor.account);
    let mut connection = pool.acquire().await?;
    let state = it.open_state();
    let next = match state {
        ExpertState::Published => Loaded::of(&mut connection, &it, cx.now()).await?.diary().earliest(),
        ExpertState::Draft | ExpertState::Paused => None,
    };
    let offered = services::of(&mut *connection, id).await?.into_iter().filter(|service| service.offered);
    let services = offered.map(ServiceView::from).collect();
    let (waiting, i_wait) = waitlist::length(&mut *connection, id, viewer).await?;
    let mut accounts = identity_core::service::summaries(&mut *connection, &[id]).await?;
    let account = accounts.remove(&id).ok_or(Error::NoSuchExpert)?;
    let (zone, policy, approval) = (it.zone.clone(), it.policy, it.approval);
    let about_html = it.about_html.clone();
    let card = shown(account, card_of(it), next.map(|slot| slot.start));
    Ok(ExpertView { card, state, about_html, zone, policy, approval, services, waiting, i_wait })
}

fn card_of(it: Expert) -> Card {
    Card {
        headline: it.headline,
        skills: it.skills,
        languages: it.languages,
        from: euros(it.lowest_minor.unwrap_or(0)),
        calls: it.calls,
        ratings: it.ratings,
        rating_sum: it.rating_sum,
    }
}

/// What experts say they know about, the most frequent first.
///
/// # Errors
/// When the database fails.
pub async fn skills(pool: &PgPool) -> Result<Vec<String>, Error> {
    directory::skills(pool, SKILLS).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(at: i64, id: u128) -> Place {
        let at = if at == i64::MAX { NEVER } else { DateTime::UNIX_EPOCH + TimeDelta::minutes(at) };
        Place { at, id: AccountId::from_uuid(Uuid::from_u128(id)) }
    }

    fn queue(after: Option<Place>, before: DateTime<Utc>, limit: usize) -> Queue {
        Queue { after, before, limit, known: BinaryHeap::new(), page: Vec::new() }
    }

    #[test]
    fn nobody_is_on_the_page_before_it_is_certain() {
        let mut queue = queue(None, NEVER, 4);
        queue.known.extend([place(50, 1), place(10, 2), place(i64::MAX, 3)].map(Reverse));
        assert!(!queue.take_until(place(40, 9)));
        assert_eq!(queue.page, [place(10, 2)]);
        queue.known.push(Reverse(place(45, 4)));
        assert!(!queue.take_until(place(50, 1)));
        assert_eq!(queue.page, [place(10, 2), place(45, 4), place(50, 1)]);
        assert!(queue.take_until(place(i64::MAX, u128::MAX)));
        assert_eq!(queue.page.last(), Some(&place(i64::MAX, 3)));
    }

    #[test]
    fn a_page_begins_behind_a_place_and_ends_before_a_time() {
        let all = [place(10, 1), place(10, 2), place(20, 1), place(30, 1)];
        let mut from = queue(Some(place(10, 1)), NEVER, 2);
        from.known.extend(all.map(Reverse));
        assert!(from.take_until(place(i64::MAX, u128::MAX)));
        assert_eq!(from.page, [place(10, 2), place(20, 1)]);
        let mut until = queue(None, place(20, 0).at, 9);
        until.known.extend(all.map(Reverse));
        assert!(until.take_until(place(i64::MAX, u128::MAX)));
        assert_eq!(until.page, [place(10, 1), place(10, 2)]);
    }

    #[test]
    fn what_is_looked_for_is_written_as_skills_are() {
        assert_eq!(looked_for("  Sync \0 LICENSING\n").as_deref(), Some("sync licensing"));
        assert_eq!(looked_for(" \0 "), None);
        assert_eq!(looked_for(&"x".repeat(500)).map(|it| it.len()), Some(WORDS_LIMIT));
    }
}
