//! What somebody says of themselves as an expert, when they work, what they offer, and what is said after a call.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use kernel::{FieldError, Money};
use platform::outbound::{self, OutboundError};
use url::Url;

use crate::{
    PolicyKind,
    booking::{CURRENCY, NOTES_LIMIT},
    expert::{
        ABOUT_LIMIT, ADDRESS_LIMIT, BRING_LIMIT, CALENDAR_NAME_LIMIT, HEADLINE_LIMIT, HIGHEST_PRICE, LOWEST_PRICE,
        MOST_LANGUAGES, MOST_SKILLS, SERVICE_LIMIT, SKILL_LIMIT, TITLE_LIMIT,
    },
    publication::{PUBLICATION_LIMIT, PUBLICATION_TITLE_LIMIT},
    review::REVIEW_LIMIT,
    window::{Hours, HoursError, MOST_DAYS_OFF, Week, Window, WindowError, parse_time},
    zone::Zone,
};

/// The fields of a week's days, Monday's first.
const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// The most characters of a list of days off.
const DAYS_OFF_LIMIT: usize = 10_000;

/// What somebody says of themselves as an expert, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileForm {
    /// What they do, in a line. May be empty until they want to be booked.
    pub headline: String,
    /// What they say about themselves, in Markdown.
    pub about: String,
    /// What they know about, divided by commas.
    pub skills: String,
    /// Which languages they speak (ISO 639-1), divided by commas.
    pub languages: String,
    /// Their time zone, such as `Europe/Berlin`.
    pub zone: String,
    /// A [`PolicyKind`].
    pub policy: String,
    /// Whether each booking waits for their word.
    pub approval: bool,
}

/// What somebody says of themselves as an expert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub(crate) headline: String,
    pub(crate) about: String,
    pub(crate) skills: Vec<String>,
    pub(crate) languages: Vec<String>,
    pub(crate) zone: String,
    pub(crate) policy: PolicyKind,
    pub(crate) approval: bool,
}

impl ProfileForm {
    /// Reads the form.
    ///
    /// # Errors
    /// With what is wrong with each field.
    pub fn parse(self) -> Result<Profile, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let headline = line(&mut wrong, "headline", &self.headline, HEADLINE_LIMIT);
        let about = text(&mut wrong, "about", &self.about, ABOUT_LIMIT);
        let skills = self.skills.to_lowercase();
        let skills = items(&mut wrong, "skills", skills.split([',', '\n']), MOST_SKILLS, SKILL_LIMIT);
        let languages = languages(&mut wrong, &self.languages);
        let zone = Zone::named(self.zone.trim()).map(|zone| zone.name().to_owned());
        if zone.is_none() {
            let words = "There is no time zone of this name. Choose one of the list, such as Europe/Berlin.";
            wrong.push(FieldError::new("zone", words));
        }
        let policy = PolicyKind::parse(&self.policy);
        if policy.is_none() {
            wrong.push(FieldError::new("policy", "Choose what is given back when: one of the list."));
        }
        match (zone, policy) {
            (Some(zone), Some(policy)) if wrong.is_empty() => {
                Ok(Profile { headline, about, skills, languages, zone, policy, approval: self.approval })
            }
            _ => Err(wrong),
        }
    }
}

fn languages(wrong: &mut Vec<FieldError>, text: &str) -> Vec<String> {
    let text = text.to_ascii_lowercase();
    let codes = text.split(|c: char| c == ',' || c.is_whitespace());
    let found = items(wrong, "languages", codes, MOST_LANGUAGES, SKILL_LIMIT);
    if found.iter().any(|code| code.len() != 2 || !code.bytes().all(|b| b.is_ascii_lowercase())) {
        let words = "A language has two letters, such as en or pt. Divide them by commas.";
        wrong.push(FieldError::new("languages", words));
    }
    found
}

/// When somebody works on a day of the week, as it was typed: times such as "09:30". Both empty is a free day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayForm {
    /// From when on.
    pub from: String,
    /// Until when. What is not after the beginning is on the next day.
    pub until: String,
}

/// When somebody takes calls, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoursForm {
    /// The days, Monday first.
    pub days: [DayForm; 7],
    /// The pause after each call, in minutes.
    pub buffer: u16,
    /// How many minutes before a call it can be booked at the latest.
    pub notice: u32,
    /// How many days before a call it can be booked at the earliest.
    pub ahead: u16,
    /// Days without work, such as 2026-07-01, divided by commas or spaces; `2026-07-01..2026-07-14` is all days from
    /// the one to the other.
    pub days_off: String,
}

