//! How often things may be done through the web, per account or per address as the names of the rooms say.
//! Failed sign-ins have a lock-out of their own besides (`service::sign_in`).

use platform::rate_limit::Limit;

/// Sign-ups of one address.
pub const SIGN_UP: Limit = Limit::per("sign_up", 10, 3600);
/// Tries to sign in of one address, right or wrong.
pub const SIGN_IN: Limit = Limit::per("sign_in", 30, 300);
/// Letters with a link to a new password: of one asking address, and to one e-mail address.
pub const RESET: Limit = Limit::per("reset", 5, 3600);
/// Letters with a new confirmation link: of one asking address, and to one e-mail address.
pub const RESEND: Limit = Limit::per("resend", 5, 3600);
/// Edits of one account's profile.
pub const PROFILE: Limit = Limit::per("profile", 30, 600);
/// Pictures that one account uploads.
pub const UPLOAD: Limit = Limit::per("upload", 60, 600);
