//! Somebody sets themselves up as an expert: what they say of themselves, when they work, what they offer, and whether
//! they can be booked.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use identity_core::{
    AccountKind,
    gate::{self, Action, Guarded},
};
use kernel::{AccountId, Actor, FieldError, ServiceId};
use platform::{Cx, Tx, event, markdown};
use sqlx::PgPool;

use crate::{
    Error, ExpertState, PolicyKind, ServiceView,
    command::{NewHours, NewService, Profile},
    event::{ExpertPaused, ExpertPublished, HoursChanged},
    expert::{AffectedBooking, MOST_MADE, MOST_SERVICES, OwnExpert},
    slots::{Span, shift},
    store::{
        bookings,
        experts::{self, Expert},
        services::{self, Service},
    },
    window::{Hours, MOST_AHEAD},
    zone::Zone,
};

const PROFILE_FIRST: &str = "Fill in your profile first: your time zone is in it.";
const ALL_MADE: &str = "You have made 200 services, which is the most. Change one that you took back.";
const _: () = assert!(MOST_MADE == 200, "the sentence above says two hundred");

/// How the actor is set up as an expert. Who has saved nothing yet sees what they would begin with.
///
/// # Errors
/// When the database fails.
pub async fn my_expert(pool: &PgPool, cx: &Cx<Actor>) -> Result<OwnExpert, Error> {
    let me = cx.actor.account;
    let (it, begun) = experts::find(pool, me).await?.map_or_else(|| (beginning(me), false), |it| (it, true));
    let hours = if begun { experts::hours(pool, &it).await? } else { Hours::default() };
    let services = services::of(pool, me).await?;
    Ok(OwnExpert {
        state: it.state,
        headline: it.headline,
        about: it.about,
        skills: it.skills,
        languages: it.languages,
        zone: it.zone,
        policy: it.policy,
        approval: it.approval,
        hours,
        services: services.into_iter().map(ServiceView::from).collect(),
        begun,
    })
}

/// An expert of whom nothing is known.
fn beginning(id: AccountId) -> Expert {
    let hours = Hours::default();
    Expert {
        id,
        state: ExpertState::Draft,
        headline: String::new(),
        about: String::new(),
        about_html: String::new(),
        skills: Vec::new(),
        languages: Vec::new(),
        zone: "UTC".to_owned(),
        buffer: hours.buffer(),
        notice: hours.notice(),
        ahead: hours.ahead(),
        approval: false,
        policy: PolicyKind::default(),
        lowest_minor: None,
        calls: 0,
        ratings: 0,
        rating_sum: 0,
        free_from: None,
        suspended: false,
    }
}

/// Keeps what the actor says of themselves as an expert. They are one from then on, though nobody sees it before they
/// publish.
///
/// # Errors
/// When they are no person, or have been published and would say nothing of what they do.
pub async fn save_profile(tx: &mut Tx, cx: &Cx<Actor>, profile: &Profile) -> Result<(), Error> {
    let me = cx.actor.account;
    let account = identity_core::service::account(&mut **tx, me).await?;
    if account.is_none_or(|account| account.summary.kind != AccountKind::Person) {
        return Err(Error::NotAPerson);
    }
    let before = experts::lock(tx, me).await?;
    let is_elsewhere = before.as_ref().is_some_and(|it| it.zone != profile.zone);
    let before = before.unwrap_or_else(|| beginning(me));
    if profile.headline.is_empty() && before.state != ExpertState::Draft {
        let words = "Whoever can be booked says in a line what they do.";
        return Err(Error::Invalid(vec![FieldError::new("headline", words)]));
    }
    let it = Expert {
        headline: profile.headline.clone(),
        about: profile.about.clone(),
        about_html: markdown::render(&profile.about),
        skills: profile.skills.clone(),
        languages: profile.languages.clone(),
        zone: profile.zone.clone(),
        policy: profile.policy,
        approval: profile.approval,
        ..before
    };
    experts::save(tx, &it, cx.now()).await?;
    if is_elsewhere { hours_changed(tx, cx).await } else { Ok(()) }
}

