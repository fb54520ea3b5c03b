//! What is asked: the words that matter, what kind of thing would answer it, and what earlier questions it goes on from.

use crate::{
    index::Term,
    language::{Language, folded},
    words::{self, Word, words},
};

/// How much a word counts that says little.
const LIGHT: f32 = 0.3;
/// How much a single letter counts, such as that of "E-Bike".
const LETTER: f32 = 0.4;
/// How much a word counts that names something.
const NAMES: f32 = 1.3;
/// How much a number counts, or a code with digits in it.
const CODE: f32 = 1.7;
/// How much words of the question before count, when the question points back.
const CARRIED: f32 = 0.6;
/// How much a verb counts that isn't found: what is done with a thing is said in many ways, and the thing has one name.
const VERB: f32 = 0.4;
/// How much a measure counts that isn't found, such as the "heavy" of "how heavy".
const MEASURE: f32 = 0.25;

/// So many words of a question are looked for; each is compared with every word of the passages.
const MOST_TERMS: usize = 48;

/// What kind of thing would answer a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// An amount of money.
    Price,
    /// A number of something.
    Number,
    /// How long, or at what hour.
    Time,
    /// When: a date or an hour, or after what.
    Moment,
    /// Somebody.
    Person,
    /// How big, thick, loud something is: mostly a number, but not always.
    Measure,
    /// How something is done.
    Steps,
    /// Anything else.
    Anything,
}

/// A question as it is looked for.
#[derive(Debug)]
pub(crate) struct Query {
    /// The words that matter.
    pub terms: Vec<Term>,
    /// What would answer it.
    pub wanted: Wanted,
}

/// Reads a question in the light of those before it, the latest last.
pub(crate) fn read(text: &str, before: &[&str], language: Language) -> Query {
    let own = terms(text, language, false, 1.0);
    let content: f32 = own.iter().map(|term| term.weight).sum();
    let points_back = points_back(text, language, content);
    let mut terms = own;
    if points_back {
        let mut factor = CARRIED;
        for earlier in before.iter().rev().take(3) {
            let carried = self::terms(earlier, language, true, factor);
            let enough = carried.iter().map(|term| term.weight).sum::<f32>() >= 1.5 * factor;
            for term in carried {
                if !terms.iter().any(|known| known.word.stem == term.word.stem) {
                    terms.push(term);
                }
            }
            // A question that stood alone says what the conversation is about.
            if enough && !self::points_back(earlier, language, f32::MAX) {
                break;
            }
            factor *= 0.7;
        }
    }
    Query { terms, wanted: wanted(text, language) }
}

fn weight(word: &Word) -> f32 {
    if word.folded.chars().count() == 1 && !word.number {
        return LETTER;
    }
    match (word.light, word.names) {
        (_, true) if word.folded.contains(|c: char| c.is_ascii_digit()) => CODE,
        (_, true) => NAMES,
        (true, false) => LIGHT,
        (false, false) => 1.0,
    }
}

/// How much of a word's weight counts when it isn't found, by the part it plays in its sentence.
fn absence(all: &[Word], at: usize, language: Language) -> f32 {
    let word = &all[at];
    let before = at.checked_sub(1).map(|at| &all[at]);
    let after = |words: &[&str]| before.is_some_and(|word| words.contains(&word.folded.as_str()));
    match language {
        _ if word.names => 1.0,
        Language::English => {
            let measures = MEASURES.contains(&word.folded.as_str());
            let superlative = word.folded.len() >= 6 && word.folded.ends_with("est") && !word.folded.ends_with("quest");
            let is = all[..at]
                .iter()
                .any(|word| matches!(word.folded.as_str(), "is" | "are" | "was" | "were" | "be" | "been"));
            let participle = word.folded.ends_with("ed") && is;
            if after(&["how"]) || measures || superlative || word.folded.ends_with("ly") {
                MEASURE
            } else if VERBS.contains(&word.folded.as_str())
                || (after(DOERS) && !plural(&word.folded))
                || participle
                || ends_with_verb(all, at)
            {
                VERB
            } else {
                1.0
            }
        }
        // Nouns are written with a capital; the first word always is.
        Language::German if after(&["wie"]) => MEASURE,
        Language::German if !word.capital => VERB,
        Language::Portuguese | Language::Spanish | Language::French
            if ["ar", "er", "ir", "re"].iter().any(|end| word.folded.ends_with(end)) =>
        {
            VERB
        }
        _ => 1.0,
    }
}

