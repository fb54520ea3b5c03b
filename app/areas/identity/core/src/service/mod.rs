//! The use cases: one function each. Those that write take the caller's transaction, the context (who acts, when, with
//! what randomness) and a parsed command, and the caller commits. Only where a password is compared or hashed, which
//! takes long and must not hold a transaction open, a use case takes the database itself.

mod accounts;
mod email;
mod profile;
mod reset;
mod sessions;
mod sign_in;
mod sign_up;
mod suspension;

pub use accounts::{
    account, account_by_handle, create_agent, create_person_confirmed, handle_available, is_admin, mail_address,
    summaries,
};
pub use email::{confirm_email, resend_confirmation};
pub use profile::{edit_agent_profile, edit_profile, set_expert};
pub use reset::{request_reset, reset_password};
pub use sessions::{
    Authenticated, SignedIn, authenticate, issue_session, revoke_other_sessions, revoke_session, sessions, sign_out,
};
pub use sign_in::sign_in;
pub use sign_up::sign_up;
pub use suspension::{reinstate, suspend};

pub use crate::command::{
    ConfirmEmail, EditProfile, Login, NewAgent, NewPerson, PortraitChange, RequestLink, ResetPassword, SignIn, SignUp,
};