/// Lets the actor work at other hours. Bookings they have stay: see [`affected`].
///
/// # Errors
/// When they have no profile.
pub async fn save_hours(tx: &mut Tx, cx: &Cx<Actor>, new: &NewHours) -> Result<(), Error> {
    let it = begun(tx, cx).await?;
    // Days off that are over have nothing to say any more. Somewhere it is still the day before.
    let today = cx.now().date_naive();
    let days = new.0.days_off().iter().copied();
    let days = days.filter(|day| *day >= today - TimeDelta::days(1)).collect();
    let (week, buffer, notice, ahead) = (*new.0.week(), new.0.buffer(), new.0.notice(), new.0.ahead());
    let hours = Hours::new(week, days, buffer, notice, ahead).map_err(|_| Error::BadRow("hours of an expert"))?;
    experts::save_hours(tx, it.id, &hours, cx.now()).await?;
    hours_changed(tx, cx).await
}

/// Something that was not free before may be now.
async fn hours_changed(tx: &mut Tx, cx: &Cx<Actor>) -> Result<(), Error> {
    let me = cx.actor.account;
    experts::free_by(tx, me, cx.now()).await?;
    event::append(tx, cx, me, &HoursChanged { expert: me }).await?;
    Ok(())
}

/// The actor's bookings that are still to happen and do not fit their hours as they are now, the earliest first.
///
/// # Errors
/// When the database fails.
pub async fn affected(pool: &PgPool, cx: &Cx<Actor>) -> Result<Vec<AffectedBooking>, Error> {
    let Some(it) = experts::find(pool, cx.actor.account).await? else { return Ok(Vec::new()) };
    let hours = experts::hours(pool, &it).await?;
    let zone = Zone::named(&it.zone).ok_or(Error::BadRow("zone of an expert"))?;
    // What can be booked, and once more what is moved.
    let until = cx.now() + TimeDelta::days(2 * i64::from(MOST_AHEAD));
    let mut open = bookings::open_between(pool, it.id, cx.now(), until).await?;
    open.retain(|it| {
        let is_kept = it.due_at.is_none_or(|due| due > cx.now());
        is_kept && !fits(&hours, &zone, Span { start: it.starts_at, end: it.ends_at })
    });
    let clients: Vec<AccountId> = open.iter().map(|it| it.client).collect();
    let clients = identity_core::service::summaries(pool, &clients).await?;
    open.into_iter()
        .map(|it| {
            let client = clients.get(&it.client).cloned().ok_or(Error::BadRow("booking without a client"))?;
            Ok(AffectedBooking { id: it.id, client, starts_at: it.starts_at, ends_at: it.ends_at, state: it.state })
        })
        .collect()
}

/// Whether somebody works all through a call. Its shift may begin on the day before, or by another clock on the next.
fn fits(hours: &Hours, zone: &Zone, call: Span) -> bool {
    let day = zone.day(call.start);
    let days: [Option<NaiveDate>; 3] = [day.pred_opt(), Some(day), day.succ_opt()];
    days.into_iter().flatten().any(|day| shift(hours, zone, day).is_some_and(|shift| shift.holds(&call)))
}

/// Offers something that the actor can be asked about, or changes what they offer. What was taken back is offered
/// again. Bookings keep the price they were made at.
///
/// # Errors
/// When they have no profile, it is somebody else's, or they offer as many as they may.
pub async fn save_service(
    tx: &mut Tx,
    cx: &Cx<Actor>,
    id: Option<ServiceId>,
    new: &NewService,
) -> Result<ServiceId, Error> {
    let expert = begun(tx, cx).await?;
    let before = match id {
        Some(id) => Some(mine(tx, cx, id).await?),
        None => None,
    };
    let (offered, all) = services::count(&mut **tx, expert.id).await?;
    if before.as_ref().is_none_or(|it| !it.offered) && offered >= MOST_SERVICES {
        return Err(Error::ManyServices);
    }
    if before.is_none() && all >= MOST_MADE {
        return Err(Error::NotNow(ALL_MADE));
    }
    let service = Service {
        id: id.unwrap_or_else(|| cx.id()),
        expert: expert.id,
        title: new.title.clone(),
        description: new.description.clone(),
        bring: new.bring.clone(),
        price_minor: new.price_minor,
        offered: true,
    };
    match before {
        Some(_) => services::update(tx, &service).await?,
        None => services::insert(tx, &service, cx.now()).await?,
    }
    services::refresh_lowest(tx, expert.id).await?;
    Ok(service.id)
}

