//! What the log says of rooms, as those hear it who have one open.

use std::collections::HashSet;

use kernel::{AccountId, BookingId, event::EventKind};
use platform::event::Recorded;
use sqlx::PgPool;

use crate::{
    Error,
    event::{
        BookingCancelled, BookingConfirmed, CallExtended, CallSettled, CheckedIn, RescheduleAnswered, RoomSaid,
        RoomSignalled,
    },
    store::rooms,
    talk::{RoomNotice, RoomNoticeKind},
};

/// In which of these rooms somebody may listen: in those of their own calls. Nothing but who did something is ever said
/// there; what, is asked for.
///
/// # Errors
/// When the database fails.
pub async fn may_listen(pool: &PgPool, account: AccountId, rooms: &[BookingId]) -> Result<HashSet<BookingId>, Error> {
    if rooms.is_empty() {
        return Ok(HashSet::new());
    }
    Ok(rooms::of_party(pool, account, rooms).await?.into_iter().collect())
}

/// In which room a fact is heard, and as what.
pub fn notice(recorded: &Recorded) -> Option<(BookingId, RoomNotice)> {
    use RoomNoticeKind::{Came, Changed, Said, Signalled};

    let (booking, kind, by) = match recorded.kind {
        EventKind::CheckedIn => recorded.read().map(|fact: CheckedIn| (fact.booking, Came, Some(fact.party))),
        EventKind::RoomSaid => recorded.read().map(|fact: RoomSaid| (fact.booking, Said, Some(fact.party))),
        EventKind::RoomSignalled => {
            recorded.read().map(|fact: RoomSignalled| (fact.booking, Signalled, Some(fact.party)))
        }
        EventKind::BookingConfirmed => recorded.read().map(|fact: BookingConfirmed| (fact.booking, Changed, None)),
        EventKind::RescheduleAnswered => recorded.read().map(|fact: RescheduleAnswered| (fact.booking, Changed, None)),
        EventKind::BookingCancelled => recorded.read().map(|fact: BookingCancelled| (fact.booking, Changed, None)),
        EventKind::CallExtended => recorded.read().map(|fact: CallExtended| (fact.booking, Changed, None)),
        EventKind::CallSettled => recorded.read().map(|fact: CallSettled| (fact.booking, Changed, None)),
        _ => None,
    }?;
    Some((booking, RoomNotice { kind, by }))
}
