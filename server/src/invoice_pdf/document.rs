//! The document: its pages, and what is to be known about it.

use billing_core::InvoiceView;
use chrono::{DateTime, Datelike, Timelike, Utc};
use krilla::{
    Document, SerializeSettings,
    configure::{Accessibility, Archival, ConfigurationBuilder},
    destination::XyzDestination,
    geom::Point,
    metadata::{self, Metadata},
    outline::{Outline, OutlineNode},
    page::PageSettings,
};

use super::{
    layout, paper,
    text::Faces,
    words::{Letterhead, Words},
};

/// Why an invoice could not be drawn.
pub type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Draws an invoice or a credit note. The same one is the same file every time.
///
/// # Errors
/// When the font can't be read, or what was drawn doesn't keep to the standards.
pub fn render(invoice: &InvoiceView, letterhead: &Letterhead) -> Result<Vec<u8>, Failed> {
    let (words, faces) = (Words::of(invoice, letterhead), Faces::load()?);
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| format!("{error:?}"))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let mut marks = Vec::new();
    for items in layout::pages(&words, &faces) {
        let (width, height) = layout::PAGE;
        let settings = PageSettings::from_wh(width, height).ok_or("a page has no size")?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        marks.extend(paper::draw(&mut surface, &items, &faces));
        surface.finish();
        page.finish();
    }
    let title = words.title();
    document.set_tag_tree(paper::tags(&marks, &title));
    let mut outline = Outline::new();
    outline.push_child(OutlineNode::new(title.clone(), XyzDestination::new(0, Point::from_xy(0.0, 0.0))));
    document.set_outline(outline);
    let metadata = Metadata::new()
        .title(title)
        .authors(words.from.into_iter().take(1).collect())
        .creator("Magentic".to_owned())
        .language("en".to_owned())
        .document_id(invoice.summary.id.to_string())
        .creation_date(moment(invoice.summary.issued_at));
    document.set_metadata(metadata);
    document.finish().map_err(|error| error.to_string().into())
}

fn moment(at: DateTime<Utc>) -> metadata::DateTime {
    let small = |number: u32| u8::try_from(number).unwrap_or(0);
    metadata::DateTime::new(u16::try_from(at.year()).unwrap_or(0))
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
}

/// Invoices for tests.
#[cfg(test)]
pub mod samples {
    use billing_core::{InvoiceKind, InvoiceLine, InvoiceState, InvoiceSummary, TaxRate};
    use chrono::{NaiveDate, NaiveTime};
    use kernel::{AccountId, Currency, InvoiceId, Money};

    use super::*;

    /// The beginning of a day.
    pub fn day(year: i32, month: u32, day: u32) -> DateTime<Utc> {
        NaiveDate::from_ymd_opt(year, month, day).expect("a day").and_time(NaiveTime::MIN).and_utc()
    }

    /// A line.
    pub fn line(words: &str, total: i64, rate: u16, period: Option<(DateTime<Utc>, DateTime<Utc>)>) -> InvoiceLine {
        let tax_rate = TaxRate::try_from(rate).expect("a rate");
        let money = |minor| Money::new(minor, Currency::Eur);
        let (total, tax) = (money(total), money(tax_rate.included_in(total)));
        InvoiceLine { description: words.to_owned(), total, tax_rate, tax, period }
    }

    /// An invoice that is paid.
    pub fn invoice(lines: Vec<InvoiceLine>) -> InvoiceView {
        let money = |minor| Money::new(minor, Currency::Eur);
        let (total, tax) = lines.iter().fold((0, 0), |(total, tax), it| (total + it.total.minor, tax + it.tax.minor));
        let summary = InvoiceSummary {
            id: InvoiceId::from_uuid("01980000-0000-7000-8000-000000000001".parse().expect("an id")),
            kind: InvoiceKind::Invoice,
            number: "INV-2026-000001".to_owned(),
            account: AccountId::from_uuid("01980000-0000-7000-8000-000000000002".parse().expect("an id")),
            total: money(total),
            credited: money(0),
            state: InvoiceState::Paid,
            issued_at: day(2026, 11, 1),
        };
        InvoiceView {
            summary,
            subscription: None,
            bill_to: "Ana M\u{FC}ller GmbH\nStreet 1\n12345 Town\nDE123456789".to_owned(),
            lines,
            net: money(total - tax),
            tax: money(tax),
            paid_at: Some(day(2026, 11, 2)),
            transfer: None,
            corrects: None,
            corrected_by: Vec::new(),
            tries: 0,
        }
    }

