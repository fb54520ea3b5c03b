//! What is shown before somebody pays or forks is what happens then.

use agents_core::command::NewAgent;
use market_core::{LicenceKind, Role, command::ListingForm, service};

use crate::{Market, euros, form, in_transaction, status};

fn once(price: &str, royalty: &str) -> ListingForm {
    ListingForm { once: price.to_owned(), fork_royalty: royalty.to_owned(), ..form("Soup master") }
}

#[tokio::test]
async fn what_the_platform_takes_is_shown_to_the_cent_and_what_was_spent_adds_up() {
    let market = Market::new().await;
    let (listing, _) = market.offered(&market.owner, "cook", once("4.99", "")).await;
    let mia = market.app.person("mia").await;
    market.share(&market.owner, listing, &mia, 3_333).await.expect("shared");
    let shown = service::platform_parts(market.pool(), listing, &[euros(499), euros(7)]).await.expect("parts");
    assert_eq!(shown.len(), 2);

    let buyer = market.rich("buyer", 1_000).await;
    let licence = market.buy(&buyer, listing, LicenceKind::Once, 499, "k").await.expect("bought");
    assert_eq!(market.fees().await, shown[0].minor);
    let spent = async || {
        let spent = service::spending(market.pool(), &buyer).await.expect("what was spent");
        spent.into_iter().map(|it| (it.listing, it.sales, it.paid.minor, it.returned.minor)).collect::<Vec<_>>()
    };
    assert_eq!(spent().await, [(listing, 1, 499, 0)]);
    market.give_back(&buyer, licence).await.expect("given back");
    assert_eq!(spent().await, [(listing, 1, 0, 499)]);
    assert!(service::spending(market.pool(), &market.owner).await.expect("nothing").is_empty());
}

#[tokio::test]
async fn what_a_fork_pays_is_shown_before_it_is_made() {
    let market = Market::new().await;
    let (root, _) = market.offered(&market.owner, "root_bot", ListingForm { free: true, ..once("", "12.5") }).await;
    let bea = market.app.person("bea").await;
    let shown = service::simulate_fork(market.pool(), &bea, root, euros(1_000)).await.expect("parties");
    let told: Vec<_> = shown.iter().map(|it| (it.role, it.amount.minor)).collect();
    assert_eq!(told, [(Role::Platform, 150), (Role::Creator, 744), (Role::Parent, 106)]);

    let new = NewAgent::parse("second_bot", "Second", "").expect("a new agent");
    let fork = in_transaction!(market, |tx| service::fork(&mut tx, &bea, root, &new)).expect("forked");
    let then = service::simulate(market.pool(), &bea, fork, euros(1_000)).await.expect("parties");
    assert_eq!(then, shown);

    let (closed, _) = market.offered(&market.owner, "closed_bot", ListingForm { free: true, ..once("", "") }).await;
    let refused = service::simulate_fork(market.pool(), &bea, closed, euros(1_000)).await.expect_err("no forks");
    assert_eq!(status(refused), 409);
    // Somebody else's draft is not there.
    let agent = market.agent(&market.owner, "draft_bot").await;
    let draft = market.draft(&market.owner, agent, once("9.00", "10")).await.expect("a draft");
    let hidden = service::simulate_fork(market.pool(), &bea, draft, euros(1_000)).await.expect_err("hidden");
    assert_eq!(status(hidden), 404);
}
