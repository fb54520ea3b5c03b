//! The letters this area sends. They are written by a job: what causes one doesn't know the address that links lead to.

use identity_core::AccountSummary;
use kernel::LicenceId;
use platform::{
    Cx, Database, Tx,
    job::{self, When},
    mail::{self, Letter},
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    EndReason, Error, LicenceKind, LicenceState,
    job::WriteLetter,
    store::{
        licences::{self, Licence},
        listings,
    },
};

const FOOTER: &str = "Magentic sent this letter because of an agent you subscribed to there.";

/// What a letter is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// A period could not be paid.
    NotPaid {
        /// Of which licence.
        licence: LicenceId,
        /// Why not, in words.
        reason: String,
    },
    /// A subscription is over that its subscriber did not end.
    Ended(LicenceId),
}

impl About {
    const fn licence(&self) -> LicenceId {
        match self {
            Self::NotPaid { licence, .. } | Self::Ended(licence) => *licence,
        }
    }
}

/// Has a letter written and sent, if and after the transaction is committed.
pub(crate) async fn enqueue(tx: &mut Tx, about: About) -> Result<(), Error> {
    Ok(job::enqueue(tx, &WriteLetter { about }, When::default()).await?)
}

/// Writes a letter, unless what it is about is mended already.
pub(crate) async fn write(database: &Database, cx: &Cx<()>, public_url: &Url, about: &About) -> Result<(), Error> {
    let pool = database.pool();
    let Some(it) = licences::find(pool, about.licence()).await? else { return Ok(()) };
    let Some(listing) = listings::find(pool, it.listing).await? else { return Ok(()) };
    let what = What { title: &listing.title, agent: &listings::summary(pool, it.agent).await?, it: &it };
    let (words, button) = match (about, it.state) {
        (About::NotPaid { reason, .. }, LicenceState::PastDue) => {
            (what.past_due(reason), ("Pay now", format!("/market/purchases/{}", it.id)))
        }
        (About::NotPaid { reason, .. }, LicenceState::Grace) => {
            (what.rests(reason), ("Pay now", format!("/market/purchases/{}", it.id)))
        }
        (About::Ended(_), LicenceState::Ended) => (what.ended(), ("Open the market", "/market".to_owned())),
        _ => return Ok(()),
    };
    let Some((to, _)) = identity_core::service::mail_address(pool, it.account).await? else { return Ok(()) };
    let link = format!("{}{}", public_url.as_str().trim_end_matches('/'), button.1);
    let (subject, paragraphs) = words;
    let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
    let letter = Letter::compose(to, &subject, &paragraphs, Some((button.0, &link)), FOOTER);
    let mut tx = database.begin().await?;
    mail::post(&mut tx, cx, &letter).await?;
    Ok(tx.commit().await?)
}

type Words = (String, Vec<String>);

/// What somebody subscribed to.
struct What<'a> {
    title: &'a str,
    agent: &'a AccountSummary,
    it: &'a Licence,
}

impl What<'_> {
    fn name(&self) -> String {
        format!("{} (@{})", self.title, self.agent.handle)
    }

    fn due(&self) -> String {
        self.it.due_at.map(|at| at.format("%-d %B %Y").to_string()).unwrap_or_default()
    }

    fn past_due(&self, reason: &str) -> Words {
        let period = if self.it.kind == LicenceKind::Yearly { "year" } else { "month" };
        let paragraphs = vec![
            format!("{} for another {period} of {} could not be paid.", self.it.price, self.name()),
            reason.to_owned(),
            format!("We try again on {}. You can also pay now.", self.due()),
            "Until then the agent answers you as before.".to_owned(),
        ];
        (format!("Your payment for {} did not go through", self.title), paragraphs)
    }

    fn rests(&self, reason: &str) -> Words {
        let paragraphs = vec![
            format!("We have tried several times to collect {} for {}, in vain.", self.it.price, self.name()),
            reason.to_owned(),
            format!(
                "The agent does not answer you until you pay. Unless you do by {}, the subscription ends.",
                self.due()
            ),
            "Once you pay, all is as it was.".to_owned(),
        ];
        (format!("{} rests until it is paid", self.title), paragraphs)
    }

    fn ended(&self) -> Words {
        let why = match self.it.ended {
            Some((_, EndReason::Unpaid)) => "It could not be collected. You owe nothing for it.",
            Some((_, EndReason::Withdrawn)) => "The agent does not answer any more, so nothing more is paid for it.",
            Some((_, EndReason::Refunded)) => "What was paid for it was given back.",
            Some((_, EndReason::Asked)) | None => "You wanted it so.",
        };
        let paragraphs = vec![
            format!("Your subscription to {} is over. {why}", self.name()),
            "What you said to it stays in your chats.".to_owned(),
        ];
        (format!("{} has ended", self.title), paragraphs)
    }
}
