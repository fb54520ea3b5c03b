//! Answers through the product beside the same from the provider directly: how long the first words take, how many come in a
//! second, and whether they come one by one.
//!
//! Each question is asked of both, one right after the other, so that what else happens on the machine happens to both. The clock runs
//! from before the question is put until its first words have been read.

use std::time::Duration;

use clap::Args;
use platform::Database;
use sqlx::postgres::PgConnectOptions;

use crate::{
    Failed,
    asking::{Answers, Heard, Product, Provider},
    percentile,
    provider::Pace,
    retrieval::{self, Words},
};

/// So many are asked before, unmeasured: connections open, statements are planned.
const BEFORE: usize = 20;

/// What to measure.
#[derive(Debug, Args)]
pub struct Options {
    /// Where the server listens: address and port.
    #[arg(long)]
    server: String,
    /// Where the provider listens.
    #[arg(long)]
    provider: String,
    /// The server's database.
    #[arg(long)]
    database: PgConnectOptions,
    /// The model, as the provider was told.
    #[arg(long)]
    model: Pace,
    /// How many questions.
    #[arg(long)]
    questions: usize,
}

/// Asks, one after the other.
///
/// # Errors
/// When a question is refused, or the database fails.
pub async fn measure(options: Options) -> Result<(), Failed> {
    let database = Database::connect(options.database, 2).await?;
    let provider = Provider::new(&options.provider, &options.model)?;
    let product = Product::new(&options.server, &database, &options.model).await?;
    let words = retrieval::words(&database, &format!("bench_{}", options.model.model)).await?;
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    for number in 0..BEFORE + options.questions {
        let question = retrieval::question(&words, Words::Mixed, number);
        let direct = provider.hear(provider.ask(number, &question).await?).await?;
        let through = product.hear(product.ask(number, &question).await?).await?;
        if number >= BEFORE {
            theirs.push(direct);
            ours.push(through);
        }
    }
    let added = |(ours, theirs): (&Heard, &Heard)| Some(ours.first()?.saturating_sub(theirs.first()?));
    print("added", ours.iter().zip(&theirs).filter_map(added));
    let tokens = options.model.tokens;
    for (name, heard) in [("direct", &theirs), ("through", &ours)] {
        print(&format!("{name}_first"), heard.iter().filter_map(Heard::first));
        print(&format!("{name}_gap"), heard.iter().flat_map(Heard::gaps));
        println!("{name}_per_second {:.1}", per_second(heard, tokens));
        println!("{name}_alone_percent {:.1}", alone(heard, tokens));
        println!("{name}_whole {}", heard.iter().filter(|heard| heard.whole).count());
    }
    print("asked", ours.iter().map(|heard| heard.steps.asked));
    print("read", ours.iter().map(|heard| heard.steps.read));
    print("followed", ours.iter().map(|heard| heard.steps.followed));
    Ok(())
}

/// Prints what half of these times, and what nearly all of them, do not exceed.
pub fn print(name: &str, times: impl Iterator<Item = Duration>) {
    let mut times: Vec<Duration> = times.collect();
    times.sort_unstable();
    for percent in [50, 95, 99] {
        println!("{name}_p{percent}_ms {:.1}", percentile(&times, percent).as_secs_f64() * 1000.0);
    }
}

/// How many tokens came in a second, from the first words to the last.
fn per_second(heard: &[Heard], tokens: u32) -> f64 {
    let lasted: Duration = heard.iter().map(Heard::lasted).sum();
    let all = heard.iter().map(|_| f64::from(tokens - 1)).sum::<f64>();
    all / lasted.as_secs_f64().max(f64::MIN_POSITIVE)
}

/// How many tokens of a hundred came by themselves, rather than with the next.
fn alone(heard: &[Heard], tokens: u32) -> f64 {
    let all = heard.iter().map(|_| f64::from(tokens)).sum::<f64>();
    let events: u32 = heard.iter().filter_map(|heard| u32::try_from(heard.events()).ok()).sum();
    100.0 * f64::from(events) / all.max(1.0)
}
