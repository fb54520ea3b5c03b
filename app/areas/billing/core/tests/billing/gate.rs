//! Nobody sees or moves what is somebody else's.

use billing_core::{PayWith, command::*, service};
use kernel::PageSize;
use platform::payments::ProviderName;
use testkit::TestApp;

use crate::{GOOD, Shop, buying, in_transaction, key, problem};

#[tokio::test]
async fn somebody_elses_is_not_there() {
    let app = TestApp::new().await;
    let (price, dear) = (app.plan("pro", 1190, 0).await, app.plan("max", 2380, 0).await);
    let (ana, eve) = (app.person("ana").await, app.rich("eve", 10_000).await);
    let it = app.subscribe_by_card(&ana, price, GOOD).await;
    let invoice = app.invoices(&ana).await[0].id;
    let open = app.start(&ana, &buying(dear, PayWith::Card, "open")).await.expect("a checkout");
    let (pool, eves, whose) = (app.database.pool(), eve.actor, ana.actor.account);

    macro_rules! refused {
        ($status:literal, $call:expr) => {
            assert_eq!(problem($call.map(drop).expect_err("refused")).status(), $status, stringify!($call))
        };
    }
    refused!(404, service::checkout(pool, eves, open).await);
    refused!(404, service::open_page(&app.database, &eve, app.payments.as_ref(), &app.public_url, open).await);
    let forms = crate::provider::Faulty::reliable(&app);
    refused!(404, service::card_form(&app.database, &eve, &forms, open).await);
    assert!(forms.begun().is_empty(), "nothing is begun for somebody else");
    refused!(404, service::subscription(pool, eves, it.id).await);
    refused!(404, service::timeline(pool, eves, it.id).await);
    refused!(404, service::subscription_invoices(pool, eves, it.id).await);
    refused!(404, service::invoice(pool, eves, invoice).await);
    refused!(403, service::subscriptions(pool, eves, whose).await);
    refused!(403, service::invoices(pool, eves, Some(whose), None, PageSize::DEFAULT).await);
    refused!(403, service::entitlements(pool, eves, whose).await);
    refused!(403, service::customer(pool, eves, ProviderName::Sandbox, whose).await);
    refused!(403, service::balances(pool, &eve, whose).await);
    for what in [Manage::CancelAtEnd, Manage::PauseAtEnd, Manage::Resume, Manage::PayWith(PayWith::Wallet)] {
        refused!(404, in_transaction!(app, |tx| service::manage(&mut tx, &eve, ProviderName::Sandbox, it.id, what)));
    }
    let now = app.world.now();
    refused!(404, in_transaction!(app, |tx| service::change_preview(&mut tx, &eve, it.id, dear, now)));
    refused!(404, in_transaction!(app, |tx| service::schedule_change(&mut tx, &eve, it.id, dear)));
    for what in [What::Change { subscription: it.id, to: dear, reckoned_at: now }, What::Invoice(invoice)] {
        let start = StartCheckout { what, pay_with: PayWith::Wallet, saved_card: false, seen: None, key: key("1") };
        refused!(404, app.start(&eve, &start).await);
    }
    assert_eq!(app.wallet(&eve).await, 10_000);
}

#[tokio::test]
async fn what_administrators_do_is_for_them() {
    let app = TestApp::new().await;
    let eve = app.person("eve").await;
    let (pool, eves, database) = (app.database.pool(), eve.actor, &app.database);
    macro_rules! refused {
        ($call:expr) => {
            assert_eq!(problem($call.map(drop).expect_err("refused")).status(), 403, stringify!($call))
        };
    }
    let save = SaveProduct::parse(None, "pro", "Pro", "", "0", true, "").expect("a product");
    refused!(in_transaction!(app, |tx| service::save_product(database, &mut tx, &eve, &save)));
    refused!(in_transaction!(app, |tx| service::retire_price(database, &mut tx, &eve, eve.id())));
    refused!(in_transaction!(app, |tx| service::replay(database, &mut tx, &eve, eve.id())));
    refused!(service::product(pool, eves, None).await);
    refused!(service::price_history(pool, eves, eve.id()).await);
    refused!(service::overview(pool, eves).await);
    refused!(service::payments(pool, eves, None, PageSize::DEFAULT).await);
    refused!(service::invoices(pool, eves, None, None, PageSize::DEFAULT).await);
    refused!(service::subscriptions_in(pool, eves, None, None, PageSize::DEFAULT).await);
    refused!(service::webhooks(pool, eves, None, None, PageSize::DEFAULT).await);
    refused!(service::reconciliations(pool, eves).await);
}