impl Default for HoursForm {
    /// A week without work, and otherwise what [`Hours`] are when nobody has said anything.
    fn default() -> Self {
        let hours = Hours::default();
        let (buffer, notice, ahead) = (hours.buffer(), hours.notice(), hours.ahead());
        Self { days: Default::default(), buffer, notice, ahead, days_off: String::new() }
    }
}

/// When somebody takes calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHours(pub(crate) Hours);

impl HoursForm {
    /// Reads the form.
    ///
    /// # Errors
    /// With what is wrong with each field: `monday` and so on, `buffer`, `notice`, `ahead`, `days_off`.
    pub fn parse(self) -> Result<NewHours, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut days = [None; 7];
        for ((day, typed), field) in days.iter_mut().zip(&self.days).zip(DAYS) {
            match window(typed) {
                Ok(window) => *day = window,
                Err(words) => wrong.push(FieldError::new(field, words)),
            }
        }
        let (week, days_off) = (Week::new(days), days_off(&mut wrong, &self.days_off));
        let (buffer, notice, ahead) = (self.buffer, self.notice, self.ahead);
        // Each by itself beside what is right, so that all that is wrong is said at once.
        let right = Hours::default();
        let none = BTreeSet::new;
        let each = [
            Hours::new(week, none(), buffer, right.notice(), right.ahead()),
            Hours::new(week, none(), right.buffer(), notice, right.ahead()),
            Hours::new(week, none(), right.buffer(), right.notice(), ahead),
            Hours::new(week, days_off.clone(), right.buffer(), right.notice(), right.ahead()),
        ];
        wrong.extend(each.into_iter().filter_map(Result::err).map(|error| not_hours(&error)));
        if wrong.is_empty() && notice >= u32::from(ahead) * 24 * 60 {
            let words = "Nothing could be booked: the notice is longer than calls can be booked ahead. Ask for less.";
            wrong.push(FieldError::new("notice", words));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Hours::new(week, days_off, buffer, notice, ahead).map(NewHours).map_err(|error| vec![not_hours(&error)])
    }
}

fn not_hours(error: &HoursError) -> FieldError {
    let field = match error {
        HoursError::Buffer => "buffer",
        HoursError::Notice => "notice",
        HoursError::Ahead => "ahead",
        HoursError::DaysOff { .. } => "days_off",
    };
    FieldError::new(field, error.to_string())
}

fn window(typed: &DayForm) -> Result<Option<Window>, String> {
    let (from, until) = (typed.from.trim(), typed.until.trim());
    match (from.is_empty(), until.is_empty()) {
        (true, true) => return Ok(None),
        (false, false) => {}
        _ => return Err("Give both times, or leave both empty.".to_owned()),
    }
    let (Some(from), Some(until)) = (parse_time(from), parse_time(until)) else {
        return Err(WindowError::NotATime.to_string());
    };
    Window::new(from, until).map(Some).map_err(|error| error.to_string())
}

/// Reads days and spans of days. Of what is too long no more is read.
fn days_off(wrong: &mut Vec<FieldError>, text: &str) -> BTreeSet<NaiveDate> {
    let mut found = BTreeSet::new();
    if !measure(wrong, "days_off", text, DAYS_OFF_LIMIT) {
        return found;
    }
    for word in text.split(|c: char| matches!(c, ',' | ';') || c.is_whitespace()).filter(|word| !word.is_empty()) {
        let (first, last) = word.split_once("..").unwrap_or((word, word));
        let days = first.parse::<NaiveDate>().ok().zip(last.parse::<NaiveDate>().ok());
        let Some((first, last)) = days.filter(|(first, last)| first <= last) else {
            let shown: String = word.chars().take(30).collect();
            let words = format!("“{shown}” is no day. Write 2026-07-01, or for several 2026-07-01..2026-07-14.");
            wrong.push(FieldError::new("days_off", words));
            return found;
        };
        found.extend(first.iter_days().take_while(|day| *day <= last).take(MOST_DAYS_OFF + 1));
        if found.len() > MOST_DAYS_OFF {
            return found;
        }
    }
    found
}

/// Something an expert can be asked about, as it was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceForm {
    /// What it is called.
    pub title: String,
    /// What it is.
    pub description: String,
    /// What to bring.
    pub bring: String,
    /// What ten minutes cost, in euros, such as "12.50".
    pub price: String,
}

/// Something an expert can be asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewService {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) bring: String,
    pub(crate) price_minor: i64,
}

