//! How what an agent earns is divided: by a rule that is never changed, only followed by another one.

use identity_core::AccountSummary;
use kernel::{AccountId, BasisPoints, Money, allocate};
use serde::{Deserialize, Serialize};

use crate::listing::named;

/// What the platform keeps of everything that is sold on the market.
pub const PLATFORM_POINTS: u16 = 1_500;
/// How many agents can stand above one in a chain of forks.
pub const MAX_DEPTH: usize = 5;
/// The most co-creators of an agent.
pub const MAX_CO_CREATORS: usize = 20;
/// All of it, in basis points.
pub const WHOLE: u16 = 10_000;

named! {
    /// As whom somebody gets a part.
    Role {
        /// The platform.
        Platform, "platform", "Platform";
        /// Whose agent it is.
        Creator, "creator", "Creator";
        /// Who made it with them.
        CoCreator, "co_creator", "Co-creator";
        /// Whose agent it was made of.
        Parent, "parent", "Royalty";
    }
}

/// What one party has of what is left when the platform has its part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Who.
    pub account: AccountId,
    /// As whom.
    pub role: Role,
    /// How much.
    pub points: BasisPoints,
    /// Of a parent: its agent.
    pub agent: Option<AccountId>,
}

/// A rule of division. The first share is the creator's, and all of them come to the whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Its number, from 1.
    pub version: u32,
    /// What the platform keeps.
    pub platform: BasisPoints,
    /// What each party has of the rest.
    pub shares: Vec<Share>,
}

/// What one party gets of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Who; nobody, for the platform.
    pub account: Option<AccountId>,
    /// As whom.
    pub role: Role,
    /// The share it has by the rule.
    pub points: BasisPoints,
    /// How many minor units.
    pub minor: i64,
}

impl Rule {
    /// Divides a price exactly: the parts come to it, each is at most a minor unit away from its exact share, and of two that
    /// are equally near the first gets it. The platform comes first. Nobody pays themselves: the part of `payer` is the
    /// creator's.
    pub fn divide(&self, minor: i64, payer: AccountId) -> Vec<Part> {
        let rest = u64::from(WHOLE - self.platform.get());
        let mut weights = vec![u64::from(self.platform.get()) * u64::from(WHOLE)];
        let mut of_payer = 0;
        for share in self.shares.iter().skip(1) {
            let weight = rest * u64::from(share.points.get());
            if share.account == payer {
                of_payer += weight;
            }
            weights.push(if share.account == payer { 0 } else { weight });
        }
        let creator = self.shares.first().map_or(0, |it| rest * u64::from(it.points.get())) + of_payer;
        weights.insert(1, creator);
        let parts = allocate(minor, &weights);
        let platform = Part {
            account: None,
            role: Role::Platform,
            points: self.platform,
            minor: parts.first().copied().unwrap_or(0),
        };
        let others = self.shares.iter().zip(parts.iter().skip(1)).map(|(share, minor)| Part {
            account: Some(share.account),
            role: share.role,
            points: share.points,
            minor: *minor,
        });
        std::iter::once(platform).chain(others).collect()
    }
}

/// What a party would get, shown before something is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Who; nobody, for the platform.
    pub account: Option<AccountSummary>,
    /// As whom.
    pub role: Role,
    /// Its share.
    pub points: BasisPoints,
    /// What it would get.
    pub amount: Money,
}

/// Somebody who was offered a share, or has one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoCreator {
    /// Who.
    pub account: AccountSummary,
    /// What they have; nothing before they accepted.
    pub points: BasisPoints,
    /// What they were offered in its place, and have not accepted yet.
    pub offered: Option<BasisPoints>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn account(n: u128) -> AccountId {
        AccountId::from_uuid(Uuid::from_u128(n))
    }

    fn rule(platform: u16, others: &[u16]) -> Rule {
        let points = |points| BasisPoints::try_from(points).expect("a rate");
        let share = |n, role, of| Share { account: account(n), role, points: points(of), agent: None };
        let mut shares = vec![share(1, Role::Creator, WHOLE - others.iter().sum::<u16>())];
        shares.extend(others.iter().zip(2..).map(|(of, n)| share(n, Role::CoCreator, *of)));
        Rule { version: 1, platform: points(platform), shares }
    }

    #[test]
    fn ten_euros_are_divided_to_the_cent() {
        let minors = |parts: Vec<Part>| parts.into_iter().map(|it| it.minor).collect::<Vec<_>>();
        assert_eq!(minors(rule(1_500, &[2_000, 1_000]).divide(1_000, account(9))), [150, 595, 170, 85]);
        // A third and a third of a cent: the first of the equal gets it.
        assert_eq!(minors(rule(0, &[3_333, 3_333]).divide(1, account(9))), [0, 1, 0, 0]);
        // Who buys what they have a share in pays it to the creator.
        assert_eq!(minors(rule(1_500, &[2_000, 1_000]).divide(1_000, account(2))), [150, 765, 0, 85]);
    }

    proptest! {
        #[test]
        fn parts_come_to_the_price_and_are_near_their_share(
            minor in 1_i64..=1_000_000,
            platform in 0_u16..=10_000,
            cuts in proptest::collection::vec(0_u16..=1_000, 0..10),
        ) {
            let rule = rule(platform, &cuts);
            let parts = rule.divide(minor, account(99));
            prop_assert_eq!(parts.iter().map(|it| it.minor).sum::<i64>(), minor);
            let rest = i128::from(WHOLE - platform);
            for (part, share) in parts.iter().skip(1).zip(&rule.shares) {
                let exact = i128::from(minor) * rest * i128::from(share.points.get());
                let off = i128::from(part.minor) * 100_000_000 - exact;
                prop_assert!(off.abs() < 100_000_000, "{} is far from its share", part.minor);
            }
        }
    }
}
