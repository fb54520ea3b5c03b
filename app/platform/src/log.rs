//! Structured logs. Each request has an id that its log lines carry and that an error page shows.

use kernel::{Problem, ProblemKind};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// For people at a terminal.
    #[default]
    Text,
    /// One JSON object per line, for machines.
    Json,
}

/// Starts logging to standard error. `filter` is a directive such as `info,sqlx=warn`.
///
/// # Errors
/// When the filter makes no sense, or logging has been started before.
pub fn start(filter: &str, format: Format) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let registry = tracing_subscriber::registry().with(EnvFilter::try_new(filter)?);
    match format {
        Format::Text => registry.with(fmt::layer().with_writer(std::io::stderr).with_target(false)).try_init()?,
        Format::Json => {
            registry.with(fmt::layer().json().flatten_event(true).with_writer(std::io::stderr)).try_init()?;
        }
    }
    Ok(())
}

/// Logs a failure that is our fault, once, with its whole chain of causes, and gives the problem that the person sees,
/// which says nothing of it. The request id of the surrounding span ties the two together. When the database can't be
/// reached, the problem says that another try may help.
pub fn internal(error: &(dyn std::error::Error + 'static)) -> Problem {
    let causes: Vec<_> = std::iter::successors(Some(error), |cause| cause.source()).collect();
    let chain = causes.iter().map(ToString::to_string).collect::<Vec<_>>().join(": ");
    tracing::error!(error = chain, "internal error");
    metrics::counter!("magentic_internal_errors_total").increment(1);
    if causes.iter().any(|cause| cause.downcast_ref().is_some_and(is_away)) {
        return Problem {
            retry_after: Some(5),
            ..Problem::new(ProblemKind::Unavailable, "We are away for a moment. Nothing was changed; please try again.")
        };
    }
    Problem::internal()
}

/// Whether the database could not be reached, as against refusing what it was asked.
fn is_away(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_))
}
