//! Listings and the grid.

use kernel::{PageSize, Problem};
use market_core::{Category, Error, Filter, ListingState, PriceKind, Sort, command::ListingForm, service};

use crate::{Market, euros, form, in_transaction, status};

#[tokio::test]
async fn a_draft_is_its_owners_alone_and_is_offered_when_it_is_whole() {
    let market = Market::new().await;
    let agent = market.agent(&market.owner, "soup_bot").await;
    let eve = market.app.person("eve").await;
    let hers = market.draft(&eve, agent, form("Mine")).await;
    assert_eq!(status(hers.expect_err("not hers")), 404);
    let listing = market.draft(&market.owner, agent, form("Soup")).await.expect("a draft");
    for viewer in [None, Some(eve.actor)] {
        let cx = market.app.world.cx(viewer);
        let hidden = service::listing(market.pool(), &cx, listing).await;
        assert_eq!(status(hidden.expect_err("a draft")), 404);
    }
    let none = Problem::from(market.list(&market.owner, listing).await.expect_err("no price"));
    assert!(none.for_field("prices").is_some(), "{none:?}");
    let text = ListingForm { once: "2.00".to_owned(), ..form("Soup") };
    assert_eq!(market.draft(&market.owner, agent, text).await.expect("saved"), listing);
    assert_eq!(status(market.list(&eve, listing).await.expect_err("not hers")), 404);
    market.list(&market.owner, listing).await.expect("listed");
    market.list(&market.owner, listing).await.expect("listed still");
    assert_eq!(market.events("market.listed").await, 1);
    let visitor = market.app.world.cx(None);
    let view = service::listing(market.pool(), &visitor, listing).await.expect("listed");
    assert!(view.description_html.contains("<strong>anything</strong>"), "{}", view.description_html);
    // What is offered has to have a price.
    assert!(matches!(market.draft(&market.owner, agent, form("Soup")).await, Err(Error::NoOffer)));
    assert_eq!(
        status(in_transaction!(market, |tx| service::pause_listing(&mut tx, &eve, listing)).expect_err("hers")),
        404
    );
    in_transaction!(market, |tx| service::pause_listing(&mut tx, &market.owner, listing)).expect("paused");
    let own = service::my_listing(market.pool(), &market.owner, agent).await.expect("own").expect("a listing");
    assert_eq!(
        (own.card.state, own.description.as_str()),
        (ListingState::Paused, "Ask it **anything** about cooking.")
    );
}

#[tokio::test]
async fn the_grid_is_searched_narrowed_ordered_and_paged() {
    let market = Market::new().await;
    let all = [
        ("soup_bot", ListingForm { free: true, ..form("Soup kitchen") }),
        (
            "law_bot",
            ListingForm {
                once: "20.00".to_owned(),
                category: "business".to_owned(),
                tagline: "Contracts".to_owned(),
                description: String::new(),
                tags: String::new(),
                ..form("Contract reader")
            },
        ),
        ("suppe_bot", ListingForm { monthly: "5.00".to_owned(), language: "de".to_owned(), ..form("Suppen und mehr") }),
        ("chat_bot", ListingForm { message: "0.02".to_owned(), category: "other".to_owned(), ..form("Kitchen talk") }),
    ];
    let mut ids = Vec::new();
    for (handle, form) in all {
        market.app.clock.advance(chrono::TimeDelta::seconds(1));
        ids.push(market.offered(&market.owner, handle, form).await.0);
    }
    let found = |filter: Filter, sort: Sort| {
        let (pool, ids) = (market.pool(), ids.clone());
        async move {
            let page = service::search(pool, &filter, sort, None, PageSize::DEFAULT).await.expect("a page");
            page.items
                .iter()
                .map(|card| ids.iter().position(|id| *id == card.id).expect("one of them"))
                .collect::<Vec<_>>()
        }
    };
    let filter = Filter::default;
    let words = |words: &str| Filter { words: words.to_owned(), ..Filter::default() };
    assert_eq!(found(filter(), Sort::Newest).await, [3, 2, 1, 0]);
    assert_eq!(found(filter(), Sort::Cheapest).await, [0, 3, 2, 1]);
    assert_eq!(found(Filter { category: Some(Category::Business), ..filter() }, Sort::MostUsed).await, [1]);
    assert_eq!(found(Filter { price: Some(PriceKind::Subscription), ..filter() }, Sort::Relevance).await, [2]);
    assert_eq!(found(Filter { max_price: Some(euros(2)), ..filter() }, Sort::Cheapest).await, [0, 3]);
    assert_eq!(found(Filter { language: Some("de".to_owned()), ..filter() }, Sort::Newest).await, [2]);
    assert_eq!(found(Filter { min_rating: Some(4), ..filter() }, Sort::BestRated).await, Vec::<usize>::new());
    // In all forms of a word; where it stands in the title, first.
    assert_eq!(found(words("contracts"), Sort::Relevance).await, [1]);
    assert_eq!(found(words("soups"), Sort::Relevance).await[0], 0);
    // And by its looks.
    assert_eq!(found(words("Kitchin"), Sort::Relevance).await.len(), 2);
    for odd in ["'", "\\", "a & | !", "\"", "%_", "\0", "():*"] {
        found(words(odd), Sort::Relevance).await;
    }

    for sort in Sort::ALL {
        for words in ["", "soup"] {
            let filter = Filter { words: words.to_owned(), ..Filter::default() };
            let size = PageSize::clamped(1);
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let page = service::search(market.pool(), &filter, *sort, after.as_ref(), size).await.expect("a page");
                seen.extend(page.items.iter().map(|card| card.id));
                match page.next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
            let all = service::search(market.pool(), &filter, *sort, None, PageSize::DEFAULT).await.expect("a page");
            assert_eq!(seen, all.items.iter().map(|card| card.id).collect::<Vec<_>>(), "{sort:?} {words}");
        }
    }
    // What rests is not in the grid.
    let resting = service::my_listings(market.pool(), &market.owner, None, PageSize::DEFAULT).await.expect("own").items;
    in_transaction!(market, |tx| agents_core::service::pause(&mut tx, &market.owner, resting[0].agent.id))
        .expect("paused");
    assert_eq!(found(filter(), Sort::Newest).await.len(), 3);
    let visitor = market.app.world.cx(None);
    let creator = market.owner.actor.account;
    let own = service::creator(market.pool(), &visitor, creator, None, PageSize::DEFAULT);
    let own = own.await.expect("a creator");
    assert_eq!((own.listings.items.len(), own.revenue), (3, None));
    assert!(service::sells(market.pool(), creator).await.expect("an answer"));
    let nobody = market.app.person("nobody").await.actor.account;
    assert!(!service::sells(market.pool(), nobody).await.expect("an answer"));
}
