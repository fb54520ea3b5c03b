//! Looks up when experts are free. Nothing is booked: whoever wants a call books it themselves.

use async_trait::async_trait;
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, SecondsFormat, Utc};
use kernel::{AccountId, Currency, Handle, Money};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Error,
    tool::{MOST_EXPERTS, MOST_SERVICES, MOST_TIMES},
};

/// What models are told of it.
pub(super) const DESCRIPTION: &str = "Looks up experts on Magentic, people who can be booked for ten minutes at a time, and when they are free. Give the \
     handle of one, or say what is needed; without either, whoever is free first comes first. Returns up to five with \
     their services, what ten minutes cost, their rating, the next free times, and the address of the page where a call is \
     booked. It books nothing. Use it when somebody asks for an expert or their times, or needs a person.";

/// The schema of its arguments.
pub(super) fn schema() -> Value {
    let text =
        |description: &str, longest: usize| json!({"type": "string", "description": description, "maxLength": longest});
    json!({
        "type": "object",
        "properties": {
            "handle": text("One expert, by their handle. Of the rest only the days count then.", 40),
            "need": text("What is needed, in a few words.", 200),
            "language": text("A language that they speak, as its two letters (ISO 639-1), such as de.", 2),
            "max_price_eur": text("What ten minutes may cost at most, in euros, such as 25 or 19.50.", 20),
            "from": text("The first day, in UTC, such as 2026-06-02.", 10),
            "until": text("The last day, in UTC, such as 2026-06-05.", 10),
        },
        "additionalProperties": false,
    })
}

/// What it is called with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Arguments {
    handle: String,
    need: String,
    language: String,
    max_price_eur: String,
    from: String,
    until: String,
}

/// What is looked for among experts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimesWanted {
    /// One expert. Then nothing but the days is looked at besides.
    pub handle: Option<Handle>,
    /// What is needed, in words.
    pub need: String,
    /// A language (ISO 639-1).
    pub language: String,
    /// What ten minutes may cost at most.
    pub most: Option<Money>,
    /// Free from then on.
    pub from: Option<DateTime<Utc>>,
    /// Free before then.
    pub until: Option<DateTime<Utc>>,
}

/// An expert, and when they are free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreeExpert {
    /// Their handle.
    pub handle: Handle,
    /// What they are called.
    pub name: String,
    /// What they do, in a line.
    pub headline: String,
    /// Their time zone.
    pub zone: String,
    /// The average of what people say, in hundredths of a star, if anybody said anything.
    pub rating: Option<u32>,
    /// How many did.
    pub ratings: u32,
    /// What they can be asked about, and what ten minutes of it cost.
    pub services: Vec<(String, Money)>,
    /// The next times that are free.
    pub times: Vec<DateTime<Utc>>,
}

/// Where experts and their calendars are looked up.
#[async_trait]
pub trait ExpertTimes: Send + Sync {
    /// The experts who fit, as somebody may see them: whoever is free first comes first. Who is asked for by their handle is there
    /// also when nothing of theirs is free; others are not.
    ///
    /// # Errors
    /// When the database fails.
    async fn look_up(&self, asker: AccountId, wanted: &TimesWanted) -> Result<Vec<FreeExpert>, Error>;
}

/// Looks them up.
pub(super) async fn make(
    experts: &dyn ExpertTimes,
    asker: AccountId,
    arguments: &Arguments,
) -> Result<Result<String, String>, Error> {
    let wanted = match wanted(arguments) {
        Ok(wanted) => wanted,
        Err(words) => return Ok(Err(words)),
    };
    let found = experts.look_up(asker, &wanted).await?;
    Ok(match wanted.handle {
        _ if !found.is_empty() => Ok(written(&found)),
        Some(handle) => {
            Err(format!("/handle: Nobody with the handle {handle} can be booked. Say what is needed instead."))
        }
        None => Ok("Nobody who fits is free. Try other words, a later day, or a higher price.".to_owned()),
    })
}

/// What a call comes to, or what is wrong with it.
fn wanted(arguments: &Arguments) -> Result<TimesWanted, String> {
    let handle = given(&arguments.handle).map(|it| it.trim_start_matches('@').parse::<Handle>()).transpose();
    let handle = handle.map_err(|_| "/handle: This is no handle. One is such as vera_lima.".to_owned())?;
    let most = given(&arguments.max_price_eur).map(|it| kernel::parse_amount(it, Currency::Eur)).transpose();
    let most = most.map_err(|error| format!("/max_price_eur: {error}"))?;
    let (from, until) = (day("from", &arguments.from)?, day("until", &arguments.until)?);
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        return Err("/until: This is before the first day.".to_owned());
    }
    Ok(TimesWanted {
        most: most.filter(|_| handle.is_none()),
        handle,
        need: arguments.need.clone(),
        language: arguments.language.clone(),
        from: from.map(begins),
        until: until.and_then(|day| day.succ_opt()).map(begins),
    })
}

