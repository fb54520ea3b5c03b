//! What somebody wants done, parsed. Who they are is not in here: that comes from the context.

mod acting;

use bytes::Bytes;
use identity_core::DisplayName;
use kernel::{Currency, FieldError, Handle, Money};
use platform::{config::Secret, outbound};
use url::Url;

pub use acting::{NewActing, NewSchedule, TypedActing, WEEKDAYS};

use crate::{
    agent::{Caps, NOTE_LIMIT},
    knowledge::{ADDRESS_LIMIT, FILE_LIMIT, TEXT_LIMIT, TITLE_LIMIT},
    mcp,
    template::Template,
};

/// The most an agent can be allowed to cost in a month: what a mistyped cap can do at most, in minor units.
const HIGHEST_CAP: i64 = 10_000_000;

/// An agent to be made.
#[derive(Debug, Clone)]
pub struct NewAgent {
    /// Its handle.
    pub handle: Handle,
    /// The name people read.
    pub name: DisplayName,
    /// What it begins with; nothing when empty.
    pub template: Option<&'static Template>,
}

impl NewAgent {
    /// Reads the form. The template may be left empty.
    ///
    /// # Errors
    /// With what is wrong with each field.
    pub fn parse(handle: &str, name: &str, template: &str) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let handle: Option<Handle> = take(&mut wrong, "handle", handle.parse());
        let name: Option<DisplayName> = take(&mut wrong, "name", name.parse());
        let chosen = Template::by_key(template);
        if chosen.is_none() && !template.is_empty() {
            wrong.push(FieldError::new("template", "There is no such template. Choose one of the list, or none."));
        }
        match (handle, name) {
            (Some(handle), Some(name)) if wrong.is_empty() => Ok(Self { handle, name, template: chosen }),
            _ => Err(wrong),
        }
    }
}

fn take<T, E: std::fmt::Display>(wrong: &mut Vec<FieldError>, field: &str, read: Result<T, E>) -> Option<T> {
    read.map_err(|error| wrong.push(FieldError::new(field, error.to_string()))).ok()
}

/// What an agent may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewCaps(Caps);

impl NewCaps {
    /// Reads what an agent may cost in a day and in a month, in minor units of euros.
    ///
    /// # Errors
    /// When one is below zero or far too high, or a day may cost more than a month.
    pub fn parse(daily_minor: i64, monthly_minor: i64) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        for (field, minor) in [("daily", daily_minor), ("monthly", monthly_minor)] {
            if minor < 0 {
                wrong.push(FieldError::new(
                    field,
                    "A cap can't be below zero. At zero the agent only gives answers that cost nothing.",
                ));
            } else if minor > HIGHEST_CAP {
                wrong.push(FieldError::new(field, "The highest cap is 100,000.00 €."));
            }
        }
        if wrong.is_empty() && daily_minor > monthly_minor {
            wrong.push(FieldError::new("monthly", "A month can't have a lower cap than a day."));
        }
        let euros = |minor| Money::new(minor, Currency::Eur);
        if wrong.is_empty() {
            Ok(Self(Caps { daily: euros(daily_minor), monthly: euros(monthly_minor) }))
        } else {
            Err(wrong)
        }
    }

    /// What was read.
    pub const fn caps(self) -> Caps {
        self.0
    }
}

/// What somebody says of a version they publish. May be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Note(String);

