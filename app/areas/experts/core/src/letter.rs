//! The letters this area sends. They are written by a job: what causes one doesn't know the address that links lead to.

use chrono::{DateTime, Utc};
use kernel::{AccountId, BookingId, Money};
use platform::{
    Cx, Database, Tx,
    job::{self, When},
    mail::{self, Letter},
};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    BookingState, Error, Party,
    job::{WriteLetter, WriteOffer},
    service::money,
    store::{
        bookings::{self, Booking},
        disputes, euros, experts, published, services,
    },
    zone::Zone,
};

const FOOTER: &str = "Magentic sent this letter because of a call that was booked there.";

/// What a letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// Somebody paid, and waits for the expert's word.
    Requested,
    /// The expert said no, or nothing in time.
    Declined,
    /// The call is paid and will happen.
    Confirmed,
    /// A payment came too late, and the time was gone.
    TooLate,
    /// The other one wants another time.
    Proposed,
    /// The other one agreed to another time.
    Moved,
    /// The other one did not.
    NotMoved,
    /// The other one took it back.
    Cancelled,
    /// Somebody did not come, or the call failed.
    Settled,
    /// The call is tomorrow.
    Tomorrow,
    /// The call is soon.
    Soon,
    /// The call is over.
    HowWasIt,
    /// The client disputes it.
    Disputed,
    /// An administrator decided.
    DisputeDecided,
    /// The expert made public what was noted.
    Published,
}

/// Has a letter written and sent, if and after the transaction is committed.
pub(crate) async fn enqueue(tx: &mut Tx, about: About, booking: BookingId, to: Party) -> Result<(), Error> {
    Ok(job::enqueue(tx, &WriteLetter { about, booking, to }, When::default()).await?)
}

/// Has somebody on a waiting list told what is kept for them, if and after the transaction is committed.
pub(crate) async fn enqueue_offer(
    tx: &mut Tx,
    expert: AccountId,
    account: AccountId,
    starts_at: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<(), Error> {
    Ok(job::enqueue(tx, &WriteOffer { expert, account, starts_at, until }, When::default()).await?)
}

/// Writes a letter, unless what it is about is no longer so.
pub(crate) async fn write(
    database: &Database,
    cx: &Cx<()>,
    public_url: &Url,
    letter: &WriteLetter,
) -> Result<(), Error> {
    let pool = database.pool();
    let Some(it) = bookings::find(pool, letter.booking).await? else { return Ok(()) };
    let (me, other) = (it.who(letter.to), it.who(letter.to.other()));
    let Some(other) = identity_core::service::account(pool, other).await? else { return Ok(()) };
    let Some(service) = services::find(pool, it.service).await? else { return Ok(()) };
    let Some(expert) = experts::find(pool, it.expert).await? else { return Ok(()) };
    let (paid, back) = money::sums(&bookings::payments(pool, it.id).await?);
    let decided = disputes::of(pool, it.id).await?.and_then(|dispute| dispute.decided);
    let shown = published::of_booking(pool, it.id).await?.filter(|publication| publication.is_shown);
    let what = What {
        it: &it,
        to: letter.to,
        other: other.summary.name.as_str(),
        title: &service.title,
        bring: &service.bring,
        zone: Zone::named(&expert.zone),
        paid: euros(paid),
        back: euros(back),
        answer: decided.map(|(_, answer, _)| answer),
        shown_as: shown.map(|publication| publication.title),
    };
    let Some((subject, paragraphs)) = what.words(letter.about) else { return Ok(()) };
    let link = format!("/bookings/{}", it.id);
    send(database, cx, public_url, me, (&subject, &paragraphs), ("Open the booking", &link)).await
}

/// Tells somebody on a waiting list what is kept for them.
pub(crate) async fn write_offer(
    database: &Database,
    cx: &Cx<()>,
    public_url: &Url,
    offer: &WriteOffer,
) -> Result<(), Error> {
    let pool = database.pool();
    if cx.now() >= offer.until {
        return Ok(());
    }
    let Some(account) = identity_core::service::account(pool, offer.expert).await? else { return Ok(()) };
    let Some(expert) = experts::find(pool, offer.expert).await? else { return Ok(()) };
    let paragraphs = vec![
        format!(
            "{} has a time free: {}.",
            account.summary.name.as_str(),
            written(Zone::named(&expert.zone).as_ref(), offer.starts_at)
        ),
        "It is kept for you alone for ten minutes. Then the next in line is asked.".to_owned(),
    ];
    let link = format!("/experts/{}", account.summary.handle);
    let subject = format!("A time with {} is kept for you", account.summary.name.as_str());
    send(database, cx, public_url, offer.account, (&subject, &paragraphs), ("Take it", &link)).await
}

async fn send(
    database: &Database,
    cx: &Cx<()>,
    public_url: &Url,
    to: AccountId,
    (subject, paragraphs): (&str, &[String]),
    button: (&str, &str),
) -> Result<(), Error> {
    let Some((address, _)) = identity_core::service::mail_address(database.pool(), to).await? else { return Ok(()) };
    let link = format!("{}{}", public_url.as_str().trim_end_matches('/'), button.1);
    let paragraphs: Vec<&str> = paragraphs.iter().map(String::as_str).collect();
    let letter = Letter::compose(address, subject, &paragraphs, Some((button.0, &link)), FOOTER);
    let mut tx = database.begin().await?;
    mail::post(&mut tx, cx, &letter).await?;
    Ok(tx.commit().await?)
}

/// An instant in the expert's zone, which both are told with its name.
fn written(zone: Option<&Zone>, at: DateTime<Utc>) -> String {
    match zone {
        Some(zone) => format!("{} ({}, {})", zone.written(at), zone.name(), zone.offset_written(at)),
        None => at.format("%a %-d %b, %H:%M UTC").to_string(),
    }
}

type Words = (String, Vec<String>);

/// What a letter can say.
struct What<'a> {
    it: &'a Booking,
    to: Party,
    /// What the other one is called.
    other: &'a str,
    title: &'a str,
    bring: &'a str,
    zone: Option<Zone>,
    paid: Money,
    back: Money,
    /// What an administrator said.
    answer: Option<String>,
    /// Under which title something of what was noted stands on the expert's page.
    shown_as: Option<String>,
}