/// What doesn't change what is asked for.
const MEASURES: &[&str] = &[
    "maximum",
    "minimum",
    "max",
    "min",
    "total",
    "average",
    "exact",
    "current",
    "full",
    "whole",
    "entire",
    "normal",
    "standard",
    "typical",
    "recommended",
    "ideal",
    "best",
    "correct",
    "proper",
    "right",
    "extra",
    "additional",
    "own",
    "better",
    "worse",
    "good",
    "bad",
    "general",
    "usual",
    "single",
    "individual",
    "main",
    "upper",
    "lower",
];

/// What is often done with things, wherever it stands.
const VERBS: &[&str] = &[
    "accept",
    "accepted",
    "apply",
    "become",
    "begin",
    "carry",
    "cause",
    "choose",
    "contain",
    "cover",
    "covered",
    "decide",
    "expect",
    "fit",
    "follow",
    "handle",
    "include",
    "included",
    "leave",
    "offer",
    "offered",
    "pick",
    "provide",
    "provided",
    "receive",
    "require",
    "required",
    "stay",
    "support",
    "supported",
    "watch",
    "wait",
    "affect",
    "appear",
    "belong",
    "concern",
    "consider",
    "exist",
    "involve",
    "serve",
];

/// No verb ends so after "to" or "you".
fn plural(word: &str) -> bool {
    word.ends_with('s') && !word.ends_with("ss")
}

/// Before a verb stands who does it, or `to`.
const DOERS: &[&str] = &[
    "i", "you", "we", "they", "he", "she", "it", "to", "one", "please", "not", "don't", "doesn't", "didn't", "won't",
    "can't", "cannot", "people", "someone", "somebody", "anyone", "everyone", "that", "who", "i'm",
];

/// "When do the doors open?": the last word is the verb, where no pronoun has one.
fn ends_with_verb(all: &[Word], at: usize) -> bool {
    let asks = all
        .first()
        .is_some_and(|word| matches!(word.folded.as_str(), "what" | "when" | "where" | "how" | "which" | "why"));
    let does = all[..at].iter().any(|word| matches!(word.folded.as_str(), "do" | "does" | "did"));
    let pronoun = all[..at].iter().any(|word| matches!(word.folded.as_str(), "i" | "you" | "we" | "they" | "it"));
    asks && does && !pronoun && at + 1 == all.len() && at.checked_sub(1).is_some_and(|before| !all[before].stop)
}

/// The words of a question that matter, each once.
fn terms(text: &str, language: Language, carried: bool, factor: f32) -> Vec<Term> {
    let mut all = words::all(text, language);
    all.retain(|word| !word.joined);
    let mut terms: Vec<Term> = Vec::new();
    for (at, word) in all.iter().enumerate().filter(|(_, word)| !word.stop) {
        if terms.len() < MOST_TERMS && !terms.iter().any(|known| known.word.stem == word.stem) {
            let absence = absence(&all, at, language);
            terms.push(Term { weight: weight(word) * factor, absence, word: word.clone(), carried });
        }
    }
    terms
}

