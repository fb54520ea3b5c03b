//! Experts: what is free of one of them, who of thousands is free first, and how many book at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::TimeDelta;
use clap::Args;
use experts_core::{
    Filter,
    command::{Hold, Text},
    service,
};
use kernel::{AccountId, Actor, Money, PageSize, Via};
use money_core::{Amount, Memo, TopUp, service as ledger};
use platform::{Cx, Database, World};
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

use crate::{Failed, percentile};

/// How many experts bookings are spread over.
const SPREAD: usize = 100;
/// What each buyer has to spend, in minor units.
const PURSE: i64 = 5_000_000;

/// What to measure.
#[derive(Debug, Args)]
pub struct Options {
    /// The database's address.
    #[arg(long)]
    database: PgConnectOptions,
    /// How often each question is asked.
    #[arg(long)]
    reads: u32,
    /// How many book at once.
    #[arg(long)]
    buyers: u32,
    /// For how long, in seconds.
    #[arg(long)]
    seconds: u64,
}

/// Asks for free times and for who is free first, and books.
///
/// # Errors
/// When the database fails, or two calls overlap.
pub async fn measure(options: Options) -> Result<(), Failed> {
    let database = Database::connect(options.database.clone(), options.buyers.min(32)).await?;
    let world = World::real();
    slots(&database, &world, options.reads).await?;
    search(&database, &world, options.reads).await?;
    let buyers = buyers(&database, &world, options.buyers).await?;
    for (name, experts) in [("spread", SPREAD), ("one", 1)] {
        let booked = book(&database, &world, &buyers, experts, Duration::from_secs(options.seconds)).await?;
        println!("{name}_tried {:.1}\n{name}_booked {:.1}", booked.0, booked.1);
    }
    let overlaps: i64 = sqlx::query_scalar(
        "select count(*) from slices a join slices b on a.expert_id = b.expert_id and a.id < b.id and a.blocked && b.blocked
         where lower(a.call) > now()",
    )
    .fetch_one(database.pool())
    .await?;
    println!("overlaps {overlaps}");
    Ok(())
}

fn print(name: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let millis = |percent| percentile(&times, percent).as_secs_f64() * 1000.0;
    println!("{name}_p50_ms {:.2}\n{name}_p95_ms {:.2}", millis(50), millis(95));
}

async fn account(database: &Database, handle: &str) -> Result<AccountId, Failed> {
    let id: Uuid =
        sqlx::query_scalar("select id from accounts where handle = $1").bind(handle).fetch_one(database.pool()).await?;
    Ok(AccountId::from_uuid(id))
}

/// What is free in four weeks of somebody who had ten thousand calls.
async fn slots(database: &Database, world: &World, reads: u32) -> Result<(), Failed> {
    let expert = account(database, "expert_1").await?;
    let cx = world.cx(());
    let mut times = Vec::new();
    let mut found = 0;
    for _ in 0..reads {
        let begun = Instant::now();
        let free = service::slots(database.pool(), &cx, expert, cx.now(), cx.now() + TimeDelta::days(28)).await?;
        times.push(begun.elapsed());
        found = free.len();
    }
    println!("slots_found {found}");
    print("slots", times);
    Ok(())
}

/// The first page of who is free first: of all, and of those with a skill.
async fn search(database: &Database, world: &World, reads: u32) -> Result<(), Failed> {
    let cx = world.cx(None);
    for (name, skill) in [("soonest", ""), ("soonest_skill", "tax")] {
        let filter = Filter { skill: skill.to_owned(), ..Filter::default() };
        let mut times = Vec::new();
        for _ in 0..reads {
            let begun = Instant::now();
            let page = service::search(database, &cx, &filter, PageSize::DEFAULT).await?;
            times.push(begun.elapsed());
            if page.items.is_empty() {
                return Err("nobody is free".into());
            }
        }
        // The first one corrects what it finds.
        println!("{name}_first_ms {:.2}", times.first().copied().unwrap_or_default().as_secs_f64() * 1000.0);
        print(name, times);
    }
    Ok(())
}

/// People with enough to spend.
async fn buyers(database: &Database, world: &World, most: u32) -> Result<Vec<Cx<Actor>>, Failed> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "select id from accounts where kind = 'person' and handle like 'bench\\_%' order by created_at, id limit $1",
    )
    .bind(i64::from(most))
    .fetch_all(database.pool())
    .await?;
    let nobody = world.cx(None::<Actor>);
    let mut buyers = Vec::new();
    for id in ids {
        let account = AccountId::from_uuid(id);
        let amount = Amount::new(Money::new(PURSE, experts_core::booking::CURRENCY))?;
        let key = format!("bench-{account}").parse()?;
        let top_up = TopUp { account, amount, key, memo: Memo::from("Card"), subject: None };
        let mut tx = database.begin().await?;
        ledger::top_up(&mut tx, &nobody, &top_up).await?;
        tx.commit().await?;
        buyers.push(world.cx(Actor::human(account, Via::System)));
    }
    Ok(buyers)
}

/// Each buyer takes the first free time of an expert, and pays. How many tries and how many bookings there were in a second.
async fn book(
    database: &Database,
    world: &World,
    buyers: &[Cx<Actor>],
    experts: usize,
    lasting: Duration,
) -> Result<(f64, f64), Failed> {
    // Not those of the searches before, nor those who are booked up.
    let mut ids = Vec::new();
    for number in (1001..).filter(|number| number % 10 != 0).take(experts) {
        ids.push(account(database, &format!("expert_{number}")).await?);
    }
    let (tried, booked) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let until = Instant::now() + lasting;
    let mut tasks = tokio::task::JoinSet::new();
    for (number, buyer) in buyers.iter().enumerate() {
        let (database, world, buyer, ids) = (database.clone(), world.clone(), buyer.clone(), ids.clone());
        let (tried, booked) = (Arc::clone(&tried), Arc::clone(&booked));
        tasks.spawn(async move {
            let mut turn = number;
            while Instant::now() < until {
                turn += 1;
                let done = one(&database, &world, &buyer, ids[turn % ids.len()], turn).await?;
                tried.fetch_add(1, Ordering::Relaxed);
                booked.fetch_add(u64::from(done), Ordering::Relaxed);
            }
            Ok::<_, Failed>(())
        });
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    let per_second = |count: &AtomicU64| {
        let count = u32::try_from(count.load(Ordering::Relaxed)).unwrap_or(u32::MAX);
        f64::from(count) / lasting.as_secs_f64()
    };
    Ok((per_second(&tried), per_second(&booked)))
}

/// Books one of the free times of an expert. Whether nobody was faster.
async fn one(
    database: &Database,
    world: &World,
    buyer: &Cx<Actor>,
    expert: AccountId,
    turn: usize,
) -> Result<bool, Failed> {
    let cx = world.cx(());
    let free = service::slots(database.pool(), &cx, expert, cx.now(), cx.now() + TimeDelta::days(27)).await?;
    if free.is_empty() {
        return Ok(false);
    }
    let view = service::expert(database.pool(), &world.cx(None), expert).await?;
    let offered = view.services.first().ok_or("an expert without a service")?;
    let key = format!("bench-{turn}-{}", world.id::<kernel::Booking>()).parse()?;
    let hold = Hold {
        expert,
        service: offered.id,
        start: free[turn * 7919 % free.len()].start,
        seen: offered.price,
        brief: Text::default(),
        key,
    };
    let mut tx = database.begin().await?;
    let Ok(id) = service::hold(&mut tx, buyer, &hold).await else { return Ok(false) };
    service::pay(&mut tx, buyer, id, offered.price).await?;
    tx.commit().await?;
    Ok(true)
}
