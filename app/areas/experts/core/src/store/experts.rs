//! Experts, and when they work.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use kernel::AccountId;
use platform::Tx;
use sqlx::{PgExecutor, PgPool};
use uuid::Uuid;

use super::count;
use crate::{
    Error, ExpertState, PolicyKind,
    window::{Hours, Week, Window},
};

/// So much before a call something may become free together with it: calls and pauses reach into each other, and the
/// day that the call counts to has room again, wherever in that day the hours are now.
const AROUND_A_CALL: TimeDelta = TimeDelta::hours(28);

/// An expert.
#[derive(Debug, Clone)]
pub(crate) struct Expert {
    pub(crate) id: AccountId,
    pub(crate) state: ExpertState,
    pub(crate) headline: String,
    pub(crate) about: String,
    pub(crate) about_html: String,
    pub(crate) skills: Vec<String>,
    pub(crate) languages: Vec<String>,
    pub(crate) zone: String,
    /// In minutes.
    pub(crate) buffer: u16,
    /// In minutes.
    pub(crate) notice: u32,
    /// In days.
    pub(crate) ahead: u16,
    pub(crate) approval: bool,
    pub(crate) policy: PolicyKind,
    pub(crate) lowest_minor: Option<i64>,
    pub(crate) calls: u32,
    pub(crate) ratings: u32,
    pub(crate) rating_sum: u32,
    pub(crate) free_from: Option<DateTime<Utc>>,
    /// Whether they may not act at the moment, which their account says.
    pub(crate) suspended: bool,
}

impl Expert {
    /// Whether they can be booked, for others: with whoever was suspended it is as if they took a break.
    pub(crate) const fn open_state(&self) -> ExpertState {
        match self.state {
            ExpertState::Published if self.suspended => ExpertState::Paused,
            state => state,
        }
    }
}

struct Row {
    account_id: Uuid,
    state: String,
    headline: String,
    about: String,
    about_html: String,
    skills: Vec<String>,
    languages: Vec<String>,
    zone: String,
    buffer_minutes: i16,
    notice_minutes: i32,
    ahead_days: i16,
    approval: bool,
    policy: String,
    lowest_minor: Option<i64>,
    calls: i32,
    ratings: i32,
    rating_sum: i32,
    free_from: Option<DateTime<Utc>>,
    suspended: bool,
}

impl TryFrom<Row> for Expert {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: AccountId::from_uuid(row.account_id),
            state: ExpertState::parse(&row.state).ok_or(Error::BadRow("state of an expert"))?,
            headline: row.headline,
            about: row.about,
            about_html: row.about_html,
            skills: row.skills,
            languages: row.languages,
            zone: row.zone,
            buffer: number(row.buffer_minutes)?,
            notice: count(row.notice_minutes),
            ahead: number(row.ahead_days)?,
            approval: row.approval,
            policy: PolicyKind::parse(&row.policy).ok_or(Error::BadRow("policy of an expert"))?,
            lowest_minor: row.lowest_minor,
            calls: count(row.calls),
            ratings: count(row.ratings),
            rating_sum: count(row.rating_sum),
            free_from: row.free_from,
            suspended: row.suspended,
        })
    }
}

/// A small number that the database keeps from being negative.
pub(super) fn number(it: i16) -> Result<u16, Error> {
    u16::try_from(it).map_err(|_| Error::BadRow("number of minutes or days"))
}

/// A small number as the database has it. What is too large it refuses.
fn stored(it: u16) -> i16 {
    i16::try_from(it).unwrap_or(i16::MAX)
}

/// An expert. Not held.
pub(crate) async fn find(executor: impl PgExecutor<'_>, id: AccountId) -> Result<Option<Expert>, Error> {
    sqlx::query_as!(
        Row,
        r#"select account_id, state, headline, about, about_html, skills, languages, zone, buffer_minutes, notice_minutes,
               ahead_days, approval, policy, lowest_minor, calls, ratings, rating_sum, free_from,
               exists (
                   select from accounts a where a.id = experts.account_id and a.suspended_at is not null
               ) as "suspended!"
           from experts where account_id = $1"#,
        id.uuid()
    )
    .fetch_optional(executor)
    .await?
    .map(Expert::try_from)
    .transpose()
}

