//! The ledger and the webhooks through the product's own services, without HTTP.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use billing_core::{
    PayWith,
    command::{StartCheckout, What},
};
use clap::{Args, ValueEnum};
use kernel::{AccountId, Actor, BasisPoints, Currency, Id, LedgerAccountId, Money, PageSize, Via, WebhookId};
use money_core::{Amount, LedgerKind, Lines, Memo, Pay, TopUp};
use payments_sandbox::Sandbox;
use platform::{
    Database, World,
    payments::{PaymentProvider, ProviderName, signature},
};
use sqlx::postgres::PgConnectOptions;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{Failed, percentile};

/// Who pays whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Pattern {
    /// Each writer another payer, and any payee.
    Spread,
    /// Everybody the same payee.
    Hot,
}

/// Transfers to measure.
#[derive(Debug, Args)]
pub struct Transfers {
    /// The database's address.
    #[arg(long)]
    database: PgConnectOptions,
    /// How many write at once.
    #[arg(long)]
    writers: u32,
    /// Who pays whom.
    #[arg(long)]
    pattern: Pattern,
    /// For how long.
    #[arg(long)]
    seconds: u64,
}

fn cents(minor: i64) -> Result<Amount, Failed> {
    Ok(Amount::new(Money::new(minor, Currency::Eur))?)
}

/// The members that `bench/accounts.sql` made, in one order.
///
/// # Errors
/// When the database fails.
pub async fn members(database: &Database, most: i64) -> Result<Vec<AccountId>, Failed> {
    let ids: Vec<Uuid> = sqlx::query_scalar("select id from accounts where kind = 'person' order by id limit $1")
        .bind(most)
        .fetch_all(database.pool())
        .await?;
    Ok(ids.into_iter().map(AccountId::from_uuid).collect())
}

