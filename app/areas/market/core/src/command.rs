//! What somebody wants done, parsed. Who they are is not in here: that comes from the context.

use kernel::{AccountId, BasisPoints, FieldError, LicenceId, ListingId, Money};
use money_core::Key;

use crate::{
    Category, LicenceKind, Prices,
    listing::{
        CURRENCY, DESCRIPTION_LIMIT, HIGHEST_PRICE, MAX_FREE_MESSAGES, MAX_SUGGESTIONS, MAX_TAGS, SUGGESTION_LIMIT,
        TAG_LIMIT, TAGLINE_LIMIT, TITLE_LIMIT,
    },
    review::REVIEW_LIMIT,
};

/// The form of a listing, as it was typed. Amounts are texts like "4.50"; empty is not offered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListingForm {
    /// What it is called.
    pub title: String,
    /// What it does, in a line.
    pub tagline: String,
    /// What it says of itself, in Markdown.
    pub description: String,
    /// A [`Category`].
    pub category: String,
    /// Words to find it by, divided by commas.
    pub tags: String,
    /// The language it speaks (ISO 639-1).
    pub language: String,
    /// Questions to begin with, a line each.
    pub suggestions: String,
    /// Whether it costs nothing.
    pub free: bool,
    /// To have it for good.
    pub once: String,
    /// For a month.
    pub monthly: String,
    /// For a year.
    pub yearly: String,
    /// For each message.
    pub message: String,
    /// How many messages are free at first.
    pub free_messages: u32,
    /// What forks pay of what they earn, in percent such as "12.5"; empty when there may be none.
    pub fork_royalty: String,
}

/// What a listing says and costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingText {
    pub(crate) title: String,
    pub(crate) tagline: String,
    pub(crate) description: String,
    pub(crate) category: Category,
    pub(crate) tags: Vec<String>,
    pub(crate) language: String,
    pub(crate) suggestions: Vec<String>,
    pub(crate) prices: Prices,
    pub(crate) free_messages: u32,
    pub(crate) fork_royalty: Option<BasisPoints>,
}

impl ListingForm {
    /// Reads the form.
    ///
    /// # Errors
    /// With what is wrong with each field.
    pub fn parse(self) -> Result<ListingText, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let title = line(&mut wrong, "title", &self.title, TITLE_LIMIT);
        if title.is_empty() {
            wrong.push(FieldError::new("title", "Give it a title."));
        }
        let tagline = line(&mut wrong, "tagline", &self.tagline, TAGLINE_LIMIT);
        let description = self.description.replace("\r\n", "\n").replace('\0', "").trim().to_owned();
        measure(&mut wrong, "description", &description, DESCRIPTION_LIMIT);
        let category = Category::parse(&self.category);
        if category.is_none() {
            wrong.push(FieldError::new("category", "Choose a category of the list."));
        }
        let language = self.language.trim().to_ascii_lowercase();
        if language.len() != 2 || !language.bytes().all(|b| b.is_ascii_lowercase()) {
            wrong.push(FieldError::new("language", "A language has two letters, such as en or pt."));
        }
        let tags = items(&mut wrong, "tags", self.tags.to_lowercase().split(','), MAX_TAGS, TAG_LIMIT);
        let suggestions = items(&mut wrong, "suggestions", self.suggestions.lines(), MAX_SUGGESTIONS, SUGGESTION_LIMIT);
        let prices = Prices {
            free: self.free,
            once: price(&mut wrong, "once", &self.once),
            monthly: price(&mut wrong, "monthly", &self.monthly),
            yearly: price(&mut wrong, "yearly", &self.yearly),
            message: price(&mut wrong, "message", &self.message),
        };
        if prices.free && (Prices { free: false, ..prices }).any() {
            wrong.push(FieldError::new(
                "free",
                "What is free has no price. Leave the prices empty, or don't make it free.",
            ));
        }
        if self.free_messages > MAX_FREE_MESSAGES {
            let message = format!("At most {MAX_FREE_MESSAGES} messages can be free at first.");
            wrong.push(FieldError::new("free_messages", message));
        }
        let fork_royalty = percent(&mut wrong, "fork_royalty", &self.fork_royalty);
        match category {
            Some(category) if wrong.is_empty() => Ok(ListingText {
                title,
                tagline,
                description,
                category,
                tags,
                language,
                suggestions,
                prices,
                free_messages: self.free_messages,
                fork_royalty,
            }),
            _ => Err(wrong),
        }
    }
}

