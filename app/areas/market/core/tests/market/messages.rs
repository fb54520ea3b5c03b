//! To pay by the message: set aside, taken or let go.

use kernel::PageSize;
use market_core::{Error, Filter, Sort, Way, command::ListingForm, service};

use crate::{Market, euros, form, status};

fn by_message(free: u32) -> ListingForm {
    ListingForm { message: "0.05".to_owned(), free_messages: free, ..form("Soup master") }
}

#[tokio::test]
async fn messages_are_free_at_first_and_then_paid_once_they_are_agreed_to() {
    let market = Market::new().await;
    let (_, agent) = market.offered(&market.owner, "soup_bot", by_message(2)).await;
    let ana = market.rich("ana", 100).await;
    let standing = market.standing(&ana, agent).await;
    assert_eq!((standing.way, standing.free_left), (Some(Way::Trial), 2));
    // One that failed is given back.
    let failed = market.ask(&ana, agent).await.expect("asked");
    assert_eq!(market.standing(&ana, agent).await.free_left, 1);
    market.settle(&failed, false).await;
    market.settle(&failed, false).await;
    assert_eq!(market.standing(&ana, agent).await.free_left, 2);
    market.answered(&ana, agent).await;
    market.answered(&ana, agent).await;

    let standing = market.standing(&ana, agent).await;
    assert_eq!((standing.way, standing.to_agree), (None, Some(euros(5))));
    assert_eq!(status(market.ask(&ana, agent).await.expect_err("not agreed")), 409);
    assert!(matches!(market.agree(&ana, agent, 4).await, Err(Error::OtherPrice { now }) if now == euros(5)));
    market.agree(&ana, agent, 5).await.expect("agreed");

    let asked = market.ask(&ana, agent).await.expect("asked");
    assert_eq!(market.has(&ana).await, (95, 5, 0));
    market.settle(&asked, true).await;
    market.settle(&asked, true).await;
    // Of five cents, 15 % are the platform's: 0.75, rounded up.
    assert_eq!((market.has(&ana).await, market.has(&market.owner).await), ((95, 0, 0), (0, 0, 4)));
    assert_eq!((market.fees().await, market.events("market.message_sold").await), (1, 1));
    market.adds_up().await;
}

#[tokio::test]
async fn what_failed_costs_nothing() {
    let market = Market::new().await;
    let (_, agent) = market.offered(&market.owner, "soup_bot", by_message(0)).await;
    let ana = market.rich("ana", 100).await;
    market.agree(&ana, agent, 5).await.expect("agreed");
    let asked = market.ask(&ana, agent).await.expect("asked");
    market.settle(&asked, false).await;
    market.settle(&asked, true).await;
    assert_eq!((market.has(&ana).await, market.has(&market.owner).await), ((100, 0, 0), (0, 0, 0)));
    let (spent, _) = agents_core::service::my_spending(market.pool(), &ana).await.expect("spending");
    assert!(spent.iter().all(|it| (it.spent, it.reserved) == (0, 0)), "{spent:?}");
    market.adds_up().await;
}

#[tokio::test]
async fn a_price_that_rose_is_agreed_to_again_and_a_poor_wallet_says_so() {
    let market = Market::new().await;
    let (_, agent) = market.offered(&market.owner, "soup_bot", by_message(0)).await;
    let ana = market.rich("ana", 7).await;
    market.agree(&ana, agent, 5).await.expect("agreed");
    let dearer = ListingForm { message: "0.10".to_owned(), ..by_message(0) };
    market.draft(&market.owner, agent, dearer).await.expect("saved");
    assert_eq!(status(market.ask(&ana, agent).await.expect_err("dearer")), 409);
    market.agree(&ana, agent, 10).await.expect("agreed");
    let poor = kernel::Problem::from(market.ask(&ana, agent).await.expect_err("poor"));
    assert!(poor.message.contains("0.03 EUR are missing"), "{poor}");
    assert_eq!(market.count("select count(*) from runs").await, 0);
    // Cheaper than agreed needs no word.
    market
        .draft(&market.owner, agent, ListingForm { message: "0.02".to_owned(), ..by_message(0) })
        .await
        .expect("saved");
    market.answered(&ana, agent).await;
    assert_eq!(market.has(&ana).await, (5, 0, 0));
    market.adds_up().await;
}

#[tokio::test]
async fn what_using_it_came_to_is_shown() {
    let market = Market::new().await;
    let (listing, agent) = market.offered(&market.owner, "soup_bot", by_message(0)).await;
    let (ana, ben) = (market.rich("ana", 100).await, market.rich("ben", 100).await);
    for cx in [&ana, &ben] {
        market.agree(cx, agent, 5).await.expect("agreed");
    }
    let first = market.answered(&ana, agent).await;
    sqlx::query("update runs set state = 'done', finished_at = created_at")
        .execute(market.pool())
        .await
        .expect("ended");
    sqlx::query("update messages set state = 'done', finished_at = created_at where state = 'writing'")
        .execute(market.pool())
        .await
        .expect("ended");
    let more = market.ask_in(&ana, agent, Some(first.conversation)).await.expect("asked");
    market.settle(&more, true).await;
    market.answered(&ben, agent).await;
    // The owner pays nothing, and is no user.
    market.answered(&market.owner, agent).await;
    let filter = Filter::default();
    let cards = service::search(market.pool(), &filter, Sort::MostUsed, None, PageSize::DEFAULT).await.expect("cards");
    let figures = cards.items[0].figures;
    assert_eq!((cards.items[0].id, figures.users, figures.answers, figures.conversations), (listing, 2, 3, 2));
    // 15 cents, and 0.3 cents to run, in two conversations.
    assert_eq!(figures.charged_per_conversation_micro, Some(7_500_000));
    assert_eq!(figures.cost_per_conversation_micro, Some(150_000));
    market.adds_up().await;
}

#[tokio::test]
async fn what_was_never_offered_is_free_and_what_rests_takes_on_nobody_new() {
    let market = Market::new().await;
    let agent = market.agent(&market.owner, "soup_bot").await;
    let (ana, ben) = (market.app.person("ana").await, market.app.person("ben").await);
    market.answered(&ana, agent).await;
    let listing = market.draft(&market.owner, agent, by_message(3)).await.expect("a draft");
    market.answered(&ana, agent).await;
    market.list(&market.owner, listing).await.expect("listed");
    market.answered(&ana, agent).await;
    let mut tx = market.app.database.begin().await.expect("a transaction");
    service::pause_listing(&mut tx, &market.owner, listing).await.expect("paused");
    tx.commit().await.expect("a commit");
    market.answered(&ana, agent).await;
    assert_eq!(status(market.ask(&ben, agent).await.expect_err("new")), 409);
}