/// Offers something no longer. Bookings of it stay. Again, it changes nothing.
///
/// # Errors
/// When it is somebody else's, or the last one of somebody who can be booked.
pub async fn withdraw_service(tx: &mut Tx, cx: &Cx<Actor>, id: ServiceId) -> Result<(), Error> {
    let expert = experts::lock(tx, cx.actor.account).await?.ok_or(Error::NoSuchService)?;
    let service = mine(tx, cx, id).await?;
    if !service.offered {
        return Ok(());
    }
    let (offered, _) = services::count(&mut **tx, expert.id).await?;
    if offered == 1 && expert.state == ExpertState::Published {
        return Err(Error::NotNow("This is the last service you offer. Offer another one before, or take a break."));
    }
    services::update(tx, &Service { offered: false, ..service }).await?;
    services::refresh_lowest(tx, expert.id).await
}

/// Lets the actor be booked, for the first time or again. Who can be already stays so.
///
/// # Errors
/// With all that is missing: a headline, a service, hours, a time zone.
pub async fn publish(tx: &mut Tx, cx: &Cx<Actor>) -> Result<(), Error> {
    let Some(it) = experts::lock(tx, cx.actor.account).await? else {
        return Err(Error::NotReady(missing(&beginning(cx.actor.account), &Hours::default(), false)));
    };
    if it.state == ExpertState::Published {
        return Ok(());
    }
    let hours = experts::hours(&mut **tx, &it).await?;
    let missing = missing(&it, &hours, Zone::named(&it.zone).is_some());
    if !missing.is_empty() {
        return Err(Error::NotReady(missing));
    }
    let again = it.state == ExpertState::Paused;
    let fact = ExpertPublished { expert: it.id, again };
    experts::save(tx, &in_state(it, ExpertState::Published, Some(cx.now())), cx.now()).await?;
    event::append(tx, cx, fact.expert, &fact).await?;
    Ok(identity_core::service::set_expert(tx, cx, true).await?)
}

fn in_state(it: Expert, state: ExpertState, free_from: Option<DateTime<Utc>>) -> Expert {
    Expert { state, free_from, ..it }
}

fn missing(it: &Expert, hours: &Hours, has_zone: bool) -> Vec<&'static str> {
    let needs = [
        (it.headline.is_empty(), "a headline that says what you do"),
        (it.lowest_minor.is_none(), "a service that you offer"),
        (hours.week().is_empty(), "hours in which you work"),
        (!has_zone, "your time zone"),
    ];
    needs.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, what)| what).collect()
}

/// Takes nothing new for a while. What is booked stays booked. Again, it changes nothing.
///
/// # Errors
/// When the actor can't be booked anyway.
pub async fn pause(tx: &mut Tx, cx: &Cx<Actor>) -> Result<(), Error> {
    let it = begun(tx, cx).await?;
    match it.state {
        ExpertState::Paused => return Ok(()),
        ExpertState::Draft => {
            return Err(Error::NotNow("Nobody can book you yet: there is nothing to take a break from."));
        }
        ExpertState::Published => {}
    }
    let (id, free_from) = (it.id, it.free_from);
    experts::save(tx, &in_state(it, ExpertState::Paused, free_from), cx.now()).await?;
    event::append(tx, cx, id, &ExpertPaused { expert: id }).await?;
    Ok(identity_core::service::set_expert(tx, cx, false).await?)
}

/// The actor as the expert they are. Their row is held.
pub(super) async fn begun(tx: &mut Tx, cx: &Cx<Actor>) -> Result<Expert, Error> {
    experts::lock(tx, cx.actor.account).await?.ok_or(Error::NotNow(PROFILE_FIRST))
}

/// A service of the actor's. Of somebody else's they don't learn here that it exists.
async fn mine(tx: &mut Tx, cx: &Cx<Actor>, id: ServiceId) -> Result<Service, Error> {
    let service = services::find(&mut **tx, id).await?.ok_or(Error::NoSuchService)?;
    gate::decide(Some(&cx.actor), Action::Edit, &Guarded::private(service.expert)).map_err(|_| Error::NoSuchService)?;
    Ok(service)
}
