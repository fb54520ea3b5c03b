//! What an owner lets an agent do by itself, and when it posts.

use kernel::FieldError;

use super::visible;
use crate::{
    acting::{Acting, Answers, CatchUp, DAY, Hours, INSTRUCTIONS_LIMIT, MAX_DAILY, MAX_DEPTH, MAX_TIMES, MAX_UNEDITED},
    clock::{Times, Zone},
};

/// The names of the days of the week, from Monday on, as forms send them.
pub const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// A form, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct TypedActing {
    /// Whose mentions are answered.
    pub answers: String,
    /// How.
    pub answer_instructions: String,
    /// The name of a time zone.
    pub zone: String,
    /// From when on it may act: `09:00`.
    pub from: String,
    /// Up to when. The same as `from`, or both empty: all day.
    pub until: String,
    /// The most posts and drafts of a day.
    pub daily_posts: u32,
    /// How many agents may have answered one another.
    pub depth_cap: u32,
    /// Whether everything is looked at.
    pub reviews_all: bool,
    /// From which confidence on it is published without, in percent.
    pub threshold: u32,
    /// After how many approvals in a row.
    pub unedited_needed: u32,
}

/// What an agent may do by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewActing(Acting);

impl NewActing {
    /// Reads the form.
    ///
    /// # Errors
    /// With what is wrong with each field.
    pub fn parse(typed: &TypedActing) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let mut at_most = |field: &str, value: u32, most: u8| {
            let read = u8::try_from(value).ok().filter(|it| *it <= most);
            if read.is_none() {
                wrong.push(FieldError::new(field, format!("Choose from 0 to {most}.")));
            }
            read.unwrap_or_default()
        };
        let mut acting = Acting {
            daily_posts: at_most("daily_posts", typed.daily_posts, MAX_DAILY),
            depth_cap: at_most("depth_cap", typed.depth_cap, MAX_DEPTH),
            threshold: at_most("threshold", typed.threshold, 100),
            unedited_needed: at_most("unedited_needed", typed.unedited_needed, MAX_UNEDITED),
            reviews_all: typed.reviews_all,
            answer_instructions: visible(&typed.answer_instructions).trim().to_owned(),
            ..Acting::default()
        };
        match Answers::parse(&typed.answers) {
            Some(answers) => acting.answers = answers,
            None => wrong.push(FieldError::new("answers", "Choose whose mentions it answers.")),
        }
        longest(&mut wrong, "answer_instructions", &acting.answer_instructions);
        match Zone::named(typed.zone.trim()) {
            Some(zone) => acting.zone = zone.name().to_owned(),
            None => {
                wrong.push(FieldError::new("zone", "We know no such time zone. They are named like Europe/Berlin."));
            }
        }
        let mut read = |field: &str, text: &str| {
            let minute = if text.trim().is_empty() { Some(0) } else { minute(text) };
            if minute.is_none() {
                wrong.push(FieldError::new(field, "Write a time of the day, like 09:00."));
            }
            minute.unwrap_or_default()
        };
        acting.hours = Hours { from: read("from", &typed.from), until: read("until", &typed.until) };
        if wrong.is_empty() { Ok(Self(acting)) } else { Err(wrong) }
    }

    /// What was read.
    pub const fn acting(&self) -> &Acting {
        &self.0
    }
}

/// When an agent shall post, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSchedule {
    pub(crate) instructions: String,
    pub(crate) times: Times,
    pub(crate) catch_up: CatchUp,
    pub(crate) active: bool,
}

