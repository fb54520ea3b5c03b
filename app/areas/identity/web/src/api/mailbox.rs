//! The development mailbox: letters that went nowhere else, because no mail server is configured.

use leptos::prelude::*;
use web::{Failure, Json};

use crate::dto::{Letter, Mailbox};

#[cfg(not(target_arch = "wasm32"))]
use {
    crate::dto::{LetterLine, paragraphs},
    kernel::{Cursor, MailId, PageSize, Problem, ProblemKind},
    platform::mail::{self, MailboxError},
    web::{Moment, server::Server},
};

/// The server, if this visitor may open the mailbox. For everybody else there is none.
#[cfg(not(target_arch = "wasm32"))]
fn opened() -> Result<Server, Failure> {
    let server = Server::current()?;
    if server.may_open_mailbox() { Ok(server) } else { Err(Failure::from(Problem::not_found("page"))) }
}

/// A page of letters, newest first.
#[server(prefix = "/api", endpoint = "identity/open_mailbox", output = Json)]
pub async fn open_mailbox(#[server(default)] before: String) -> Result<Mailbox, Failure> {
    let server = opened()?;
    let unreadable =
        |error: kernel::CursorError| Failure::from(Problem::new(ProblemKind::BadRequest, error.to_string()));
    let before: Option<Cursor> = Some(before)
        .filter(|before| !before.is_empty())
        .map(|before| before.parse())
        .transpose()
        .map_err(unreadable)?;
    let page =
        mail::mailbox_page(server.database.pool(), before, PageSize::DEFAULT).await.map_err(|error| match error {
            MailboxError::Cursor(error) => unreadable(error),
            MailboxError::Database(error) => Failure::from(platform::internal(&error)),
        })?;
    let now = server.world.now();
    let line = |letter: mail::MailSummary| LetterLine {
        id: letter.id,
        to: letter.to,
        subject: letter.subject,
        sent: Moment::describe(letter.sent_at, now),
    };
    Ok(Mailbox { letters: page.items.into_iter().map(line).collect(), next: page.next })
}

/// One letter.
#[server(prefix = "/api", endpoint = "identity/open_letter", output = Json)]
pub async fn open_letter(id: String) -> Result<Letter, Failure> {
    let server = opened()?;
    let missing = || Failure::from(Problem::not_found("letter"));
    let id: MailId = id.parse().map_err(|_| missing())?;
    let letter = mail::mailbox_letter(server.database.pool(), id).await;
    let letter = letter.map_err(|error| Failure::from(platform::internal(&error)))?;
    let letter = letter.ok_or_else(missing)?;
    Ok(Letter {
        sent: Moment::describe(letter.sent_at, server.world.now()),
        paragraphs: paragraphs(&letter.subject, &letter.text, server.config.public_url.as_str().trim_end_matches('/')),
        to: letter.to,
        subject: letter.subject,
    })
}
