//! Subscriptions, as months go by.

use chrono::TimeDelta;
use market_core::{AtEnd, EndReason, Error, LicenceKind, LicenceState, command::ListingForm, service};

use crate::{Market, form, in_transaction, status};

fn monthly() -> ListingForm {
    ListingForm { monthly: "3.00".to_owned(), ..form("Soup master") }
}

impl Market {
    async fn days(&self, days: i64) {
        for _ in 0..days {
            self.app.clock.advance(TimeDelta::days(1));
            service::run_due(&self.app.database, &self.app.world).await.expect("done");
        }
    }
}

#[tokio::test]
async fn months_are_paid_at_the_price_that_was_agreed_until_it_is_cancelled() {
    let market = Market::new().await;
    let (listing, agent) = market.offered(&market.owner, "soup_bot", monthly()).await;
    let ana = market.rich("ana", 2_000).await;
    let licence = market.buy(&ana, listing, LicenceKind::Monthly, 300, "a").await.expect("subscribed");
    market.draft(&market.owner, agent, ListingForm { monthly: "9.00".to_owned(), ..monthly() }).await.expect("dearer");
    market.days(65).await;
    assert_eq!(market.has(&ana).await.0, 2_000 - 3 * 300);
    assert_eq!(market.events("market.licence_renewed").await, 2);

    let eve = market.app.person("eve").await;
    let hers = in_transaction!(market, |tx| service::decide_end(&mut tx, &eve, licence, AtEnd::Cancel));
    assert_eq!(status(hers.expect_err("somebody else's")), 404);
    for at_end in [AtEnd::Cancel, AtEnd::Renew, AtEnd::Cancel, AtEnd::Cancel] {
        in_transaction!(market, |tx| service::decide_end(&mut tx, &ana, licence, at_end)).expect("decided");
    }
    assert_eq!(market.events("market.licence_end_decided").await, 3);
    market.answered(&ana, agent).await;
    market.days(40).await;
    let ended = market.licence(&ana, licence).await;
    assert_eq!((ended.state, ended.end_reason), (LicenceState::Ended, Some(EndReason::Asked)));
    assert_eq!(market.has(&ana).await.0, 2_000 - 3 * 300);
    assert_eq!(status(market.ask(&ana, agent).await.expect_err("over")), 409);
    market.adds_up().await;
}

#[tokio::test]
async fn what_is_not_paid_is_tried_again_rests_and_ends() {
    let market = Market::new().await;
    let (listing, agent) = market.offered(&market.owner, "soup_bot", monthly()).await;
    let (ana, ben) = (market.rich("ana", 300).await, market.rich("ben", 300).await);
    let ended = market.buy(&ana, listing, LicenceKind::Monthly, 300, "a").await.expect("subscribed");
    let saved = market.buy(&ben, listing, LicenceKind::Monthly, 300, "a").await.expect("subscribed");
    market.days(31).await;
    assert_eq!(market.licence(&ana, ended).await.state, LicenceState::PastDue);
    market.answered(&ana, agent).await;
    market.days(9).await;
    assert_eq!(market.licence(&ana, ended).await.state, LicenceState::Grace);
    assert_eq!(status(market.ask(&ana, agent).await.expect_err("unpaid")), 409);
    assert_eq!(market.events("market.licence_past_due").await, 6);

    let poor = in_transaction!(market, |tx| service::pay_now(&mut tx, &ben, saved)).expect_err("poor");
    assert_eq!(status(poor), 422);
    market.top_up(&ben, 1_000, "more").await;
    in_transaction!(market, |tx| service::pay_now(&mut tx, &ben, saved)).expect("paid");
    let none = in_transaction!(market, |tx| service::pay_now(&mut tx, &ben, saved));
    assert!(matches!(none, Err(Error::NothingOwed)), "{none:?}");
    assert_eq!(market.licence(&ben, saved).await.state, LicenceState::Active);
    market.days(8).await;
    let over = market.licence(&ana, ended).await;
    assert_eq!((over.state, over.end_reason), (LicenceState::Ended, Some(EndReason::Unpaid)));
    market.days(20).await;
    // Two months of the first, one paid late, and the third.
    assert_eq!(market.has(&ben).await.0, 1_000 - 2 * 300);
    market.adds_up().await;
}