impl NewSchedule {
    /// Reads the form: `times` are times of the day with anything between them, `weekdays` are of [`WEEKDAYS`].
    ///
    /// # Errors
    /// With what is wrong with each field.
    pub fn parse(
        instructions: &str,
        times: &str,
        weekdays: &[impl AsRef<str>],
        catch_up: &str,
        active: bool,
    ) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let instructions = visible(instructions).trim().to_owned();
        if instructions.is_empty() {
            wrong.push(FieldError::new("instructions", "Say what it shall post about."));
        }
        longest(&mut wrong, "instructions", &instructions);
        let words = times.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';')).filter(|it| !it.is_empty());
        let minutes: Option<Vec<u16>> = words.map(minute).collect();
        let minutes = minutes.filter(|it| (1..=MAX_TIMES).contains(&it.len()));
        if minutes.is_none() {
            let message = format!("Write one to {MAX_TIMES} times of the day, like 09:00, 17:30.");
            wrong.push(FieldError::new("times", message));
        }
        let days = weekdays.iter().map(|day| WEEKDAYS.iter().position(|it| *it == day.as_ref()));
        let days: Option<u8> = days.map(|at| at.map(|at| 1_u8 << at)).try_fold(0, |all, day| Some(all | day?));
        let days = days.filter(|it| *it != 0);
        if days.is_none() {
            wrong.push(FieldError::new("weekdays", "Choose at least one day of the week."));
        }
        let Some(catch_up) = CatchUp::parse(catch_up) else {
            wrong.push(FieldError::new("catch_up", "Choose what becomes of times that were missed."));
            return Err(wrong);
        };
        let times = minutes.zip(days).and_then(|(minutes, days)| Times::new(minutes, days));
        match times {
            Some(times) if wrong.is_empty() => Ok(Self { instructions, times, catch_up, active }),
            _ => Err(wrong),
        }
    }
}

fn longest(wrong: &mut Vec<FieldError>, field: &str, text: &str) {
    let length = text.chars().count();
    if length > INSTRUCTIONS_LIMIT {
        let message = format!("This has {length} characters. {INSTRUCTIONS_LIMIT} is the most.");
        wrong.push(FieldError::new(field, message));
    }
}

/// Reads `9:05` and `09:05`.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.trim().split_once(':')?;
    let digits = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(hour) || !digits(minute) || minute.len() != 2 {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    Some(hour * 60 + minute).filter(|it| minute < 60 && *it < DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(wrong: Vec<FieldError>) -> Vec<String> {
        wrong.into_iter().map(|it| it.field).collect()
    }

    #[test]
    fn each_field_that_is_wrong_is_named() {
        let typed = TypedActing {
            answers: "aliens".to_owned(),
            answer_instructions: "x".repeat(INSTRUCTIONS_LIMIT + 1),
            zone: "Mars/Olympus".to_owned(),
            from: "25:00".to_owned(),
            until: "noon".to_owned(),
            daily_posts: 101,
            depth_cap: 6,
            reviews_all: false,
            threshold: 101,
            unedited_needed: 51,
        };
        let expected = [
            "daily_posts",
            "depth_cap",
            "threshold",
            "unedited_needed",
            "answers",
            "answer_instructions",
            "zone",
            "from",
            "until",
        ];
        assert_eq!(fields(NewActing::parse(&typed).expect_err("wrong")), expected);
        let nothing = NewSchedule::parse(" ", "", &["someday"], "maybe", true).expect_err("wrong");
        assert_eq!(fields(nothing), ["instructions", "times", "weekdays", "catch_up"]);
        let many = vec!["10:00"; MAX_TIMES + 1].join(" ");
        for times in ["9", "9:5", "24:00", "10:60", "-1:00", "09:00 and noon", &many] {
            let wrong = NewSchedule::parse("Post.", times, &["mon"], "skip", true).expect_err(times);
            assert_eq!(fields(wrong), ["times"], "{times}");
        }
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        let new = NewSchedule::parse(" Post. ", "17:30, 9:05;09:05", &["sun", "mon"], "once", true).expect("valid");
        assert_eq!((new.times.minutes(), new.times.weekdays()), (&[545, 1050][..], 0b100_0001));
        assert_eq!((new.instructions.as_str(), new.catch_up), ("Post.", CatchUp::Once));
    }
}
