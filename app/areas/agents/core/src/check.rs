//! Checks: questions to an agent, with what must be true of the answers. A version is published when all of them pass. What
//! is judged can be told from an answer without asking anybody: the same answer always has the same verdict.

use chrono::{DateTime, Utc};
use kernel::{CheckId, CheckRunId, FieldError, SourceId};
use serde::{Deserialize, Serialize};

use crate::Language;

/// The most checks an agent has.
pub const MAX_CHECKS: usize = 50;
/// The most characters a question has.
pub const QUESTION_LIMIT: usize = 2_000;
/// The most rules a check has.
pub const MAX_RULES: usize = 10;
/// The most characters that a rule looks for.
pub const SOUGHT_LIMIT: usize = 200;
/// The most characters an answer can be allowed to have.
pub const MOST_CHARS: u32 = 20_000;
/// How much of an answer is kept with the result.
const KEPT_CHARS: usize = 4_000;

/// What must be true of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Rule {
    /// It has these words, in capitals or small letters.
    Contains {
        /// The words.
        text: String,
    },
    /// It does not have these words.
    Lacks {
        /// The words.
        text: String,
    },
    /// It cites what the agent knows.
    CitesSource {
        /// This source; any when empty.
        source: Option<SourceId>,
    },
    /// It says that the agent does not know, or will not say.
    Declines,
    /// It answers.
    Answers,
    /// It is no longer than this.
    AtMostChars {
        /// How many characters it may have.
        most: u32,
    },
    /// It is in this language.
    InLanguage {
        /// Which.
        language: Language,
    },
}

/// An answer as it is judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answered {
    /// What it says.
    pub text: String,
    /// The sources it cites.
    pub cited_sources: Vec<SourceId>,
    /// Whether it says that the agent doesn't know, or won't say.
    pub declined: bool,
}

/// What became of a check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether every rule held.
    pub passed: bool,
    /// A sentence for each rule that did not.
    pub reasons: Vec<String>,
}

/// A question with its rules, as it was typed: see [`NewCheck::parse`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCheck {
    question: String,
    rules: Vec<Rule>,
}

/// A check of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Its id.
    pub id: CheckId,
    /// What is asked.
    pub question: String,
    /// What must be true of the answer.
    pub rules: Vec<Rule>,
}

/// What became of a check in a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    /// The check.
    pub check: CheckId,
    /// What was asked.
    pub question: String,
    /// The beginning of the answer.
    pub answer: String,
    /// Whether it passed; empty before it was asked.
    pub passed: Option<bool>,
    /// What was wrong with the answer.
    pub reasons: Vec<String>,
}

/// How far a run of checks is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckRunState {
    /// Questions are being asked.
    Running,
    /// All answers were right.
    Passed,
    /// Some were not.
    Failed,
}

impl CheckRunState {
    /// The form the database stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Passed => "passed",
            Self::Failed => "failed",
        }
    }

    /// Reads the form the database stores.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Running, Self::Passed, Self::Failed].into_iter().find(|it| it.as_str() == text)
    }
}

/// All checks of an agent, asked once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRun {
    /// Its id.
    pub id: CheckRunId,
    /// How far it is.
    pub state: CheckRunState,
    /// One for each check, in order.
    pub results: Vec<CheckResult>,
    /// Whether it is about the draft, the checks and the knowledge as they are now.
    pub current: bool,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl NewCheck {
    /// Reads what was typed.
    ///
    /// # Errors
    /// With everything that has to be changed first.
    pub fn parse(question: &str, rules: Vec<Rule>) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let question = question.replace("\r\n", "\n").replace('\0', "").trim().to_owned();
        if question.is_empty() {
            wrong.push(FieldError::new("question", "Write the question that is asked."));
        } else if question.chars().count() > QUESTION_LIMIT {
            wrong.push(FieldError::new("question", format!("A question has at most {QUESTION_LIMIT} characters.")));
        }
        let rules: Vec<Rule> = rules.into_iter().map(Rule::tidy).collect();
        wrong.extend(wrong_rules(&rules).map(|message| FieldError::new("rules", message)));
        if wrong.is_empty() { Ok(Self { question, rules }) } else { Err(wrong) }
    }

    /// What is asked.
    pub fn question(&self) -> &str {
        &self.question
    }

    /// What must be true of the answer.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The sources that its rules name.
    pub fn sources(&self) -> Vec<SourceId> {
        let named = |rule: &Rule| if let Rule::CitesSource { source } = rule { *source } else { None };
        self.rules.iter().filter_map(named).collect()
    }
}