impl Note {
    /// Cleans and measures what was typed.
    ///
    /// # Errors
    /// When it is too long.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let text = visible(text).trim().to_owned();
        if text.chars().count() > NOTE_LIMIT {
            return Err(FieldError::new("note", format!("A note has at most {NOTE_LIMIT} characters.")));
        }
        Ok(Self(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text for an agent to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewText {
    title: String,
    body: String,
}

impl NewText {
    /// Reads the form.
    ///
    /// # Errors
    /// With what is wrong with each field.
    pub fn parse(title: &str, body: &str) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let title = take(&mut wrong, "title", title_of(title)).unwrap_or_default();
        if title.is_empty() && wrong.is_empty() {
            wrong.push(FieldError::new("title", "Give it a title: it is named where the text is cited."));
        }
        let body = visible(body).trim().to_owned();
        let length = body.chars().count();
        if body.is_empty() {
            wrong.push(FieldError::new("body", "Write or paste what the agent should know."));
        } else if length > TEXT_LIMIT {
            let message = format!(
                "This has {length} characters, and {TEXT_LIMIT} is the most. Upload it as a file, or divide it."
            );
            wrong.push(FieldError::new("body", message));
        }
        if wrong.is_empty() { Ok(Self { title, body }) } else { Err(wrong) }
    }

    /// What it is called.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What it says.
    pub fn body(&self) -> &str {
        &self.body
    }
}

/// A file for an agent to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    name: String,
    bytes: Bytes,
}

impl NewFile {
    /// Takes an upload. Of its name only the last part is kept, in as many characters as a title has. What the file really
    /// is, is seen when it is read.
    ///
    /// # Errors
    /// When it is empty or too large.
    pub fn parse(name: &str, bytes: Bytes) -> Result<Self, FieldError> {
        if bytes.is_empty() {
            return Err(FieldError::new("file", "This file is empty. Choose one with text in it."));
        }
        if bytes.len() > FILE_LIMIT {
            let message = "This file has more than 20 MB. Split it, or upload the text without its pictures.";
            return Err(FieldError::new("file", message));
        }
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = one_line(last);
        // The end stays, because it says what the file is.
        let surplus = name.chars().count().saturating_sub(TITLE_LIMIT);
        let name: String = name.chars().skip(surplus).collect();
        let name = if name.is_empty() { "file".to_owned() } else { name };
        Ok(Self { name, bytes })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it holds.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

/// A public page for an agent to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPage(Url);

impl NewPage {
    /// Reads an address. Without a scheme, `https` is meant; what stands behind a `#` is not sent, and not kept.
    ///
    /// # Errors
    /// When nothing public can be there.
    pub fn parse(address: &str) -> Result<Self, FieldError> {
        let wrong = |message: &str| FieldError::new("address", message);
        let address = address.trim();
        let whole = if address.contains("://") { address.to_owned() } else { format!("https://{address}") };
        let mut url = Url::parse(&whole).map_err(|_| wrong("This is no web address. One begins with https://."))?;
        url.set_fragment(None);
        if url.as_str().len() > ADDRESS_LIMIT {
            return Err(FieldError::new("address", format!("An address has at most {ADDRESS_LIMIT} characters.")));
        }
        outbound::refuse_outright(&url).map_err(|error| wrong(&error.to_string()))?;
        Ok(Self(url))
    }

    /// The address.
    pub const fn address(&self) -> &Url {
        &self.0
    }
}

fn title_of(text: &str) -> Result<String, String> {
    let title = one_line(text);
    if title.chars().count() > TITLE_LIMIT {
        return Err(format!("A title has at most {TITLE_LIMIT} characters."));
    }
    Ok(title)
}

/// Cuts a title that nobody typed to the length of one.
pub(crate) fn shortened_title(text: &str) -> String {
    one_line(text).chars().take(TITLE_LIMIT).collect()
}

fn one_line(text: &str) -> String {
    visible(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text without control characters; lines end in `\n`.
fn visible(text: &str) -> String {
    text.replace("\r\n", "\n").chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect()
}

/// A server of tools to be added.
#[derive(Debug, Clone)]
pub struct NewMcpServer {
    /// Its name: small letters, digits and hyphens.
    pub name: String,
    /// Where it is.
    pub address: Url,
    /// A header that is sent along: its name, and its value, which is a secret.
    pub header: Option<(String, Secret)>,
}

/// Headers that are for the protocol, or for the connection.
const OWN_HEADERS: [&str; 9] = [
    "accept",
    "connection",
    "content-length",
    "content-type",
    "host",
    "last-event-id",
    "mcp-protocol-version",
    "mcp-session-id",
    "transfer-encoding",
];

impl NewMcpServer {
    /// Reads the form. The header may be left empty; it has both a name and a value, or neither.
    ///
    /// # Errors
    /// With what is wrong with each field.
    pub fn parse(name: &str, address: &str, header: &str, value: &str) -> Result<Self, Vec<FieldError>> {
        let mut wrong = Vec::new();
        let name = name.trim().to_ascii_lowercase();
        let well_named = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.len() <= mcp::NAME_LIMIT
            && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
        if !well_named {
            let message =
                format!("Use up to {} small letters, digits and hyphens, with a letter first.", mcp::NAME_LIMIT);
            wrong.push(FieldError::new("name", message));
        }
        let address = Url::parse(address.trim()).ok().filter(|it| it.as_str().len() <= mcp::ADDRESS_LIMIT);
        match &address {
            None => wrong.push(FieldError::new("address", "Write the whole address, such as https://example.org/mcp.")),
            Some(url) if !matches!(url.scheme(), "http" | "https") || !url.has_host() => {
                wrong.push(FieldError::new("address", "The address begins with https:// or http://."));
            }
            Some(url) if !url.username().is_empty() || url.password().is_some() => {
                wrong.push(FieldError::new("address", "Put a key into the header, not into the address."));
            }
            Some(_) => {}
        }
        let header = header_of(header.trim(), value.trim(), &mut wrong);
        match address {
            Some(address) if wrong.is_empty() => Ok(Self { name, address, header }),
            _ => Err(wrong),
        }
    }
}

fn header_of(name: &str, value: &str, wrong: &mut Vec<FieldError>) -> Option<(String, Secret)> {
    if name.is_empty() && value.is_empty() {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let is_name = !name.is_empty() && name.len() <= 100 && http::HeaderName::try_from(name.as_str()).is_ok();
    if !is_name {
        wrong.push(FieldError::new("header", "A header has a name such as Authorization."));
    } else if OWN_HEADERS.contains(&name.as_str()) {
        wrong.push(FieldError::new("header", "This header belongs to the protocol. Choose another one."));
    }
    if value.is_empty() {
        wrong.push(FieldError::new("secret", "Write what the header says, such as Bearer and a key."));
    } else if value.len() > mcp::HEADER_LIMIT || http::HeaderValue::from_str(value).is_err() {
        let message = format!("A header has up to {} characters, on one line.", mcp::HEADER_LIMIT);
        wrong.push(FieldError::new("secret", message));
    }
    wrong.is_empty().then(|| (name, Secret::from(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(wrong: &[FieldError]) -> Vec<&str> {
        wrong.iter().map(|it| it.field.as_str()).collect()
    }

    #[test]
    fn forms_learn_of_all_their_mistakes() {
        let wrong = NewAgent::parse("no handle", "", "no_template").expect_err("all wrong");
        assert_eq!(fields(&wrong), ["handle", "name", "template"]);
        assert!(NewAgent::parse("robo", "Robo", "").expect("valid").template.is_none());
        assert_eq!(fields(&NewText::parse(" ", "\0 \n").expect_err("both")), ["title", "body"]);
        assert_eq!(fields(&NewCaps::parse(-1, HIGHEST_CAP + 1).expect_err("both")), ["daily", "monthly"]);
        assert_eq!(fields(&NewCaps::parse(300, 200).expect_err("turned round")), ["monthly"]);
        assert!(Note::parse(&"x".repeat(NOTE_LIMIT + 1)).is_err());
    }

    #[test]
    fn a_file_keeps_the_end_of_its_name_and_no_path() {
        let file = |name: &str| NewFile::parse(name, Bytes::from_static(b"x")).expect("a file").name().to_owned();
        assert_eq!(file("../../etc/pass\0wd.txt"), "passwd.txt");
        assert_eq!(file("C:\\Users\\ana\\Terms of use.pdf"), "Terms of use.pdf");
        assert_eq!(file("/"), "file");
        let long = file(&format!("{}.pdf", "ä".repeat(500)));
        assert!(long.ends_with("ä.pdf") && long.chars().count() == TITLE_LIMIT, "{long}");
        assert!(NewFile::parse("a.txt", Bytes::new()).is_err());
        assert!(NewFile::parse("a.txt", vec![0; FILE_LIMIT + 1].into()).is_err());
    }

    #[test]
    fn a_page_has_a_public_address() {
        let page = |address: &str| NewPage::parse(address).map(|it| it.address().to_string());
        assert_eq!(page(" example.org/terms#top ").expect("a page"), "https://example.org/terms");
        for wrong in [
            "",
            "https://",
            "ftp://example.org/a",
            "file:///etc/passwd",
            "https://ana:secret@example.org/",
            "http://127.0.0.1/",
            "http://[::1]/",
            "http://0x7f.1/",
            "http://169.254.169.254/latest",
            "https://localhost/",
            "https://example.org:22/",
            "javascript:alert(1)",
        ] {
            assert!(page(wrong).is_err(), "{wrong}");
        }
    }
}
