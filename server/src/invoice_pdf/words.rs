//! What stands on an invoice, in words.

use billing_core::{InvoiceKind, InvoiceLine, InvoiceState, InvoiceView, TaxRate};
use chrono::{DateTime, Datelike, Utc};
use kernel::{Currency, Money};
use ui::amount;

/// How many credit notes are named before they are only counted.
const NAMED: usize = 3;
/// How many lines an address may have before they are written one after the other.
const ADDRESS_LINES: usize = 10;

/// Who writes invoices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letterhead {
    /// What they are called, and below it where to find them.
    pub from: String,
    /// Whether no real money moves.
    pub test: bool,
}

/// How good the news is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Neither.
    Neutral,
    /// All is well.
    Good,
    /// Something is to be done.
    Due,
}

/// What stands on an invoice.
#[derive(Debug, Clone)]
pub struct Words {
    /// What it is: an invoice, or a credit note.
    pub kind: &'static str,
    /// Its number.
    pub number: String,
    /// How far it is.
    pub state: (Tone, &'static str),
    /// Who wrote it: a name, and where to find them.
    pub from: Vec<String>,
    /// Whether no real money moved.
    pub test: bool,
    /// What stands above who it is made out to.
    pub to_label: &'static str,
    /// Who it is made out to.
    pub to: Vec<String>,
    /// What else is to be known: its name, and what it is.
    pub facts: Vec<(&'static str, String)>,
    /// The heads of the columns: what for, when, which tax, how much. Without times there is no column of them.
    pub heads: Vec<&'static str>,
    /// What it is for, a cell for each head.
    pub rows: Vec<Vec<String>>,
    /// What it comes to.
    pub sums: Vec<Sum>,
}

/// An amount and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// What it is.
    pub label: String,
    /// How much.
    pub amount: String,
    /// It is what the others come to.
    pub strong: bool,
}

impl Words {
    /// Puts an invoice into words.
    pub fn of(invoice: &InvoiceView, letterhead: &Letterhead) -> Self {
        let timed = invoice.lines.iter().any(|line| line.period.is_some());
        let mut heads = vec!["Description", "Period", "Tax", "Amount with tax"];
        if !timed {
            heads.remove(1);
        }
        let (kind, to_label) = match invoice.summary.kind {
            InvoiceKind::Invoice => ("Invoice", "Billed to"),
            InvoiceKind::CreditNote => ("Credit note", "Made out to"),
        };
        Self {
            kind,
            number: invoice.summary.number.clone(),
            state: state(invoice),
            from: lines_of(&letterhead.from),
            test: letterhead.test,
            to_label,
            to: lines_of(&invoice.bill_to),
            facts: facts(invoice),
            heads,
            rows: invoice.lines.iter().map(|line| row(line, timed)).collect(),
            sums: sums(invoice),
        }
    }

