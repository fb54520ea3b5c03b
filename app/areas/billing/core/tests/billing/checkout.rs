//! Buying.

use billing_core::{CheckoutState, InvoiceState, PayWith, Per, SubscriptionState, command::*, service};
use kernel::Currency;
use money_core::LedgerKind;
use testkit::TestApp;

use crate::{GOOD, Shop, buying, euros, in_transaction, key, money, problem};

#[tokio::test]
async fn a_plan_is_bought_from_the_wallet_and_is_in_force_at_once() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.rich("ana", 2000).await;
    assert!(app.may(&ana, "agents_at_work").await.is_none());
    let id = app.start(&ana, &buying(price, PayWith::Wallet, "1")).await.expect("bought");
    let view = app.status(&ana, id).await;
    assert_eq!(view.state, CheckoutState::Paid);
    assert_eq!(app.wallet(&ana).await, 810);
    assert_eq!((app.platform(LedgerKind::Revenue).await, app.platform(LedgerKind::Tax).await), (1000, 190));
    let may = app.may(&ana, "agents_at_work").await.expect("in force");
    assert!(may.allows(4) && !may.allows(5));
    // From what it gives to the money that paid for it.
    let because = &may.because[0];
    let invoice = service::invoice(app.database.pool(), ana.actor, because.invoice.expect("an invoice")).await;
    let invoice = invoice.expect("an invoice");
    assert_eq!(invoice.summary.number, "INV-2026-000001");
    assert_eq!((invoice.net, invoice.tax, invoice.summary.total), (money(1000), money(190), money(1190)));
    assert_eq!((invoice.summary.state, invoice.transfer), (InvoiceState::Paid, because.transfer));
    let transfer =
        money_core::service::transfer(app.database.pool(), ana.actor, because.transfer.expect("money")).await;
    assert_eq!(transfer.expect("a transfer").subject.map(|it| it.to_string()), Some(invoice.summary.id.to_string()));
    // What is used up was given, too.
    let credits = service::balances(app.database.pool(), &ana, ana.actor.account).await.expect("credits");
    assert_eq!(credits[0].available, 100);
    assert!(app.mailbox().await.iter().any(|letter| letter.subject == "Your invoice INV-2026-000001"));
    app.adds_up().await;
}

#[tokio::test]
async fn a_plan_is_bought_by_card() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.person("ana").await;
    let it = app.subscribe_by_card(&ana, price, GOOD).await;
    assert_eq!((it.state, it.pay_with), (SubscriptionState::Active, PayWith::Card));
    assert_eq!((app.wallet(&ana).await, app.platform(LedgerKind::Provider).await), (0, -1190));
    let customer =
        service::customer(app.database.pool(), ana.actor, platform::payments::ProviderName::Sandbox, ana.actor.account);
    let card = customer.await.expect("a customer").card.expect("a card");
    assert_eq!((card.brand.as_str(), card.last4.as_str()), ("visa", "4242"));
    app.adds_up().await;
}

#[tokio::test]
async fn a_card_that_refuses_leaves_the_page_for_another_one() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.person("ana").await;
    let id = app.start(&ana, &buying(price, PayWith::Card, "1")).await.expect("a checkout");
    let view = app.pay_by_card(&ana, id, "4000000000009995").await;
    assert_eq!(view.state, CheckoutState::Open);
    assert_eq!(
        view.failure.as_deref().map(|it| it.contains("insufficient") || it.contains("enough")),
        Some(true),
        "{view:?}"
    );
    assert!(app.subscriptions(&ana).await.is_empty());
    let view = app.pay_by_card(&ana, id, "4000002500003155").await;
    assert_eq!(view.state, CheckoutState::Paid);
    assert_eq!(app.subscription(&ana).await.state, SubscriptionState::Active);
    app.adds_up().await;
}

#[tokio::test]
async fn abandoned_checkouts_expire_and_late_money_stays_in_the_wallet() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.rich("ana", 1190).await;
    let late = app.start(&ana, &buying(price, PayWith::Card, "late")).await.expect("a checkout");
    let url =
        service::open_page(&app.database, &ana, app.payments.as_ref(), &app.public_url, late).await.expect("a page");
    // Meanwhile it is bought otherwise.
    app.start(&ana, &buying(price, PayWith::Wallet, "now")).await.expect("bought");
    let page = url.rsplit('/').next().expect("a reference");
    app.sandbox.submit_card(page, &crate::card(GOOD)).await.expect("taken");
    app.run_jobs().await;
    let view = app.status(&ana, late).await;
    assert_eq!(view.state, CheckoutState::Failed);
    assert!(view.failure.expect("a reason").starts_with("The money came, but it is in your wallet."));
    assert_eq!((app.wallet(&ana).await, app.subscriptions(&ana).await.len()), (1190, 1));

    let ben = app.person("ben").await;
    let left = app.start(&ben, &buying(price, PayWith::Card, "left")).await.expect("a checkout");
    app.clock.advance(chrono::TimeDelta::hours(2));
    assert_eq!(service::expire_checkouts(&app.database, &app.world).await.expect("runs"), 1);
    assert_eq!(app.status(&ben, left).await.state, CheckoutState::Expired);
    let gone = service::open_page(&app.database, &ben, app.payments.as_ref(), &app.public_url, left).await;
    assert_eq!(problem(gone.expect_err("over")).status(), 409);
    assert_eq!(app.count("select count(*) from invoices").await, 1);
    app.adds_up().await;
}

