//! Many answers at once on one process: what memory each takes, whether they all come to their end, and how late words are.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use clap::Args;
use platform::Database;
use sqlx::postgres::PgConnectOptions;
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{Instant, interval, sleep},
};

use crate::{
    Failed,
    answers::print,
    asking::{Answers, Heard, Product, Provider},
    process,
    provider::Pace,
};

/// How many questions are being put at a time.
const OPENING: usize = 64;
/// How often the memory is read.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long what has ended may settle before its memory is read.
const SETTLE: Duration = Duration::from_secs(3);

/// What to measure.
#[derive(Debug, Args)]
pub struct Options {
    /// Where the server listens: address and port.
    #[arg(long)]
    server: String,
    /// The server's process.
    #[arg(long)]
    pid: u32,
    /// Where the provider listens.
    #[arg(long)]
    provider: String,
    /// The server's database.
    #[arg(long)]
    database: PgConnectOptions,
    /// The model, as the provider was told.
    #[arg(long)]
    model: Pace,
    /// How many answers.
    #[arg(long)]
    streams: usize,
}

/// What is seen while answers come.
#[derive(Default)]
struct Seen {
    /// How many are being followed …
    now: AtomicUsize,
    /// … and how many were at most.
    most: AtomicUsize,
}

/// Asks the provider so often at once, and then the product.
///
/// # Errors
/// When the database fails. An answer that fails is counted as one that did not come to its end.
pub async fn measure(options: Options) -> Result<(), Failed> {
    let database = Database::connect(options.database, 2).await?;
    let streams = options.streams;
    let provider = Provider::new(&options.provider, &options.model)?;
    let product = Product::new(&options.server, &database, &options.model).await?;
    at_once("direct", provider, streams).await?;

    sleep(SETTLE).await;
    let before = process::resident_bytes(options.pid)?;
    let busy = (process::processor_seconds(options.pid)?, process::processor_seconds(std::process::id())?);
    let begun = Instant::now();
    let peak = Arc::new(AtomicU64::new(before));
    let looking = tokio::spawn(look(options.pid, Arc::clone(&peak)));
    at_once("through", product, streams).await?;
    looking.abort();
    let took = begun.elapsed().as_secs_f64();
    let busy_after = (process::processor_seconds(options.pid)?, process::processor_seconds(std::process::id())?);
    sleep(SETTLE).await;
    let peak = peak.load(Ordering::Relaxed);
    println!("before_bytes {before}");
    println!("peak_bytes {peak}");
    println!("after_bytes {}", process::resident_bytes(options.pid)?);
    println!("bytes_per_stream {}", peak.saturating_sub(before) / u64::try_from(streams.max(1))?);
    println!("server_processors {:.2}", (busy_after.0 - busy.0) / took);
    println!("client_processors {:.2}", (busy_after.1 - busy.1) / took);
    Ok(())
}

/// Has so many answers come at once, and prints how they came.
async fn at_once(name: &str, whom: impl Answers, streams: usize) -> Result<(), Failed> {
    let (whom, seen, places) = (Arc::new(whom), Arc::new(Seen::default()), Arc::new(Semaphore::new(OPENING)));
    let mut answers = JoinSet::new();
    for number in 0..streams {
        let (whom, seen, places) = (Arc::clone(&whom), Arc::clone(&seen), Arc::clone(&places));
        answers.spawn(async move {
            let place = places.acquire().await?;
            let coming = whom.ask(number, "How are you?").await?;
            drop(place);
            let now = seen.now.fetch_add(1, Ordering::Relaxed) + 1;
            seen.most.fetch_max(now, Ordering::Relaxed);
            let heard = whom.hear(coming).await;
            seen.now.fetch_sub(1, Ordering::Relaxed);
            heard
        });
    }
    let mut all = Vec::with_capacity(streams);
    while let Some(answer) = answers.join_next().await {
        match answer? {
            Ok(heard) => all.push(heard),
            Err(error) => eprintln!("an answer failed: {error}"),
        }
    }
    print(&format!("{name}_first"), all.iter().filter_map(Heard::first));
    print(&format!("{name}_gap"), all.iter().flat_map(Heard::gaps));
    println!("{name}_most {}", seen.most.load(Ordering::Relaxed));
    println!("{name}_whole {}", all.iter().filter(|heard| heard.whole).count());
    Ok(())
}

/// Looks at the memory of a process again and again, and keeps the most that it was.
async fn look(pid: u32, most: Arc<AtomicU64>) {
    let mut tick = interval(LOOK_EVERY);
    loop {
        tick.tick().await;
        // It may have ended: then its answers say so.
        if let Ok(bytes) = process::resident_bytes(pid) {
            most.fetch_max(bytes, Ordering::Relaxed);
        }
    }
}
