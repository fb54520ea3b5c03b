//! To buy an agent once, and to give it back.

use chrono::TimeDelta;
use kernel::PageSize;
use market_core::{EndReason, Error, LicenceKind, LicenceState, Way, command::ListingForm, service};

use crate::{Market, euros, form, status};

fn once() -> ListingForm {
    ListingForm { once: "10.00".to_owned(), ..form("Soup master") }
}

#[tokio::test]
async fn what_is_bought_is_divided_and_can_be_asked() {
    let market = Market::new().await;
    let (listing, agent) = market.offered(&market.owner, "soup_bot", once()).await;
    let ana = market.rich("ana", 1_500).await;
    let refused = market.ask(&ana, agent).await.expect_err("not bought");
    assert_eq!(status(refused), 409);

    let licence = market.buy(&ana, listing, LicenceKind::Once, 1_000, "a").await.expect("bought");
    assert_eq!(market.has(&ana).await, (500, 0, 0));
    assert_eq!(market.has(&market.owner).await, (0, 0, 850));
    assert_eq!(market.fees().await, 150);
    assert_eq!(market.standing(&ana, agent).await.way, Some(Way::Licence));
    market.answered(&ana, agent).await;
    assert_eq!(market.licence(&ana, licence).await.answers, 1);
    assert_eq!(market.events("market.licence_bought").await, 1);

    // The same wish again is the same licence; another wish under the same key is refused, and a second licence too.
    assert_eq!(market.buy(&ana, listing, LicenceKind::Once, 1_000, "a").await.expect("again"), licence);
    let other = market.buy(&ana, listing, LicenceKind::Monthly, 1_000, "a").await;
    assert!(matches!(other, Err(Error::KeyReused)), "{other:?}");
    let twice = market.buy(&ana, listing, LicenceKind::Once, 1_000, "b").await;
    assert!(matches!(twice, Err(Error::HadAlready)), "{twice:?}");
    assert_eq!(market.has(&ana).await.0, 500);

    let lines =
        service::revenue(market.pool(), &market.owner, None, None, PageSize::DEFAULT).await.expect("lines").items;
    assert_eq!((lines.len(), lines[0].amount, lines[0].paid, lines[0].rule_version), (1, euros(850), euros(1_000), 1));
    market.adds_up().await;
}

#[tokio::test]
async fn what_cannot_be_bought_says_why_and_moves_nothing() {
    let market = Market::new().await;
    let (listing, agent) = market.offered(&market.owner, "soup_bot", once()).await;
    let ana = market.rich("ana", 900).await;
    let price = market.buy(&ana, listing, LicenceKind::Once, 500, "a").await;
    assert!(matches!(price, Err(Error::OtherPrice { now }) if now == euros(1_000)), "{price:?}");
    let poor = market.buy(&ana, listing, LicenceKind::Once, 1_000, "b").await.expect_err("not enough");
    assert_eq!(status(poor), 422);
    let way = market.buy(&ana, listing, LicenceKind::Yearly, 1_000, "c").await;
    assert!(matches!(way, Err(Error::NotOffered)), "{way:?}");
    let own = market.buy(&market.owner, listing, LicenceKind::Once, 1_000, "d").await;
    assert!(matches!(own, Err(Error::Yours)), "{own:?}");
    market.top_up(&ana, 5_000, "more").await;
    market.limit(&ana, 999).await;
    let capped = market.buy(&ana, listing, LicenceKind::Once, 1_000, "e").await.expect_err("over the cap");
    assert_eq!(status(capped), 409);
    let mut tx = market.app.database.begin().await.expect("a transaction");
    agents_core::service::pause(&mut tx, &market.owner, agent).await.expect("paused");
    tx.commit().await.expect("a commit");
    let resting = market.buy(&ana, listing, LicenceKind::Once, 1_000, "f").await;
    assert!(matches!(resting, Err(Error::NotOffered)), "{resting:?}");
    assert_eq!((market.has(&ana).await, market.count("select count(*) from licences").await), ((5_900, 0, 0), 0));
    market.adds_up().await;
}

#[tokio::test]
async fn what_was_bought_is_given_back_once_and_ends_with_it() {
    let market = Market::new().await;
    let (listing, agent) = market.offered(&market.owner, "soup_bot", once()).await;
    let (ana, eve) = (market.rich("ana", 1_000).await, market.app.person("eve").await);
    let licence = market.buy(&ana, listing, LicenceKind::Once, 1_000, "a").await.expect("bought");
    // To somebody else it is not there.
    assert_eq!(status(market.give_back(&eve, licence).await.expect_err("hers")), 404);
    assert_eq!(status(service::licence(market.pool(), &eve, licence).await.expect_err("hers")), 404);

    market.give_back(&ana, licence).await.expect("given back");
    assert_eq!((market.has(&ana).await, market.has(&market.owner).await), ((1_000, 0, 0), (0, 0, 0)));
    let ended = market.licence(&ana, licence).await;
    assert_eq!((ended.state, ended.end_reason), (LicenceState::Ended, Some(EndReason::Refunded)));
    assert_eq!(status(market.ask(&ana, agent).await.expect_err("over")), 409);
    let again = market.give_back(&ana, licence).await;
    assert!(matches!(again, Err(Error::RefundedBefore)), "{again:?}");
    assert_eq!(market.events("market.sale_refunded").await, 1);
    assert_eq!(market.fees().await, 0);
    // It can be bought again.
    market.buy(&ana, listing, LicenceKind::Once, 1_000, "b").await.expect("bought again");
    market.adds_up().await;
}

#[tokio::test]
async fn after_two_weeks_or_much_use_only_the_seller_gives_back() {
    let market = Market::new().await;
    let (listing, agent) = market.offered(&market.owner, "soup_bot", once()).await;
    let (ana, ben) = (market.rich("ana", 1_000).await, market.rich("ben", 1_000).await);
    let used = market.buy(&ana, listing, LicenceKind::Once, 1_000, "a").await.expect("bought");
    for _ in 0..20 {
        market.answered(&ana, agent).await;
    }
    assert!(matches!(market.give_back(&ana, used).await, Err(Error::TooLateToReturn)));
    let old = market.buy(&ben, listing, LicenceKind::Once, 1_000, "a").await.expect("bought");
    assert!(market.licence(&ben, old).await.refundable_until.is_some());
    market.app.clock.advance(TimeDelta::days(14));
    assert!(matches!(market.give_back(&ben, old).await, Err(Error::TooLateToReturn)));
    assert_eq!(market.licence(&ben, old).await.refundable_until, None);

    // What was earned is free by now: it is taken back from there.
    money_core::service::free_earnings(&market.app.database, &market.app.world).await.expect("freed");
    let sales =
        service::sales(market.pool(), &market.owner, listing, None, PageSize::DEFAULT).await.expect("sales").items;
    assert_eq!(status(market.refund(&ana, sales[0].id).await.expect_err("a buyer")), 404);
    market.refund(&market.owner, sales[0].id).await.expect("given back");
    assert!(matches!(market.refund(&market.owner, sales[0].id).await, Err(Error::RefundedBefore)));
    assert_eq!(market.licence(&ben, old).await.state, LicenceState::Ended);
    assert_eq!(market.has(&ben).await, (1_000, 0, 0));
    assert_eq!(market.licence(&ana, used).await.state, LicenceState::Active);
    market.adds_up().await;
}