/// Whether a question can't be understood alone: it has a pronoun for its subject, goes on with "and", or hardly says anything.
fn points_back(text: &str, language: Language, content: f32) -> bool {
    let plain = folded(text);
    let all: Vec<&str> =
        plain.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()).collect();
    let starts: &[&str] = match language {
        Language::German => &["und", "wie ist es", "was ist mit", "gilt das", "aber", "oder"],
        Language::Portuguese => &["e", "mas", "tambem"],
        Language::Spanish => &["y", "pero", "tambien"],
        Language::French => &["et", "mais"],
        Language::English | Language::Other => &["and", "what about", "how about", "but", "or", "also", "so", "then"],
    };
    let pronouns: &[&str] = match language {
        Language::German => {
            &["das", "es", "sie", "ihn", "dafur", "dort", "davon", "damit", "dazu", "dabei", "diese", "dieser"]
        }
        Language::Portuguese => &["isso", "ele", "ela", "eles", "elas", "isto", "la"],
        Language::Spanish => &["eso", "esto", "ello", "ellos", "ellas", "alli"],
        Language::French => &["cela", "ca", "ceci", "elle", "ils", "elles", "y"],
        Language::English | Language::Other => {
            &["it", "that", "they", "them", "this", "those", "these", "its", "there", "one"]
        }
    };
    let joined = all.join(" ");
    let goes_on = starts
        .iter()
        .any(|start| joined == *start || joined.strip_prefix(start).is_some_and(|rest| rest.starts_with(' ')));
    let pronoun = all.iter().any(|word| pronouns.contains(word)) && !expletive(&joined);
    goes_on || content < 1.0 || (pronoun && content < 3.0)
}

/// "Is there", "is it possible", "es gibt": the pronoun stands for nothing.
fn expletive(joined: &str) -> bool {
    [
        "is there",
        "are there",
        "is it possible",
        "was there",
        "gibt es",
        "ist es moglich",
        "il y a",
        "y a t",
        "does it matter",
        "is that all",
    ]
    .iter()
    .any(|phrase| joined.contains(phrase))
}

/// "How thick", "wie schwer": a question word before a word that isn't a stop word.
fn measures(text: &str, language: Language) -> bool {
    let how = if language == Language::German { "wie" } else { "how" };
    let all = words::all(text, language);
    let number =
        |word: &Word| word.folded.ends_with("number") || word.folded.ends_with("nummer") || word.folded == "numero";
    all.iter().any(number) || all.windows(2).any(|two| two[0].folded == how && !two[1].stop)
}

const WHEN: &[&str] = &["when", "wann", "quando", "cuando", "quand"];

/// What asks for a price, a number, a time, a person and steps.
fn asking(language: Language) -> [&'static [&'static str]; 5] {
    match language {
        Language::German => [
            &["was kostet", "was kosten", "kostet", "wie teuer", "preis", "wie viel zahle", "was zahle ich", "kosten"],
            &["wie viele", "wieviele", "wie viel"],
            &["wie lange", "bis wann", "ab wann", "seit wann", "um wie viel uhr"],
            &["wer", "wem", "wen"],
            &["wie kann", "wie mache", "wie andere", "was muss ich tun"],
        ],
        Language::Portuguese => {
            [&["quanto custa", "preco", "custa"], &["quantos", "quantas"], &["quanto tempo"], &["quem"], &["como"]]
        }
        Language::Spanish => {
            [&["cuanto cuesta", "precio", "cuesta"], &["cuantos", "cuantas"], &["cuanto tiempo"], &["quien"], &["como"]]
        }
        Language::French => [
            &["combien coute", "prix", "coute", "tarif"],
            &["combien de"],
            &["combien de temps", "quelle heure"],
            &["qui"],
            &["comment"],
        ],
        Language::English | Language::Other => [
            &[
                "how much is",
                "how much are",
                "how much does",
                "how much do",
                "cost",
                "price",
                "costs",
                "how expensive",
                "how much for",
            ],
            &["how many", "what percentage", "how much"],
            &[
                "how long",
                "what time",
                "how soon",
                "how quickly",
                "until when",
                "what date",
                "how late",
                "how early",
                "how often",
            ],
            &["who", "whom", "whose"],
            &["how do i", "how can i", "how to", "how should i", "what steps", "how would i", "how does one"],
        ],
    }
}

fn wanted(text: &str, language: Language) -> Wanted {
    let plain = format!(" {} ", folded(text).split(|c: char| !c.is_alphanumeric()).collect::<Vec<_>>().join(" "));
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| plain.contains(&format!(" {phrase} ")));
    let [price, number, time, person, steps] = asking(language);
    if has(time) {
        Wanted::Time
    } else if has(WHEN) {
        Wanted::Moment
    } else if has(price) {
        Wanted::Price
    } else if has(number) {
        Wanted::Number
    } else if has(person) {
        Wanted::Person
    } else if has(steps) {
        Wanted::Steps
    } else if measures(text, language) {
        Wanted::Measure
    } else {
        Wanted::Anything
    }
}