/// A text, if it is more than spaces: models write empty ones for what they leave out.
fn given(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

/// The day in the field of this name.
fn day(field: &str, text: &str) -> Result<Option<NaiveDate>, String> {
    let Some(text) = given(text) else { return Ok(None) };
    let day = text.parse::<NaiveDate>().ok().filter(|day| (2000..=9999).contains(&day.year()));
    day.map(Some).ok_or_else(|| format!("/{field}: This is no day. Write one such as 2026-06-02."))
}

fn begins(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// What a model is told of experts.
fn written(found: &[FreeExpert]) -> String {
    let all: Vec<String> = found.iter().take(MOST_EXPERTS).map(described).collect();
    format!(
        "Times are in UTC. Nothing is booked; whoever wants a call books it on the expert's page.\n\n{}",
        all.join("\n")
    )
}

fn described(it: &FreeExpert) -> String {
    let FreeExpert { handle, name, headline, zone, ratings, .. } = it;
    let rating = it.rating.map_or_else(
        || "none yet".to_owned(),
        |hundredths| format!("{}.{:02} of 5 stars, from {ratings} ratings", hundredths / 100, hundredths % 100),
    );
    let service = |(title, price): &(String, Money)| format!("- {title}: {price} for ten minutes\n");
    let services: String = it.services.iter().take(MOST_SERVICES).map(service).collect();
    let times = it.times.iter().take(MOST_TIMES).map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
    let times = match times.collect::<Vec<_>>() {
        times if times.is_empty() => "nothing then".to_owned(),
        times => times.join(", "),
    };
    format!(
        "{name} (@{handle}): {headline}\nRating: {rating}\nServices:\n{services}Free next: {times}\n\
         Zone of the expert: {zone}\nBooked at: /experts/{handle}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(arguments: Value) -> Result<TimesWanted, String> {
        wanted(&serde_json::from_value(arguments).expect("arguments"))
    }

    fn noon(day: &str) -> DateTime<Utc> {
        format!("{day}T12:00:00Z").parse().expect("an instant")
    }

    #[test]
    fn what_is_wanted_is_read_from_what_a_model_writes() {
        assert_eq!(called(json!({})), Ok(TimesWanted::default()));
        let empty = json!({"handle": " ", "need": "", "language": "", "max_price_eur": "", "from": "", "until": ""});
        assert_eq!(called(empty), Ok(TimesWanted::default()));
        let all = json!({"need": "tax", "language": "de", "max_price_eur": "19.50", "from": "2026-06-02", "until": "2026-06-02"});
        let all = called(all).expect("wanted");
        assert_eq!((all.need.as_str(), all.language.as_str()), ("tax", "de"));
        assert_eq!(all.most, Some(Money::new(1_950, Currency::Eur)));
        let (from, until) = (all.from.expect("a beginning"), all.until.expect("an end"));
        assert!(from < noon("2026-06-02") && noon("2026-06-02") < until && until < noon("2026-06-03"));
        let named = called(json!({"handle": "@Vera_Lima", "max_price_eur": "1"})).expect("wanted");
        assert_eq!((named.handle.as_ref().map(Handle::as_str), named.most), (Some("vera_lima"), None));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_field() {
        for (arguments, said) in [
            (json!({"handle": "no handle"}), "/handle: "),
            (json!({"max_price_eur": "cheap"}), "/max_price_eur: "),
            (json!({"max_price_eur": "-3"}), "/max_price_eur: "),
            (json!({"from": "tomorrow"}), "/from: "),
            (json!({"until": "-4714-1-1"}), "/until: "),
            (json!({"from": "2026-06-03", "until": "2026-06-02"}), "/until: "),
        ] {
            let words = called(arguments).expect_err("wrong");
            assert!(words.starts_with(said) && words.ends_with('.'), "{words}");
        }
    }

    #[test]
    fn no_more_is_told_than_there_is_room_for() {
        let one = FreeExpert {
            handle: "vera".parse().expect("a handle"),
            name: "Vera".to_owned(),
            headline: "Reads contracts".to_owned(),
            zone: "Europe/Lisbon".to_owned(),
            rating: Some(405),
            ratings: 12,
            services: vec![("x".repeat(80), Money::new(2_500, Currency::Eur)); 20],
            times: vec![noon("2026-06-02"); 1_000],
        };
        let many: Vec<FreeExpert> = std::iter::repeat_n(one.clone(), 20).collect();
        let text = written(&many);
        assert_eq!(text.matches("Booked at: /experts/vera\n").count(), MOST_EXPERTS);
        assert_eq!(text.matches(": 25.00 EUR for ten minutes").count(), MOST_EXPERTS * MOST_SERVICES);
        assert_eq!(text.matches("2026-06-02T12:00:00Z").count(), MOST_EXPERTS * MOST_TIMES);
        assert!(text.contains("4.05 of 5 stars, from 12 ratings") && text.len() < crate::tool::RESULT_LIMIT);
        let full = described(&FreeExpert { rating: None, times: Vec::new(), ..one });
        assert!(full.contains("Rating: none yet") && full.contains("Free next: nothing then"), "{full}");
    }
}
