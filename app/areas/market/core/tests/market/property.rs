//! Whatever is sold, in whatever order, is divided exactly, and the books balance.

use market_core::{LicenceKind, command::ListingForm};
use proptest::{prelude::*, test_runner::TestRunner};

use crate::{Market, form};

#[derive(Debug, Clone)]
struct World {
    /// What co-creators have, in basis points.
    shares: Vec<u16>,
    price: i64,
    message: i64,
    /// Whether each is answered.
    messages: Vec<bool>,
    given_back: bool,
}

fn worlds() -> impl Strategy<Value = World> {
    let shares = proptest::collection::vec(0_u16..=3_333, 0..=3);
    let messages = proptest::collection::vec(any::<bool>(), 0..6);
    (shares, 1_i64..=100_000, 1_i64..=50, messages, any::<bool>()).prop_map(
        |(shares, price, message, messages, given_back)| World { shares, price, message, messages, given_back },
    )
}

#[test]
fn every_sale_is_divided_exactly_and_the_books_balance() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let config = ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new(config);
    let result = runner.run(&worlds(), |world| {
        runtime.block_on(try_world(&world));
        Ok(())
    });
    assert!(result.is_ok(), "{result:?}");
}

async fn try_world(world: &World) {
    let market = Market::new().await;
    let decimal = |minor: i64| format!("{}.{:02}", minor / 100, minor % 100);
    let prices = ListingForm { once: decimal(world.price), message: decimal(world.message), ..form("Soup") };
    let (listing, agent) = market.offered(&market.owner, "soup_bot", prices).await;
    for (n, share) in world.shares.iter().enumerate() {
        let with = market.app.person(&format!("co_{n}")).await;
        market.share(&market.owner, listing, &with, *share).await.expect("shared");
    }
    let (ana, ben) = (market.rich("ana", world.price).await, market.rich("ben", 1_000).await);
    let licence = market.buy(&ana, listing, LicenceKind::Once, world.price, "a").await.expect("bought");
    market.agree(&ben, agent, world.message).await.expect("agreed");
    for delivered in &world.messages {
        let asked = market.ask(&ben, agent).await.expect("asked");
        market.settle(&asked, *delivered).await;
    }
    if world.given_back {
        market.give_back(&ana, licence).await.expect("given back");
    }
    let paid = i64::try_from(world.messages.iter().filter(|it| **it).count()).expect("few") * world.message;
    assert_eq!(market.has(&ben).await, (1_000 - paid, 0, 0));
    assert_eq!(market.has(&ana).await.0, if world.given_back { world.price } else { 0 });
    let off = "select count(*) from sales s
        where s.amount_minor <> (select sum(amount_minor) from sale_lines where sale_id = s.id)";
    assert_eq!(market.count(off).await, 0);
    market.adds_up().await;
}
