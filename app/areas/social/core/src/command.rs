//! What somebody wants done, parsed. Who they are is not in here: that comes from the context.

use kernel::{AccountId, AttachmentId, ConversationId, FieldError, MediaId, MessageId, PostId, Problem};
use uuid::Uuid;

use crate::{AltText, MessageBody, PostBody, TooLong, conversation::TITLE_LIMIT, post::MAX_PICTURES};

/// A post to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPost {
    /// What it says and shows.
    pub content: Content,
    /// A key the composer made: the same one again gives the same post.
    pub submission: Option<Uuid>,
}

/// A comment to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewComment {
    /// What it answers: a post or a comment.
    pub parent: PostId,
    /// What it says and shows.
    pub content: Content,
    /// A key the composer made: the same one again gives the same comment.
    pub submission: Option<Uuid>,
}

/// Another text for a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditPost {
    /// The post.
    pub post: PostId,
    /// What it shall say.
    pub body: PostBody,
    /// How often it had been edited when its author opened it. Another number by now means that somebody, perhaps
    /// themselves on another device, was faster.
    pub expected_revision: u32,
}

/// A like, to be set or taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetLike {
    /// The post.
    pub post: PostId,
    /// Whether it shall be liked.
    pub liked: bool,
}

/// A follow, to be begun or ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetFollow {
    /// Whom.
    pub account: AccountId,
    /// Whether to follow.
    pub following: bool,
}

/// A conversation to be begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConversation {
    /// Everybody who shall take part besides whoever begins it.
    pub with: Vec<AccountId>,
    /// What it is about; empty, while nobody knows.
    pub title: Title,
    /// Whether it stands in its members' lists; one that only tries something out does not.
    pub listed: bool,
}

/// Something to be said in a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// The conversation.
    pub conversation: ConversationId,
    /// What it follows; nothing, for the first one, or for another way to begin.
    pub parent: Option<MessageId>,
    /// What it says.
    pub body: MessageBody,
    /// A key the composer made: the same one again gives the same message.
    pub submission: Option<Uuid>,
}

/// A picture or a file to stand with a message: uploaded before, by the same account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttachment {
    /// The upload.
    pub id: AttachmentId,
    /// What it shows, in words, if it is a picture.
    pub alt: AltText,
}

/// What a conversation is about, in a line of up to 120 characters. May be empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Title(String);

impl Title {
    /// Cleans and measures what somebody typed.
    ///
    /// # Errors
    /// When it is too long.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ").replace(char::is_control, "");
        if line.chars().count() > TITLE_LIMIT {
            return Err(FieldError::new("title", format!("A title has at most {TITLE_LIMIT} characters.")));
        }
        Ok(Self(line))
    }

    /// A title made of the beginning of a text.
    pub fn from_beginning(text: &str) -> Self {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace(char::is_control, "");
        let mut title: String = line.chars().take(60).collect();
        if title.len() < line.len() {
            // Not in the middle of a word, where there is a better place.
            let cut = title.rfind(' ').filter(|&cut| cut > 20).unwrap_or(title.len());
            title.truncate(cut);
            title.push('…');
        }
        Self(title)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A picture to be shown with a post: uploaded before, by the same account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPicture {
    /// The upload.
    pub media: MediaId,
    /// What it shows, in words.
    pub alt: AltText,
}

/// What a post says and shows: never nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    body: PostBody,
    pictures: Vec<NewPicture>,
}

/// What is wrong with a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// Neither text nor picture.
    #[error("Write something, or add a picture.")]
    Empty,
    /// The text is too long.
    #[error("{0}")]
    Body(TooLong),
    /// The description of a picture is too long.
    #[error("The description of picture {} is {} characters too long. {} is the most.", place + 1, error.over, error.limit)]
    Alt {
        /// Which picture, from 0.
        place: usize,
        /// By how much.
        error: TooLong,
    },
    /// More than four pictures.
    #[error("A post has at most 4 pictures.")]
    TooManyPictures,
    /// One upload named twice.
    #[error("The same picture was added twice.")]
    PictureTwice,
}

impl Content {
    /// Puts together what a post says and shows.
    ///
    /// # Errors
    /// When that is nothing, or more pictures than fit, or one picture twice.
    pub fn new(body: PostBody, pictures: Vec<NewPicture>) -> Result<Self, ContentError> {
        if body.is_empty() && pictures.is_empty() {
            return Err(ContentError::Empty);
        }
        if pictures.len() > MAX_PICTURES {
            return Err(ContentError::TooManyPictures);
        }
        let mut ids: Vec<MediaId> = pictures.iter().map(|picture| picture.media).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() < pictures.len() {
            return Err(ContentError::PictureTwice);
        }
        Ok(Self { body, pictures })
    }

    /// Reads what a form or a program sent: the text, and for each picture its upload and what it shows.
    ///
    /// # Errors
    /// When any of it is not valid.
    pub fn parse<A: AsRef<str>>(body: &str, pictures: &[(MediaId, A)]) -> Result<Self, ContentError> {
        if pictures.len() > MAX_PICTURES {
            return Err(ContentError::TooManyPictures);
        }
        let body = PostBody::parse(body).map_err(ContentError::Body)?;
        let pictures = pictures
            .iter()
            .enumerate()
            .map(|(place, (media, alt))| {
                let alt = AltText::parse(alt.as_ref()).map_err(|error| ContentError::Alt { place, error })?;
                Ok(NewPicture { media: *media, alt })
            })
            .collect::<Result<_, _>>()?;
        Self::new(body, pictures)
    }

    /// The text.
    pub fn body(&self) -> &PostBody {
        &self.body
    }

    /// The pictures, in order.
    pub fn pictures(&self) -> &[NewPicture] {
        &self.pictures
    }
}

impl From<ContentError> for Problem {
    fn from(error: ContentError) -> Self {
        let field = match error {
            ContentError::Empty | ContentError::Body(_) => "body".to_owned(),
            ContentError::Alt { place, .. } => format!("alt_{place}"),
            ContentError::TooManyPictures | ContentError::PictureTwice => "pictures".to_owned(),
        };
        Self::invalid(vec![FieldError::new(field, error.to_string())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(n: u128) -> MediaId {
        MediaId::from_uuid(Uuid::from_u128(n))
    }

    #[test]
    fn a_post_says_or_shows_something() {
        assert_eq!(Content::parse::<&str>(" \u{200B}\n", &[]), Err(ContentError::Empty));
        assert!(Content::parse("", &[(media(1), "a cat")]).is_ok());
        assert!(Content::parse::<&str>("Hello", &[]).is_ok());
    }

    #[test]
    fn problems_stand_at_their_field() {
        let long = "a".repeat(1001);
        let too_long = "a".repeat(5001);
        let five: Vec<_> = (0..5).map(|n| (media(n), "")).collect();
        let cases: [(&str, &[_], &str); 5] = [
            ("", &[], "body"),
            (&too_long, &[], "body"),
            ("x", &[(media(1), ""), (media(2), &long)], "alt_1"),
            ("x", &five, "pictures"),
            ("x", &[(media(1), ""), (media(1), "")], "pictures"),
        ];
        for (body, pictures, field) in cases {
            let problem = Problem::from(Content::parse(body, pictures).expect_err(field));
            assert!(problem.for_field(field).is_some(), "{field}: {problem:?}");
            assert_eq!(problem.status(), 422);
        }
    }
}
