//! What came over the wire, read. What can't be the id of something is the id of nothing.

use chrono::{DateTime, TimeDelta, Utc};
use experts_core::{Error, Filter, Sort, booking::CURRENCY};
use kernel::{AccountId, BookingId, CalendarId, Handle, Money, Problem, RescheduleId, ServiceId, SliceId};
use money_core::Key;
use web::{Failure, local_path, server::Server};

use super::read::Asked;

/// The id of a booking.
pub fn booking(text: &str) -> Result<BookingId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchBooking))
}

/// The id of an expert.
pub fn expert(text: &str) -> Result<AccountId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchExpert))
}

/// The id of a service.
pub fn service(text: &str) -> Result<ServiceId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchService))
}

/// The id of a proposal.
pub fn proposal(text: &str) -> Result<RescheduleId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchProposal))
}

/// The id of a time that was proposed.
pub fn slice(text: &str) -> Result<SliceId, Failure> {
    text.parse().map_err(|_| Failure::from(Problem::field("slice", "Choose one of the times.")))
}

/// The id of a calendar.
pub fn calendar(text: &str) -> Result<CalendarId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchCalendar))
}

/// An instant, from the field of this name.
pub fn instant(field: &'static str, text: &str) -> Result<DateTime<Utc>, Failure> {
    text.trim().parse().map_err(|_| Failure::from(Problem::field(field, "Choose one of the times.")))
}

/// An amount that was seen, in minor units, from the field of this name.
pub fn seen(field: &'static str, text: &str) -> Result<Money, Failure> {
    let words = "The amount could not be read. Reload the page and look at it again.";
    let minor = text.parse().map_err(|_| Failure::from(Problem::field(field, words)))?;
    Ok(Money::new(minor, CURRENCY))
}

/// A service and the price that was seen with it: `svc_…:2500`.
pub fn choice(text: &str) -> Result<(ServiceId, Money), Failure> {
    let unchosen = || Failure::from(Problem::field("service", "Choose what it is about."));
    let (id, price) = text.split_once(':').ok_or_else(unchosen)?;
    Ok((service(id)?, seen("service", price)?))
}

/// What makes something happen once.
pub fn key(text: &str) -> Result<Key, Failure> {
    text.parse().map_err(|error| Failure::from(Error::Ledger(money_core::Error::Key(error))))
}

/// Where to go on: a page of ours, or else this one.
pub fn page(text: &str, otherwise: &str) -> String {
    local_path(text).map_or(otherwise, |page| page.split(['?', '#']).next().unwrap_or(otherwise)).to_owned()
}

/// An account, by its handle with or without `@`.
pub async fn account(server: &Server, text: &str) -> Result<AccountId, Failure> {
    let unknown = || Failure::from(Error::NoSuchExpert);
    let handle: Handle = text.trim_start_matches('@').parse().map_err(|_| unknown())?;
    let found = identity_core::service::account_by_handle(server.database.pool(), &handle).await;
    Ok(found.map_err(Failure::from)?.ok_or_else(unknown)?.summary.id)
}

/// What the reader looks for, as it stands in the address. What can't be read is not asked for; of a price it is said why.
pub fn filter(asked: &Asked, now: DateTime<Utc>) -> Result<(Filter, Option<String>), Failure> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut wrong = None;
    let most = Some(text(&asked.max))
        .filter(|max| !max.trim().is_empty())
        .and_then(|max| kernel::parse_amount(&max, CURRENCY).map_err(|error| wrong = Some(error.to_string())).ok());
    let filter = Filter {
        need: text(&asked.need),
        skill: text(&asked.skill),
        language: text(&asked.language),
        most: most.map(|most| most.minor),
        stars: asked.stars.as_deref().and_then(|it| it.parse().ok()).filter(|it| (1..=5).contains(it)),
        before: asked.before.as_deref().and_then(within).map(|within| now + within),
        sort: asked.sort.as_deref().and_then(Sort::parse).unwrap_or_default(),
        after: Server::cursor(asked.after.as_deref())?,
    };
    Ok((filter, wrong))
}

/// How soon somebody is to be free.
fn within(word: &str) -> Option<TimeDelta> {
    match word {
        "today" => Some(TimeDelta::hours(24)),
        "tomorrow" => Some(TimeDelta::hours(48)),
        "week" => Some(TimeDelta::days(7)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn only_pages_of_ours_are_gone_on_to_and_without_what_they_asked() {
        assert_eq!(page("/experts/ana?week=2026-01-01", "/experts"), "/experts/ana");
        assert_eq!(page("//evil.example", "/experts"), "/experts");
        assert_eq!(page("", "/experts"), "/experts");
    }
}