fn wrong_rules(rules: &[Rule]) -> Option<String> {
    let declines = rules.contains(&Rule::Declines);
    if rules.is_empty() {
        return Some("Say what must be true of the answer: add at least one rule.".to_owned());
    }
    if rules.len() > MAX_RULES {
        return Some(format!("A check has at most {MAX_RULES} rules. Make two checks of it."));
    }
    if declines && rules.iter().any(|it| matches!(it, Rule::Answers | Rule::CitesSource { .. })) {
        return Some("An answer can't decline and answer at once. Remove one of the two rules.".to_owned());
    }
    rules.iter().find_map(Rule::wrong)
}

impl Rule {
    fn tidy(self) -> Self {
        let line = |text: String| text.replace('\0', "").split_whitespace().collect::<Vec<_>>().join(" ");
        match self {
            Self::Contains { text } => Self::Contains { text: line(text) },
            Self::Lacks { text } => Self::Lacks { text: line(text) },
            other => other,
        }
    }

    fn wrong(&self) -> Option<String> {
        match self {
            Self::Contains { text } | Self::Lacks { text } if text.is_empty() => {
                Some("Write the words that the rule looks for.".to_owned())
            }
            Self::Contains { text } | Self::Lacks { text } if text.chars().count() > SOUGHT_LIMIT => {
                Some(format!("A rule looks for at most {SOUGHT_LIMIT} characters."))
            }
            Self::AtMostChars { most } if !(1..=MOST_CHARS).contains(most) => {
                Some(format!("Choose a length from 1 to {MOST_CHARS} characters."))
            }
            Self::InLanguage { language: Language::Other } => Some("Choose one of the languages.".to_owned()),
            _ => None,
        }
    }

    /// What is wrong with an answer by this rule, in a sentence; nothing when it holds.
    pub fn broken_by(&self, answered: &Answered) -> Option<String> {
        match self {
            Self::Contains { text } => {
                (!has(&answered.text, text)).then(|| format!("The answer does not say “{text}”."))
            }
            Self::Lacks { text } => has(&answered.text, text).then(|| format!("The answer says “{text}”.")),
            Self::CitesSource { source: None } => {
                answered.cited_sources.is_empty().then(|| "The answer cites nothing that the agent knows.".to_owned())
            }
            Self::CitesSource { source: Some(source) } => (!answered.cited_sources.contains(source))
                .then(|| "The answer does not cite the source that it should.".to_owned()),
            Self::Declines => (!answered.declined).then(|| "The agent answers, and should decline.".to_owned()),
            Self::Answers => answered.declined.then(|| "The agent declines, and should answer.".to_owned()),
            Self::AtMostChars { most } => {
                let length = answered.text.chars().count();
                (length > usize::try_from(*most).unwrap_or(usize::MAX))
                    .then(|| format!("The answer has {length} characters; {most} is the most."))
            }
            Self::InLanguage { language } => {
                let spoken = Language::of(&answered.text);
                (spoken != *language)
                    .then(|| format!("The answer is in {}; it should be in {}.", spoken.name(), language.name()))
            }
        }
    }
}

/// Whether a text has these words, with whatever spaces and capitals.
fn has(text: &str, sought: &str) -> bool {
    let flat = |text: &str| text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    flat(text).contains(&flat(sought))
}

/// Holds an answer against the rules.
pub fn judge(rules: &[Rule], answered: &Answered) -> Verdict {
    let mut reasons: Vec<String> = rules.iter().filter_map(|rule| rule.broken_by(answered)).collect();
    if answered.text.trim().is_empty() {
        reasons.insert(0, "There is no answer.".to_owned());
    }
    Verdict { passed: reasons.is_empty(), reasons }
}

