//! What is promised when many come at once.

use std::sync::Arc;

use billing_core::{CheckoutState, PayWith, command::*, service};
use platform::payments::ProviderName;
use testkit::at_once;

use crate::{GOOD, Shop, buying, feature, in_transaction, key, shared};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_press_twenty_times_is_one_purchase() {
    let app = shared().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.rich("ana", 10_000).await;
    let outcomes = at_once((0..20).map(|_| {
        let (app, ana) = (Arc::clone(&app), ana.clone());
        async move { app.start(&ana, &buying(price, PayWith::Wallet, "same")).await.map_err(|it| it.to_string()) }
    }))
    .await;
    assert!(outcomes.iter().all(|it| *it == outcomes[0] && it.is_ok()), "{outcomes:?}");
    assert_eq!((app.wallet(&ana).await, app.invoices(&ana).await.len()), (8810, 1));
    app.adds_up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_purchases_of_one_plan_are_one_subscription() {
    let app = shared().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.rich("ana", 50_000).await;
    let outcomes = at_once((0..20).map(|n| {
        let (app, ana) = (Arc::clone(&app), ana.clone());
        async move { app.start(&ana, &buying(price, PayWith::Wallet, &n.to_string())).await }
    }))
    .await;
    assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 1, "{outcomes:?}");
    assert_eq!((app.wallet(&ana).await, app.subscriptions(&ana).await.len()), (48_810, 1));
    app.adds_up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn invoices_are_numbered_without_gaps_also_when_some_come_to_nothing() {
    let app = shared().await;
    let price = app.plan("pro", 1190, 0).await;
    let mut buyers = Vec::new();
    for n in 0..30 {
        // Every third has too little.
        buyers.push(app.rich(&format!("buyer_{n}"), if n % 3 == 0 { 1000 } else { 1190 }).await);
    }
    let outcomes = at_once(buyers.into_iter().map(|buyer| {
        let app = Arc::clone(&app);
        async move { app.start(&buyer, &buying(price, PayWith::Wallet, "1")).await.is_ok() }
    }))
    .await;
    assert_eq!(outcomes.iter().filter(|ok| **ok).count(), 20);
    assert_eq!(app.count("select count(*) from invoices").await, 20);
    assert_eq!(app.count("select max(number) from invoices").await, 20);
    assert_eq!(app.count("select count(distinct number) from invoices").await, 20);
    app.adds_up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_who_do_what_is_due_renew_each_subscription_once() {
    let app = shared().await;
    let price = app.plan("pro", 1190, 0).await;
    for n in 0..12 {
        let buyer = app.rich(&format!("buyer_{n}"), 2380).await;
        app.start(&buyer, &buying(price, PayWith::Wallet, "1")).await.expect("bought");
    }
    app.clock.advance(chrono::TimeDelta::days(31));
    let done = at_once((0..8).map(|_| {
        let app = Arc::clone(&app);
        async move { service::run_due(&app.database, &app.world, ProviderName::Sandbox).await.expect("runs") }
    }))
    .await;
    assert_eq!(done.iter().sum::<u64>(), 12);
    assert_eq!(app.count("select count(*) from invoices where state = 'paid'").await, 24);
    assert_eq!(app.count("select count(*) from subscriptions where state = 'active'").await, 12);
    app.adds_up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn cards_and_wallets_at_once_never_lock_up() {
    let app = shared().await;
    let price = app.plan("pro", 1190, 0).await;
    let mut ready = Vec::new();
    for n in 0..6 {
        let payer = app.person(&format!("card_{n}")).await;
        let id = app.start(&payer, &buying(price, PayWith::Card, "1")).await.expect("a checkout");
        let url = service::open_page(&app.database, &payer, app.payments.as_ref(), &app.public_url, id).await;
        let page = url.expect("a page").rsplit('/').next().expect("a reference").to_owned();
        app.sandbox.submit_card(&page, &crate::card(GOOD)).await.expect("taken");
        ready.push((payer, id));
    }
    let mut wallets = Vec::new();
    for n in 0..6 {
        wallets.push(app.rich(&format!("wallet_{n}"), 1190).await);
    }
    let paying = at_once(wallets.into_iter().map(|payer| {
        let app = Arc::clone(&app);
        async move { app.start(&payer, &buying(price, PayWith::Wallet, "1")).await.map_err(|it| it.to_string()) }
    }));
    let jobs = app.run_jobs();
    let (paid, ()) = tokio::join!(paying, jobs);
    assert!(paid.iter().all(Result::is_ok), "{paid:?}");
    for (payer, id) in ready {
        assert_eq!(app.status(&payer, id).await.state, CheckoutState::Paid);
    }
    app.adds_up().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_who_spend_the_same_credits_ten_can() {
    let app = shared().await;
    let ana = app.person("ana").await;
    let give = GiveCredits {
        account: ana.actor.account,
        meter: feature("answers"),
        amount: 100,
        expires_at: app.world.now() + chrono::TimeDelta::days(30),
        reason: "A present".to_owned(),
        key: key("present"),
    };
    in_transaction!(app, |tx| service::give_credits(&mut tx, &ana, &give)).expect("given");
    let outcomes = at_once((0..50).map(|n| {
        let (app, ana) = (Arc::clone(&app), ana.clone());
        async move {
            let reserve = Reserve {
                account: ana.actor.account,
                meter: feature("answers"),
                amount: 10,
                lasts: chrono::TimeDelta::minutes(5),
                key: key(&n.to_string()),
            };
            let held = in_transaction!(app, |tx| service::reserve(&mut tx, &ana, &reserve))?;
            in_transaction!(app, |tx| service::use_reserved(&mut tx, &ana, held.id, 10))
        }
    }))
    .await;
    assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 10, "{outcomes:?}");
    assert_eq!(app.count("select sum(remaining)::bigint from credits").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_is_new_to_the_provider_is_made_known_to_it_once() {
    let app = shared().await;
    let price = app.plan("pro", 1190, 0).await;
    for round in 0..6 {
        let ana = app.person(&format!("ana_{round}")).await;
        let id = app.start(&ana, &buying(price, PayWith::Card, "1")).await.expect("a checkout");
        let opened = at_once((0..12).map(|n| {
            let (app, ana) = (Arc::clone(&app), ana.clone());
            async move {
                let (payments, url) = (app.payments.as_ref(), &app.public_url);
                let opened = if n % 2 == 0 {
                    service::set_up_payouts(&app.database, &ana, payments, url).await.map(|_| ())
                } else {
                    service::open_page(&app.database, &ana, payments, url, id).await.map(|_| ())
                };
                opened.map_err(|error| error.to_string())
            }
        }))
        .await;
        assert!(opened.iter().all(Result::is_ok), "{opened:?}");
    }
    assert_eq!(app.count("select count(*) from customers where reference is not null").await, 6);
    assert_eq!(app.count("select count(*) from payout_accounts").await, 6);
}