/// Sees to it that everybody has more than enough.
async fn fill(database: &Database, world: &World, members: &[AccountId]) -> Result<(), Failed> {
    let cx = world.cx(None::<Actor>);
    for account in members {
        let mut tx = database.begin().await?;
        let top_up = TopUp {
            account: *account,
            amount: cents(1_000_000_000)?,
            key: format!("bench:{}", cx.id::<kernel::Payment>()).parse()?,
            memo: Memo::from("For the measurements"),
            subject: None,
        };
        money_core::service::top_up(&mut tx, &cx, &top_up).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Pays from wallets, over and over.
///
/// # Errors
/// When the database fails or there are too few members.
pub async fn transfers(options: Transfers) -> Result<(), Failed> {
    let database = Database::connect(options.database, options.writers + 2).await?;
    let world = World::real();
    let members: Arc<[AccountId]> = members(&database, 200).await?.into();
    let writers = usize::try_from(options.writers)?;
    if members.len() < writers + 1 {
        return Err("there are too few members".into());
    }
    fill(&database, &world, &members[1..=writers]).await?;
    let begun = Instant::now();
    let until = begun + Duration::from_secs(options.seconds);
    let mut all = JoinSet::new();
    for writer in 1..=writers {
        let (database, world, members) = (database.clone(), world.clone(), Arc::clone(&members));
        all.spawn(async move {
            let (cx, mut done) = (world.cx(None::<Actor>), 0_u32);
            while Instant::now() < until {
                let to = match options.pattern {
                    Pattern::Hot => members[0],
                    Pattern::Spread => members[(writer + 1 + usize::try_from(done)? * 7) % members.len()],
                };
                let payer = members[writer];
                let to = if to == payer { members[0] } else { to };
                pay(&database, &cx, payer, to).await?;
                done += 1;
            }
            Ok::<_, Failed>(done)
        });
    }
    let mut done = 0;
    while let Some(writer) = all.join_next().await {
        done += writer??;
    }
    println!("rate {:.1}", f64::from(done) / begun.elapsed().as_secs_f64());
    Ok(())
}

async fn pay(
    database: &Database,
    cx: &platform::Cx<Option<Actor>>,
    payer: AccountId,
    to: AccountId,
) -> Result<(), Failed> {
    let pay = Pay {
        payer,
        lines: Lines::one(to, cents(100)?, BasisPoints::ZERO),
        frees_after: chrono::TimeDelta::days(7),
        key: cx.id::<kernel::Payment>().to_string().parse()?,
        memo: Memo::from("A call"),
        subject: None,
    };
    let mut tx = database.begin().await?;
    money_core::service::pay(&mut tx, cx, &pay).await?;
    Ok(tx.commit().await?)
}

/// A statement to measure.
#[derive(Debug, Args)]
pub struct Statement {
    /// The database's address.
    #[arg(long)]
    database: PgConnectOptions,
    /// Whose wallet: a handle.
    #[arg(long)]
    owner: String,
    /// How often it is read.
    #[arg(long)]
    reads: u32,
}

/// Reads balance and statement of a wallet, over and over, the statement from places all over it.
///
/// # Errors
/// When the database fails or there is no such wallet.
pub async fn statement(options: Statement) -> Result<(), Failed> {
    let database = Database::connect(options.database, 2).await?;
    let pool = database.pool();
    let owner: Uuid =
        sqlx::query_scalar("select id from accounts where handle = $1").bind(options.owner).fetch_one(pool).await?;
    let actor = Actor::human(AccountId::from_uuid(owner), Via::System);
    let (account, last): (Uuid, i64) = sqlx::query_as(
        "select id, last_seq from ledger_accounts where owner_id = $1 and kind = $2 and currency = 'EUR'",
    )
    .bind(owner)
    .bind(LedgerKind::Wallet.as_str())
    .fetch_one(pool)
    .await?;
    let account: LedgerAccountId = Id::from_uuid(account);
    let mut times = Vec::new();
    for read in 0..options.reads {
        // A cursor holds the number of a line.
        let place = 1 + (i64::from(read) * 7919) % last.max(1);
        let mark: LedgerAccountId = Id::from_uuid(Uuid::from_u128(u128::from(place.unsigned_abs())));
        let after = kernel::Cursor::after(mark);
        let begun = Instant::now();
        std::hint::black_box(money_core::service::wallet(pool, actor, actor.account).await?);
        let page = money_core::service::statement(pool, actor, account, Some(&after), PageSize::clamped(30));
        std::hint::black_box(page.await?);
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    let at = |percent| percentile(&times, percent).as_secs_f64() * 1000.0;
    println!("lines {last}\np50_ms {:.2}\np95_ms {:.2}", at(50), at(95));
    Ok(())
}

/// Webhooks to measure.
#[derive(Debug, Args)]
pub struct Webhooks {
    /// The database's address.
    #[arg(long)]
    database: PgConnectOptions,
    /// How many handle events at once.
    #[arg(long)]
    workers: u32,
    /// How many events.
    #[arg(long)]
    events: u32,
}

/// Takes and handles events which each say that a card has paid.
///
/// # Errors
/// When the database fails or an event can't be handled.
pub async fn webhooks(options: Webhooks) -> Result<(), Failed> {
    let database = Database::connect(options.database, options.workers + 2).await?;
    let world = World::real();
    let sandbox = Sandbox::open(&database, &world, &"http://127.0.0.1".parse()?).await?;
    let members = members(&database, 100).await?;
    let mut bodies = Vec::new();
    for n in 0..options.events {
        let account = members[usize::try_from(n)? % members.len()];
        bodies.push(paid(&database, &world, account, n).await?);
    }
    let bodies: Arc<[String]> = bodies.into();
    let (begun, workers) = (Instant::now(), usize::try_from(options.workers)?);
    let mut all = JoinSet::new();
    for worker in 0..workers {
        let (database, world, sandbox, bodies) =
            (database.clone(), world.clone(), sandbox.clone(), Arc::clone(&bodies));
        all.spawn(async move {
            for body in bodies.iter().skip(worker).step_by(workers) {
                take(&database, &world, &sandbox, body).await?;
            }
            Ok::<_, Failed>(())
        });
    }
    while let Some(worker) = all.join_next().await {
        worker??;
    }
    println!("rate {:.1}", f64::from(options.events) / begun.elapsed().as_secs_f64());
    Ok(())
}

/// Begins a top-up, and gives the event that says it was paid.
async fn paid(database: &Database, world: &World, account: AccountId, n: u32) -> Result<String, Failed> {
    let cx = world.cx(Actor::human(account, Via::System));
    let start = StartCheckout {
        what: What::TopUp(cents(1_000)?),
        pay_with: PayWith::Card,
        saved_card: false,
        seen: None,
        key: cx.id::<kernel::Checkout>().to_string().parse()?,
    };
    let mut tx = database.begin().await?;
    let checkout = billing_core::service::start(&mut tx, &cx, ProviderName::Sandbox, &start).await?;
    tx.commit().await?;
    let payment: Uuid = sqlx::query_scalar("select id from payments where checkout_id = $1")
        .bind(checkout.uuid())
        .fetch_one(database.pool())
        .await?;
    let (payment, now) = (kernel::PaymentId::from_uuid(payment), world.now().timestamp());
    let event = format!("evt_{}_{n}", checkout.uuid().simple());
    Ok(format!(
        r#"{{"id":"{event}","object":"event","type":"payment_intent.succeeded","created":{now},"livemode":false,"data":{{"object":{{"id":"pi_{event}","status":"succeeded","amount":1000,"amount_received":1000,"metadata":{{"magentic_payment":"{payment}"}}}}}}}}"#
    ))
}

async fn take(database: &Database, world: &World, sandbox: &Sandbox, body: &str) -> Result<(), Failed> {
    let secret = sandbox.webhook_secrets().into_iter().next().ok_or("no secret")?;
    let header = signature::sign(&secret, body.as_bytes(), world.now());
    billing_core::service::receive(database, world, sandbox, &header, body.as_bytes()).await?;
    let reference = body.split('"').nth(3).unwrap_or_default();
    let id: Uuid = sqlx::query_scalar("select id from webhook_events where provider = 'sandbox' and reference = $1")
        .bind(reference)
        .fetch_one(database.pool())
        .await?;
    billing_core::service::handle(database, world, ProviderName::Sandbox, WebhookId::from_uuid(id)).await?;
    Ok(())
}
