//! What can go wrong, and how it looks through the port.

use platform::payments::PaymentError;

/// Why the sandbox did not do something.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// It makes no sense, or not any more. The code is one of Stripe's
    /// (<https://docs.stripe.com/error-codes>), where it has one.
    #[error("refused: {message}")]
    Refused {
        /// What Stripe calls it.
        code: Option<String>,
        /// What is wrong.
        message: String,
    },
    /// A row that should not be possible.
    #[error("the database holds an impossible {0}")]
    BadRow(&'static str),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
}

impl Error {
    /// A refusal.
    pub(crate) fn refused(code: &str, message: impl Into<String>) -> Self {
        Self::Refused { code: Some(code.to_owned()), message: message.into() }
    }

    /// There is no such thing.
    pub(crate) fn missing(what: &str, reference: &str) -> Self {
        Self::refused("resource_missing", format!("No such {what}: {reference}"))
    }
}

impl From<Error> for PaymentError {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused { code, message } => Self::Refused { code, message },
            // Without a connection nothing can have happened.
            Error::Database(sqlx::Error::PoolTimedOut) => Self::Busy { retry_after: Some(1) },
            // A commit whose answer is lost may have been one.
            other @ (Error::BadRow(_) | Error::Database(_)) => {
                tracing::error!(error = &other as &dyn std::error::Error, "the sandbox failed");
                Self::Unknown("the sandbox failed".to_owned())
            }
        }
    }
}
