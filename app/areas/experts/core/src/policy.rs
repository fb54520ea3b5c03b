//! What is given back when a call does not happen as it was booked.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// A ladder that an expert chooses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyKind {
    /// All of it until two hours before, then half.
    Flexible,
    /// All of it until a day before, half until two hours before, then nothing.
    #[default]
    Moderate,
    /// All of it until three days before, half until a day before, then nothing.
    Strict,
}

impl PolicyKind {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Flexible, Self::Moderate, Self::Strict];

    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Flexible => "flexible",
            Self::Moderate => "moderate",
            Self::Strict => "strict",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// What it comes to at the moment. A booking keeps what it was when it was booked.
    pub fn policy(self) -> Policy {
        let steps = |steps: &[(u32, u8)]| steps.iter().map(|&(hours, percent)| Step { hours, percent }).collect();
        match self {
            Self::Flexible => Policy { steps: steps(&[(2, 100), (0, 50)]), client_missed: 50, credit: 10 },
            Self::Moderate => Policy { steps: steps(&[(24, 100), (2, 50)]), client_missed: 75, credit: 10 },
            Self::Strict => Policy { steps: steps(&[(72, 100), (24, 50)]), client_missed: 100, credit: 10 },
        }
    }
}

/// From so many hours before a call on, so much is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// At least so many hours before.
    pub hours: u32,
    /// So many hundredths of what was paid.
    pub percent: u8,
}

/// A policy as it was when something was booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// From the earliest on. After the last nothing is given back.
    pub steps: Vec<Step>,
    /// What the expert is paid when the client doesn't come, in hundredths.
    pub client_missed: u8,
    /// What the platform gives on top when the expert doesn't come, in hundredths of the price.
    pub credit: u8,
}

impl Policy {
    /// How many hundredths a client gets back who cancels now.
    pub fn percent_back(&self, now: DateTime<Utc>, starts_at: DateTime<Utc>) -> u8 {
        let left = starts_at - now;
        let step = self.steps.iter().find(|step| left >= TimeDelta::hours(step.hours.into()));
        step.map_or(0, |step| step.percent.min(100))
    }

    /// What is given back of an amount, in minor units. Half a unit goes to the client.
    pub fn part(minor: i64, percent: u8) -> i64 {
        let of = (i128::from(minor) * i128::from(percent.min(100)) + 50) / 100;
        i64::try_from(of).unwrap_or(minor)
    }

    /// The rungs in words, from the earliest on.
    pub fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = self
            .steps
            .iter()
            .map(|step| match (step.hours, step.percent) {
                (0, percent) => format!("after that, until it begins: {percent} % back"),
                (hours, 100) => format!("until {} before: all of it back", span(hours)),
                (hours, percent) => format!("until {} before: {percent} % back", span(hours)),
            })
            .collect();
        if self.steps.last().is_none_or(|step| step.hours > 0) {
            words.push("after that: nothing back".to_owned());
        }
        words
    }
}

fn span(hours: u32) -> String {
    match hours {
        0 => "it begins".to_owned(),
        24 => "a day".to_owned(),
        hours if hours % 24 == 0 => format!("{} days", hours / 24),
        1 => "an hour".to_owned(),
        hours => format!("{hours} hours"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn back(kind: PolicyKind, minutes_before: i64) -> u8 {
        let start = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        kind.policy().percent_back(start - TimeDelta::minutes(minutes_before), start)
    }

    #[test]
    fn the_ladder_is_climbed_down_to_the_minute() {
        use PolicyKind::{Flexible, Moderate, Strict};
        for (kind, minutes, percent) in [
            (Flexible, 120, 100),
            (Flexible, 119, 50),
            (Flexible, 0, 50),
            (Flexible, -1, 0),
            (Moderate, 24 * 60, 100),
            (Moderate, 24 * 60 - 1, 50),
            (Moderate, 120, 50),
            (Moderate, 119, 0),
            (Strict, 72 * 60, 100),
            (Strict, 72 * 60 - 1, 50),
            (Strict, 24 * 60, 50),
            (Strict, 24 * 60 - 1, 0),
        ] {
            assert_eq!(back(kind, minutes), percent, "{kind:?} {minutes} minutes before");
        }
    }

    #[test]
    fn parts_are_rounded_for_the_client_and_never_more_than_the_whole() {
        assert_eq!(Policy::part(101, 50), 51);
        assert_eq!(Policy::part(100, 50), 50);
        assert_eq!(Policy::part(1, 75), 1);
        assert_eq!(Policy::part(999, 100), 999);
        assert_eq!(Policy::part(999, 0), 0);
    }

    #[test]
    fn each_rung_is_said() {
        assert_eq!(
            PolicyKind::Moderate.policy().words(),
            ["until a day before: all of it back", "until 2 hours before: 50 % back", "after that: nothing back"]
        );
        assert_eq!(
            PolicyKind::Flexible.policy().words().last().map(String::as_str),
            Some("after that, until it begins: 50 % back")
        );
    }
}
