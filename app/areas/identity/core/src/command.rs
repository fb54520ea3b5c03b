//! What the use cases are asked to do: parsed inputs, built only from types that are valid.

use std::fmt::Display;

use kernel::{EmailAddress, FieldError, Handle, MediaId, Problem};
use platform::secret::Token;

use crate::{
    password::{Password, PasswordError},
    passwords::judge,
    session::Device,
    text::{Bio, DisplayName, Headline},
};

/// Reads the fields of a form and collects what is wrong with them, all of it and not only the first.
#[derive(Default)]
struct Fields(Vec<FieldError>);

impl Fields {
    fn take<T, E: Display>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.0.push(FieldError::new(field, error.to_string()))).ok()
    }

    fn problem(self) -> Problem {
        Problem::invalid(self.0)
    }
}

/// To sign up.
#[derive(Debug, Clone)]
pub struct SignUp {
    /// The handle wished for.
    pub handle: Handle,
    /// The name people read.
    pub name: DisplayName,
    /// Where the confirmation goes.
    pub email: EmailAddress,
    /// The password, long and strong enough.
    pub password: Password,
}

impl SignUp {
    /// Reads the form.
    ///
    /// # Errors
    /// With what is wrong with each field.
    pub fn parse(handle: &str, name: &str, email: &str, password: &str) -> Result<Self, Problem> {
        let mut fields = Fields::default();
        let parsed_handle = fields.take("handle", handle.parse::<Handle>());
        let parsed_name = fields.take("name", name.parse::<DisplayName>());
        let parsed_email = fields.take("email", email.parse::<EmailAddress>());
        // What the person typed may be wrong and still be what the password is made of; but not a megabyte of it.
        let about = [handle, name, email].map(|text| text.get(..254).unwrap_or(text).trim());
        let about = about.map(|text| if text.len() <= 254 { text } else { "" });
        let password = Password::chosen(password).and_then(|password| judge(&password, &about).map(|()| password));
        let password = fields.take("password", password);
        match (parsed_handle, parsed_name, parsed_email, password) {
            (Some(handle), Some(name), Some(email), Some(password)) => Ok(Self { handle, name, email, password }),
            _ => Err(fields.problem()),
        }
    }
}

/// Whom somebody says they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// The account with this handle.
    Handle(Handle),
    /// The account with this address.
    Email(EmailAddress),
    /// Nobody can have such a handle or address.
    Nobody,
}

impl Login {
    fn parse(text: &str) -> Self {
        let text = text.trim();
        // `@ana` is a handle, `ana@example.org` an address.
        if text.trim_start_matches('@').contains('@') {
            text.parse().map_or(Self::Nobody, Self::Email)
        } else {
            text.parse().map_or(Self::Nobody, Self::Handle)
        }
    }
}

/// To sign in.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// Who they say they are.
    pub login: Login,
    /// The password; `None` when it cannot be anybody's.
    pub password: Option<Password>,
    /// The device that will be signed in.
    pub device: Device,
}

impl SignIn {
    /// Reads the form.
    ///
    /// # Errors
    /// When a field is empty or far too long.
    pub fn parse(login: &str, password: &str, device: Device) -> Result<Self, Problem> {
        let mut fields = Fields::default();
        if login.trim().is_empty() {
            fields.take::<(), _>("login", Err("Enter your handle or your e-mail address."));
        }
        if let Err(error @ (PasswordError::Empty | PasswordError::TooLong)) = Password::chosen(password) {
            fields.take::<(), _>("password", Err(error));
        }
        if !fields.0.is_empty() {
            return Err(fields.problem());
        }
        Ok(Self { login: Login::parse(login), password: Password::presented(password), device })
    }
}

/// To be sent a link: a new confirmation, or a way to a new password.
#[derive(Debug, Clone)]
pub struct RequestLink {
    /// Where to.
    pub email: EmailAddress,
}

impl RequestLink {
    /// Reads the form.
    ///
    /// # Errors
    /// When it is not an address.
    pub fn parse(email: &str) -> Result<Self, Problem> {
        let email = email.parse().map_err(|error: kernel::EmailError| Problem::field("email", error.to_string()))?;
        Ok(Self { email })
    }
}

/// To confirm an e-mail address.
#[derive(Debug, Clone)]
pub struct ConfirmEmail {
    /// From the link; `None` when it cannot be one of ours.
    pub token: Option<Token>,
    /// The device that will be signed in.
    pub device: Device,
}

impl ConfirmEmail {
    /// Reads the form.
    pub fn parse(token: &str, device: Device) -> Self {
        Self { token: Token::presented(token.trim()), device }
    }
}

/// To choose a new password.
#[derive(Debug, Clone)]
pub struct ResetPassword {
    /// From the link; `None` when it cannot be one of ours.
    pub token: Option<Token>,
    /// The new password, long enough; whether it is strong enough depends on whose it will be.
    pub password: Password,
}

impl ResetPassword {
    /// Reads the form.
    ///
    /// # Errors
    /// When the password is too short or too long.
    pub fn parse(token: &str, password: &str) -> Result<Self, Problem> {
        let password = Password::chosen(password).map_err(|error| Problem::field("password", error.to_string()))?;
        Ok(Self { token: Token::presented(token.trim()), password })
    }
}

