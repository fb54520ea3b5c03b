//! Reviews: by those who used an agent.

use kernel::PageSize;
use market_core::{
    Error,
    command::{ListingForm, Reply},
    service,
};

use crate::{Market, form, in_transaction, status};

#[tokio::test]
async fn those_review_who_used_it_once_each() {
    let market = Market::new().await;
    let (listing, agent) = market.offered(&market.owner, "soup_bot", ListingForm { free: true, ..form("Soup") }).await;
    let (ana, ben) = (market.app.person("ana").await, market.app.person("ben").await);
    assert!(matches!(market.review(&ana, listing, 5).await, Err(Error::NotUsed)));
    let failed = market.ask(&ana, agent).await.expect("asked");
    market.settle(&failed, false).await;
    assert!(matches!(market.review(&ana, listing, 5).await, Err(Error::NotUsed)));
    for cx in [&ana, &ben] {
        market.answered(cx, agent).await;
    }
    assert!(matches!(market.review(&market.owner, listing, 5).await, Err(Error::Yours)));
    let first = market.review(&ana, listing, 5).await.expect("reviewed");
    market.review(&ben, listing, 2).await.expect("reviewed");
    assert_eq!(market.review(&ana, listing, 4).await.expect("changed"), first);
    let figures = || async {
        let visitor = market.app.world.cx(None);
        let figures = service::listing(market.pool(), &visitor, listing).await.expect("a listing").card.figures;
        (figures.ratings, figures.rating_tenths)
    };
    assert_eq!(figures().await, (2, Some(30)));

    let reply = Reply::parse("Thank you!").expect("a reply");
    let not_owner = in_transaction!(market, |tx| service::reply(&mut tx, &ben, first, &reply));
    assert_eq!(status(not_owner.expect_err("not the owner")), 404);
    in_transaction!(market, |tx| service::reply(&mut tx, &market.owner, first, &reply)).expect("replied");
    let viewer = market.app.world.cx(Some(ana.actor));
    let page = service::reviews(market.pool(), &viewer, listing, None, PageSize::DEFAULT).await.expect("reviews").items;
    assert_eq!((page[1].reply.as_deref(), page[1].mine, page[0].mine), (Some("Thank you!"), true, false));

    let hers = in_transaction!(market, |tx| service::delete_review(&mut tx, &ben, first));
    assert_eq!(status(hers.expect_err("hers")), 404);
    in_transaction!(market, |tx| service::delete_review(&mut tx, &ana, first)).expect("deleted");
    assert_eq!(figures().await, (1, Some(20)));
    assert!(service::my_review(market.pool(), &ana, listing).await.expect("standing").may);
}
