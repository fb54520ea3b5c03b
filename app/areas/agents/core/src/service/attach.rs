//! What somebody wants to send with a question: pictures are written anew, files are read.

use documents::{Document, DocumentError, Format, Limits};
use kernel::{Actor, FieldError, Problem, ProblemKind};
use platform::{
    Cx, Database,
    files::Files,
    image::{self, Purpose},
};
use social_core::{
    AttachedPassage, Attachment,
    attachment::TEXT_LIMIT,
    service::{self as social, Upload, UploadContent},
};

use crate::{Error, command::NewFile};

/// Keeps a file of the actor's until they send it with a question. Works in transactions of its own.
///
/// # Errors
/// When it is neither a picture nor a file with text in it, is too large or broken, or they have too many that they did not
/// send.
pub async fn attach_file(
    database: &Database,
    files: &Files,
    cx: &Cx<Actor>,
    new: &NewFile,
) -> Result<Attachment, Error> {
    let bytes = new.bytes().clone();
    let content = if image::is_picture(&bytes) {
        let prepared = image::prepare(bytes, Purpose::Post).await;
        UploadContent::Picture(prepared.map_err(|error| refused(new.name(), error.problem(FIELD)))?)
    } else {
        let name = new.name().to_owned();
        let work = move || {
            let document = documents::extract_guarded(bytes.to_vec(), Some(name), None, Limits::default())?;
            Ok(read(&document, bytes))
        };
        let content = tokio::task::spawn_blocking(work).await.unwrap_or(Err(DocumentError::Busy));
        content.map_err(|error| refused(new.name(), problem(&error)))?
    };
    let upload = Upload { name: new.name().to_owned(), bytes: new.bytes().len(), content };
    Ok(social::keep_upload(database, files, cx, &upload).await?)
}

/// The field of the form that says what is wrong with a file.
const FIELD: &str = "attachments";

fn problem(error: &DocumentError) -> Problem {
    let (kind, retry_after) = match error {
        DocumentError::TooLarge { .. } | DocumentError::TooManyPages { .. } | DocumentError::TooMuchText { .. } => {
            (ProblemKind::TooLarge, None)
        }
        DocumentError::Foreign { .. } | DocumentError::NotText => (ProblemKind::Unsupported, None),
        DocumentError::Busy => (ProblemKind::Unavailable, Some(60)),
        _ => (ProblemKind::Invalid, None),
    };
    Problem { retry_after, ..Problem::new(kind, error.to_string()) }
}

/// The refusal of a file, by its name: there may be several.
fn refused(name: &str, problem: Problem) -> Error {
    let message = format!("{name}: {}", problem.message);
    let fields = vec![FieldError::new(FIELD, message.clone())];
    Error::File(Box::new(Problem { message, fields, ..problem }))
}

/// What an agent reads of a file: all of it, or as much as it can.
fn read(document: &Document, bytes: bytes::Bytes) -> UploadContent {
    let mut room = TEXT_LIMIT;
    let (mut passages, mut is_cut) = (Vec::new(), false);
    for chunk in documents::chunk(document) {
        let text = chunk.text.replace('\0', "");
        let length = text.chars().count();
        if length > room {
            is_cut = true;
            break;
        }
        room -= length;
        passages.push(AttachedPassage { place: chunk.place().replace('\0', ""), text });
    }
    let media_type = match document.format {
        Format::Plain => "text/plain",
        Format::Markdown => "text/markdown",
        Format::Csv => "text/csv",
        Format::Html => "text/html",
        Format::Pdf => "application/pdf",
    };
    UploadContent::File { bytes, media_type, passages, is_cut }
}