    /// A credit note.
    pub fn credit_note() -> InvoiceView {
        let mut note = invoice(vec![line("Given back of INV-2026-000001", 1190, 1900, None)]);
        note.summary.kind = InvoiceKind::CreditNote;
        note.corrects =
            Some((note.summary.id, std::mem::replace(&mut note.summary.number, "CN-2026-000001".to_owned())));
        note
    }

    /// Who writes them.
    pub fn letterhead(test: bool) -> Letterhead {
        Letterhead { from: "Magentic\nmagentic.example.org".to_owned(), test }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{samples::*, *};

    fn drawn(invoice: &InvoiceView) -> Vec<u8> {
        render(invoice, &letterhead(false)).expect("a document")
    }

    /// What a reader finds on each page when they search.
    fn texts(file: &[u8]) -> Vec<String> {
        let document = lopdf::Document::load_mem(file).expect("a PDF");
        let page = |number: &u32| document.extract_text(&[*number]).expect("text");
        document.get_pages().keys().map(page).collect()
    }

    #[test]
    fn an_invoice_can_be_searched() {
        let it = invoice(vec![line("Magentic Pro", 1190, 1900, Some((day(2026, 11, 1), day(2026, 12, 1))))]);
        let file = drawn(&it);
        assert!(file.starts_with(b"%PDF-1.7"));
        assert_eq!(file, drawn(&it), "the same invoice is the same file");
        let text = texts(&file).concat();
        for words in
            ["Magentic Pro", "Invoice", "INV-2026-000001", "Paid", "Ana M\u{FC}ller GmbH", "11.90 EUR", "1.90 EUR"]
        {
            assert!(text.contains(words), "{words} in {text}");
        }
        assert!(text.contains("Page 1 of 1") && !text.contains("Test mode"), "{text}");
        let test = render(&it, &letterhead(true)).expect("a document");
        assert!(texts(&test).concat().contains("Test mode \u{2013} no real money"));
    }

    #[test]
    fn programs_know_what_it_is() {
        let document = lopdf::Document::load_mem(&drawn(&credit_note())).expect("a PDF");
        let catalog = document.catalog().expect("a catalog");
        assert_eq!(catalog.get(b"Lang").and_then(lopdf::Object::as_str).expect("a language"), b"en");
        assert!(catalog.has(b"StructTreeRoot") && catalog.has(b"MarkInfo") && catalog.has(b"OutputIntents"));
        let about = document.trailer.get(b"Info").and_then(lopdf::Object::as_reference).expect("a reference");
        let about = document.get_dictionary(about).expect("what it is about");
        let title = about.get(b"Title").and_then(lopdf::Object::as_str).expect("a title");
        assert_eq!(title, b"Credit note CN-2026-000001");
    }

    #[test]
    fn sixty_lines_take_several_pages() {
        let pages = texts(&drawn(&invoice((1..=60).map(|at| line(&format!("Line {at}."), at, 700, None)).collect())));
        assert!(pages.len() > 2, "{}", pages.len());
        for (at, page) in pages.iter().enumerate() {
            assert!(page.contains(&format!("Page {} of {}", at + 1, pages.len())), "{page}");
            assert!(page.contains("Description") && page.contains("INV-2026-000001"), "{page}");
        }
        let all = pages.concat();
        assert!((1..=60).all(|at| all.matches(&format!("Line {at}.")).count() == 1));
    }

    #[test]
    fn a_credit_note_says_what_it_corrects() {
        let text = texts(&drawn(&credit_note())).concat();
        assert!(text.contains("Credit note") && text.contains("CN-2026-000001"), "{text}");
        assert!(text.contains("Corrects invoice") && text.contains("INV-2026-000001"), "{text}");
    }

    #[test]
    fn names_are_written_in_any_script() {
        let long = "a description of two hundred characters ".repeat(5);
        let mut it = invoice(vec![line(&long, 1190, 1900, None), line("", 0, 0, None)]);
        it.bill_to = "\u{41A}\u{430}\u{442}\u{44F} \u{39A}\u{3AC}\u{3C4}\u{3B9}\n\u{645}\u{62D}\u{645}\u{62F} \u{1F98A}\u{200D}\u{E000}\0".to_owned();
        let text = texts(&drawn(&it)).concat();
        assert!(text.contains("\u{41A}\u{430}\u{442}\u{44F} \u{39A}\u{3AC}\u{3C4}\u{3B9}"), "{text}");
        assert_eq!(text.matches("description").count(), 5, "it is wrapped, not cut: {text}");
        drawn(&invoice(Vec::new()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn anything_can_stand_on_it(to in any::<String>(), words in ".{0,200}", total in any::<i32>()) {
            let mut it = invoice(vec![line(&words, i64::from(total), 1900, None)]);
            it.bill_to = to;
            prop_assert!(render(&it, &letterhead(true)).is_ok());
        }
    }
}
