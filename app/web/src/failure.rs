//! The error of every server function.

use kernel::{Problem, ProblemKind};
use serde::{Deserialize, Serialize};
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

use crate::JsonText;

/// A `Problem` on its way through a server function. Crosses the wire as JSON under the status its kind has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Failure(pub Problem);

impl Failure {
    /// Fails with what an area's own error means to the person. On the server the response gets its status.
    pub fn from(problem: impl Into<Problem>) -> Self {
        let problem = problem.into();
        #[cfg(not(target_arch = "wasm32"))]
        let problem = crate::server::failing(problem);
        Self(problem)
    }
}

impl FromServerFnError for Failure {
    type Encoder = JsonText;

    /// What went wrong on the way to a server function and back, or before it was reached.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let problem = match error {
            ServerFnErrorErr::Request(_) => Problem::new(
                ProblemKind::Unavailable,
                "We could not reach Magentic. Check your connection and try again; nothing you typed is lost.",
            ),
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Problem::new(
                    ProblemKind::BadRequest,
                    "That request makes no sense to us. Reload the page and try again.",
                )
            }
            _ => Problem::internal(),
        };
        Self::from(problem)
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Failure {}
