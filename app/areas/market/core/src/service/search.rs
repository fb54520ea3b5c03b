//! The grid.

use kernel::{AccountId, Cursor, Page, PageSize};
use sqlx::PgPool;

use super::listings::config;
use crate::{
    Error, Filter, ListingCard, Sort,
    store::{
        cards, listings,
        search::{self, Narrow},
    },
};

/// The most characters that are looked for.
const WORDS_LIMIT: usize = 200;

/// A page of what is offered: looked for by words, narrowed by a filter, in an order. What fits to nothing as it is spelt is
/// looked for by its looks.
///
/// # Errors
/// When the cursor was made up.
pub async fn search(
    pool: &PgPool,
    filter: &Filter,
    sort: Sort,
    after: Option<&Cursor>,
    size: PageSize,
) -> Result<Page<ListingCard>, Error> {
    let words = filter.words.chars().filter(|c| *c != '\0').take(WORDS_LIMIT).collect();
    let filter = Filter { words, ..filter.clone() };
    let after = after.map(Cursor::id).transpose()?;
    let config = config(filter.language.as_deref().unwrap_or("en"));
    let narrow = Narrow::of(&filter, config, after, size.overfull());
    let looks_for_words = !filter.words.trim().is_empty();
    let mut tx = pool.begin().await?;
    search::plan_anew(&mut tx).await?;
    let mut found = if looks_for_words && sort == Sort::Relevance {
        search::by_words(&mut tx, &narrow).await?
    } else {
        search::page(&mut tx, sort, &narrow).await?
    };
    if found.is_empty() && looks_for_words && after.is_none() {
        let (grams, query) = looks(&filter.words);
        if !query.is_empty() {
            found = search::by_looks(&mut tx, &narrow, &grams, &query).await?;
            // By their looks there is one page.
            found.truncate(size.get().into());
        }
    }
    tx.commit().await?;
    let found = cards::cards(pool, found).await?;
    Ok(Page::from_overfull(found, size, |card| card.id))
}

/// Whether somebody offers an agent at the moment.
///
/// # Errors
/// When the database fails.
pub async fn sells(pool: &PgPool, account: AccountId) -> Result<bool, Error> {
    listings::are_offered_by(pool, account).await
}

/// The groups of three letters of each word, and a query for whatever has two of them that stand together.
fn looks(words: &str) -> (Vec<String>, String) {
    let (mut grams, mut pairs) = (Vec::new(), Vec::new());
    for word in words.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let letters: Vec<char> = format!("_{word}_").chars().collect();
        let of_word: Vec<String> = letters.windows(3).map(|gram| gram.iter().collect()).collect();
        pairs.extend(of_word.windows(2).map(|pair| format!("('{}' & '{}')", pair[0], pair[1])));
        grams.extend(of_word);
    }
    grams.sort();
    grams.dedup();
    (grams, pairs.join(" | "))
}

#[cfg(test)]
mod tests {
    #[test]
    fn words_are_looked_for_by_their_looks() {
        let (grams, query) = super::looks("Soop!");
        assert_eq!(grams, ["_so", "oop", "op_", "soo"]);
        assert_eq!(query, "('_so' & 'soo') | ('soo' & 'oop') | ('oop' & 'op_')");
        assert_eq!(super::looks("' \\ &").1, "");
    }
}
