//! What crosses the wire. Moments and HTML are made by the server, so that both sides show the same.

use kernel::{Cursor, Handle, MailId, SessionId};
use serde::{Deserialize, Serialize};
use ui::Portrait;
use web::Moment;

/// What somebody can change about their own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnProfile {
    /// Cannot be changed.
    pub handle: Handle,
    /// The name people read.
    pub name: String,
    /// What they do.
    pub headline: String,
    /// What they say of themselves, as it was typed.
    pub bio: String,
    /// The same as sanitised HTML.
    pub bio_html: String,
    /// The portrait, in a large size.
    pub portrait: Option<Portrait>,
}

/// A signed-in device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The session.
    pub id: SessionId,
    /// "Firefox on Windows".
    pub name: String,
    /// The address it signed in from.
    pub address: String,
    /// When it signed in.
    pub signed_in: Moment,
    /// When it was last used.
    pub last_used: Moment,
    /// Whether it is this one.
    pub current: bool,
}

/// What became of a handle that somebody thinks of taking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HandleState {
    /// It is to be had.
    Free,
    /// It is taken, or too similar to one that is.
    Taken,
}

/// A page of the development mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mailbox {
    /// Newest first.
    pub letters: Vec<LetterLine>,
    /// Where the next page begins.
    pub next: Option<Cursor>,
}

/// A letter in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterLine {
    /// Its id.
    pub id: MailId,
    /// Whom it was for.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// When it was sent.
    pub sent: Moment,
}

/// A letter, opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// Whom it was for.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// When it was sent.
    pub sent: Moment,
    /// Its text: paragraphs of lines of pieces.
    pub paragraphs: Vec<Vec<Vec<Piece>>>,
}

/// A piece of a line of a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    /// Words.
    Text(String),
    /// A link.
    Link {
        /// Where it leads; a path if it is one of ours, so that it stays on this server whatever it is called.
        href: String,
        /// As it stands in the letter.
        text: String,
    },
}

/// Takes a letter's plain text apart. Its subject, which it repeats at its head, is left out. `own` is the address links of
/// ours begin with.
#[cfg(not(target_arch = "wasm32"))]
pub fn paragraphs(subject: &str, text: &str, own: &str) -> Vec<Vec<Vec<Piece>>> {
    text.split("\n\n")
        .map(str::trim_end)
        .skip_while(|paragraph| *paragraph == subject)
        .filter(|paragraph| !paragraph.trim().is_empty())
        .map(|paragraph| paragraph.lines().map(|line| pieces(line, own)).collect())
        .collect()
}

#[cfg(not(target_arch = "wasm32"))]
fn pieces(line: &str, own: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut words = String::new();
    for word in line.split_inclusive(' ') {
        let bare = word.trim_end();
        if !(bare.starts_with("http://") || bare.starts_with("https://")) {
            words.push_str(word);
            continue;
        }
        if !words.is_empty() {
            pieces.push(Piece::Text(std::mem::take(&mut words)));
        }
        let path = bare.strip_prefix(own).filter(|path| path.starts_with('/'));
        pieces.push(Piece::Link { href: path.unwrap_or(bare).to_owned(), text: bare.to_owned() });
        words.push_str(word.get(bare.len()..).unwrap_or_default());
    }
    if !words.is_empty() {
        pieces.push(Piece::Text(words));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_taken_apart_at_their_links() {
        let text = "Hello\n\nChoose one: http://own.test/reset?token=a_b_ now\nor not\n\nhttps://else.test/x\n";
        let link = |href: &str, text: &str| Piece::Link { href: href.to_owned(), text: text.to_owned() };
        let words = |text: &str| Piece::Text(text.to_owned());
        assert_eq!(
            paragraphs("Hello", text, "http://own.test"),
            [
                vec![
                    vec![
                        words("Choose one: "),
                        link("/reset?token=a_b_", "http://own.test/reset?token=a_b_"),
                        words(" now")
                    ],
                    vec![words("or not")],
                ],
                vec![vec![link("https://else.test/x", "https://else.test/x")]],
            ]
        );
        // Another server whose name merely begins alike is another server.
        let others = paragraphs("Hello", "http://own.test.evil/x", "http://own.test");
        assert_eq!(others, [vec![vec![link("http://own.test.evil/x", "http://own.test.evil/x")]]]);
    }
}
