//! What each use case is given besides its transaction and its command.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use kernel::{Actor, Clock, Id, Kind, Randomness};
use rand::TryRngCore;

/// The sources of time and chance a process runs on.
#[derive(Clone)]
pub struct World {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Supplies random bytes.
    pub randomness: Arc<dyn Randomness>,
}

impl World {
    /// The real world: the machine's clock and the operating system's randomness.
    pub fn real() -> Self {
        Self { clock: Arc::new(OperatingSystem), randomness: Arc::new(OperatingSystem) }
    }

    /// The context of something that `actor` does.
    pub fn cx<A>(&self, actor: A) -> Cx<A> {
        Cx { actor, world: self.clone() }
    }

    /// The present instant, to the microsecond, which is what the database keeps.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now().trunc_subsecs(6)
    }

    /// A new id of a thing that comes into being now.
    pub fn id<K: Kind>(&self) -> Id<K> {
        Id::generate(self.now(), self.randomness.as_ref())
    }
}

/// The context of one use case: who acts (`Cx<Actor>`, or `Cx<Option<Actor>>` where visitors may, or `Cx<()>` where
/// it makes no difference), when, and with what randomness.
#[derive(Clone)]
pub struct Cx<A = Actor> {
    /// Who acts.
    pub actor: A,
    /// Time and chance.
    pub world: World,
}

impl<A> Cx<A> {
    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        self.world.now()
    }

    /// A new id of a thing that comes into being now.
    pub fn id<K: Kind>(&self) -> Id<K> {
        self.world.id()
    }
}

/// The machine's own clock and randomness.
pub struct OperatingSystem;

impl Clock for OperatingSystem {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine for the time")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

impl Randomness for OperatingSystem {
    #[expect(clippy::expect_used, reason = "without the system's randomness no secret is safe: better to stop at once")]
    fn fill(&self, bytes: &mut [u8]) {
        rand::rngs::OsRng.try_fill_bytes(bytes).expect("the operating system supplies random bytes");
    }
}