/// What happens to the portrait when a profile is edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortraitChange {
    /// It stays.
    Keep,
    /// It goes.
    Remove,
    /// This uploaded picture takes its place.
    Set(MediaId),
}

/// To edit one's profile.
#[derive(Debug, Clone)]
pub struct EditProfile {
    /// The name people read.
    pub name: DisplayName,
    /// What they do, in a line.
    pub headline: Headline,
    /// What they say of themselves.
    pub bio: Bio,
    /// What happens to the portrait.
    pub portrait: PortraitChange,
}

impl EditProfile {
    /// Reads the form.
    ///
    /// # Errors
    /// With what is wrong with each field.
    pub fn parse(name: &str, headline: &str, bio: &str, portrait: PortraitChange) -> Result<Self, Problem> {
        let mut fields = Fields::default();
        let name = fields.take("name", name.parse());
        let headline = fields.take("headline", headline.parse());
        let bio = fields.take("bio", bio.parse());
        match (name, headline, bio) {
            (Some(name), Some(headline), Some(bio)) => Ok(Self { name, headline, bio, portrait }),
            _ => Err(fields.problem()),
        }
    }
}

/// To make a person whose address needs no confirmation: by the command line, or for the demo world.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Its handle.
    pub handle: Handle,
    /// The name people read.
    pub name: DisplayName,
    /// What they do.
    pub headline: Headline,
    /// What they say of themselves.
    pub bio: Bio,
    /// How they sign in, and where mail goes.
    pub email: EmailAddress,
    /// The password, long and strong enough.
    pub password: Password,
    /// Whether they may administer this server.
    pub is_admin: bool,
    /// Whether they offer consultations.
    pub is_expert: bool,
}

impl NewPerson {
    /// Reads what a sign-up would need; the rest is empty and can be filled in.
    ///
    /// # Errors
    /// With what is wrong with each field.
    pub fn parse(handle: &str, name: &str, email: &str, password: &str) -> Result<Self, Problem> {
        let SignUp { handle, name, email, password } = SignUp::parse(handle, name, email, password)?;
        let (headline, bio) = (Headline::default(), Bio::default());
        Ok(Self { handle, name, headline, bio, email, password, is_admin: false, is_expert: false })
    }
}

/// To make an agent that the actor runs.
#[derive(Debug, Clone)]
pub struct NewAgent {
    /// Its handle.
    pub handle: Handle,
    /// The name people read.
    pub name: DisplayName,
    /// What it does.
    pub headline: Headline,
    /// What it says of itself.
    pub bio: Bio,
}

impl NewAgent {
    /// Reads what an agent needs; the rest is empty and can be filled in.
    ///
    /// # Errors
    /// With what is wrong with each field.
    pub fn parse(handle: &str, name: &str) -> Result<Self, Problem> {
        let mut fields = Fields::default();
        let handle = fields.take("handle", handle.parse());
        let name = fields.take("name", name.parse());
        match (handle, name) {
            (Some(handle), Some(name)) => Ok(Self { handle, name, headline: Headline::default(), bio: Bio::default() }),
            _ => Err(fields.problem()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn fields(problem: &Problem) -> Vec<&str> {
        problem.fields.iter().map(|error| error.field.as_str()).collect()
    }

    #[test]
    fn a_form_learns_of_all_its_mistakes_at_once() {
        let problem = SignUp::parse("a b", "", "nowhere", "short").expect_err("all wrong");
        assert_eq!(fields(&problem), ["handle", "name", "email", "password"]);
        assert_eq!(problem.status(), 422);
        assert!(SignUp::parse("ana", "Ana Costa", "ana@example.org", "glass otter parade").is_ok());
    }

    #[test]
    fn a_password_made_of_the_other_fields_is_refused() {
        let problem = SignUp::parse("ana_costa_lima", "Ana", "ana@example.org", "ana_costa_lima").expect_err("weak");
        assert_eq!(fields(&problem), ["password"]);
        // Also when those are wrong themselves.
        let problem = SignUp::parse("ana costa lima", "Ana", "ana@example.org", "ana costa lima").expect_err("weak");
        assert_eq!(fields(&problem), ["handle", "password"]);
    }

    #[test]
    fn megabytes_are_refused() {
        let huge = "ä".repeat(500_000);
        let problem = SignUp::parse(&huge, &huge, &huge, &huge).expect_err("all wrong");
        assert_eq!(fields(&problem), ["handle", "name", "email", "password"]);
        let device = Device::new("", IpAddr::from([192, 0, 2, 7]));
        assert_eq!(fields(&SignIn::parse("ana", &huge, device).expect_err("too long")), ["password"]);
    }

    #[test]
    fn logins_are_handles_or_addresses() {
        assert!(matches!(Login::parse(" @Ana "), Login::Handle(handle) if handle.as_str() == "ana"));
        assert!(matches!(Login::parse("Ana@Example.org"), Login::Email(email) if email.key() == "ana@example.org"));
        for nobody in ["", "a", "not a login", "@a@b", &"x".repeat(1_000_000)] {
            assert_eq!(Login::parse(nobody), Login::Nobody);
        }
    }
}
