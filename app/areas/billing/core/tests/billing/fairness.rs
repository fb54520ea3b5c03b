//! What somebody could try in order to have something for nothing, and what must not keep others waiting.

use billing_core::{CancelReason, InvoiceKind, PayWith, Per, SubscriptionState, command::*, service};
use money_core::LedgerKind;
use platform::payments::ProviderName;
use testkit::TestApp;

use crate::{GOOD, Shop, buying, euros, in_transaction, key, money};

#[tokio::test]
async fn one_subscription_that_fails_keeps_no_other_waiting() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    for handle in ["ana", "ben"] {
        let buyer = app.rich(handle, 9000).await;
        app.start(&buyer, &buying(price, PayWith::Wallet, "1")).await.expect("bought");
        app.clock.advance(chrono::TimeDelta::minutes(1));
    }
    // A state that should not be: it owes, and there is no invoice.
    let poison = "update subscriptions set state = 'past_due', due_at = now() - interval '2 years'
                  where id = (select id from subscriptions order by id limit 1)";
    sqlx::query(poison).execute(app.database.pool()).await.expect("poisoned");
    app.clock.advance(chrono::TimeDelta::days(31));
    assert_eq!(service::run_due(&app.database, &app.world, ProviderName::Sandbox).await.expect("runs"), 1);
    assert_eq!(app.count("select count(*) from invoices").await, 3);
}

#[tokio::test]
async fn whoever_subscribes_to_what_they_will_change_to_does_not_have_the_old_for_nothing() {
    let app = TestApp::new().await;
    let (dear, cheap) = (app.plan("dear", 3570, 0).await, app.plan("cheap", 1190, 0).await);
    let ana = app.rich("ana", 50_000).await;
    app.start(&ana, &buying(dear, PayWith::Wallet, "1")).await.expect("bought");
    let id = app.subscription(&ana).await.id;
    in_transaction!(app, |tx| service::schedule_change(&mut tx, &ana, id, cheap)).expect("scheduled");
    app.start(&ana, &buying(cheap, PayWith::Wallet, "2")).await.expect("bought");
    app.days(31).await;
    let all = app.subscriptions(&ana).await;
    let old = all.iter().find(|it| it.id == id).expect("the old one");
    assert_eq!((old.state, old.cancel_reason), (SubscriptionState::Canceled, Some(CancelReason::Asked)));
    assert_eq!(all.iter().filter(|it| it.state == SubscriptionState::Active).count(), 1);
    app.adds_up().await;
}

#[tokio::test]
async fn money_for_a_change_that_can_not_be_any_more_stays_in_the_wallet() {
    let app = TestApp::new().await;
    let (small, large) = (app.plan("small", 1190, 0).await, app.plan("large", 3570, 0).await);
    let ana = app.rich("ana", 50_000).await;
    app.start(&ana, &buying(small, PayWith::Wallet, "1")).await.expect("bought");
    let subscription = app.subscription(&ana).await.id;
    let up = StartCheckout {
        what: What::Change { subscription, to: large, reckoned_at: app.world.now() },
        pay_with: PayWith::Card,
        saved_card: false,
        seen: None,
        key: key("up"),
    };
    let up = app.start(&ana, &up).await.expect("a checkout");
    app.start(&ana, &buying(large, PayWith::Wallet, "2")).await.expect("bought");
    let before = app.wallet(&ana).await;
    let view = app.pay_by_card(&ana, up, GOOD).await;
    assert_eq!(view.state, billing_core::CheckoutState::Failed);
    assert_eq!(app.wallet(&ana).await, before + view.total.minor);
    assert_eq!(app.count("select count(*) from webhook_events where state in ('waiting', 'dead')").await, 0);
    app.adds_up().await;
}