impl ServiceForm {
    /// Reads the form.
    ///
    /// # Errors
    /// With what is wrong with each field.
    pub fn parse(self) -> Result<NewService, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let title = line(&mut wrong, "title", &self.title, TITLE_LIMIT);
        if title.is_empty() {
            wrong.push(FieldError::new("title", "Give it a title."));
        }
        let description = text(&mut wrong, "description", &self.description, SERVICE_LIMIT);
        let bring = text(&mut wrong, "bring", &self.bring, BRING_LIMIT);
        match price(&self.price) {
            Ok(price_minor) if wrong.is_empty() => Ok(NewService { title, description, bring, price_minor }),
            Ok(_) => Err(wrong),
            Err(words) => {
                wrong.push(FieldError::new("price", words));
                Err(wrong)
            }
        }
    }
}

fn price(text: &str) -> Result<i64, String> {
    let minor = money_core::Amount::parse(text, CURRENCY).map_err(|error| error.to_string())?.minor();
    if (LOWEST_PRICE..=HIGHEST_PRICE).contains(&minor) {
        return Ok(minor);
    }
    let (lowest, highest) = (Money::new(LOWEST_PRICE, CURRENCY), Money::new(HIGHEST_PRICE, CURRENCY));
    Err(format!("Ten minutes cost from {lowest} to {highest}."))
}

/// A calendar elsewhere in which an expert is busy. Whoever knows its address can read it.
#[derive(Clone, PartialEq, Eq)]
pub struct NewCalendar {
    pub(crate) name: String,
    pub(crate) address: Url,
}

impl NewCalendar {
    /// Reads what it is called (as its site is, when that is empty) and where it is. `webcal:` means `https:`.
    ///
    /// # Errors
    /// With what is wrong with each field.
    pub fn parse(name: &str, address: &str) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let name = line(&mut wrong, "name", name, CALENDAR_NAME_LIMIT);
        match calendar_address(address) {
            Ok(address) if wrong.is_empty() => {
                let host = address.host_str().unwrap_or_default().chars().take(CALENDAR_NAME_LIMIT);
                let name = if name.is_empty() { host.collect() } else { name };
                Ok(Self { name, address })
            }
            Ok(_) => Err(wrong),
            Err(words) => {
                wrong.push(FieldError::new("address", words));
                Err(wrong)
            }
        }
    }
}

impl std::fmt::Debug for NewCalendar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewCalendar").field("name", &self.name).finish_non_exhaustive()
    }
}

fn calendar_address(typed: &str) -> Result<Url, String> {
    let typed = typed.trim();
    if typed.len() > ADDRESS_LIMIT {
        return Err(format!("An address has at most {ADDRESS_LIMIT} characters."));
    }
    let whole = match typed.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("webcal") || scheme.eq_ignore_ascii_case("webcals") => {
            format!("https://{rest}")
        }
        Some(_) => typed.to_owned(),
        None => format!("https://{typed}"),
    };
    let mut url = Url::parse(&whole).map_err(|_| not_read(&OutboundError::NotWeb))?;
    url.set_fragment(None);
    outbound::refuse_outright(&url).map_err(|error| not_read(&error))?;
    Ok(url)
}

/// Why a calendar can't be read, in words for whoever typed its address.
pub(crate) fn not_read(error: &OutboundError) -> String {
    let words = match error {
        OutboundError::NotWeb => {
            "The address of a calendar begins with https://, http:// or webcal://. Copy the whole of it."
        }
        OutboundError::Credentials => {
            "The address has a user name or a password in it. Use the calendar's secret address instead."
        }
        OutboundError::Private => {
            "This address leads to a private network. A calendar can be read where everybody could reach it."
        }
        OutboundError::Unreachable => {
            "The calendar's site can't be reached, or its certificate is not valid. It is tried again by itself."
        }
        OutboundError::TimedOut => "The calendar's site took too long to answer. It is tried again by itself.",
        OutboundError::BrokenOff => "The calendar broke off before its end. It is tried again by itself.",
        OutboundError::TooManyRedirects | OutboundError::BrokenRedirect => {
            "The address leads on to others without an end. Copy the calendar's own address."
        }
        OutboundError::Packed => "The site sends the calendar in a packed form that is not read.",
        OutboundError::TooLarge { megabytes } => {
            return format!("The calendar has more than {megabytes} MB. Use one with fewer entries.");
        }
        OutboundError::Status(status) => return not_given(*status),
        other => return other.to_string(),
    };
    words.to_owned()
}

fn not_given(status: u16) -> String {
    match status {
        401 | 402 | 403 | 407 | 451 => format!(
            "The calendar is not open to whoever knows its address (the site answers {status}). Use its secret address."
        ),
        404 | 410 => {
            format!("There is no calendar at this address (the site answers {status}). Copy the address again.")
        }
        _ => format!("The calendar's site has trouble (it answers {status}). It is tried again by itself."),
    }
}

