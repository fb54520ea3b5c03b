//! The life of a subscription, in seconds.

use billing_core::{
    Access, AtEnd, CancelReason, InvoiceState, PayWith, Per, SubscriptionState,
    command::{Manage, SaveProduct, StartCheckout, What},
    service,
};
use kernel::{Actor, SubscriptionId};
use platform::{Cx, payments::ProviderName};
use testkit::TestApp;

use crate::{GOOD, GOOD_ONCE, Shop, buying, in_transaction, key, money, problem};

async fn manage(app: &TestApp, cx: &Cx<Actor>, id: SubscriptionId, what: Manage) -> Result<(), billing_core::Error> {
    in_transaction!(app, |tx| service::manage(&mut tx, cx, ProviderName::Sandbox, id, what))
}

#[tokio::test]
async fn a_year() {
    let app = TestApp::new().await;
    let small = app.plan("small", 1190, 14).await;
    let save = SaveProduct::parse(None, "large", "Large", "", "19", true, "agents_at_work 50").expect("a product");
    let large = app.product(save, 3570, Per::Month, 14).await;
    let ana = app.person("ana").await;

    // A trial, without any card.
    let id = app.start(&ana, &buying(small, PayWith::Card, "trial")).await.expect("a trial");
    assert_eq!(app.status(&ana, id).await.total, money(0));
    let it = app.subscription(&ana).await;
    assert_eq!((it.state, app.invoices(&ana).await.len()), (SubscriptionState::Trialing, 0));
    assert!(app.may(&ana, "agents_at_work").await.is_some());
    app.leave_card(&ana, GOOD).await;

    // Four periods.
    app.days(14 + 92).await;
    let it = app.subscription(&ana).await;
    assert_eq!(it.state, SubscriptionState::Active, "{it:?}");
    let paid = app.invoices(&ana).await;
    assert!(paid.len() == 4 && paid.iter().all(|it| it.state == InvoiceState::Paid), "{paid:?}");

    // The card is declined from now on: it is tried again, then only reading is left, and then it is paid after all.
    app.leave_card(&ana, GOOD_ONCE).await;
    let until = (it.period_end - app.world.now()).num_days();
    app.days(until).await;
    let it = app.subscription(&ana).await;
    assert_eq!(it.state, SubscriptionState::PastDue);
    assert_eq!(app.may(&ana, "agents_at_work").await.map(|it| it.access), Some(Access::Full));
    app.days(10).await;
    let it = app.subscription(&ana).await;
    assert_eq!(it.state, SubscriptionState::Grace, "{:?}", timeline(&app, &ana, it.id).await);
    let may = app.may(&ana, "agents_at_work").await.expect("to be read");
    assert!(may.access == Access::ReadOnly && !may.allows(0));
    let open = app.invoices(&ana).await.remove(0);
    assert_eq!(open.state, InvoiceState::Open);
    app.leave_card(&ana, GOOD).await;
    let pay = StartCheckout {
        what: What::Invoice(open.id),
        pay_with: PayWith::Card,
        saved_card: true,
        seen: Some(open.total),
        key: key("pay"),
    };
    app.start(&ana, &pay).await.expect("a checkout");
    app.run_jobs().await;
    let it = app.subscription(&ana).await;
    assert_eq!((it.state, it.due_at), (SubscriptionState::Active, Some(it.period_end)));

    // Up now, and what was shown is what the invoice says.
    let now = app.world.now();
    let preview =
        in_transaction!(app, |tx| service::change_preview(&mut tx, &ana, it.id, large, now)).expect("a preview");
    app.clock.advance(chrono::TimeDelta::minutes(3));
    let up = StartCheckout {
        what: What::Change { subscription: it.id, to: large, reckoned_at: now },
        pay_with: PayWith::Card,
        saved_card: true,
        seen: Some(preview.total()),
        key: key("up"),
    };
    let id = app.start(&ana, &up).await.expect("a checkout");
    app.run_jobs().await;
    let invoice = app.status(&ana, id).await.invoice.expect("an invoice");
    let invoice = service::invoice(app.database.pool(), ana.actor, invoice).await.expect("an invoice");
    assert_eq!(invoice.summary.total, preview.total());
    assert_eq!((invoice.lines[0].total, invoice.lines[1].total), (preview.credit, preview.charge));
    assert_eq!(app.may(&ana, "agents_at_work").await.and_then(|it| it.amount), Some(50));

    // Down with the next period.
    let it = app.subscription(&ana).await;
    in_transaction!(app, |tx| service::schedule_change(&mut tx, &ana, it.id, small)).expect("scheduled");
    assert_eq!(app.may(&ana, "agents_at_work").await.and_then(|it| it.amount), Some(50));
    app.days((it.period_end - app.world.now()).num_days() + 1).await;
    let it = app.subscription(&ana).await;
    assert_eq!((it.price.id, it.at_end), (small, AtEnd::Renew));
    assert_eq!(app.may(&ana, "agents_at_work").await.and_then(|it| it.amount), Some(5));

    // To the end of the year, and over.
    app.days(120).await;
    let it = app.subscription(&ana).await;
    manage(&app, &ana, it.id, Manage::CancelAtEnd).await.expect("decided");
    app.days((it.period_end - app.world.now()).num_days()).await;
    assert_eq!(app.subscription(&ana).await.state, SubscriptionState::Active);
    app.days(1).await;
    let it = app.subscription(&ana).await;
    assert_eq!((it.state, it.cancel_reason), (SubscriptionState::Canceled, Some(CancelReason::Asked)));
    assert!(app.may(&ana, "agents_at_work").await.is_none());
    let invoices = app.invoices(&ana).await;
    assert!(invoices.iter().all(|it| it.state == InvoiceState::Paid), "{invoices:?}");
    // Numbers without gaps.
    assert_eq!(
        app.count("select count(*) from (select number, row_number() over (partition by series order by number) n from invoices) i where number <> n").await,
        0
    );
    assert!(app.world.now() > it.created_at + chrono::TimeDelta::days(300));
    app.adds_up().await;
}