#[tokio::test]
async fn what_does_not_answer_any_more_is_not_renewed_and_what_is_withdrawn_is_there_for_who_paid() {
    let market = Market::new().await;
    let (listing, agent) = market.offered(&market.owner, "soup_bot", monthly()).await;
    let (other, resting) = market.offered(&market.owner, "bread_bot", monthly()).await;
    let ana = market.rich("ana", 2_000).await;
    let admin = market.app.person("boss").await;
    sqlx::query("update accounts set is_admin = true where handle = 'boss'").execute(market.pool()).await.expect("set");
    let withdrawn = market.buy(&ana, listing, LicenceKind::Monthly, 300, "a").await.expect("subscribed");
    let paused = market.buy(&ana, other, LicenceKind::Monthly, 300, "b").await.expect("subscribed");
    let reason = market_core::command::Reason::parse("Not what it says").expect("a reason");
    let no_admin = in_transaction!(market, |tx| service::withdraw(&mut tx, &ana, listing, &reason));
    assert_eq!(status(no_admin.expect_err("no admin")), 403);
    in_transaction!(market, |tx| service::withdraw(&mut tx, &admin, listing, &reason)).expect("withdrawn");
    in_transaction!(market, |tx| agents_core::service::pause(&mut tx, &market.owner, resting)).expect("paused");

    let visitor = market.app.world.cx(None);
    let gone = service::listing(market.pool(), &visitor, listing).await.expect_err("withdrawn");
    assert_eq!(status(gone), 404);
    let as_ana = market.app.world.cx(Some(ana.actor));
    service::listing(market.pool(), &as_ana, listing).await.expect("there for who paid");
    let own = service::my_listing(market.pool(), &market.owner, agent).await.expect("own").expect("a listing");
    assert_eq!(own.withdrawn_reason.as_deref(), Some("Not what it says"));
    assert_eq!(status(market.list(&market.owner, listing).await.expect_err("withdrawn")), 409);
    market.answered(&ana, agent).await;
    market.days(32).await;
    for licence in [withdrawn, paused] {
        assert_eq!(market.licence(&ana, licence).await.end_reason, Some(EndReason::Withdrawn));
    }
    assert_eq!(market.has(&ana).await.0, 2_000 - 600);
    market.adds_up().await;
}

#[tokio::test]
async fn whoever_subscribed_is_written_to_when_a_period_is_not_paid() {
    let market = Market::new().await;
    let (listing, _) = market.offered(&market.owner, "soup_bot", monthly()).await;
    let (ana, ben, cem) = (market.rich("ana", 300).await, market.rich("ben", 400).await, market.rich("cem", 900).await);
    let lost = market.buy(&ana, listing, LicenceKind::Monthly, 300, "a").await.expect("subscribed");
    let saved = market.buy(&ben, listing, LicenceKind::Monthly, 300, "a").await.expect("subscribed");
    market.buy(&cem, listing, LicenceKind::Monthly, 300, "a").await.expect("subscribed");
    market.limit(&cem, 299).await;
    market.days(30).await;
    let letters = async |whom: &str| {
        let all = market.app.mailbox().await;
        all.into_iter().filter(|it| it.to.as_str().starts_with(whom)).collect::<Vec<_>>()
    };
    let to_ana = letters("ana").await;
    assert_eq!((to_ana.len(), to_ana[0].subject.as_str()), (1, "Your payment for Soup master did not go through"));
    let again = market.licence(&ana, lost).await.due_at.expect("a next try").format("%-d %B %Y").to_string();
    for said in ["Soup master (@soup_bot)", "3.00 EUR for another month", "3.00 EUR are missing", &again] {
        assert!(to_ana[0].text.contains(said), "{said}: {}", to_ana[0].text);
    }
    assert!(to_ana[0].text.contains(&format!("/market/purchases/{lost}")), "{}", to_ana[0].text);
    assert!(letters("ben").await[0].text.contains("2.00 EUR are missing"));
    assert!(letters("cem").await[0].text.contains("what you let yourself spend in a day"));

    // What is mended is not written about any more.
    market.top_up(&ben, 1_000, "more").await;
    in_transaction!(market, |tx| service::pay_now(&mut tx, &ben, saved)).expect("paid");
    for _ in 0..9 {
        market.days(1).await;
        market.app.run_jobs().await;
    }
    assert_eq!(letters("ben").await.len(), 1);
    let to_ana = letters("ana").await;
    assert_eq!((to_ana.len(), to_ana[0].subject.as_str()), (4, "Soup master rests until it is paid"));
    assert!(to_ana[0].text.contains("does not answer you until you pay"), "{}", to_ana[0].text);
    market.days(8).await;
    let to_ana = letters("ana").await;
    assert_eq!((to_ana.len(), to_ana[0].subject.as_str()), (5, "Soup master has ended"));
    assert!(to_ana[0].text.contains("You owe nothing"), "{}", to_ana[0].text);
}
