//! How often things may be done through the web, per account, per asking address or per e-mail address.
//! Failed sign-ins have a lock-out of their own besides (`service::sign_in`).

use platform::rate_limit::Limit;

/// Sign-ups of one address, refused forms included: a school or an office may share one.
pub const SIGN_UP: Limit = Limit::per("sign_up", 30, 3600);
/// Questions of one address whether a handle is free.
pub const HANDLE: Limit = Limit::per("handle", 120, 60);
/// Tries to sign in of one address, right or wrong.
pub const SIGN_IN: Limit = Limit::per("sign_in", 60, 300);
/// Letters with a link to a new password: of one asking address, and to one e-mail address.
pub const RESET: Limit = Limit::per("reset", 5, 3600);
/// Letters with a new confirmation link: of one asking address, and to one e-mail address.
pub const RESEND: Limit = Limit::per("resend", 5, 3600);
/// Uses of links of one address: each guess costs us a look into the database, though no guess will ever be right.
pub const LINK: Limit = Limit::per("link", 30, 600);
/// Edits of one account's profile, and of its devices.
pub const PROFILE: Limit = Limit::per("profile", 30, 600);
/// Previews of one account's bio while it is typed.
pub const PREVIEW: Limit = Limit::per("bio_preview", 120, 60);
/// Looking whether a handle is free, while it is typed.
pub const HANDLE_CHECK: Limit = Limit::per("handle_check", 60, 60);
/// Pictures that one account uploads.
pub const UPLOAD: Limit = Limit::per("upload", 60, 600);