async fn timeline(app: &TestApp, cx: &Cx<Actor>, id: SubscriptionId) -> Vec<String> {
    let entries = service::timeline(app.database.pool(), cx.actor, id).await.expect("a timeline");
    entries.into_iter().map(|it| format!("{} {}", it.at.format("%F"), it.words)).collect()
}

#[tokio::test]
async fn what_is_never_paid_ends() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.rich("ana", 1190).await;
    app.start(&ana, &buying(price, PayWith::Wallet, "1")).await.expect("bought");
    app.days(31).await;
    let it = app.subscription(&ana).await;
    assert_eq!(it.state, SubscriptionState::PastDue);
    app.days(1 + 3 + 5 + 7).await;
    let it = app.subscription(&ana).await;
    assert_eq!((it.state, it.cancel_reason), (SubscriptionState::Canceled, Some(CancelReason::Unpaid)));
    assert!(app.may(&ana, "agents_at_work").await.is_none());
    let invoices = app.invoices(&ana).await;
    assert_eq!(invoices[0].state, InvoiceState::Uncollectible);
    let timeline = timeline(&app, &ana, it.id).await;
    assert_eq!(timeline.iter().filter(|it| it.contains("Payment failed")).count(), 3, "{timeline:#?}");
    assert!(timeline[0].contains("Ended: it was not paid"), "{timeline:#?}");
    let subjects: Vec<String> = app.mailbox().await.into_iter().map(|letter| letter.subject).collect();
    let failed = subjects.iter().filter(|it| it.contains("did not go through")).count();
    assert_eq!(failed, 3, "{subjects:?}");
    assert!(subjects.iter().any(|it| it.contains("read-only")) && subjects.iter().any(|it| it.contains("has ended")));
    app.adds_up().await;
}

#[tokio::test]
async fn money_in_the_wallet_is_found_by_the_next_try() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.rich("ana", 1190).await;
    app.start(&ana, &buying(price, PayWith::Wallet, "1")).await.expect("bought");
    app.days(30).await;
    assert_eq!(app.subscription(&ana).await.state, SubscriptionState::PastDue);
    app.put_in(&ana, 1190, "more").await;
    app.days(1).await;
    let it = app.subscription(&ana).await;
    assert_eq!((it.state, app.wallet(&ana).await), (SubscriptionState::Active, 0));
    assert_eq!(app.invoices(&ana).await.len(), 2);
    app.adds_up().await;
}

