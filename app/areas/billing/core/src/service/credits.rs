//! Credits: reserve, run, capture. What runs out first is used first, and nothing ever falls below zero.

use kernel::{AccountId, Actor, ReservationId};
use platform::{Cx, Database, Tx, World};
use sqlx::PgPool;

use super::may_see;
use crate::{
    CreditBalance, Error, ReservationView,
    command::{GiveCredits, Reserve},
    store::credits as rows,
};

/// Gives somebody credits, once for each key.
///
/// # Errors
/// When the database fails.
pub async fn give_credits<A>(tx: &mut Tx, cx: &Cx<A>, give: &GiveCredits) -> Result<(), Error> {
    rows::insert(tx, cx.id(), give, cx.now()).await?;
    Ok(())
}

/// Sets credits aside while what they pay for runs, first those that expire first. With a key that was used before for
/// the same, gives the reservation of that time.
///
/// # Errors
/// When there aren't enough, or the key was used for something else.
pub async fn reserve<A>(tx: &mut Tx, cx: &Cx<A>, reserve: &Reserve) -> Result<ReservationView, Error> {
    rows::queue(tx, reserve.account, reserve.meter.as_str()).await?;
    if let Some((earlier, meter)) = rows::by_key(tx, reserve).await? {
        let same = earlier.amount == reserve.amount && meter == reserve.meter.as_str();
        return if same { Ok(earlier) } else { Err(Error::KeyReused) };
    }
    let now = cx.now();
    let (mut missing, mut draws) = (reserve.amount, Vec::new());
    for (credit, remaining) in rows::usable(tx, reserve.account, reserve.meter.as_str(), now).await? {
        let part = remaining.min(missing);
        if part > 0 {
            draws.push((credit, part));
            missing -= part;
        }
    }
    if missing > 0 {
        return Err(Error::NotEnoughCredits { missing });
    }
    let (id, expires_at) = (cx.id(), now + reserve.lasts);
    rows::reserve(tx, id, reserve, &draws, expires_at, now).await?;
    Ok(ReservationView { id, amount: reserve.amount, used: None })
}

/// Ends a reservation: so much was used, and the rest can be used again. Ending it again the same way changes nothing.
///
/// # Errors
/// When more was used than was reserved, or it ended otherwise or expired.
pub async fn use_reserved<A>(tx: &mut Tx, cx: &Cx<A>, id: ReservationId, used: i64) -> Result<(), Error> {
    let held = rows::lock(tx, id).await?.ok_or(Error::NoSuchReservation)?;
    if held.used == Some(used) {
        return Ok(());
    }
    if held.used.is_some() || cx.now() >= held.expires_at {
        return Err(Error::ReservationEnded);
    }
    if !(0..=held.amount).contains(&used) {
        return Err(Error::OverReservation { reserved: held.amount });
    }
    rows::queue(tx, held.account, &held.meter).await?;
    rows::end(tx, id, used, cx.now()).await
}

/// Ends a reservation of which nothing was used.
///
/// # Errors
/// When it ended otherwise or expired.
pub async fn release<A>(tx: &mut Tx, cx: &Cx<A>, id: ReservationId) -> Result<(), Error> {
    use_reserved(tx, cx, id, 0).await
}

/// Ends reservations that nobody ended in time: nothing of them was used. Returns how many.
///
/// # Errors
/// When the database fails.
pub async fn expire_reservations(database: &Database, world: &World) -> Result<u64, Error> {
    let mut ended = 0;
    for id in rows::expired(database.pool(), world.now()).await? {
        let mut tx = database.begin().await?;
        // Ended meanwhile, it is left alone.
        if let Some(held) = rows::lock(&mut tx, id).await?.filter(|held| held.used.is_none()) {
            rows::queue(&mut tx, held.account, &held.meter).await?;
            rows::end(&mut tx, id, 0, world.now()).await?;
            ended += 1;
        }
        tx.commit().await?;
    }
    Ok(ended)
}

/// What somebody has left of what is used up, for themselves or an administrator.
///
/// # Errors
/// When it is somebody else's.
pub async fn balances(pool: &PgPool, cx: &Cx<Actor>, account: AccountId) -> Result<Vec<CreditBalance>, Error> {
    if !may_see(pool, cx.actor, account).await? {
        return Err(Error::NotAdmin);
    }
    rows::balances(pool, account, cx.now()).await
}
