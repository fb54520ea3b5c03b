//! What is promised under concurrency.

use std::sync::Arc;

use market_core::{LicenceKind, command::ListingForm, service};
use testkit::at_once;

use crate::{Market, form};

fn both() -> ListingForm {
    ListingForm { once: "1.00".to_owned(), message: "0.10".to_owned(), ..form("Soup master") }
}

#[tokio::test]
async fn fifty_that_buy_with_one_wallet_never_pass_it() {
    let market = Arc::new(Market::new().await);
    let ana = market.rich("ana", 1_050).await;
    let mut listings = Vec::new();
    for n in 0..50 {
        listings.push(market.offered(&market.owner, &format!("bot_{n}"), both()).await.0);
    }
    let bought = at_once(listings.into_iter().map(|listing| {
        let (market, ana) = (Arc::clone(&market), ana.clone());
        async move { market.buy(&ana, listing, LicenceKind::Once, 100, &listing.to_string()).await.is_ok() }
    }))
    .await;
    assert_eq!(bought.iter().filter(|it| **it).count(), 10);
    assert_eq!(market.has(&ana).await, (50, 0, 0));
    market.adds_up().await;
}

#[tokio::test]
async fn bought_many_times_at_once_it_is_one_licence() {
    let market = Arc::new(Market::new().await);
    let ana = market.rich("ana", 5_000).await;
    let (listing, _) = market.offered(&market.owner, "soup_bot", both()).await;
    let bought = at_once((0..20).map(|n| {
        let (market, ana) = (Arc::clone(&market), ana.clone());
        async move { market.buy(&ana, listing, LicenceKind::Once, 100, &format!("key{}", n % 10)).await }
    }))
    .await;
    // Each key was used twice: that of the licence gives it both times.
    assert_eq!(bought.iter().filter(|it| it.is_ok()).count(), 2);
    assert_eq!((market.count("select count(*) from licences").await, market.has(&ana).await.0), (1, 4_900));
    market.adds_up().await;
}

#[tokio::test]
async fn fifty_that_ask_at_once_pass_neither_wallet_nor_cap() {
    let market = Arc::new(Market::new().await);
    let (_, agent) = market.offered(&market.owner, "soup_bot", both()).await;
    for (handle, wallet, cap, fit) in [("ana", 150, 10_000, 15), ("ben", 10_000, 120, 12)] {
        let cx = market.rich(handle, wallet).await;
        market.agree(&cx, agent, 10).await.expect("agreed");
        market.limit(&cx, cap).await;
        let asked = at_once((0..50).map(|_| {
            let (market, cx) = (Arc::clone(&market), cx.clone());
            async move { market.ask(&cx, agent).await.ok() }
        }))
        .await;
        let asked: Vec<_> = asked.into_iter().flatten().collect();
        assert_eq!(asked.len(), fit, "{handle}");
        assert_eq!(market.has(&cx).await.1, 10 * i64::try_from(fit).expect("few"));
        // Settled at once, and each of them twice.
        at_once(asked.into_iter().enumerate().flat_map(|(n, asked)| [(n, asked); 2]).map(|(n, asked)| {
            let market = Arc::clone(&market);
            async move { market.settle(&asked, n % 2 == 0).await }
        }))
        .await;
        let paid = i64::try_from(fit.div_ceil(2)).expect("few") * 10;
        assert_eq!(market.has(&cx).await, (wallet - paid, 0, 0), "{handle}");
    }
    assert_eq!(market.count("select count(*) from message_charges where settled_at is null").await, 0);
    assert_eq!(market.count("select sum(reserved_micro)::bigint from spending").await, 0);
    market.adds_up().await;
}

#[tokio::test]
async fn free_messages_asked_at_once_are_no_more_than_there_are() {
    let market = Arc::new(Market::new().await);
    let form = ListingForm { free_messages: 3, once: "1.00".to_owned(), ..form("Soup master") };
    let (_, agent) = market.offered(&market.owner, "soup_bot", form).await;
    let ana = market.app.person("ana").await;
    let asked = at_once((0..20).map(|_| {
        let (market, ana) = (Arc::clone(&market), ana.clone());
        async move { market.ask(&ana, agent).await.is_ok() }
    }))
    .await;
    assert_eq!(asked.iter().filter(|it| **it).count(), 3);
}

#[tokio::test]
async fn given_back_by_many_at_once_it_is_given_back_once() {
    let market = Arc::new(Market::new().await);
    let ana = market.rich("ana", 100).await;
    let (listing, _) = market.offered(&market.owner, "soup_bot", both()).await;
    let licence = market.buy(&ana, listing, LicenceKind::Once, 100, "a").await.expect("bought");
    let sales = service::sales(market.pool(), &market.owner, listing, None, kernel::PageSize::DEFAULT).await;
    let sale = sales.expect("sales").items[0].id;
    let back = at_once((0..20).map(|n| {
        let (market, ana) = (Arc::clone(&market), ana.clone());
        async move {
            if n % 2 == 0 {
                market.give_back(&ana, licence).await.is_ok()
            } else {
                market.refund(&market.owner, sale).await.is_ok()
            }
        }
    }))
    .await;
    assert_eq!(back.iter().filter(|it| **it).count(), 1);
    assert_eq!((market.has(&ana).await, market.has(&market.owner).await), ((100, 0, 0), (0, 0, 0)));
    market.adds_up().await;
}

#[tokio::test]
async fn reviews_written_and_deleted_at_once_are_counted_right() {
    let market = Arc::new(Market::new().await);
    let (listing, agent) = market.offered(&market.owner, "soup_bot", ListingForm { free: true, ..form("Soup") }).await;
    let mut people = Vec::new();
    for n in 0..10 {
        let cx = market.app.person(&format!("person_{n}")).await;
        market.answered(&cx, agent).await;
        people.push(cx);
    }
    at_once(people.into_iter().flat_map(|cx| (1..=5).map(move |rating| (cx.clone(), rating))).map(|(cx, rating)| {
        let market = Arc::clone(&market);
        async move {
            let review = market.review(&cx, listing, rating).await.expect("reviewed");
            if rating == 3 {
                let mut tx = market.begin().await;
                if service::delete_review(&mut tx, &cx, review).await.is_ok() {
                    tx.commit().await.expect("a commit");
                }
            }
        }
    }))
    .await;
    let off = "select count(*) from listings l
        where (l.ratings, l.rating_sum) <> (select count(*), coalesce(sum(rating), 0) from reviews where listing_id = l.id)";
    assert_eq!((market.count(off).await, market.count("select users::bigint from listings").await), (0, 10));
}

#[tokio::test]
async fn periods_that_are_renewed_by_several_at_once_are_paid_once() {
    let market = Arc::new(Market::new().await);
    let form = ListingForm { monthly: "3.00".to_owned(), ..form("Soup master") };
    let (listing, _) = market.offered(&market.owner, "soup_bot", form).await;
    let ana = market.rich("ana", 5_000).await;
    market.buy(&ana, listing, LicenceKind::Monthly, 300, "a").await.expect("subscribed");
    market.app.clock.advance(chrono::TimeDelta::days(32));
    at_once((0..8).map(|_| {
        let market = Arc::clone(&market);
        async move { service::run_due(&market.app.database, &market.app.world).await.expect("done") }
    }))
    .await;
    assert_eq!(market.has(&ana).await.0, 5_000 - 600);
    market.adds_up().await;
}