/// What a client says of a call.
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
        let body = text(&mut wrong, "body", body, REVIEW_LIMIT);
        if wrong.is_empty() { Ok(Self { rating, body }) } else { Err(wrong) }
    }
}

/// What an expert says to a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply(pub(crate) String);

impl Reply {
    /// Reads the reply.
    ///
    /// # Errors
    /// When it is empty or too long.
    pub fn parse(body: &str) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let body = text(&mut wrong, "body", body, REVIEW_LIMIT);
        if body.is_empty() {
            wrong.push(FieldError::new("body", "Write what you want to say to it."));
        }
        if wrong.is_empty() { Ok(Self(body)) } else { Err(wrong) }
    }
}

/// What one of both notes of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNote {
    pub(crate) body: String,
    pub(crate) consents: Option<bool>,
}

impl NewNote {
    /// Reads the notes, which may be empty, and whether their author agrees that the expert makes something public of
    /// them. Without a word on that it stays as it was.
    ///
    /// # Errors
    /// When they are too long.
    pub fn parse(body: &str, consents: Option<bool>) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let body = text(&mut wrong, "body", body, NOTES_LIMIT);
        if wrong.is_empty() { Ok(Self { body, consents }) } else { Err(wrong) }
    }
}

/// What an expert makes public of what was noted of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPublication {
    pub(crate) title: String,
    pub(crate) body: String,
}

impl NewPublication {
    /// Reads title and text.
    ///
    /// # Errors
    /// With what is wrong with each.
    pub fn parse(title: &str, body: &str) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let title = line(&mut wrong, "title", title, PUBLICATION_TITLE_LIMIT);
        if title.is_empty() {
            wrong.push(FieldError::new("title", "Give it a title."));
        }
        let body = text(&mut wrong, "body", body, PUBLICATION_LIMIT);
        if body.is_empty() {
            wrong.push(FieldError::new("body", "Write what others are to read."));
        }
        if wrong.is_empty() { Ok(Self { title, body }) } else { Err(wrong) }
    }
}

/// One line: without what can't be seen, with single spaces.
fn line(wrong: &mut Vec<FieldError>, field: &str, text: &str, limit: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace(char::is_control, "");
    measure(wrong, field, &line, limit);
    line
}

/// A text of several lines.
fn text(wrong: &mut Vec<FieldError>, field: &str, text: &str, limit: usize) -> String {
    let text = text.replace("\r\n", "\n").replace('\0', "").trim().to_owned();
    measure(wrong, field, &text, limit);
    text
}

/// Whether a text is as long as it may be.
fn measure(wrong: &mut Vec<FieldError>, field: &str, text: &str, limit: usize) -> bool {
    let length = text.chars().count();
    if length > limit {
        wrong.push(FieldError::new(field, format!("This has {length} characters. {limit} is the most.")));
    }
    length <= limit
}

