//! The pages of the area, one file each.

mod appearance;
mod check_mail;
mod confirm_email;
mod devices;
mod forgot_password;
mod letter;
mod mailbox;
mod profile;
mod reset_password;
mod sign_in;
mod sign_up;

pub use appearance::AppearancePage;
pub use check_mail::CheckMailPage;
pub use confirm_email::ConfirmEmailPage;
pub use devices::DevicesPage;
pub use forgot_password::{ForgotPasswordPage, ResetMailPage};
pub use letter::LetterPage;
pub use mailbox::MailboxPage;
pub use profile::ProfilePage;
pub use reset_password::ResetPasswordPage;
pub use sign_in::SignInPage;
pub use sign_up::SignUpPage;
