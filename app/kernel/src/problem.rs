//! What went wrong, in the one form that crosses every boundary: server functions, pages and the API
//! (as problem+json, RFC 9457).

use serde::{Deserialize, Serialize};

/// What went wrong and what to do about it, in words for the person it concerns.
/// Internal detail never stands in here: it goes to the log, under the request id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// The sort of problem; decides the HTTP status.
    pub kind: ProblemKind,
    /// What happened, and the way out.
    pub message: String,
    /// What is wrong with single fields of the input.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
    /// Seconds to wait before another try makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// Finds this request in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name in the form and in the API.
    pub field: String,
    /// What is wrong with it, and what would be right.
    pub message: String,
}

/// The sorts of problem there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// The request cannot be understood at all.
    BadRequest,
    /// Nobody is signed in.
    Unauthenticated,
    /// Signed in, but not allowed to.
    Forbidden,
    /// There is no such thing, or none this account may know of.
    NotFound,
    /// It was there and was deleted.
    Gone,
    /// It does not fit the present state.
    Conflict,
    /// It is larger than we take.
    TooLarge,
    /// It is of a kind we don't take.
    Unsupported,
    /// The input is understood, but not valid.
    Invalid,
    /// Too much in too short a time.
    TooMany,
    /// Our fault.
    Internal,
    /// Something we need is away for the moment.
    Unavailable,
}

impl ProblemKind {
    /// The HTTP status (RFC 9110 §15; 429 is RFC 6585).
    pub const fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Gone => 410,
            Self::TooLarge => 413,
            Self::Unsupported => 415,
            Self::Invalid => 422,
            Self::TooMany => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// A short title for an error page.
    pub const fn title(self) -> &'static str {
        match self {
            Self::BadRequest => "That request makes no sense to us",
            Self::Unauthenticated => "Sign in to go on",
            Self::Forbidden => "You can't do that",
            Self::NotFound => "There is nothing here",
            Self::Gone => "This is gone",
            Self::Conflict => "That doesn't fit any more",
            Self::TooLarge => "That is too large",
            Self::Unsupported => "We can't read that kind of file",
            Self::Invalid => "Something needs your attention",
            Self::TooMany => "That was a lot at once",
            Self::Internal => "Something broke on our side",
            Self::Unavailable => "We are away for a moment",
        }
    }
}

impl Problem {
    /// A problem of the given kind with a message for the person.
    pub fn new(kind: ProblemKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), fields: Vec::new(), retry_after: None, request_id: None }
    }

    /// Input whose fields are wrong, each in its own way. The message sums up.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let message = match fields.as_slice() {
            [one] => one.message.clone(),
            _ => "Some fields need your attention.".to_owned(),
        };
        Self { fields, ..Self::new(ProblemKind::Invalid, message) }
    }

    /// One field is wrong.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(vec![FieldError::new(field, message)])
    }

    /// Nobody is signed in.
    pub fn unauthenticated() -> Self {
        Self::new(ProblemKind::Unauthenticated, "Sign in to do this.")
    }

    /// No such thing. `what` is a noun: "post", "account".
    pub fn not_found(what: &str) -> Self {
        Self::new(
            ProblemKind::NotFound,
            format!("There is no such {what}. It may have been deleted, or the address is wrong."),
        )
    }

    /// Our fault; whatever is known about it is in the log.
    pub fn internal() -> Self {
        Self::new(ProblemKind::Internal, "Something broke on our side. Nothing was changed; please try again.")
    }

    /// The HTTP status this problem has.
    pub const fn status(&self) -> u16 {
        self.kind.status()
    }

    /// The message for one field, if that field is wrong.
    pub fn for_field(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|error| error.field == field).map(|error| error.message.as_str())
    }
}

impl FieldError {
    /// What is wrong with a field.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}
