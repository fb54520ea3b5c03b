//! A statement as a table for spreadsheets.

use std::io::Write;

use chrono::SecondsFormat;
use kernel::{Actor, LedgerAccountId, Money};
use sqlx::PgPool;

use super::read::visible;
use crate::{Error, store::statements};

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// How many lines, without the heading.
    pub lines: u64,
    /// What the amounts add up to: the balance after the last line.
    pub balance: Money,
}

/// Writes the whole statement of an account of the ledger as CSV (RFC 4180), oldest first, for its owner or an
/// administrator. Holds a few hundred lines in memory, however long it is. What is booked meanwhile is not in it, so
/// that the amounts add up to the balance at the beginning.
///
/// # Errors
/// When it is somebody else's, or whoever reads it is gone.
pub async fn statement_csv<W: Write + Send>(
    pool: &PgPool,
    actor: Actor,
    account: LedgerAccountId,
    writer: W,
) -> Result<Exported, Error> {
    let head = visible(pool, actor, account).await?;
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(writer);
    csv.write_record(["date", "transfer", "kind", "for", "memo", "amount", "balance", "currency"])?;
    let mut seq = 0;
    let mut lines = 0;
    while seq < head.last_seq {
        let stretch = statements::stretch(pool, account, head.owner, head.currency, seq, head.last_seq).await?;
        let Some(last) = stretch.last() else { break };
        seq = last.seq;
        for line in &stretch {
            lines += 1;
            let record: [&str; 8] = [
                &line.created_at.to_rfc3339_opts(SecondsFormat::Secs, true),
                &line.transfer.to_string(),
                line.kind.as_str(),
                &line.subject.as_ref().map(ToString::to_string).unwrap_or_default(),
                &harmless(line.memo.as_str()),
                &line.amount.to_decimal(),
                &line.balance.to_decimal(),
                head.currency.as_str(),
            ];
            csv.write_record(record)?;
        }
    }
    csv.flush().map_err(csv::Error::from)?;
    Ok(Exported { lines, balance: Money::new(head.balance, head.currency) })
}

/// A text that a spreadsheet takes for a text: a memo may hold what somebody else wrote, and a cell that begins with
/// one of these signs would be reckoned as a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_a_formula() {
        for (text, cell) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("A call = 5", "A call = 5"),
            ("", ""),
        ] {
            assert_eq!(harmless(text), cell);
        }
    }
}
