//! What can go wrong, in the words of this area.

use identity_core::gate::Refusal;
use kernel::{CursorError, FieldError, Problem, ProblemKind};

use crate::review::ReviewState;

/// Why something about agents did not come about.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such agent for the actor.
    #[error("no such agent")]
    NoSuchAgent,
    /// No such version of the agent.
    #[error("no such version")]
    NoSuchVersion,
    /// No such check.
    #[error("no such check")]
    NoSuchCheck,
    /// No such source.
    #[error("no such source")]
    NoSuchSource,
    /// No such memory.
    #[error("no such memory")]
    NoSuchMemory,
    /// No such answer.
    #[error("no such run")]
    NoSuchRun,
    /// No such call of a tool.
    #[error("no such call")]
    NoSuchCall,
    /// No such server.
    #[error("no such server")]
    NoSuchServer,
    /// No server offers the tool, and it is not built in.
    #[error("no such tool as {0}")]
    NoSuchTool(String),
    /// It was decided otherwise before.
    #[error("decided otherwise before")]
    DecidedBefore,
    /// Nobody waits for a decision any more.
    #[error("nothing to decide")]
    NothingToDecide,
    /// No such item for the actor to decide.
    #[error("no such review item")]
    NoSuchReview,
    /// The item was decided, in another way, in the meantime.
    #[error("decided in the meantime")]
    DecidedMeanwhile(ReviewState),
    /// The agent rests, and what it proposed is not published while it does.
    #[error("the agent rests")]
    Rests,
    /// No such schedule.
    #[error("no such schedule")]
    NoSuchSchedule,
    /// The gate said no.
    #[error("refused by the gate: {0}")]
    Refused(#[from] Refusal),
    /// What was typed is not valid.
    #[error("not valid: {0:?}")]
    Invalid(Vec<FieldError>),
    /// The draft was saved somewhere else since it was opened.
    #[error("saved in the meantime")]
    SavedMeanwhile,
    /// Checks have not passed for what shall be published.
    #[error("the checks have not passed")]
    ChecksNotPassed,
    /// Nothing says what must be true of the agent's answers.
    #[error("there are no checks")]
    NoChecks,
    /// The agent was never published.
    #[error("never published")]
    NotPublished,
    /// The agent is not used any more.
    #[error("the agent is retired")]
    Retired,
    /// The agent does not answer at the moment.
    #[error("the agent is not at work")]
    NotAtWork,
    /// It is answering in this conversation already.
    #[error("an answer is being written")]
    Answering,
    /// What the answer may cost would pass a cap.
    #[error("{0:?} would pass its cap")]
    OverCap(Cap),
    /// The terms the agent is offered on say no, in words for whoever asked.
    #[error("refused by the terms: {0}")]
    Terms(Box<Problem>),
    /// A file that can't be attached, in words for whoever chose it.
    #[error("a file cannot be attached: {0}")]
    File(Box<Problem>),
    /// As many as there may be.
    #[error("as many {what} as there may be")]
    Full {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        most: usize,
    },
    /// The same thing is there already.
    #[error("there already")]
    Twice,
    /// A page marker that we did not make.
    #[error("not one of our cursors")]
    Cursor(#[from] CursorError),
    /// Something did not work for now, and should be tried again.
    #[error("not yet: {0}")]
    NotYet(String),
    /// The file store failed.
    #[error("the file store failed: {0}")]
    Files(#[from] platform::files::FilesError),
    /// A row that should not be possible.
    #[error("the database holds an impossible {0}")]
    BadRow(&'static str),
    /// The database failed.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
    /// Something with an account.
    #[error("an account failed")]
    Identity(#[from] identity_core::Error),
    /// Something with a conversation.
    #[error("a conversation failed")]
    Social(#[from] social_core::Error),
}

/// Whose cap stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cap {
    /// What the agent may cost in a day.
    AgentDay,
    /// What the agent may cost in a month.
    AgentMonth,
    /// What somebody lets themselves spend in a day.
    AccountDay,
    /// What somebody lets themselves spend in a month.
    AccountMonth,
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match platform::database::violated_constraint(&error) {
            Some("knowledge_once" | "knowledge_page_once" | "memories_once") => Self::Twice,
            Some("runs_one_at_a_time") => Self::Answering,
            Some("mcp_servers_by_name") => {
                Self::Invalid(vec![FieldError::new("name", "You have a server of this name. Choose another name.")])
            }
            _ => Self::Database(error),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NoSuchAgent => Self::not_found("agent"),
            Error::NoSuchVersion => Self::not_found("version"),
            Error::NoSuchCheck => Self::not_found("check"),
            Error::NoSuchSource => Self::not_found("source"),
            Error::NoSuchMemory => Self::not_found("memory"),
            Error::NoSuchRun => Self::not_found("answer"),
            Error::NoSuchCall => Self::not_found("use of a tool"),
            Error::NoSuchServer => Self::not_found("server"),
            Error::NoSuchTool(name) => Self::new(
                ProblemKind::Conflict,
                format!(
                    "The tool {name} is not there any more: its server was removed, or offers it no longer. Reload the page, and choose again."
                ),
            ),
            Error::DecidedBefore => {
                Self::new(ProblemKind::Conflict, "You have decided otherwise before. What you said then counts.")
            }
            Error::NothingToDecide => Self::new(
                ProblemKind::Conflict,
                "The agent does not wait for this any more: it was stopped, or a day has passed. Ask again.",
            ),
            Error::NoSuchReview => Self::not_found("item"),
            Error::NoSuchSchedule => Self::not_found("schedule"),
            Error::DecidedMeanwhile(state) => Self::new(
                ProblemKind::Conflict,
                format!("This was {} in the meantime, perhaps in another tab. Nothing else was done.", state.words()),
            ),
            Error::Rests => Self::new(
                ProblemKind::Conflict,
                "This agent rests, so nothing is published in its name. Resume it, and approve then.",
            ),
            Error::Refused(refusal) => refusal.about("agent"),
            Error::Invalid(fields) => Self::invalid(fields),
            Error::SavedMeanwhile => Self::new(
                ProblemKind::Conflict,
                "This was saved somewhere else since you opened it. What you typed is still here: open the agent in another tab, compare, and save again.",
            ),
            Error::ChecksNotPassed => Self::new(
                ProblemKind::Conflict,
                "All checks have to pass for exactly what is published. Run them, mend what fails, and publish then.",
            ),
            Error::NoChecks => Self::new(
                ProblemKind::Conflict,
                "This agent has no checks yet. Add at least one question with what must be true of the answer, run it, and publish then.",
            ),
            Error::NotPublished => Self::new(
                ProblemKind::Conflict,
                "This agent was never published, so there is nothing to pause or to resume.",
            ),
            Error::Retired => Self::new(
                ProblemKind::Conflict,
                "This agent is retired. It can be looked at, and not be changed any more.",
            ),
            Error::NotAtWork => Self::new(ProblemKind::Conflict, "This agent does not answer at the moment."),
            Error::Answering => Self::new(
                ProblemKind::Conflict,
                "An answer is being written. Wait for its end, or stop it, and send again.",
            ),
            Error::OverCap(cap) => Self::new(ProblemKind::Conflict, cap.words()),
            Error::Terms(problem) | Error::File(problem) => *problem,
            Error::Full { what, most } => {
                Self::new(ProblemKind::Conflict, format!("There are {most} {what}, which is the most."))
            }
            Error::Twice => Self::new(ProblemKind::Conflict, "This is there already."),
            Error::Cursor(error) => error.into(),
            Error::Files(error) => error.into(),
            Error::Identity(error) => error.into(),
            Error::Social(error) => error.into(),
            Error::NotYet(_) | Error::BadRow(_) | Error::Database(_) => platform::internal(&error),
        }
    }
}

impl Cap {
    /// What somebody is told who wanted an answer.
    const fn words(self) -> &'static str {
        match self {
            Self::AgentDay => "This agent has answered as much as it may today. It goes on tomorrow.",
            Self::AgentMonth => "This agent has answered as much as it may this month. Its owner can raise the cap.",
            Self::AccountDay => {
                "This would pass what you let yourself spend in a day. You can raise it in your settings."
            }
            Self::AccountMonth => {
                "This would pass what you let yourself spend in a month. You can raise it in your settings."
            }
        }
    }
}
