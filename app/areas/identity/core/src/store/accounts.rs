//! The table `accounts`.

use chrono::{DateTime, Utc};
use kernel::{AccountId, Handle, MediaId};
use platform::Tx;
use sqlx::{Connection, PgExecutor, PgPool, error::DatabaseError};
use uuid::Uuid;

use crate::{Account, AccountKind, AccountSummary, Bio, DisplayName, Error, Headline, PortraitFormat, PortraitRef};

/// An account to be inserted.
pub(crate) struct NewRow<'a> {
    pub(crate) id: AccountId,
    pub(crate) kind: AccountKind,
    pub(crate) handle: &'a Handle,
    pub(crate) name: &'a DisplayName,
    pub(crate) headline: &'a Headline,
    pub(crate) bio: &'a Bio,
    pub(crate) bio_html: &'a str,
    pub(crate) owner: Option<AccountId>,
    pub(crate) is_expert: bool,
    pub(crate) is_admin: bool,
    pub(crate) created_at: DateTime<Utc>,
}

/// Inserts an account. False when its handle is taken, or too similar to one that is; waits for whoever is taking it
/// at this moment.
pub(crate) async fn insert(tx: &mut Tx, row: &NewRow<'_>) -> Result<bool, Error> {
    let inserted = sqlx::query!(
        "insert into accounts (id, kind, handle, handle_skeleton, name, headline, bio, bio_html, owner_id, is_expert,
             is_admin, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         on conflict do nothing",
        row.id.uuid(),
        row.kind.as_str(),
        row.handle.as_str(),
        row.handle.skeleton(),
        row.name.as_str(),
        row.headline.as_str(),
        row.bio.as_str(),
        row.bio_html,
        row.owner.map(AccountId::uuid),
        row.is_expert,
        row.is_admin,
        row.created_at,
    )
    .execute(&mut **tx)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// Deletes an account that nothing refers to yet.
pub(crate) async fn delete(tx: &mut Tx, id: AccountId) -> Result<(), Error> {
    sqlx::query!("delete from accounts where id = $1", id.uuid()).execute(&mut **tx).await?;
    Ok(())
}

/// Whether an account has this handle, or one too similar to it.
pub(crate) async fn is_taken(executor: impl PgExecutor<'_>, handle: &Handle) -> Result<bool, Error> {
    let taken = sqlx::query_scalar!(
        r#"select exists (select from accounts where handle_skeleton = $1) as "taken!""#,
        handle.skeleton()
    );
    Ok(taken.fetch_one(executor).await?)
}

/// The columns that make a summary, as the queries below name them. They say of each column whether it can be empty:
/// left to itself, sqlx asks the query's plan, and is misled by joins that the planner turned round.
pub(crate) struct SummaryRow {
    pub(crate) id: Uuid,
    pub(crate) kind: String,
    pub(crate) handle: String,
    pub(crate) name: String,
    pub(crate) is_expert: bool,
    pub(crate) owner_handle: Option<String>,
    pub(crate) portrait: Option<Uuid>,
    pub(crate) portrait_type: Option<String>,
    pub(crate) portrait_widths: Option<Vec<i32>>,
}

impl TryFrom<SummaryRow> for AccountSummary {
    type Error = Error;

    fn try_from(row: SummaryRow) -> Result<Self, Error> {
        let id = AccountId::from_uuid(row.id);
        let damaged = || Error::Damaged(id.to_string());
        let portrait = match (row.portrait, row.portrait_type, row.portrait_widths) {
            (Some(media), Some(content_type), Some(widths)) => Some(PortraitRef {
                media: MediaId::from_uuid(media),
                format: PortraitFormat::of_content_type(&content_type).ok_or_else(damaged)?,
                widths: widths.into_iter().filter_map(|width| u32::try_from(width).ok()).collect(),
            }),
            _ => None,
        };
        Ok(Self {
            id,
            handle: row.handle.try_into().map_err(|_| damaged())?,
            name: row.name.parse().map_err(|_| damaged())?,
            kind: AccountKind::parse(&row.kind).ok_or_else(damaged)?,
            portrait,
            owner_handle: row.owner_handle.map(Handle::try_from).transpose().map_err(|_| damaged())?,
            is_expert: row.is_expert,
        })
    }
}

/// The summaries of these accounts, in no particular order.
pub(crate) async fn summaries(executor: impl PgExecutor<'_>, ids: &[Uuid]) -> Result<Vec<AccountSummary>, Error> {
    let rows = sqlx::query_as!(
        SummaryRow,
        r#"select a.id as "id!", a.kind as "kind!", a.handle as "handle!", a.name as "name!", a.is_expert as "is_expert!",
               o.handle as "owner_handle?", m.id as "portrait?", m.content_type as "portrait_type?",
               m.variants as "portrait_widths?"
           from accounts a
           left join accounts o on o.id = a.owner_id
           left join media m on m.id = a.portrait_id
           where a.id = any($1)"#,
        ids
    )
    .fetch_all(executor)
    .await?;
    rows.into_iter().map(AccountSummary::try_from).collect()
}

struct ProfileRow {
    id: Uuid,
    kind: String,
    handle: String,
    name: String,
    is_expert: bool,
    owner_handle: Option<String>,
    portrait: Option<Uuid>,
    portrait_type: Option<String>,
    portrait_widths: Option<Vec<i32>>,
    headline: String,
    bio: String,
    bio_html: String,
    is_admin: bool,
    created_at: DateTime<Utc>,
}

impl TryFrom<ProfileRow> for Account {
    type Error = Error;

    fn try_from(row: ProfileRow) -> Result<Self, Error> {
        let damaged = |_| Error::Damaged(AccountId::from_uuid(row.id).to_string());
        Ok(Self {
            headline: row.headline.parse().map_err(damaged)?,
            bio: row.bio.parse().map_err(damaged)?,
            bio_html: row.bio_html,
            is_admin: row.is_admin,
            created_at: row.created_at,
            summary: SummaryRow {
                id: row.id,
                kind: row.kind,
                handle: row.handle,
                name: row.name,
                is_expert: row.is_expert,
                owner_handle: row.owner_handle,
                portrait: row.portrait,
                portrait_type: row.portrait_type,
                portrait_widths: row.portrait_widths,
            }
            .try_into()?,
        })
    }
}

/// The account with this handle, or with this id. One whose e-mail address has not been confirmed is not there yet.
pub(crate) async fn find(
    executor: impl PgExecutor<'_>,
    handle: Option<&Handle>,
    id: Option<AccountId>,
) -> Result<Option<Account>, Error> {
    let row = sqlx::query_as!(
        ProfileRow,
        r#"select a.id as "id!", a.kind as "kind!", a.handle as "handle!", a.name as "name!", a.is_expert as "is_expert!",
               o.handle as "owner_handle?", m.id as "portrait?", m.content_type as "portrait_type?",
               m.variants as "portrait_widths?", a.headline as "headline!", a.bio as "bio!",
               a.bio_html as "bio_html!", a.is_admin as "is_admin!", a.created_at as "created_at!"
           from accounts a
           left join accounts o on o.id = a.owner_id
           left join media m on m.id = a.portrait_id
           where (a.handle = $1 or a.id = $2)
               and not exists (select from logins l where l.account_id = a.id and l.confirmed_at is null)"#,
        handle.map(Handle::as_str),
        id.map(AccountId::uuid)
    )
    .fetch_optional(executor)
    .await?;
    row.map(Account::try_from).transpose()
}

/// What kind of account this is.
pub(crate) async fn kind_of(tx: &mut Tx, id: AccountId) -> Result<Option<AccountKind>, Error> {
    let kind =
        sqlx::query_scalar!("select kind from accounts where id = $1", id.uuid()).fetch_optional(&mut **tx).await?;
    kind.map(|kind| AccountKind::parse(&kind).ok_or_else(|| Error::Damaged(id.to_string()))).transpose()
}

/// Who runs an account; nobody, for a person's.
pub(crate) async fn owner_of(tx: &mut Tx, id: AccountId) -> Result<Option<AccountId>, Error> {
    let owner =
        sqlx::query_scalar!("select owner_id from accounts where id = $1", id.uuid()).fetch_optional(&mut **tx).await?;
    Ok(owner.flatten().map(AccountId::from_uuid))
}

/// Whether an account was suspended, or whoever runs it.
pub(crate) async fn is_suspended(tx: &mut Tx, id: AccountId) -> Result<bool, Error> {
    let suspended = sqlx::query_scalar!(
        r#"select exists (
               select from accounts a left join accounts o on o.id = a.owner_id
               where a.id = $1 and (a.suspended_at is not null or o.suspended_at is not null)
           ) as "suspended!""#,
        id.uuid()
    );
    Ok(suspended.fetch_one(&mut **tx).await?)
}