    /// What a list of files calls it.
    pub fn title(&self) -> String {
        format!("{} {}", self.kind, self.number)
    }
}

/// The same words as on the pages of invoices.
fn state(invoice: &InvoiceView) -> (Tone, &'static str) {
    let summary = &invoice.summary;
    match (summary.kind, summary.state) {
        (InvoiceKind::CreditNote, _) => (Tone::Neutral, "Given back"),
        (InvoiceKind::Invoice, InvoiceState::Open) => (Tone::Due, "To be paid"),
        (InvoiceKind::Invoice, InvoiceState::Uncollectible) => (Tone::Neutral, "Given up"),
        (InvoiceKind::Invoice, InvoiceState::Paid) if summary.credited.minor == 0 => (Tone::Good, "Paid"),
        (InvoiceKind::Invoice, InvoiceState::Paid) if summary.credited == summary.total => {
            (Tone::Neutral, "Given back")
        }
        (InvoiceKind::Invoice, InvoiceState::Paid) => (Tone::Neutral, "Partly given back"),
    }
}

/// The lines of an address that say something. Very many are written one after the other, so that they find room.
fn lines_of(text: &str) -> Vec<String> {
    let lines: Vec<String> = text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    if lines.len() > ADDRESS_LINES { vec![lines.join(", ")] } else { lines }
}

fn facts(invoice: &InvoiceView) -> Vec<(&'static str, String)> {
    let mut facts = vec![("Date of issue", in_full(invoice.summary.issued_at))];
    if let Some(at) = invoice.paid_at.filter(|_| invoice.summary.kind == InvoiceKind::Invoice) {
        facts.push(("Date paid", in_full(at)));
    }
    if let Some((_, number)) = &invoice.corrects {
        facts.push(("Corrects invoice", number.clone()));
    }
    if !invoice.corrected_by.is_empty() {
        facts.push(("Credit notes", credit_notes(invoice)));
    }
    facts
}

fn credit_notes(invoice: &InvoiceView) -> String {
    let named: Vec<&str> = invoice.corrected_by.iter().take(NAMED).map(|(_, number)| number.as_str()).collect();
    let more = invoice.corrected_by.len() - named.len();
    if more == 0 { named.join(", ") } else { format!("{} and\u{A0}{more}\u{A0}more", named.join(", ")) }
}

fn row(line: &InvoiceLine, timed: bool) -> Vec<String> {
    let mut cells = vec![line.description.clone()];
    if timed {
        cells.push(line.period.map_or_else(|| "\u{2013}".to_owned(), period));
    }
    cells.push(line.tax_rate.to_string());
    cells.push(amount(line.total));
    cells
}

/// A day in full: `1 November 2026`.
fn in_full(at: DateTime<Utc>) -> String {
    at.format("%-d %B %Y").to_string()
}

/// From when until when: `1 Nov – 1 Dec 2026`, in two lines at most.
fn period((from, until): (DateTime<Utc>, DateTime<Utc>)) -> String {
    let first = if from.year() == until.year() { "%-d %b" } else { "%-d %b %Y" };
    let day = |at: DateTime<Utc>, form: &str| at.format(form).to_string().replace(' ', "\u{A0}");
    format!("{}\u{A0}\u{2013} {}", day(from, first), day(until, "%-d %b %Y"))
}

fn sums(invoice: &InvoiceView) -> Vec<Sum> {
    let summary = &invoice.summary;
    let sum =
        |label: &str, amount_of: Money, strong| Sum { label: label.to_owned(), amount: amount(amount_of), strong };
    let mut sums = vec![sum("Without tax", invoice.net, false)];
    sums.extend(taxes(&invoice.lines, summary.total.currency));
    sums.push(match summary.kind {
        InvoiceKind::Invoice => sum("Total", summary.total, true),
        InvoiceKind::CreditNote => sum("Given back", summary.total, true),
    });
    let left = |minor: i64| Money::new(minor, summary.total.currency);
    if summary.credited.is_positive() {
        sums.push(sum("Given back", left(summary.credited.minor.saturating_neg()), false));
    }
    let owed = left(summary.total.minor.saturating_sub(summary.credited.minor));
    match (summary.kind, summary.state) {
        (InvoiceKind::CreditNote, _) => {}
        (InvoiceKind::Invoice, InvoiceState::Open) => sums.push(sum("Still open", owed, true)),
        (InvoiceKind::Invoice, InvoiceState::Paid) => sums.push(sum("Still open", left(0), false)),
        (InvoiceKind::Invoice, InvoiceState::Uncollectible) => sums.push(sum("No longer expected", owed, false)),
    }
    sums
}

/// The tax of each rate, in the order in which they are met.
fn taxes(lines: &[InvoiceLine], currency: Currency) -> impl Iterator<Item = Sum> {
    let mut rates: Vec<(TaxRate, i64, i64)> = Vec::new();
    for line in lines {
        let (tax, net) = (line.tax.minor, line.total.minor.saturating_sub(line.tax.minor));
        match rates.iter_mut().find(|(rate, ..)| *rate == line.tax_rate) {
            Some(sum) => (sum.1, sum.2) = (sum.1.saturating_add(net), sum.2.saturating_add(tax)),
            None => rates.push((line.tax_rate, net, tax)),
        }
    }
    rates.into_iter().map(move |(rate, net, tax)| Sum {
        label: format!("Tax {rate} on {}", amount(Money::new(net, currency))),
        amount: amount(Money::new(tax, currency)),
        strong: false,
    })
}

#[cfg(test)]
mod tests {
    use super::{super::document::samples::*, *};

