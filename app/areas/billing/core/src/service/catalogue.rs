//! What is sold.

use kernel::{Actor, Id, PriceId, ProductId};
use platform::{Cx, Database, Tx};
use sqlx::PgPool;

use super::admins_only;
use crate::{
    Error, PriceView, ProductView,
    command::{SaveProduct, SetPrice},
    store::catalogue,
};

/// What is on sale, with today's prices. For everybody.
///
/// # Errors
/// When the database fails.
pub async fn products(pool: &PgPool) -> Result<Vec<ProductView>, Error> {
    catalogue::products(pool, false).await
}

/// One product, on sale or not, for administrators; or every product when none is named.
///
/// # Errors
/// When the actor is no administrator, or there is no such product.
pub async fn product(pool: &PgPool, actor: Actor, id: Option<ProductId>) -> Result<Vec<ProductView>, Error> {
    admins_only(pool, actor).await?;
    match id {
        Some(id) => Ok(vec![catalogue::product(pool, id).await?.ok_or(Error::NoSuchProduct)?]),
        None => catalogue::products(pool, true).await,
    }
}

/// All versions of the prices of a product, youngest first, for administrators.
///
/// # Errors
/// When the actor is no administrator.
pub async fn price_history(pool: &PgPool, actor: Actor, product: ProductId) -> Result<Vec<PriceView>, Error> {
    admins_only(pool, actor).await?;
    catalogue::price_history(pool, product).await
}

/// Makes a product, or changes one. What it gives changes for everybody who has it, at once.
///
/// # Errors
/// When the actor is no administrator, or the code is taken.
pub async fn save_product(
    database: &Database,
    tx: &mut Tx,
    cx: &Cx<Actor>,
    save: &SaveProduct,
) -> Result<ProductId, Error> {
    admins_only(database.pool(), cx.actor).await?;
    let id = save.id.unwrap_or_else(|| cx.id());
    catalogue::save(tx, id, save, cx.now()).await?;
    Ok(id)
}

/// Gives a product a price, instead of the one it has for that currency and way of paying. Those who pay the old one go
/// on with it.
///
/// # Errors
/// When the actor is no administrator, or there is no such product.
pub async fn set_price(database: &Database, tx: &mut Tx, cx: &Cx<Actor>, price: &SetPrice) -> Result<PriceId, Error> {
    admins_only(database.pool(), cx.actor).await?;
    let id: Id<_> = cx.id();
    catalogue::set_price(tx, id, price, cx.now()).await?;
    Ok(id)
}

/// Stops offering a price, without another one in its place.
///
/// # Errors
/// When the actor is no administrator, or it is not offered.
pub async fn retire_price(database: &Database, tx: &mut Tx, cx: &Cx<Actor>, id: PriceId) -> Result<(), Error> {
    admins_only(database.pool(), cx.actor).await?;
    if catalogue::retire_price(tx, id, cx.now()).await? { Ok(()) } else { Err(Error::NoSuchPrice) }
}