#[tokio::test]
async fn what_was_shown_is_what_is_paid() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.rich("ana", 5000).await;
    let product = crate::on_sale(&app).await.remove(0);
    let admin = app.person("other").await;
    let dearer = SetPrice { product: product.id, amount: money(1500), per: Per::Month, trial_days: 0 };
    let refused = in_transaction!(app, |tx| service::set_price(&app.database, &mut tx, &admin, &dearer));
    assert_eq!(problem(refused.expect_err("no administrator")).status(), 403);
    let seen = StartCheckout { seen: Some(money(1000)), ..buying(price, PayWith::Wallet, "1") };
    let told = problem(app.start(&ana, &seen).await.expect_err("not what was shown"));
    assert_eq!((told.status(), told.message.contains("11.90 EUR")), (409, true));
    // Somebody has a new price made while another one looks at the old one.
    let new = app.product(
        SaveProduct::parse(Some(product.id), "pro", "Pro", "", "19", true, "").expect("a product"),
        1500,
        Per::Month,
        0,
    );
    let new = new.await;
    let told = problem(app.start(&ana, &buying(price, PayWith::Wallet, "2")).await.expect_err("retired"));
    assert_eq!(told.status(), 409);
    app.start(&ana, &buying(new, PayWith::Wallet, "3")).await.expect("bought");
    assert_eq!(app.wallet(&ana).await, 3500);
}

#[tokio::test]
async fn the_same_key_is_the_same_checkout() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    let other = app.plan("max", 2380, 0).await;
    let ana = app.rich("ana", 5000).await;
    let first = app.start(&ana, &buying(price, PayWith::Wallet, "1")).await.expect("bought");
    let again = app.start(&ana, &buying(price, PayWith::Wallet, "1")).await.expect("the same");
    assert_eq!((first, app.wallet(&ana).await), (again, 3810));
    let unlike = app.start(&ana, &buying(other, PayWith::Wallet, "1")).await.expect_err("another");
    assert_eq!(problem(unlike).status(), 409);
    let twice = app.start(&ana, &buying(price, PayWith::Wallet, "2")).await.expect_err("had already");
    assert!(problem(twice).message.contains("already"));
}

#[tokio::test]
async fn too_little_in_the_wallet_is_said_and_nothing_is_kept() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.rich("ana", 1000).await;
    let told = problem(app.start(&ana, &buying(price, PayWith::Wallet, "1")).await.expect_err("too little"));
    assert_eq!(told.for_field("amount"), Some("There is not enough in the wallet: 1.90 EUR are missing."));
    assert_eq!(app.count("select count(*) from checkouts").await, 0);
    assert_eq!(app.count("select count(*) from invoices").await, 0);
    app.put_in(&ana, 190, "more").await;
    app.start(&ana, &buying(price, PayWith::Wallet, "1")).await.expect("bought");
}

#[tokio::test]
async fn wallets_are_topped_up_by_card() {
    let app = TestApp::new().await;
    let ana = app.person("ana").await;
    let what = top_up(euros(2500)).expect("an amount");
    let start = |with: &str, saved_card| StartCheckout {
        what,
        pay_with: PayWith::Card,
        saved_card,
        seen: None,
        key: key(with),
    };
    assert!(app.start(&ana, &start("0", true)).await.is_err(), "there is no card yet");
    let id = app.start(&ana, &start("1", false)).await.expect("a checkout");
    assert_eq!(app.pay_by_card(&ana, id, GOOD).await.state, CheckoutState::Paid);
    assert_eq!(app.wallet(&ana).await, 2500);
    let id = app.start(&ana, &start("2", true)).await.expect("a checkout");
    app.run_jobs().await;
    assert_eq!((app.status(&ana, id).await.state, app.wallet(&ana).await), (CheckoutState::Paid, 5000));
    assert_eq!(app.count("select count(*) from invoices").await, 0);
    app.adds_up().await;
}

#[tokio::test]
async fn something_is_bought_once_and_stays() {
    let app = TestApp::new().await;
    let save = SaveProduct::parse(None, "pack", "Pack", "", "0", true, "themes\nstorage 10").expect("a product");
    let price = app.product(save, 900, Per::Once, 0).await;
    let ana = app.rich("ana", 3000).await;
    app.start(&ana, &buying(price, PayWith::Wallet, "1")).await.expect("bought");
    app.days(400).await;
    assert!(app.may(&ana, "themes").await.is_some_and(|it| it.amount.is_none() && it.allows(1_000_000)));
    assert_eq!(service::purchases(app.database.pool(), ana.actor).await.expect("purchases").len(), 1);
    // It can be bought again, say as a present.
    app.start(&ana, &buying(price, PayWith::Wallet, "2")).await.expect("bought");
    assert_eq!((app.wallet(&ana).await, money(0).currency), (1200, Currency::Eur));
    app.adds_up().await;
}

#[tokio::test]
async fn money_on_its_way_is_waited_for() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.person("ana").await;
    for (number, state) in [("4000000000033334", CheckoutState::Failed), ("4000000000022220", CheckoutState::Paid)] {
        let id = app.start(&ana, &buying(price, PayWith::Card, number)).await.expect("a checkout");
        let view = app.pay_by_card(&ana, id, number).await;
        assert!(view.under_way, "{number}: {view:?}");
        assert!(app.subscriptions(&ana).await.is_empty(), "nothing is in force before it is paid");
        app.clock.advance(chrono::TimeDelta::minutes(10));
        app.run_jobs().await;
        let view = app.status(&ana, id).await;
        assert_eq!(view.state, state, "{number}: {view:?}");
    }
    assert_eq!(app.subscriptions(&ana).await.len(), 1);
    app.adds_up().await;
}