impl Wanted {
    /// What is left of the judgement of a passage that doesn't have what is wanted near the best sentence.
    pub const fn without(self) -> f32 {
        match self {
            Self::Price => 0.55,
            Self::Number => 0.72,
            Self::Time => 0.85,
            Self::Moment => 0.95,
            Self::Person | Self::Measure | Self::Steps | Self::Anything => 1.0,
        }
    }

    /// Whether a text has the kind of thing that is wanted.
    pub fn is_in(self, text: &str) -> bool {
        let digits = text.contains(|c: char| c.is_ascii_digit());
        let plain = folded(text);
        let has = |words: &[&str]| plain.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word));
        match self {
            Self::Price => {
                digits && (text.contains(['€', '$', '£', '%']) || has(MONEY))
                    || has(&[
                        "free",
                        "kostenlos",
                        "gratis",
                        "gratuit",
                        "kostenfrei",
                        "gratuito",
                        "nothing",
                        "inclusive",
                    ])
            }
            Self::Number | Self::Measure => digits || has(NUMBERS),
            Self::Time | Self::Moment => digits && (has(TIMES) || text.contains(':')) || has(MOMENTS),
            Self::Person => words(text, Language::Other).iter().any(|word| word.names && !word.number),
            Self::Steps | Self::Anything => true,
        }
    }
}

const MONEY: &[&str] = &[
    "euro", "euros", "eur", "dollar", "dollars", "usd", "cent", "cents", "pound", "pounds", "percent", "prozent",
    "price", "fee", "gebuhr", "preis", "preco", "precio", "prix",
];

const NUMBERS: &[&str] = &[
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "sixteen",
    "none",
    "no",
    "unlimited",
    "ein",
    "eine",
    "einen",
    "zwei",
    "drei",
    "vier",
    "funf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "keine",
    "dois",
    "duas",
    "tres",
    "deux",
    "trois",
    "quatre",
    "half",
    "twice",
    "once",
    "double",
    "every",
];

const TIMES: &[&str] = &[
    "second",
    "seconds",
    "minute",
    "minutes",
    "hour",
    "hours",
    "day",
    "days",
    "week",
    "weeks",
    "month",
    "months",
    "year",
    "years",
    "am",
    "pm",
    "clock",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "ms",
    "sekunden",
    "minuten",
    "minute",
    "stunde",
    "stunden",
    "tag",
    "tage",
    "tagen",
    "woche",
    "wochen",
    "monat",
    "monate",
    "monaten",
    "jahr",
    "jahre",
    "jahren",
    "uhr",
    "januar",
    "februar",
    "marz",
    "mai",
    "juni",
    "juli",
    "oktober",
    "dezember",
    "dias",
    "semanas",
    "meses",
    "horas",
    "jours",
    "semaines",
    "mois",
    "heures",
    "deadline",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "uhrzeit",
    "working",
    "werktage",
    "werktagen",
];

const MOMENTS: &[&str] = &[
    "immediately",
    "instantly",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "weekly",
    "monthly",
    "quarterly",
    "daily",
    "yearly",
    "annually",
    "weekend",
    "weekends",
    "noon",
    "midnight",
    "montags",
    "sonntags",
    "samstags",
    "freitags",
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
    "sofort",
    "taglich",
    "wochentlich",
    "mittags",
    "mitternacht",
    "year",
    "month",
    "week",
    "day",
    "hour",
    "minute",
    "seconds",
    "minutes",
    "hours",
    "days",
    "weeks",
    "months",
    "years",
    "ganzjahrig",
    "winter",
    "sommer",
    "summer",
    "after",
    "before",
    "until",
    "once",
    "when",
    "nach",
    "vor",
    "sobald",
    "wenn",
];
