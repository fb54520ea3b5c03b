//! The model, described for the wire.

use chrono::{DateTime, TimeDelta, Utc};
use experts_core::{
    BookingState, BookingView, CancelQuote, ExpertCard, Party, PublicationView, ReviewView,
    booking::{CURRENCY, DISPUTE_HOURS, ROOM_OPENS},
    zone::Zone,
};
use identity_core::AccountSummary;
use kernel::Money;
use platform::markdown;
use ui::{At, AvatarSize};
use web::{Moment, server::Server};

use crate::dto;

/// An instant.
pub fn at(at: DateTime<Utc>) -> At {
    At(at.timestamp())
}

/// An account, with its portrait in the size it is shown in.
pub fn who(account: AccountSummary, size: AvatarSize) -> dto::Who {
    dto::Who {
        id: account.id,
        handle: account.handle.into(),
        name: account.name.into(),
        kind: account.kind,
        portrait: account.portrait.map(|kept| web::server::portrait(&kept, size)),
    }
}

/// An expert in the directory, or, with a larger portrait, on their page.
pub fn card(card: ExpertCard, size: AvatarSize) -> dto::Card {
    dto::Card {
        who: who(card.account, size),
        headline: card.headline,
        skills: card.skills,
        languages: card.languages,
        from: card.from,
        rating_tenths: card.rating.map(tenths),
        ratings: card.ratings,
        calls: card.calls,
        next: card.next.map(at),
    }
}

/// Hundredths of a star as tenths.
fn tenths(hundredths: u32) -> u8 {
    u8::try_from((hundredths + 5) / 10).unwrap_or(u8::MAX)
}

/// A review. Whoever may reply sees what they replied as they typed it.
pub fn review(it: ReviewView, may_reply: bool, now: DateTime<Utc>) -> dto::Review {
    dto::Review {
        booking: it.booking,
        author: who(it.author, AvatarSize::Small),
        rating: it.rating,
        html: markdown::render(&it.body),
        reply_html: it.reply.as_deref().map(markdown::render),
        reply: it.reply.filter(|_| may_reply).unwrap_or_default(),
        at: Moment::describe(it.created_at, now),
    }
}

/// What was published of a call, on the expert's page. Nothing leads from there to the call, or to who called.
pub fn from_call(it: PublicationView, now: DateTime<Utc>) -> dto::FromCall {
    dto::FromCall { title: it.title, html: markdown::render(&it.body), at: Moment::describe(it.published_at, now) }
}

/// The same for both who met: the client sees what is shown, and the expert as well what they typed and is not.
pub fn publication(it: PublicationView, me: Party, now: DateTime<Utc>) -> Option<dto::Publication> {
    let is_experts = me == Party::Expert;
    if !it.is_shown && !is_experts {
        return None;
    }
    Some(dto::Publication {
        html: markdown::render(&it.body),
        title: it.title,
        body: if is_experts { it.body } else { String::new() },
        is_shown: it.is_shown,
        at: Moment::describe(it.published_at, now),
    })
}

/// A booking in a list.
pub fn line(it: &BookingView) -> dto::Line {
    let other = match it.me {
        Party::Expert => it.client.clone(),
        Party::Client => it.expert.clone(),
    };
    dto::Line {
        id: it.id,
        me: it.me,
        other: who(other, AvatarSize::Medium),
        title: it.title.clone(),
        state: it.state,
        start: at(it.starts_at),
        end: at(it.ends_at),
        price: it.price,
        due: it.due_at.map(at),
        proposed_by: it.proposal.as_ref().map(|proposal| proposal.by),
    }
}

/// Who of both came, and when.
pub fn came(it: &BookingView) -> Vec<(Party, At)> {
    let expert = it.expert_came_at.map(|came| (Party::Expert, at(came)));
    let client = it.client_came_at.map(|came| (Party::Client, at(came)));
    expert.into_iter().chain(client).collect()
}

/// What a client says went wrong.
pub fn dispute(it: experts_core::Dispute, now: DateTime<Utc>) -> dto::Dispute {
    dto::Dispute {
        reason: it.reason,
        opened: Moment::describe(it.opened_at, now),
        decided: it.decided.map(|(back, answer, at)| (back, answer, Moment::describe(at, now))),
    }
}

/// When a call is by the expert's clock.
fn there(it: &BookingView) -> String {
    let zone = it.expert_zone.replace('_', " ");
    match Zone::named(&it.expert_zone) {
        Some(clock) => format!("{} in {zone}, where the expert is.", clock.written(it.starts_at)),
        None => String::new(),
    }
}

/// What is known of a booking besides itself.
pub struct Beside {
    /// What is in the reader's wallet, while they are to pay.
    pub balance: Option<Money>,
    /// What they get back who cancel now.
    pub quote: Option<CancelQuote>,
    /// Times to choose from.
    pub times: Option<dto::Times>,
    /// What the client said of it.
    pub review: Option<dto::Review>,
    /// What both noted.
    pub notes: Option<dto::Notes>,
    /// What the expert made public of that.
    pub publication: Option<dto::Publication>,
}

/// A booking on its page.
pub fn booking(server: &Server, it: BookingView, beside: Beside) -> dto::Booking {
    let now = server.world.now();
    let (line, came, there) = (line(&it), came(&it), there(&it));
    let Beside { balance, quote, times, review, notes, publication } = beside;
    let is_client = it.me == Party::Client;
    let missing = balance.map(|balance| it.price.minor - balance.minor).filter(|missing| *missing > 0);
    let to_come = matches!(it.state, BookingState::Requested | BookingState::Confirmed) && now < it.starts_at;
    let opens = it.starts_at - TimeDelta::minutes(ROOM_OPENS);
    let is_in_room = it.state == BookingState::Confirmed && (opens..it.ends_at).contains(&now) && it.ended_at.is_none();
    let disputable =
        is_client && it.dispute.is_none() && matches!(it.state, BookingState::Completed | BookingState::ClientMissed);
    let disputable_until = it.ends_at + TimeDelta::hours(DISPUTE_HOURS);
    let disputable_until = Some(disputable_until).filter(|until| disputable && now < *until);
    let was_there = it.client_came_at.is_some() && it.state.is_settled();
    dto::Booking {
        expert: who(it.expert, AvatarSize::Medium),
        bring: it.bring,
        there,
        brief: it.brief,
        paid: it.paid,
        returned: it.returned,
        fee: it.fee,
        policy: it.policy.words(),
        seconds_left: it.due_at.map_or(0, |due| (due - now).num_seconds().max(0)),
        awaits_money: it.awaits_money,
        balance,
        missing: missing.map(|minor| Money::new(minor, CURRENCY)),
        quote,
        may_move: to_come && it.proposal.is_none(),
        room_is_open: is_in_room,
        room_opens: at(opens),
        proposal: it.proposal.map(|proposal| dto::Proposal {
            id: proposal.id,
            by: proposal.by,
            until: at(proposal.until),
            times: proposal.slots.into_iter().map(|(slice, start)| (slice, at(start))).collect(),
        }),
        times,
        came,
        ended: it.ended_at.map(at),
        closed_by: it.closed_by,
        reason: it.reason,
        payments: it.payments,
        dispute: it.dispute.map(|it| dispute(it, now)),
        disputable_until: disputable_until.map(at),
        may_review: is_client && was_there && review.is_none(),
        review,
        notes,
        may_publish: it.me == Party::Expert && it.state == BookingState::Completed,
        publication,
        line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn averages_are_rounded_to_what_is_shown() {
        assert_eq!([0, 444, 445, 500].map(tenths), [0, 44, 45, 50]);
    }
}
