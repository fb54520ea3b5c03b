//! The public feed as the service gives it, written as JSON: all of the product's own work but HTTP.

use std::time::{Duration, Instant};

use clap::Args;
use kernel::PageSize;
use platform::Database;
use sqlx::postgres::PgConnectOptions;
use tokio::task::JoinSet;

use crate::Failed;

/// What to measure.
#[derive(Debug, Args)]
pub struct Options {
    /// The database's address.
    #[arg(long)]
    database: PgConnectOptions,
    /// How many ask at once.
    #[arg(long)]
    clients: u32,
    /// Posts per page.
    #[arg(long)]
    posts: u8,
    /// For how long.
    #[arg(long)]
    seconds: u64,
}

/// Asks for the first page over and over.
///
/// # Errors
/// When the database fails or the feed has too few posts.
pub async fn measure(options: Options) -> Result<(), Failed> {
    let database = Database::connect(options.database, options.clients).await?;
    let size = PageSize::clamped(options.posts);
    let begun = Instant::now();
    let until = begun + Duration::from_secs(options.seconds);
    let mut clients = JoinSet::new();
    for _ in 0..options.clients {
        let pool = database.pool().clone();
        clients.spawn(async move {
            let mut pages = 0_u32;
            while Instant::now() < until {
                let page = social_core::service::public_feed(&pool, None, None, size).await?;
                if page.items.len() != usize::from(size.get()) {
                    return Err(Failed::from("the feed has too few posts"));
                }
                std::hint::black_box(serde_json::to_vec(&page)?);
                pages += 1;
            }
            Ok(pages)
        });
    }
    let mut pages = 0;
    while let Some(client) = clients.join_next().await {
        pages += client??;
    }
    println!("rate {:.1}", f64::from(pages) / begun.elapsed().as_secs_f64());
    Ok(())
}
