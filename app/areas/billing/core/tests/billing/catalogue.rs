//! What is sold.

use billing_core::{PayWith, Per, SubscriptionState, command::*, service};
use testkit::{TestApp, at_once};

use crate::{Shop, buying, in_transaction, money, on_sale, problem, shared};

#[tokio::test]
async fn products_have_one_price_for_each_way_of_paying() {
    let app = TestApp::new().await;
    app.plan("pro", 1190, 0).await;
    let admin = app.admin_again().await;
    let product = on_sale(&app).await.remove(0);
    for (minor, per) in [(11_900, Per::Year), (1290, Per::Month), (1390, Per::Month)] {
        let price = SetPrice { product: product.id, amount: money(minor), per, trial_days: 0 };
        in_transaction!(app, |tx| service::set_price(&app.database, &mut tx, &admin, &price)).expect("a price");
    }
    let now = on_sale(&app).await.remove(0).prices;
    let now: Vec<_> = now.iter().map(|it| (it.amount.minor, it.per, it.version)).collect();
    assert_eq!(now, [(1390, Per::Month, 3), (11_900, Per::Year, 1)]);
    let all = service::price_history(app.database.pool(), admin.actor, product.id).await.expect("prices");
    assert_eq!(all.len(), 4);
    let gone = all.iter().find(|it| it.amount.minor == 11_900).expect("the yearly one").id;
    in_transaction!(app, |tx| service::retire_price(&app.database, &mut tx, &admin, gone)).expect("retired");
    let again = in_transaction!(app, |tx| service::retire_price(&app.database, &mut tx, &admin, gone));
    assert_eq!(problem(again.expect_err("it is")).status(), 404);
    let taken = SaveProduct::parse(None, "pro", "Other", "", "0", true, "").expect("a product");
    let taken = in_transaction!(app, |tx| service::save_product(&app.database, &mut tx, &admin, &taken));
    assert!(problem(taken.expect_err("taken")).for_field("code").is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_prices_at_once_leave_one() {
    let app = shared().await;
    app.plan("pro", 1190, 0).await;
    let admin = app.admin_again().await;
    let product = on_sale(&app).await.remove(0).id;
    let set = at_once((0..10).map(|n| {
        let (app, admin) = (std::sync::Arc::clone(&app), admin.clone());
        async move {
            let price = SetPrice { product, amount: money(1000 + n), per: Per::Month, trial_days: 0 };
            in_transaction!(app, |tx| service::set_price(&app.database, &mut tx, &admin, &price))
        }
    }));
    assert!(set.await.iter().all(Result::is_ok));
    let prices = on_sale(&app).await.remove(0).prices;
    assert_eq!((prices.len(), prices[0].version), (1, 11));
}

#[tokio::test]
async fn administrators_see_what_comes_in_by_the_month() {
    let app = TestApp::new().await;
    let month = app.plan("pro", 1190, 0).await;
    let trial = app.plan("max", 5000, 30).await;
    let save = SaveProduct::parse(None, "year", "Year", "", "0", true, "").expect("a product");
    let year = app.product(save, 12_001, Per::Year, 0).await;
    let ana = app.rich("ana", 20_000).await;
    for (n, price) in [month, trial, year].into_iter().enumerate() {
        app.start(&ana, &buying(price, PayWith::Wallet, &n.to_string())).await.expect("bought");
    }
    let admin = app.admin_again().await;
    let overview = service::overview(app.database.pool(), admin.actor).await.expect("an overview");
    assert_eq!(overview.monthly(), [money(1190 + 1000)]);
    let trials = overview.states.iter().find(|(state, _, _)| *state == SubscriptionState::Trialing);
    assert_eq!(trials.map(|(_, count, monthly)| (*count, *monthly)), Some((1, money(5000))));
    let page = service::subscriptions_in(
        app.database.pool(),
        admin.actor,
        Some(SubscriptionState::Active),
        None,
        kernel::PageSize::clamped(1),
    );
    let page = page.await.expect("a page");
    assert_eq!((page.items.len(), page.next.is_some()), (1, true));
}