#[tokio::test]
async fn a_trial_is_had_once_also_by_going_round_in_circles() {
    let app = TestApp::new().await;
    let (one, other) = (app.plan("one", 1190, 14).await, app.plan("other", 1290, 14).await);
    let ana = app.rich("ana", 9000).await;
    app.start(&ana, &buying(one, PayWith::Wallet, "1")).await.expect("a trial");
    let subscription = app.subscription(&ana).await.id;
    let change = StartCheckout {
        what: What::Change { subscription, to: other, reckoned_at: app.world.now() },
        ..buying(other, PayWith::Wallet, "change")
    };
    app.start(&ana, &change).await.expect("changed for nothing");
    assert_eq!(app.wallet(&ana).await, 9000);
    let again = app.start(&ana, &buying(one, PayWith::Wallet, "2")).await.expect("bought");
    assert_eq!(app.status(&ana, again).await.total, money(1190));
    let credits = "select count(*) from credits where account_id = (select id from accounts where handle = 'ana')";
    assert_eq!(app.count(credits).await, 2, "one for the trial, and one that was paid for");
}

#[tokio::test]
async fn what_was_given_to_be_used_up_goes_with_the_money() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let save = SaveProduct::parse(None, "pack", "Pack", "", "19", true, "answers 100 credits").expect("a product");
    let price = app.product(save, 1190, Per::Once, 0).await;
    let ana = app.rich("ana", 1190).await;
    app.start(&ana, &buying(price, PayWith::Wallet, "1")).await.expect("bought");
    let invoice = app.invoices(&ana).await[0].id;
    let give = |minor, with: &str| GiveBack {
        invoice,
        amount: euros(minor),
        to_card: false,
        reason: String::new(),
        key: key(with),
    };
    // In parts the tax comes back to the cent.
    for (minor, with) in [(333, "1"), (333, "2"), (524, "3")] {
        let give = give(minor, with);
        in_transaction!(app, |tx| service::give_back(&app.database, &mut tx, &admin, ProviderName::Sandbox, &give))
            .expect("given back");
    }
    assert_eq!((app.platform(LedgerKind::Revenue).await, app.platform(LedgerKind::Tax).await), (0, 0));
    let left = service::balances(app.database.pool(), &ana, ana.actor.account).await.expect("credits");
    assert!(left.is_empty(), "{left:?}");
    app.adds_up().await;
}

#[tokio::test]
async fn giving_back_an_old_period_leaves_the_paid_one_in_force_and_a_dearer_plan_gives_more_at_once() {
    let app = TestApp::new().await;
    let admin = app.admin().await;
    let small = app.plan("small", 1190, 0).await;
    let save = SaveProduct::parse(None, "large", "Large", "", "19", true, "answers 300 credits").expect("a product");
    let large = app.product(save, 3570, Per::Month, 0).await;
    let ana = app.rich("ana", 50_000).await;
    app.start(&ana, &buying(small, PayWith::Wallet, "1")).await.expect("bought");
    let first = app.invoices(&ana).await[0].id;
    app.days(30).await;
    let give =
        GiveBack { invoice: first, amount: euros(1190), to_card: false, reason: "Kindness".to_owned(), key: key("1") };
    in_transaction!(app, |tx| service::give_back(&app.database, &mut tx, &admin, ProviderName::Sandbox, &give))
        .expect("given back");
    let it = app.subscription(&ana).await;
    assert_eq!(it.state, SubscriptionState::Active);
    // Half a period later, half of what the dearer plan gives more.
    let half = (it.period_end - it.period_start) / 2;
    app.clock.set(it.period_start + half);
    let up = StartCheckout {
        what: What::Change { subscription: it.id, to: large, reckoned_at: app.world.now() },
        ..buying(large, PayWith::Wallet, "up")
    };
    app.start(&ana, &up).await.expect("changed");
    let left = service::balances(app.database.pool(), &ana, ana.actor.account).await.expect("credits");
    assert_eq!(left[0].available, 100 + 100);
    let notes = app.invoices(&ana).await.into_iter().filter(|it| it.kind == InvoiceKind::CreditNote).count();
    assert_eq!(notes, 1);
    app.adds_up().await;
}