/// Suspends an account, or takes that back. Whether there was anything to change.
pub(crate) async fn set_suspended(tx: &mut Tx, id: AccountId, at: Option<DateTime<Utc>>) -> Result<bool, Error> {
    kind_of(tx, id).await?.ok_or(Error::NoSuchAccount)?;
    let changed = sqlx::query!(
        "update accounts set suspended_at = $2 where id = $1 and (suspended_at is null) <> ($2::timestamptz is null)",
        id.uuid(),
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(changed.rows_affected() == 1)
}

/// The agents that somebody runs.
pub(crate) async fn run_by(tx: &mut Tx, owner: AccountId) -> Result<Vec<AccountId>, Error> {
    let ids = sqlx::query_scalar!("select id from accounts where owner_id = $1 order by id", owner.uuid())
        .fetch_all(&mut **tx)
        .await?;
    Ok(ids.into_iter().map(AccountId::from_uuid).collect())
}

/// The portrait an account has, with the account locked until the transaction ends. The outer `None` when there is no
/// such account.
pub(crate) async fn lock_portrait(tx: &mut Tx, id: AccountId) -> Result<Option<Option<MediaId>>, Error> {
    let portrait = sqlx::query_scalar!("select portrait_id from accounts where id = $1 for no key update", id.uuid())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(portrait.map(|portrait| portrait.map(MediaId::from_uuid)))
}

/// Writes down whether somebody can be booked as an expert. Whether that was not so before.
pub(crate) async fn set_expert(tx: &mut Tx, id: AccountId, is_expert: bool) -> Result<bool, Error> {
    let done =
        sqlx::query!("update accounts set is_expert = $2 where id = $1 and is_expert <> $2", id.uuid(), is_expert)
            .execute(&mut **tx)
            .await?;
    Ok(done.rows_affected() > 0)
}

/// Writes what a profile says.
pub(crate) async fn set_profile(
    tx: &mut Tx,
    id: AccountId,
    (name, headline, bio, bio_html): (&DisplayName, &Headline, &Bio, &str),
    portrait: Option<MediaId>,
) -> Result<(), Error> {
    let updated = sqlx::query!(
        "update accounts set name = $2, headline = $3, bio = $4, bio_html = $5, portrait_id = $6 where id = $1",
        id.uuid(),
        name.as_str(),
        headline.as_str(),
        bio.as_str(),
        bio_html,
        portrait.map(MediaId::uuid),
    )
    .execute(&mut **tx)
    .await?;
    if updated.rows_affected() == 1 { Ok(()) } else { Err(Error::NoSuchAccount) }
}

/// Accounts whose address has not been confirmed since before `before`.
pub(crate) async fn long_unconfirmed(pool: &PgPool, before: DateTime<Utc>) -> Result<Vec<AccountId>, Error> {
    let ids =
        sqlx::query_scalar!("select account_id from logins where confirmed_at is null and created_at < $1", before)
            .fetch_all(pool)
            .await?;
    Ok(ids.into_iter().map(AccountId::from_uuid).collect())
}

/// Deletes an account whose address was never confirmed, with its login. It has never been signed in to, but others may have
/// sent something to it, money for example: then it stays. Returns whether it is gone.
pub(crate) async fn delete_unconfirmed(tx: &mut Tx, id: AccountId) -> Result<bool, Error> {
    let mut attempt = tx.begin().await?;
    let deleted = sqlx::query!(
        "with unconfirmed as (
             delete from logins where account_id = $1 and confirmed_at is null returning account_id
         )
         delete from accounts where id in (select account_id from unconfirmed)",
        id.uuid()
    )
    .execute(&mut *attempt)
    .await;
    match deleted {
        Ok(deleted) => {
            attempt.commit().await?;
            Ok(deleted.rows_affected() == 1)
        }
        Err(error) if error.as_database_error().is_some_and(DatabaseError::is_foreign_key_violation) => {
            attempt.rollback().await?;
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}
