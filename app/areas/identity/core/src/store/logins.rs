//! The table `logins`.

use chrono::{DateTime, Utc};
use kernel::{AccountId, EmailAddress, Handle};
use platform::Tx;
use sqlx::PgExecutor;
use uuid::Uuid;

use crate::{Error, passwords::PasswordHash};

/// How a person signs in.
pub(crate) struct LoginRecord {
    pub(crate) account: AccountId,
    pub(crate) handle: Handle,
    pub(crate) name: String,
    pub(crate) email: EmailAddress,
    pub(crate) password: PasswordHash,
    pub(crate) confirmed: bool,
}

struct Row {
    account_id: Uuid,
    handle: String,
    name: String,
    email: String,
    password_hash: String,
    confirmed: bool,
}

impl TryFrom<Row> for LoginRecord {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let account = AccountId::from_uuid(row.account_id);
        Ok(Self {
            account,
            handle: row.handle.try_into().map_err(|_| Error::Damaged(account.to_string()))?,
            name: row.name,
            email: row.email.parse().map_err(|_| Error::Damaged(account.to_string()))?,
            password: PasswordHash::stored(row.password_hash),
            confirmed: row.confirmed,
        })
    }
}

/// Inserts a login. False when the address has an account; waits for whoever is taking it at this moment.
pub(crate) async fn insert(
    tx: &mut Tx,
    account: AccountId,
    email: &EmailAddress,
    password: &PasswordHash,
    confirmed_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let inserted = sqlx::query!(
        "insert into logins (account_id, email, email_key, password_hash, confirmed_at, created_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (email_key) do nothing",
        account.uuid(),
        email.as_str(),
        email.key(),
        password.as_str(),
        confirmed_at,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

/// The login with this address.
pub(crate) async fn by_email(
    executor: impl PgExecutor<'_>,
    email: &EmailAddress,
) -> Result<Option<LoginRecord>, Error> {
    let row = sqlx::query_as!(
        Row,
        r#"select l.account_id, a.handle, a.name, l.email, l.password_hash, l.confirmed_at is not null as "confirmed!"
           from logins l join accounts a on a.id = l.account_id
           where l.email_key = $1"#,
        email.key()
    )
    .fetch_optional(executor)
    .await?;
    row.map(LoginRecord::try_from).transpose()
}

/// The login of the account with this handle.
pub(crate) async fn by_handle(executor: impl PgExecutor<'_>, handle: &Handle) -> Result<Option<LoginRecord>, Error> {
    let row = sqlx::query_as!(
        Row,
        r#"select l.account_id, a.handle, a.name, l.email, l.password_hash, l.confirmed_at is not null as "confirmed!"
           from logins l join accounts a on a.id = l.account_id
           where a.handle = $1"#,
        handle.as_str()
    )
    .fetch_optional(executor)
    .await?;
    row.map(LoginRecord::try_from).transpose()
}

/// The login of this account, locked until the transaction ends, so that a sign-in and a new password come one after
/// the other.
pub(crate) async fn lock(tx: &mut Tx, account: AccountId) -> Result<Option<LoginRecord>, Error> {
    let row = sqlx::query_as!(
        Row,
        r#"select l.account_id, a.handle, a.name, l.email, l.password_hash, l.confirmed_at is not null as "confirmed!"
           from logins l join accounts a on a.id = l.account_id
           where l.account_id = $1
           for no key update of l"#,
        account.uuid()
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(LoginRecord::try_from).transpose()
}

/// The login of this account.
pub(crate) async fn by_account(
    executor: impl PgExecutor<'_>,
    account: AccountId,
) -> Result<Option<LoginRecord>, Error> {
    let row = sqlx::query_as!(
        Row,
        r#"select l.account_id, a.handle, a.name, l.email, l.password_hash, l.confirmed_at is not null as "confirmed!"
           from logins l join accounts a on a.id = l.account_id
           where l.account_id = $1"#,
        account.uuid()
    )
    .fetch_optional(executor)
    .await?;
    row.map(LoginRecord::try_from).transpose()
}

/// Marks the address as its account's. False when it was so before.
pub(crate) async fn confirm(tx: &mut Tx, account: AccountId, now: DateTime<Utc>) -> Result<bool, Error> {
    let confirmed = sqlx::query!(
        "update logins set confirmed_at = $2 where account_id = $1 and confirmed_at is null",
        account.uuid(),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(confirmed.rows_affected() == 1)
}

/// Keeps another hash: of a new password, or of the same one with today's parameters.
pub(crate) async fn set_password(tx: &mut Tx, account: AccountId, password: &PasswordHash) -> Result<(), Error> {
    let updated =
        sqlx::query!("update logins set password_hash = $2 where account_id = $1", account.uuid(), password.as_str())
            .execute(&mut **tx)
            .await?;
    if updated.rows_affected() == 1 { Ok(()) } else { Err(Error::NoSuchAccount) }
}