/// Several in one field, each once.
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
        if item.is_empty() || found.contains(&item) {
            continue;
        }
        if found.len() == most {
            wrong.push(FieldError::new(field, format!("There are too many. {most} is the most.")));
            break;
        }
        found.push(item);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields<T: std::fmt::Debug>(result: Result<T, Vec<FieldError>>) -> Vec<String> {
        result.expect_err("not valid").into_iter().map(|it| it.field).collect()
    }

    fn profile() -> ProfileForm {
        ProfileForm {
            headline: " Tax  law ".to_owned(),
            skills: "Taxes, taxes ,, VAT\nStart-ups".to_owned(),
            languages: "EN, pt".to_owned(),
            zone: "europe/lisbon".to_owned(),
            policy: "moderate".to_owned(),
            ..ProfileForm::default()
        }
    }

    #[test]
    fn a_profile_is_read() {
        let read = profile().parse().expect("valid");
        assert_eq!((read.headline.as_str(), read.zone.as_str()), ("Tax law", "Europe/Lisbon"));
        assert_eq!(read.skills, ["taxes", "vat", "start-ups"]);
        assert_eq!(read.languages, ["en", "pt"]);
    }

    #[test]
    fn what_is_wrong_with_a_profile_names_its_field() {
        let wrong = ProfileForm {
            headline: "x".repeat(HEADLINE_LIMIT + 1),
            about: "x".repeat(ABOUT_LIMIT + 1),
            skills: (0..=MOST_SKILLS).map(|number| format!("skill {number},")).collect(),
            languages: "english".to_owned(),
            zone: "Europe/Atlantis".to_owned(),
            policy: "generous".to_owned(),
            approval: false,
        };
        assert_eq!(fields(wrong.parse()), ["headline", "about", "skills", "languages", "zone", "policy"]);
    }

    fn day(from: &str, until: &str) -> DayForm {
        DayForm { from: from.to_owned(), until: until.to_owned() }
    }

    #[test]
    fn hours_are_read() {
        let mut form = HoursForm { days_off: "2026-07-01..2026-07-03, 2026-12-24".to_owned(), ..HoursForm::default() };
        form.days[0] = day("9:00", "13:00");
        form.days[4] = day("22:00", "02:00");
        let NewHours(hours) = form.parse().expect("valid");
        assert_eq!(hours.week().iter().filter(|(_, window)| window.is_some()).count(), 2);
        assert_eq!(hours.days_off().len(), 4);
    }

    #[test]
    fn what_is_wrong_with_hours_names_its_field() {
        let mut form = HoursForm { buffer: 7, notice: 20_161, ahead: 91, ..HoursForm::default() };
        form.days[0] = day("09:00", "14:00");
        form.days[1] = day("13:00", "09:00");
        form.days[2] = day("09:01", "10:00");
        form.days[3] = day("09:00", "");
        form.days[6] = day("09:00", "09:00");
        form.days_off = "tomorrow".to_owned();
        let found = fields(form.parse());
        let expected =
            ["monday", "tuesday", "wednesday", "thursday", "sunday", "days_off", "buffer", "notice", "ahead"];
        assert_eq!(found, expected);
        for days_off in ["2026-07-14..2026-07-01", "2026-01-01..2027-12-31", "2026-13-01", "1..2", ".."] {
            let form = HoursForm { days_off: days_off.to_owned(), ..HoursForm::default() };
            assert_eq!(fields(form.parse()), ["days_off"], "{days_off}");
        }
        let never = HoursForm { notice: 2_880, ahead: 2, ..HoursForm::default() };
        assert_eq!(fields(never.parse()), ["notice"]);
    }

    #[test]
    fn prices_are_typed_in_euros() {
        let titled = ServiceForm { title: "A call".to_owned(), ..ServiceForm::default() };
        let form = |price: &str| ServiceForm { price: price.to_owned(), ..titled.clone() };
        assert_eq!(form("12.50").parse().map(|it| it.price_minor), Ok(1_250));
        assert_eq!(form("12,5").parse().map(|it| it.price_minor), Ok(1_250));
        for wrong in ["", "0.99", "10000.01", "-1", "twelve"] {
            assert_eq!(fields(form(wrong).parse()), ["price"], "{wrong}");
        }
        assert_eq!(fields(ServiceForm::default().parse()), ["title", "price"]);
    }

    #[test]
    fn calendars_are_where_everybody_can_reach_them() {
        let webcal = NewCalendar::parse("", " webcal://calendar.example/a.ics#x ").expect("valid");
        assert_eq!(webcal.name, "calendar.example");
        assert_eq!(webcal.address.as_str(), "https://calendar.example/a.ics");
        assert!(!format!("{webcal:?}").contains("a.ics"));
        for wrong in [
            "",
            "ftp://calendar.example/a.ics",
            "https://user:secret@calendar.example/a.ics",
            "http://localhost/a.ics",
            "http://10.0.0.1/a.ics",
            "http://[::1]/a.ics",
            "https://calendar.example:8080/a.ics",
            "file:///etc/passwd",
        ] {
            assert_eq!(fields(NewCalendar::parse("Work", wrong)), ["address"], "{wrong}");
        }
    }

    #[test]
    fn what_is_said_after_a_call_has_its_limits() {
        assert!(NewReview::parse(5, "").is_ok());
        assert_eq!(fields(NewReview::parse(0, &"x".repeat(REVIEW_LIMIT + 1))), ["rating", "body"]);
        assert_eq!(fields(Reply::parse(" \n")), ["body"]);
        assert_eq!(fields(NewNote::parse(&"x".repeat(NOTES_LIMIT + 1), Some(true))), ["body"]);
        assert!(NewNote::parse("", None).is_ok());
        assert_eq!(fields(NewPublication::parse(" ", "\n")), ["title", "body"]);
        let (title, body) = ("x".repeat(PUBLICATION_TITLE_LIMIT + 1), "x".repeat(PUBLICATION_LIMIT + 1));
        assert_eq!(fields(NewPublication::parse(&title, &body)), ["title", "body"]);
        assert!(NewPublication::parse("Clause 4", "Read it *twice*.").is_ok());
    }
}
