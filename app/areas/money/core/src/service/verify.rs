//! Everything is reckoned up again.

use std::fmt;

use sqlx::PgPool;

use crate::{
    Error,
    store::check::{self, Counts},
};

/// What was checked, and what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Accounts of the ledger.
    pub accounts: u64,
    /// Transfers.
    pub transfers: u64,
    /// Their postings.
    pub postings: u64,
    /// Holds.
    pub holds: u64,
    /// Lines of payments.
    pub lines: u64,
    /// Payouts.
    pub payouts: u64,
    /// What was asked of them.
    pub checks: Vec<&'static str>,
    /// What doesn't agree; of each check the first hundred.
    pub differences: Vec<Difference>,
}

/// Something that doesn't agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What should hold.
    pub check: &'static str,
    /// Where it doesn't.
    pub detail: String,
}

impl Report {
    /// Whether everything adds up.
    pub fn is_clean(&self) -> bool {
        self.differences.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} accounts, {} transfers with {} postings, {} holds, {} lines of payments, {} payouts",
            self.accounts, self.transfers, self.postings, self.holds, self.lines, self.payouts
        )?;
        for check in &self.checks {
            let mut found = self.differences.iter().filter(|difference| difference.check == *check).peekable();
            writeln!(f, "  {} {check}", if found.peek().is_none() { "ok   " } else { "WRONG" })?;
            for difference in found {
                writeln!(f, "        {}", difference.detail)?;
            }
        }
        match self.differences.len() {
            0 => write!(f, "Everything adds up."),
            1 => write!(f, "One thing does not add up."),
            many => write!(f, "{many} things do not add up."),
        }
    }
}

/// Reckons everything up again: the sum of each transfer, each balance and how it came about posting by posting, and
/// what is held, pending and on its way out against holds, payments and payouts. Sees the ledger as it is at one
/// moment, and is in nobody's way.
///
/// # Errors
/// When the database fails. Differences are no errors: they stand in the report.
pub async fn verify(pool: &PgPool) -> Result<Report, Error> {
    let mut tx = pool.begin_with("begin isolation level repeatable read, read only").await?;
    let Counts { accounts, transfers, postings, holds, lines, payouts } = check::counts(&mut tx).await?;
    let findings = check::findings(&mut tx).await?;
    tx.rollback().await?;
    let checks = findings.iter().map(|(check, _)| *check).collect();
    let differences = findings
        .into_iter()
        .flat_map(|(check, details)| details.into_iter().map(move |detail| Difference { check, detail }))
        .collect();
    Ok(Report {
        accounts: accounts.unsigned_abs(),
        transfers: transfers.unsigned_abs(),
        postings: postings.unsigned_abs(),
        holds: holds.unsigned_abs(),
        lines: lines.unsigned_abs(),
        payouts: payouts.unsigned_abs(),
        checks,
        differences,
    })
}
