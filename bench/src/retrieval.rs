//! Retrieval over all that an agent knows, through the product's own service.

use std::time::Instant;

use clap::{Args, ValueEnum};
use kernel::AccountId;
use platform::Database;
use sqlx::postgres::PgConnectOptions;
use uuid::Uuid;

use crate::{Failed, percentile};

/// How many passages a model is given, see `agents_core::service`.
const PASSAGES: usize = 8;

/// How rare the words of the questions are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Words {
    /// Those that few passages have.
    Rare,
    /// Some of each.
    Mixed,
    /// Those that are nearly everywhere.
    Common,
}

/// What to measure.
#[derive(Debug, Args)]
pub struct Options {
    /// The database's address.
    #[arg(long)]
    database: PgConnectOptions,
    /// The agent's handle.
    #[arg(long)]
    agent: String,
    /// What is asked.
    #[arg(long)]
    words: Words,
    /// How many questions.
    #[arg(long)]
    questions: u32,
}

/// Asks, over and over, each time something else.
///
/// # Errors
/// When the database fails or there is no such agent.
pub async fn measure(options: Options) -> Result<(), Failed> {
    let database = Database::connect(options.database, 2).await?;
    let pool = database.pool();
    let agent: Uuid =
        sqlx::query_scalar("select id from accounts where handle = $1").bind(&options.agent).fetch_one(pool).await?;
    let agent = AccountId::from_uuid(agent);
    let words = words(&database, &options.agent).await?;
    let mut times = Vec::new();
    let mut found = 0;
    for number in 0..options.questions {
        let question = question(&words, options.words, usize::try_from(number)?);
        let begun = Instant::now();
        let passages = agents_core::service::retrieve(pool, agent, &question, None, PASSAGES).await?;
        times.push(begun.elapsed());
        found += passages.len();
    }
    times.sort_unstable();
    let millis = |percent| percentile(&times, percent).as_secs_f64() * 1000.0;
    println!("found {found}\np50_ms {:.2}\np95_ms {:.2}", millis(50), millis(95));
    Ok(())
}

/// The words that an agent knows, from the rarest to the most common, the same each time.
///
/// # Errors
/// When the database fails, or it knows too little to be asked about.
pub async fn words(database: &Database, agent: &str) -> Result<Vec<String>, Failed> {
    let words: Vec<String> = sqlx::query_scalar(
        "select word from knowledge_words join accounts on accounts.id = agent_id
         where handle = $1 and passages >= 5 order by passages, word",
    )
    .bind(agent)
    .fetch_all(database.pool())
    .await?;
    if words.is_empty() { Err(format!("{agent} knows nothing").into()) } else { Ok(words) }
}

/// Six words, as a question has that says something.
pub fn question(words: &[String], kind: Words, number: usize) -> String {
    let (last, common) = (words.len() - 1, words.len().min(30));
    let rare = |n: usize| &words[(number * 7919 + n * 104_729) % (last / 2).max(1)];
    let usual = |n: usize| &words[last - (number * 31 + n * 17) % (words.len() / 10).max(1)];
    let everywhere = |n: usize| &words[last - (number * 7 + n) % common];
    let picked: Vec<&str> = (0..6)
        .map(|n| match kind {
            Words::Rare => rare(n),
            Words::Mixed => match n % 3 {
                0 => rare(n),
                1 => usual(n),
                _ => everywhere(n),
            },
            Words::Common => everywhere(n),
        })
        .map(String::as_str)
        .collect();
    picked.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_differ_and_have_words_of_each_kind() {
        let words: Vec<String> = (0..1_000).map(|n| format!("word{n}")).collect();
        let rank = |word: &str| word.trim_start_matches("word").parse::<usize>().expect("a rank");
        assert_ne!(question(&words, Words::Mixed, 1), question(&words, Words::Mixed, 2));
        assert!(question(&words, Words::Rare, 3).split(' ').all(|word| rank(word) < 500));
        assert!(question(&words, Words::Common, 3).split(' ').all(|word| rank(word) >= 970));
    }
}
