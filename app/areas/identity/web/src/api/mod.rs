//! Server functions: context, rate limit, parse, service, commit, answer.

mod account;
mod mailbox;
mod settings;

pub use account::{
    ConfirmEmail, RequestReset, ResendConfirmation, ResetPassword, SignIn, SignOut, SignUp, check_handle,
};
pub use mailbox::{open_letter, open_mailbox};
pub use settings::{
    EditProfile, RevokeOtherSessions, RevokeSession, SetTheme, my_devices, my_profile, preview_bio, set_theme,
};