impl What<'_> {
    fn when(&self) -> String {
        written(self.zone.as_ref(), self.it.starts_at)
    }

    /// The letter; nothing when what it is about is no longer so.
    fn words(&self, about: About) -> Option<Words> {
        use BookingState as S;
        let (other, title) = (self.other, self.title);
        let holds = match about {
            About::Requested => self.it.state == S::Requested,
            About::Declined => self.it.state == S::Declined,
            About::Confirmed | About::Moved | About::Tomorrow | About::Soon => self.it.state == S::Confirmed,
            About::Proposed | About::NotMoved => matches!(self.it.state, S::Requested | S::Confirmed),
            About::Cancelled => self.it.state == S::Cancelled,
            About::TooLate => !self.it.state.is_open(),
            About::Settled | About::HowWasIt | About::Disputed | About::DisputeDecided => self.it.state.is_settled(),
            About::Published => self.shown_as.is_some(),
        };
        if !holds {
            return None;
        }
        let subject = match about {
            About::Requested => format!("{other} asks for a call"),
            About::Declined => format!("{other} can't take your call"),
            About::Confirmed => format!("Your call with {other}: {}", self.when()),
            About::TooLate => "Your payment came, but the time was gone".to_owned(),
            About::Proposed => format!("{other} proposes other times"),
            About::Moved => format!("Your call with {other} has moved"),
            About::NotMoved => format!("{other} can't at the times you proposed"),
            About::Cancelled => format!("{other} cancelled your call"),
            About::Settled => format!("Your call with {other} did not happen"),
            About::Tomorrow => format!("Tomorrow: your call with {other}"),
            About::Soon => format!("In ten minutes: your call with {other}"),
            About::HowWasIt => format!("How was your call with {other}?"),
            About::Disputed => format!("{other} disputes your call"),
            About::DisputeDecided => format!("Decided: your call with {other}"),
            About::Published => format!("{other} published what was noted of your call"),
        };
        let mut paragraphs = vec![format!("“{title}”, {}.", self.when())];
        paragraphs.extend(self.more(about));
        Some((subject, paragraphs))
    }

    fn more(&self, about: About) -> Vec<String> {
        let said = |words: String| vec![words];
        match about {
            About::Requested => vec![
                format!("{} set {} aside for it, and waits for your word until {}.", self.other, euros(self.it.price_minor), self.due()),
                self.brief(),
            ],
            About::Declined => vec![self.reason(), format!("All of it, {}, is back in your wallet.", euros(self.it.price_minor))],
            About::Confirmed if self.to == Party::Client => vec![
                format!("You paid {}. The room opens ten minutes before.", self.paid),
                if self.bring.is_empty() { String::new() } else { format!("Please bring: {}", self.bring) },
            ],
            About::Confirmed => vec![format!("{} paid {}. The room opens ten minutes before.", self.other, self.paid), self.brief()],
            About::TooLate => said("What you paid is in your wallet, and nothing was taken for the call. Choose another time, or leave it there.".to_owned()),
            About::Proposed => said("Look at the times, and take one or say no. Until then the call stays as it is.".to_owned()),
            About::Moved => said("This is the new time.".to_owned()),
            About::NotMoved => said("The call stays as it was. You can propose other times, or cancel.".to_owned()),
            About::Cancelled if self.to == Party::Client => vec![self.reason(), format!("{} went back to your wallet.", self.back_or_held())],
            About::Cancelled => vec![self.reason(), self.kept()],
            About::Settled => said(self.settled()),
            About::Tomorrow | About::Soon => said("The room opens ten minutes before the call.".to_owned()),
            About::HowWasIt => said("A few words help others to choose, and the expert to be better. Your notes stand with the booking.".to_owned()),
            About::Disputed => said("What you earned with it waits until an administrator has decided. You need not do anything.".to_owned()),
            About::DisputeDecided => vec![
                format!("{} went back to the client in all, of {} that were paid.", self.back, self.paid),
                self.answer.clone().unwrap_or_default(),
            ],
            About::Published => vec![
                format!("It stands on their page under “{}”. Names are not in it.", self.shown_as.as_deref().unwrap_or_default()),
                "You agreed to that with your notes, and can take it back there at any time, with the booking: then it is off the page at once.".to_owned(),
            ],
        }
        .into_iter()
        .filter(|words| !words.is_empty())
        .collect()
    }

    fn due(&self) -> String {
        self.it.due_at.map(|at| written(self.zone.as_ref(), at)).unwrap_or_default()
    }

    fn brief(&self) -> String {
        if self.it.brief.is_empty() { String::new() } else { format!("They write: {}", self.it.brief) }
    }

    fn reason(&self) -> String {
        match self.it.reason.as_deref() {
            Some(reason) if !reason.is_empty() => format!("They write: {reason}"),
            None if self.it.state == BookingState::Declined => "There was no answer in time.".to_owned(),
            _ => String::new(),
        }
    }

    /// What was set aside and never paid goes back whole.
    fn back_or_held(&self) -> Money {
        if self.paid.is_positive() { self.back } else { euros(self.it.price_minor) }
    }

    fn kept(&self) -> String {
        let kept = self.paid.minor - self.back.minor;
        if kept > 0 {
            format!("By your policy {} of it stays yours, less the platform's part.", euros(kept))
        } else {
            "All of it went back to them.".to_owned()
        }
    }

    fn settled(&self) -> String {
        match (self.it.state, self.to) {
            (BookingState::ExpertMissed, Party::Client) => {
                format!(
                    "{} did not come. All of it, {}, is back in your wallet, and something on top.",
                    self.other, self.back
                )
            }
            (BookingState::ExpertMissed, Party::Expert) => {
                "You were not in the room, so all of it went back. If something kept you from coming, write to them."
                    .to_owned()
            }
            (BookingState::ClientMissed, Party::Client) => format!(
                "You were not in the room. By the policy you booked with, {} went back; the rest is the expert's.",
                self.back
            ),
            (BookingState::ClientMissed, Party::Expert) => {
                format!(
                    "{} did not come. By your policy {} stays yours, less the platform's part.",
                    self.other,
                    euros(self.paid.minor - self.back.minor)
                )
            }
            (BookingState::NobodyCame, _) => "Neither of you came, so all of it went back to the client.".to_owned(),
            (_, Party::Client) => {
                format!("It failed for technical reasons. All of it, {}, is back in your wallet.", self.back)
            }
            (_, Party::Expert) => "It failed for technical reasons, and all of it went back to the client.".to_owned(),
        }
    }
}