fn line(wrong: &mut Vec<FieldError>, field: &str, text: &str, limit: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace(char::is_control, "");
    measure(wrong, field, &line, limit);
    line
}

fn measure(wrong: &mut Vec<FieldError>, field: &str, text: &str, limit: usize) {
    let length = text.chars().count();
    if length > limit {
        wrong.push(FieldError::new(field, format!("This has {length} characters. {limit} is the most.")));
    }
}

fn items<'a>(
    wrong: &mut Vec<FieldError>,
    field: &str,
    texts: impl Iterator<Item = &'a str>,
    most: usize,
    limit: usize,
) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in texts {
        let item = line(wrong, field, text, limit);
        if !item.is_empty() && !found.contains(&item) {
            found.push(item);
        }
    }
    if found.len() > most {
        wrong.push(FieldError::new(field, format!("There are {}. {most} is the most.", found.len())));
    }
    found
}

fn price(wrong: &mut Vec<FieldError>, field: &str, text: &str) -> Option<Money> {
    if text.trim().is_empty() {
        return None;
    }
    match money_core::Amount::parse(text, CURRENCY) {
        Ok(amount) if amount.minor() > HIGHEST_PRICE => {
            let message = format!("The highest price is {}.", Money::new(HIGHEST_PRICE, CURRENCY));
            wrong.push(FieldError::new(field, message));
            None
        }
        Ok(amount) => Some(amount.money()),
        Err(error) => {
            wrong.push(FieldError::new(field, error.to_string()));
            None
        }
    }
}

/// Reads percents: "12.5", "12,5 %".
fn percent(wrong: &mut Vec<FieldError>, field: &str, text: &str) -> Option<BasisPoints> {
    let text = text.trim().trim_end_matches('%').trim();
    if text.is_empty() {
        return None;
    }
    let read = || {
        let (whole, rest) = text.split_once(['.', ',']).unwrap_or((text, ""));
        if rest.len() > 2 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',') {
            return None;
        }
        let whole: u16 = whole.parse().ok()?;
        let rest: u16 = format!("{rest:0<2}").parse().ok()?;
        BasisPoints::try_from(whole.checked_mul(100)?.checked_add(rest)?).ok()
    };
    let points = read();
    if points.is_none() {
        wrong.push(FieldError::new(field, "Write a share in percent, from 0 to 100, such as 10 or 12.5."));
    }
    points
}

/// An agent is to be bought, or subscribed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buy {
    /// The listing.
    pub listing: ListingId,
    /// In which way.
    pub kind: LicenceKind,
    /// The price that was seen: another one is not paid.
    pub seen: Money,
    /// What makes it happen once.
    pub key: Key,
}

/// What was paid for a licence is to be given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiveBack {
    /// The licence.
    pub licence: LicenceId,
    /// Why; may be empty.
    pub reason: String,
}

/// A share is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferShare {
    /// Of what this listing earns.
    pub listing: ListingId,
    /// To whom.
    pub account: AccountId,
    /// How much of what is left after the platform's part.
    pub points: BasisPoints,
}

impl OfferShare {
    /// Reads the percents that were typed.
    ///
    /// # Errors
    /// When they are none.
    pub fn parse(listing: ListingId, account: AccountId, share: &str) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        match percent(&mut wrong, "share", share) {
            Some(points) => Ok(Self { listing, account, points }),
            None if wrong.is_empty() => Err(vec![FieldError::new("share", "Write a share in percent, such as 10.")]),
            None => Err(wrong),
        }
    }
}

