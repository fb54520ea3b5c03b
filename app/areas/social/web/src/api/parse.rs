//! What came over the wire, read.

use kernel::{Handle, MediaId, PostId, Problem, ProblemKind};
use social_core::{Content, Error};
use uuid::Uuid;
use web::Failure;

use crate::dto::PictureInput;

/// A post's id. What can't be one is the id of nothing.
pub fn post_id(text: &str) -> Result<PostId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchPost))
}

/// A handle with its `@`. What can't be one is the handle of nobody.
pub fn handle(text: &str) -> Result<Handle, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchAccount))
}

/// The key of a submission, if there is one.
pub fn submission(text: &str) -> Result<Option<Uuid>, Failure> {
    let unreadable = |_| {
        Failure::from(Problem::new(
            ProblemKind::BadRequest,
            "The form could not be read. Reload the page and try again.",
        ))
    };
    (!text.is_empty()).then(|| Uuid::parse_str(text).map_err(unreadable)).transpose()
}

/// What a post shall say and show. A description without a picture is passed over.
pub fn content(body: &str, pictures: &[PictureInput]) -> Result<Content, Failure> {
    let chosen = pictures.iter().filter(|picture| !picture.media.is_empty());
    let pictures: Vec<(MediaId, &str)> = chosen
        .map(|picture| match picture.media.parse() {
            Ok(media) => Ok((media, picture.alt.as_str())),
            Err(_) => Err(Failure::from(Error::PictureUnusable)),
        })
        .collect::<Result<_, _>>()?;
    Content::parse(body, &pictures).map_err(Failure::from)
}