#[tokio::test]
async fn pauses_cost_nothing_and_go_on_when_their_owner_wants() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.rich("ana", 5000).await;
    app.start(&ana, &buying(price, PayWith::Wallet, "1")).await.expect("bought");
    let id = app.subscription(&ana).await.id;
    manage(&app, &ana, id, Manage::PauseAtEnd).await.expect("decided");
    manage(&app, &ana, id, Manage::PauseAtEnd).await.expect("decided already");
    app.days(100).await;
    assert_eq!((app.subscription(&ana).await.state, app.wallet(&ana).await), (SubscriptionState::Paused, 3810));
    assert!(app.may(&ana, "agents_at_work").await.is_none());
    manage(&app, &ana, id, Manage::Resume).await.expect("goes on");
    let it = app.subscription(&ana).await;
    assert_eq!((it.state, it.period_start), (SubscriptionState::Active, app.world.now()));
    assert_eq!(app.wallet(&ana).await, 2620);
    assert!(app.may(&ana, "agents_at_work").await.is_some());
    // Decided and taken back.
    manage(&app, &ana, id, Manage::CancelAtEnd).await.expect("decided");
    manage(&app, &ana, id, Manage::Resume).await.expect("taken back");
    app.days(32).await;
    assert_eq!((app.subscription(&ana).await.state, app.wallet(&ana).await), (SubscriptionState::Active, 1430));
    app.adds_up().await;
}

#[tokio::test]
async fn old_subscribers_keep_their_price_and_a_trial_is_had_once() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 7).await;
    let ana = app.rich("ana", 9000).await;
    app.start(&ana, &buying(price, PayWith::Wallet, "1")).await.expect("a trial");
    let product = crate::on_sale(&app).await.remove(0);
    let save = SaveProduct::parse(Some(product.id), "pro", "Pro", "", "19", true, "agents_at_work 5");
    let dearer = app.product(save.expect("a product"), 2380, Per::Month, 7).await;
    app.days(8).await;
    assert_eq!((app.wallet(&ana).await, app.subscription(&ana).await.price.version), (7810, 1));
    let id = app.subscription(&ana).await.id;
    manage(&app, &ana, id, Manage::CancelAtEnd).await.expect("decided");
    app.days(40).await;
    let checkout = app.start(&ana, &buying(dearer, PayWith::Wallet, "2")).await.expect("bought");
    assert_eq!(app.status(&ana, checkout).await.total, money(2380));
}

#[tokio::test]
async fn a_change_that_can_not_be_is_refused_in_words() {
    let app = TestApp::new().await;
    let (small, large) = (app.plan("small", 1190, 0).await, app.plan("large", 3570, 0).await);
    let ana = app.rich("ana", 9000).await;
    app.start(&ana, &buying(large, PayWith::Wallet, "1")).await.expect("bought");
    let (id, now) = (app.subscription(&ana).await.id, app.world.now());
    let preview = |to, at| {
        let (app, ana) = (&app, &ana);
        async move { in_transaction!(app, |tx| service::change_preview(&mut tx, ana, id, to, at)) }
    };
    assert_eq!(
        problem(preview(large, now).await.expect_err("the same")).for_field("to"),
        Some("This is the plan you have.")
    );
    let hour = chrono::TimeDelta::hours(1);
    assert_eq!(problem(preview(small, now + hour).await.expect_err("ahead")).status(), 409);
    app.clock.advance(hour);
    assert_eq!(problem(preview(small, now).await.expect_err("old")).status(), 409);
    let down = StartCheckout {
        what: What::Change { subscription: id, to: small, reckoned_at: app.world.now() },
        pay_with: PayWith::Wallet,
        saved_card: false,
        seen: None,
        key: key("down"),
    };
    assert_eq!(problem(app.start(&ana, &down).await.expect_err("later")).status(), 409);
    assert_eq!(app.subscription(&ana).await.price.id, large);
}