    fn words(invoice: &InvoiceView) -> Words {
        Words::of(invoice, &letterhead(false))
    }

    fn sums(invoice: &InvoiceView) -> Vec<String> {
        words(invoice).sums.into_iter().map(|sum| format!("{}: {}", sum.label, sum.amount)).collect()
    }

    #[test]
    fn every_rate_of_tax_has_a_sum() {
        let mut it = invoice(vec![
            line("Plan", 11_900, 1900, Some((day(2026, 12, 31), day(2027, 12, 31)))),
            line("What was left of it", -1190, 1900, None),
            line("Book", 1070, 700, None),
        ]);
        it.summary.state = InvoiceState::Open;
        it.paid_at = None;
        let taxes = ["Tax 19 % on 90.00 EUR: 17.10 EUR", "Tax 7 % on 10.00 EUR: 0.70 EUR"];
        let expected = ["Without tax: 100.00 EUR", taxes[0], taxes[1], "Total: 117.80 EUR", "Still open: 117.80 EUR"];
        assert_eq!(sums(&it), expected);
        let words = words(&it);
        assert_eq!((words.state.1, words.title().as_str()), ("To be paid", "Invoice INV-2026-000001"));
        let periods: Vec<String> = words.rows.iter().map(|row| row[1].replace('\u{A0}', " ")).collect();
        assert_eq!(periods, ["31 Dec 2026 \u{2013} 31 Dec 2027", "\u{2013}", "\u{2013}"]);
        assert_eq!(words.rows[1][2..], ["19 %", "\u{2212}11.90 EUR"]);
    }

    #[test]
    fn what_was_given_back_is_told() {
        let mut it = invoice(vec![line("Plan", 1190, 1900, None)]);
        it.summary.credited = Money::new(500, Currency::Eur);
        it.corrected_by = (1..=5).map(|at| (it.summary.id, format!("CN-2026-00000{at}"))).collect();
        assert_eq!(sums(&it)[3..], ["Given back: \u{2212}5.00 EUR", "Still open: 0.00 EUR"]);
        let words = words(&it);
        assert_eq!(words.state.1, "Partly given back");
        assert_eq!(words.heads, ["Description", "Tax", "Amount with tax"], "nothing has a time");
        let (name, notes) = words.facts.last().expect("a fact");
        assert_eq!((*name, notes.matches("CN-").count()), ("Credit notes", 3));
        assert!(notes.ends_with("and\u{A0}2\u{A0}more"), "{notes}");
        it.summary.state = InvoiceState::Uncollectible;
        assert_eq!(sums(&it)[4], "No longer expected: 6.90 EUR");
    }

    #[test]
    fn a_credit_note_names_what_it_corrects() {
        let words = words(&credit_note());
        assert_eq!((words.kind, words.to_label, words.state.1), ("Credit note", "Made out to", "Given back"));
        assert!(words.facts.contains(&("Corrects invoice", "INV-2026-000001".to_owned())), "{:?}", words.facts);
        assert_eq!(words.sums.last().map(|it| it.label.as_str()), Some("Given back"));
        assert!(!words.facts.iter().any(|(name, _)| *name == "Date paid"));
    }

    #[test]
    fn addresses_are_short() {
        assert_eq!(lines_of(" Ana\n\n Street 1 \n"), ["Ana", "Street 1"]);
        assert_eq!(lines_of(&"a\n".repeat(200)), [vec!["a"; 200].join(", ")]);
        assert!(lines_of(" \n").is_empty());
    }
}
