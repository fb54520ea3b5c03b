//! What came over the wire, read. What can't be the id of something is the id of nothing.

use kernel::{AccountId, LicenceId, ListingId, Money, ReviewId, SaleId};
use market_core::{Category, Error, Filter, LicenceKind, PriceKind, Sort, listing::CURRENCY};
use web::{Failure, server::Server};

/// The id of a listing.
pub fn listing(text: &str) -> Result<ListingId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchListing))
}

/// The id of a licence.
pub fn licence(text: &str) -> Result<LicenceId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchLicence))
}

/// The id of a sale.
pub fn sale(text: &str) -> Result<SaleId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchSale))
}

/// The id of a review.
pub fn review(text: &str) -> Result<ReviewId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchReview))
}

/// The id of an agent.
pub fn agent(text: &str) -> Result<AccountId, Failure> {
    text.parse().map_err(|_| Failure::from(Error::NoSuchListing))
}

/// A way to buy.
pub fn kind(text: &str) -> Result<LicenceKind, Failure> {
    LicenceKind::parse(text).ok_or_else(|| Failure::from(Error::NotOffered))
}

/// An account, by its handle with or without `@`, or its id.
pub async fn account(server: &Server, text: &str) -> Result<AccountId, Failure> {
    let text = text.trim();
    if let Ok(id) = text.parse::<AccountId>() {
        return Ok(id);
    }
    let unknown = || Failure::from(Error::NoSuchAccount);
    let handle = text.trim_start_matches('@').parse().map_err(|_| unknown())?;
    let found = identity_core::service::account_by_handle(server.database.pool(), &handle).await;
    Ok(found.map_err(Failure::from)?.ok_or_else(unknown)?.summary.id)
}

/// What the reader looks for, as it stands in the address. What can't be read is not asked for; of a price it is said why.
pub fn filter(asked: &super::read::Asked) -> (Filter, Sort, Option<String>) {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut wrong = None;
    let max_price = Some(text(&asked.max))
        .filter(|max| !max.trim().is_empty())
        .and_then(|max| kernel::parse_amount(&max, CURRENCY).map_err(|error| wrong = Some(error.to_string())).ok());
    let filter = Filter {
        words: text(&asked.words),
        category: asked.category.as_deref().and_then(Category::parse),
        price: asked.price.as_deref().and_then(PriceKind::parse),
        max_price,
        min_rating: asked.rating.as_deref().and_then(|it| it.parse().ok()).filter(|it| (1..=5).contains(it)),
        language: asked.language.clone().filter(|it| !it.is_empty()),
        owner: None,
    };
    (filter, asked.sort.as_deref().and_then(Sort::parse).unwrap_or(Sort::Relevance), wrong)
}

/// A price that was seen.
pub fn seen(minor: i64) -> Money {
    Money::new(minor, CURRENCY)
}