/// What somebody says of an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReview {
    pub(crate) rating: u8,
    pub(crate) body: String,
}

impl NewReview {
    /// Reads stars and text. The text may be empty.
    ///
    /// # Errors
    /// With what is wrong with each.
    pub fn parse(rating: u8, body: &str) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        if !(1..=5).contains(&rating) {
            wrong.push(FieldError::new("rating", "Give one to five stars."));
        }
        let body = text(&mut wrong, body);
        if wrong.is_empty() { Ok(Self { rating, body }) } else { Err(wrong) }
    }
}

/// What the owner replies to a review. Nothing takes a reply back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply(pub(crate) Option<String>);

impl Reply {
    /// Reads the reply.
    ///
    /// # Errors
    /// When it is too long.
    pub fn parse(body: &str) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let body = text(&mut wrong, body);
        if wrong.is_empty() { Ok(Self(Some(body).filter(|it| !it.is_empty()))) } else { Err(wrong) }
    }
}

fn text(wrong: &mut Vec<FieldError>, body: &str) -> String {
    let body = body.replace("\r\n", "\n").replace('\0', "").trim().to_owned();
    measure(wrong, "body", &body, REVIEW_LIMIT);
    body
}

/// Why an administrator takes something off the market.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(pub(crate) String);

impl Reason {
    /// Reads the reason.
    ///
    /// # Errors
    /// When there is none, or it is too long.
    pub fn parse(text: &str) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let reason = line(&mut wrong, "reason", text, 500);
        if reason.is_empty() {
            wrong.push(FieldError::new("reason", "Say why: its owner reads it."));
        }
        if wrong.is_empty() { Ok(Self(reason)) } else { Err(wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> ListingForm {
        ListingForm {
            title: " Cook  book ".to_owned(),
            category: "lifestyle".to_owned(),
            language: "EN".to_owned(),
            tags: "Soup, soup ,, bread".to_owned(),
            once: "4,50".to_owned(),
            fork_royalty: "12.5 %".to_owned(),
            free_messages: 3,
            ..ListingForm::default()
        }
    }

    #[test]
    fn a_form_becomes_a_listing() {
        let text = form().parse().expect("valid");
        assert_eq!((text.title.as_str(), text.language.as_str()), ("Cook book", "en"));
        assert_eq!(text.tags, ["soup", "bread"]);
        assert_eq!(text.prices.once, Some(Money::new(450, CURRENCY)));
        assert_eq!(text.fork_royalty.map(BasisPoints::get), Some(1_250));
    }

    #[test]
    fn what_is_wrong_names_its_field() {
        let wrong = |form: ListingForm| -> Vec<String> {
            form.parse().expect_err("not valid").into_iter().map(|it| it.field).collect()
        };
        let bad = ListingForm {
            title: " ".to_owned(),
            category: "none".to_owned(),
            language: "english".to_owned(),
            once: "-1".to_owned(),
            free_messages: 101,
            fork_royalty: "101".to_owned(),
            ..ListingForm::default()
        };
        assert_eq!(wrong(bad), ["title", "category", "language", "once", "free_messages", "fork_royalty"]);
        assert_eq!(wrong(ListingForm { free: true, ..form() }), ["free"]);
        assert_eq!(wrong(ListingForm { monthly: "10000.01".to_owned(), ..form() }), ["monthly"]);
        for bad in ["1.234", "x", "1..2", "-3"] {
            assert_eq!(wrong(ListingForm { fork_royalty: bad.to_owned(), ..form() }), ["fork_royalty"], "{bad}");
        }
        assert!(
            NewReview::parse(0, "").is_err() && NewReview::parse(6, "").is_err() && NewReview::parse(5, "").is_ok()
        );
    }
}
