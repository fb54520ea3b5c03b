//! What money moved for.

use std::fmt;

use kernel::{Id, Kind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The thing a transfer was for: a booking, a subscription, a payout. A statement's line leads there.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Subject {
    /// The prefix of its kind of id.
    pub kind: String,
    /// The id itself.
    pub id: Uuid,
}

impl Subject {
    /// The thing with this id.
    pub fn of<K: Kind>(id: Id<K>) -> Self {
        Self { kind: K::PREFIX.to_owned(), id: id.uuid() }
    }

    /// The id, if the thing is a `K`.
    pub fn is<K: Kind>(&self) -> Option<Id<K>> {
        (self.kind == K::PREFIX).then(|| Id::from_uuid(self.id))
    }
}

impl fmt::Display for Subject {
    /// As its id is written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.kind, self.id.simple())
    }
}

#[cfg(test)]
mod tests {
    use kernel::{HoldId, PayoutId};

    use super::*;

    #[test]
    fn leads_back_to_the_id() {
        let payout = PayoutId::from_uuid(Uuid::from_u128(7));
        let subject = Subject::of(payout);
        assert_eq!(subject.to_string(), payout.to_string());
        assert_eq!(subject.is(), Some(payout));
        assert_eq!(subject.is::<kernel::Hold>(), None::<HoldId>);
    }
}