impl Check {
    /// Before it is asked.
    pub fn waiting(&self) -> CheckResult {
        let (question, answer) = (self.question.clone(), String::new());
        CheckResult { check: self.id, question, answer, passed: None, reasons: Vec::new() }
    }

    /// What became of it: of an answer, or of why there is none, in words for the owner.
    pub fn result(&self, answered: Result<Answered, String>) -> CheckResult {
        let (answer, verdict) = match answered {
            Ok(answered) => {
                let verdict = judge(&self.rules, &answered);
                (answered.text.chars().take(KEPT_CHARS).collect(), verdict)
            }
            Err(problem) => (String::new(), Verdict { passed: false, reasons: vec![problem] }),
        };
        CheckResult { answer, passed: Some(verdict.passed), reasons: verdict.reasons, ..self.waiting() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(n: u128) -> SourceId {
        SourceId::from_uuid(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn each_rule_holds_or_says_why_not() {
        let answered = Answered {
            text: "The refund is paid within\nTEN  days of the return.".to_owned(),
            cited_sources: vec![source(1)],
            declined: false,
        };
        let contains = |text: &str| Rule::Contains { text: text.to_owned() };
        let holds = [
            contains("ten days"),
            Rule::Lacks { text: "vouchers".to_owned() },
            Rule::CitesSource { source: None },
            Rule::CitesSource { source: Some(source(1)) },
            Rule::Answers,
            Rule::AtMostChars { most: 50 },
            Rule::InLanguage { language: Language::English },
        ];
        assert_eq!(judge(&holds, &answered), Verdict { passed: true, reasons: vec![] });
        let broken = [
            contains("nine days"),
            Rule::Lacks { text: "Ten days".to_owned() },
            Rule::CitesSource { source: Some(source(2)) },
            Rule::Declines,
            Rule::AtMostChars { most: 10 },
            Rule::InLanguage { language: Language::German },
        ];
        let verdict = judge(&broken, &answered);
        assert_eq!((verdict.passed, verdict.reasons.len()), (false, broken.len()), "{verdict:?}");
        assert_eq!(verdict.reasons[4], "The answer has 50 characters; 10 is the most.");
        let silent = judge(&[Rule::Lacks { text: "x".to_owned() }], &Answered::default());
        assert_eq!(silent.reasons, ["There is no answer."]);
    }

    #[test]
    fn what_makes_no_sense_is_not_asked() {
        let long = "x".repeat(SOUGHT_LIMIT + 1);
        for rules in [
            vec![],
            vec![Rule::Contains { text: " \n ".to_owned() }],
            vec![Rule::Lacks { text: long }],
            vec![Rule::AtMostChars { most: 0 }],
            vec![Rule::Declines, Rule::Answers],
            vec![Rule::Declines, Rule::CitesSource { source: None }],
            vec![Rule::InLanguage { language: Language::Other }],
            vec![Rule::Answers; MAX_RULES + 1],
        ] {
            let wrong = NewCheck::parse("Why?", rules.clone()).expect_err(&format!("{rules:?}"));
            assert_eq!(wrong.iter().map(|it| it.field.as_str()).collect::<Vec<_>>(), ["rules"]);
        }
        let wrong = NewCheck::parse(" ", vec![]).expect_err("both");
        assert_eq!(wrong.len(), 2);
        let check = NewCheck::parse(" Why?\r\n", vec![Rule::Contains { text: "a  b".to_owned() }]).expect("valid");
        assert_eq!((check.question(), check.rules()), ("Why?", &[Rule::Contains { text: "a b".to_owned() }][..]));
    }

    #[test]
    fn rules_are_read_as_they_were_kept() {
        let kept = r#"[{"rule":"contains","text":"a"},{"rule":"cites_source","source":null},{"rule":"declines"},{"rule":"at_most_chars","most":5}]"#;
        let rules: Vec<Rule> = serde_json::from_str(kept).expect("readable");
        assert_eq!(serde_json::to_string(&rules).expect("JSON"), kept);
    }
}
