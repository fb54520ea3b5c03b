//! Structured logs. Each request has an id that its log lines carry and that an error page shows.

use kernel::Problem;
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
/// which says nothing of it. The request id of the surrounding span ties the two together.
pub fn internal(error: &(dyn std::error::Error + 'static)) -> Problem {
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        chain.push_str(": ");
        chain.push_str(&cause.to_string());
        source = cause.source();
    }
    tracing::error!(error = chain, "internal error");
    metrics::counter!("magentic_internal_errors_total").increment(1);
    Problem::internal()
}
