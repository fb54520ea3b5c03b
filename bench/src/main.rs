//! What `make bench` needs besides wrk, pgbench and Chromium. Each command prints one figure a line: its name, and the number.

mod answers;
mod asking;
mod experts;
mod feed;
mod ledger;
mod process;
mod provider;
mod retrieval;
mod sockets;
mod streams;

use std::time::Duration;

use clap::Parser;

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// Measures Magentic. Called by bench/run.sh.
#[derive(Debug, Parser)]
enum Command {
    /// Answer as a provider of models does, at a steady pace.
    Provider(provider::Options),
    /// Ask for answers, one after the other: of the provider directly, and through the product.
    Answers(answers::Options),
    /// Ask for many answers at once, and look at the memory that they take.
    Streams(streams::Options),
    /// Look for free times of experts, and book them.
    Experts(experts::Options),
    /// Print the statement behind the public feed.
    Statement,
    /// Ask the service for the public feed, over and over, and write each page as JSON.
    Feed(feed::Options),
    /// Open live sockets, publish posts, and time how long each socket takes to hear of each.
    Sockets(sockets::Options),
    /// Pay from wallets, over and over.
    Transfers(ledger::Transfers),
    /// Read balance and statement of a wallet, over and over.
    Ledger(ledger::Statement),
    /// Look for passages that answer, over and over.
    Retrieval(retrieval::Options),
    /// Take and handle events of the payment provider.
    Webhooks(ledger::Webhooks),
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    match Command::parse() {
        Command::Statement => {
            println!("{}", social_core::service::public_feed_sql());
            Ok(())
        }
        Command::Provider(options) => provider::serve(options).await,
        Command::Answers(options) => answers::measure(options).await,
        Command::Streams(options) => streams::measure(options).await,
        Command::Feed(options) => feed::measure(options).await,
        Command::Sockets(options) => sockets::measure(options).await,
        Command::Transfers(options) => ledger::transfers(options).await,
        Command::Ledger(options) => ledger::statement(options).await,
        Command::Experts(options) => experts::measure(options).await,
        Command::Retrieval(options) => retrieval::measure(options).await,
        Command::Webhooks(options) => ledger::webhooks(options).await,
    }
}

/// The value that so many percent of these, in their order, do not exceed.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(rank).copied().unwrap_or_default()
}