/// An expert whose row is held until the transaction ends. Before a booking's, and before the ledger.
pub(crate) async fn lock(tx: &mut Tx, id: AccountId) -> Result<Option<Expert>, Error> {
    sqlx::query_as!(
        Row,
        r#"select account_id, state, headline, about, about_html, skills, languages, zone, buffer_minutes, notice_minutes,
               ahead_days, approval, policy, lowest_minor, calls, ratings, rating_sum, free_from,
               exists (
                   select from accounts a where a.id = experts.account_id and a.suspended_at is not null
               ) as "suspended!"
           from experts where account_id = $1 for no key update"#,
        id.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?
    .map(Expert::try_from)
    .transpose()
}

/// Writes an expert down, or keeps what changed. What is counted of them, and what their cheapest service costs, stays
/// as it is.
pub(crate) async fn save(tx: &mut Tx, it: &Expert, now: DateTime<Utc>) -> Result<(), Error> {
    // Also where there is a row already, the new one has to satisfy what holds for rows: it comes with its lowest
    // price.
    sqlx::query!(
        "insert into experts (account_id, state, headline, about, about_html, skills, languages, zone, buffer_minutes,
             notice_minutes, ahead_days, approval, policy, lowest_minor, free_from, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)
         on conflict (account_id) do update set state = excluded.state, headline = excluded.headline,
             about = excluded.about, about_html = excluded.about_html, skills = excluded.skills,
             languages = excluded.languages, zone = excluded.zone, buffer_minutes = excluded.buffer_minutes,
             notice_minutes = excluded.notice_minutes, ahead_days = excluded.ahead_days, approval = excluded.approval,
             policy = excluded.policy, free_from = excluded.free_from, updated_at = excluded.updated_at",
        it.id.uuid(),
        it.state.as_str(),
        it.headline,
        it.about,
        it.about_html,
        &it.skills,
        &it.languages,
        it.zone,
        stored(it.buffer),
        i32::try_from(it.notice).unwrap_or(i32::MAX),
        stored(it.ahead),
        it.approval,
        it.policy.as_str(),
        it.lowest_minor,
        it.free_from,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Lets an expert work at other hours, and at no others.
pub(crate) async fn save_hours(tx: &mut Tx, id: AccountId, hours: &Hours, now: DateTime<Utc>) -> Result<(), Error> {
    let id = id.uuid();
    sqlx::query!(
        "update experts set buffer_minutes = $2, notice_minutes = $3, ahead_days = $4, updated_at = $5
         where account_id = $1",
        id,
        stored(hours.buffer()),
        i32::try_from(hours.notice()).unwrap_or(i32::MAX),
        stored(hours.ahead()),
        now,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("delete from expert_windows where expert_id = $1", id).execute(&mut **tx).await?;
    let (mut weekdays, mut from, mut minutes) = (Vec::new(), Vec::new(), Vec::new());
    for (weekday, window) in (0_i16..).zip(hours.week().iter().map(|(_, window)| window)) {
        if let Some(window) = window {
            weekdays.push(weekday);
            from.push(stored(window.from()));
            minutes.push(stored(window.minutes()));
        }
    }
    sqlx::query!(
        "insert into expert_windows (expert_id, weekday, from_minute, minutes)
         select $1, it.weekday, it.from_minute, it.minutes
         from unnest($2::smallint[], $3::smallint[], $4::smallint[]) as it (weekday, from_minute, minutes)",
        id,
        &weekdays,
        &from,
        &minutes,
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("delete from expert_days_off where expert_id = $1", id).execute(&mut **tx).await?;
    let days: Vec<NaiveDate> = hours.days_off().iter().copied().collect();
    sqlx::query!("insert into expert_days_off (expert_id, day) select $1, unnest($2::date[])", id, &days)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// A window, or a day off.
struct Piece {
    expert_id: Uuid,
    weekday: Option<i16>,
    from_minute: Option<i16>,
    minutes: Option<i16>,
    day: Option<NaiveDate>,
}

/// The windows and days off of some experts, by expert: of all days off, or of those from one day until another.
pub(crate) async fn schedules(
    executor: impl PgExecutor<'_>,
    experts: &[Uuid],
    days_off: Option<(NaiveDate, NaiveDate)>,
) -> Result<HashMap<Uuid, Schedule>, Error> {
    let pieces = sqlx::query_as!(
        Piece,
        r#"select expert_id as "expert_id!", weekday as "weekday?", from_minute as "from_minute?",
               minutes as "minutes?", null::date as "day?"
           from expert_windows where expert_id = any($1)
           union all
           select expert_id, null::smallint, null::smallint, null::smallint, day
           from expert_days_off
           where expert_id = any($1) and ($2::date is null or day >= $2) and ($3::date is null or day <= $3)"#,
        experts,
        days_off.map(|(first, _)| first),
        days_off.map(|(_, last)| last),
    )
    .fetch_all(executor)
    .await?;
    let mut schedules: HashMap<Uuid, Schedule> = HashMap::new();
    for piece in pieces {
        schedules.entry(piece.expert_id).or_default().add(&piece)?;
    }
    Ok(schedules)
}

/// When somebody works, without what holds for all calls.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schedule {
    windows: [Option<Window>; 7],
    days_off: BTreeSet<NaiveDate>,
}

impl Schedule {
    fn add(&mut self, piece: &Piece) -> Result<(), Error> {
        self.days_off.extend(piece.day);
        let Some(((weekday, from), minutes)) = piece.weekday.zip(piece.from_minute).zip(piece.minutes) else {
            return Ok(());
        };
        let window = Window::lasting(number(from)?, number(minutes)?).map_err(|_| Error::BadRow("window"))?;
        let weekday = usize::from(number(weekday)?);
        *self.windows.get_mut(weekday).ok_or(Error::BadRow("day of the week"))? = Some(window);
        Ok(())
    }

    /// With what holds for all calls.
    pub(crate) fn hours(self, buffer: u16, notice: u32, ahead: u16) -> Result<Hours, Error> {
        let week = Week::new(self.windows);
        Hours::new(week, self.days_off, buffer, notice, ahead).map_err(|_| Error::BadRow("hours of an expert"))
    }
}

/// When an expert works.
pub(crate) async fn hours(executor: impl PgExecutor<'_>, expert: &Expert) -> Result<Hours, Error> {
    let id = expert.id.uuid();
    let schedule = schedules(executor, &[id], None).await?.remove(&id).unwrap_or_default();
    schedule.hours(expert.buffer, expert.notice, expert.ahead)
}

/// Draws the bound of what is free nearer, so that it is looked at again: a call at this time, or everything from then
/// on, is given up, or may be booked from now on.
///
/// It writes to the row also where nothing changes: who found out meanwhile what is free, without this, writes nothing
/// then (`store::directory`).
pub(crate) async fn free_by(tx: &mut Tx, id: AccountId, at: DateTime<Utc>) -> Result<(), Error> {
    let near = at - AROUND_A_CALL;
    sqlx::query!("update experts set free_from = least(free_from, $2) where account_id = $1", id.uuid(), near)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Counts what somebody said of an expert.
pub(crate) async fn add_rating(tx: &mut Tx, id: AccountId, rating: u8) -> Result<(), Error> {
    sqlx::query!(
        "update experts set ratings = ratings + 1, rating_sum = rating_sum + $2 where account_id = $1",
        id.uuid(),
        i32::from(rating),
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Counts a call.
pub(crate) async fn add_call(tx: &mut Tx, id: AccountId) -> Result<(), Error> {
    sqlx::query!("update experts set calls = calls + 1 where account_id = $1", id.uuid()).execute(&mut **tx).await?;
    Ok(())
}

/// The time zones of some experts.
pub(crate) async fn zones(pool: &PgPool, experts: &[AccountId]) -> Result<HashMap<AccountId, String>, Error> {
    let ids: Vec<Uuid> = experts.iter().map(|id| id.uuid()).collect();
    let rows =
        sqlx::query!("select account_id, zone from experts where account_id = any($1)", &ids).fetch_all(pool).await?;
    Ok(rows.into_iter().map(|row| (AccountId::from_uuid(row.account_id), row.zone)).collect())
}
