//! Paying with a form for cards on our own page: once, whatever is lost, pressed twice, left or changed on the way.

use std::sync::Arc;

use billing_core::{CheckoutState, EnteredOn, Error, PayWith, SubscriptionState, command::*, service};
use chrono::TimeDelta;
use kernel::{Actor, CheckoutId, PaymentStatus};
use money_core::LedgerKind;
use platform::Cx;
use service::CardForm;
use testkit::{TestApp, at_once};

use crate::{
    GOOD, Shop, buying,
    news::{event, tell},
    problem,
    provider::{Faulty, insist},
    shared,
};

/// The secret that the form is given; fails when it is given none.
async fn secret(app: &TestApp, forms: &Faulty, cx: &Cx<Actor>, id: CheckoutId) -> String {
    match service::card_form(&app.database, cx, forms, id).await {
        Ok(CardForm::Ready(secret)) => secret.reveal().to_owned(),
        other => unreachable!("{other:?}"),
    }
}

async fn is_elsewhere(app: &TestApp, forms: &Faulty, cx: &Cx<Actor>, id: CheckoutId) -> bool {
    matches!(service::card_form(&app.database, cx, forms, id).await, Ok(CardForm::Elsewhere))
}

async fn open_page(app: &TestApp, forms: &Faulty, cx: &Cx<Actor>, id: CheckoutId) -> Result<String, Error> {
    service::open_page(&app.database, cx, forms, &app.public_url, id).await
}

/// The provider's news of a payment that a form is for, with the name it has there.
fn news(reference: &str, kind: &str, second: i64) -> String {
    let ours = reference.trim_start_matches("pi_");
    let object = format!(
        r#"{{"id":"{reference}","amount":1190,"metadata":{{"magentic_payment":"{ours}"}},"last_payment_error":{{"code":"card_declined"}}}}"#
    );
    event(&format!("evt_{reference}_{kind}"), &format!("payment_intent.{kind}"), second, &object)
}

/// A card pays with the form, and the provider says so.
async fn pays(app: &TestApp, forms: &Faulty, reference: &str) {
    forms.becomes(reference, PaymentStatus::Succeeded);
    tell(app, &news(reference, "succeeded", 5)).await;
}

/// The only payment that was begun.
fn only(forms: &Faulty) -> (String, PaymentStatus) {
    let [one] = forms.begun().try_into().expect("a single payment");
    one
}

async fn about_to_pay(app: &TestApp, handle: &str, price: kernel::PriceId) -> (Cx<Actor>, CheckoutId) {
    let cx = app.person(handle).await;
    let id = app.start(&cx, &buying(price, PayWith::Card, "1")).await.expect("a checkout");
    (cx, id)
}

/// What runs each minute.
async fn each_minute(app: &TestApp, forms: &Faulty) -> (u64, u64) {
    let expired = service::expire_checkouts(&app.database, &app.world).await.expect("runs");
    (expired, service::cancel_forms(&app.database, &app.world, forms).await.expect("runs"))
}

#[tokio::test]
async fn a_card_pays_once_however_often_the_button_is_pressed() {
    let app = TestApp::new().await;
    let forms = Faulty::reliable(&app);
    let price = app.plan("pro", 1190, 0).await;
    let (ana, id) = about_to_pay(&app, "ana", price).await;
    assert_eq!(app.status(&ana, id).await.entered_on, None);
    let first = secret(&app, &forms, &ana, id).await;
    // The page is loaded again, and the button is pressed once more.
    assert_eq!(secret(&app, &forms, &ana, id).await, first);
    let (reference, status) = only(&forms);
    assert_eq!(status, PaymentStatus::Waiting);
    assert_eq!(app.status(&ana, id).await.entered_on, Some(EnteredOn::Form));

    // The first card is declined: the checkout stays open for another, with the same payment.
    forms.becomes(&reference, PaymentStatus::Failed);
    tell(&app, &news(&reference, "payment_failed", 2)).await;
    let view = app.status(&ana, id).await;
    assert_eq!((view.state, view.failure.is_some()), (CheckoutState::Open, true));
    assert_eq!(secret(&app, &forms, &ana, id).await, first);

    // Paid, and the page does not know yet: nothing is asked of a card again, and what is known is written down.
    forms.becomes(&reference, PaymentStatus::Succeeded);
    assert!(is_elsewhere(&app, &forms, &ana, id).await);
    assert_eq!(app.status(&ana, id).await.state, CheckoutState::Paid);
    tell(&app, &news(&reference, "succeeded", 5)).await;
    assert!(is_elsewhere(&app, &forms, &ana, id).await);
    assert_eq!(app.subscription(&ana).await.state, SubscriptionState::Active);
    assert_eq!((app.wallet(&ana).await, app.platform(LedgerKind::Provider).await), (0, -1190));
    only(&forms);
    app.clock.advance(TimeDelta::hours(2));
    assert_eq!(each_minute(&app, &forms).await, (0, 0));
    let compared = service::reconcile(&app.database, &app.world, &forms).await.expect("compared");
    assert!(compared.differences.is_empty(), "{compared:#?}");
    app.adds_up().await;
}

#[tokio::test]
async fn a_bad_line_begins_one_payment() {
    for nth in 0..5 {
        let app = TestApp::new().await;
        let forms = Faulty::new(&app, nth);
        let price = app.plan("pro", 1190, 0).await;
        let (ana, id) = about_to_pay(&app, "ana", price).await;
        let first = insist!(service::card_form(&app.database, &ana, &forms, id));
        let again = insist!(service::card_form(&app.database, &ana, &forms, id));
        assert!(first == again && matches!(first, CardForm::Ready(_)), "{first:?}");
        only(&forms);
        // And over to the page.
        let page = insist!(open_page(&app, &forms, &ana, id));
        assert_eq!(insist!(open_page(&app, &forms, &ana, id)), page);
        assert_eq!(only(&forms).1, PaymentStatus::Canceled);
        assert_eq!(app.count("select count(*) from sandbox_pages").await, 1);
        assert_eq!(app.pay_by_card(&ana, id, GOOD).await.state, CheckoutState::Paid);
        assert_eq!(app.platform(LedgerKind::Provider).await, -1190);
        app.adds_up().await;
    }
}

#[tokio::test]
async fn whoever_goes_to_the_page_leaves_the_form() {
    let app = TestApp::new().await;
    let forms = Faulty::reliable(&app);
    let price = app.plan("pro", 1190, 0).await;
    let (ana, id) = about_to_pay(&app, "ana", price).await;
    secret(&app, &forms, &ana, id).await;
    let page = open_page(&app, &forms, &ana, id).await.expect("a page");
    let (reference, status) = only(&forms);
    assert_eq!(status, PaymentStatus::Canceled);
    // What the provider says of it, late and in any order, ends nothing.
    tell(&app, &news(&reference, "payment_failed", 2)).await;
    tell(&app, &news(&reference, "canceled", 3)).await;
    let view = app.status(&ana, id).await;
    assert_eq!(
        (view.state, view.entered_on, view.page_url.as_deref()),
        (CheckoutState::Open, Some(EnteredOn::Page), Some(page.as_str()))
    );
    // There is no way back to the form.
    assert!(is_elsewhere(&app, &forms, &ana, id).await);
    assert_eq!(forms.begun().len(), 1);
    assert_eq!(app.pay_by_card(&ana, id, GOOD).await.state, CheckoutState::Paid);
    assert_eq!(app.platform(LedgerKind::Provider).await, -1190);
    // What is given back goes to the card that paid.
    let paid = "select count(*) from payments where status = 'succeeded' and withdrawn_at is null";
    assert_eq!((app.count(paid).await, app.count("select count(*) from payments").await), (1, 2));
    app.clock.advance(TimeDelta::hours(2));
    assert_eq!(each_minute(&app, &forms).await, (0, 0));
    let compared = service::reconcile(&app.database, &app.world, &forms).await.expect("compared");
    assert!(compared.differences.is_empty(), "{compared:#?}");
    app.adds_up().await;
}

#[tokio::test]
async fn what_a_card_has_paid_is_not_offered_on_a_page() {
    for status in [PaymentStatus::Succeeded, PaymentStatus::Processing] {
        let app = TestApp::new().await;
        let forms = Faulty::reliable(&app);
        let price = app.plan("pro", 1190, 0).await;
        let (ana, id) = about_to_pay(&app, "ana", price).await;
        secret(&app, &forms, &ana, id).await;
        let (reference, _) = only(&forms);
        forms.becomes(&reference, status);
        let refused = open_page(&app, &forms, &ana, id).await.expect_err("it is paid");
        assert!(matches!(refused, Error::PaidMeanwhile), "{refused:?}");
        assert_eq!(problem(refused).status(), 409);
        assert_eq!(app.count("select count(*) from sandbox_pages").await, 0);
        let view = app.status(&ana, id).await;
        assert_eq!(view.under_way, status == PaymentStatus::Processing);
        // The news come afterwards, and it is paid once.
        pays(&app, &forms, &reference).await;
        assert_eq!(app.status(&ana, id).await.state, CheckoutState::Paid);
        assert_eq!((app.wallet(&ana).await, app.platform(LedgerKind::Provider).await), (0, -1190));
        app.adds_up().await;
    }
}

#[tokio::test]
async fn a_card_that_fails_after_the_form_was_left_leaves_the_page() {
    let app = TestApp::new().await;
    let forms = Faulty::reliable(&app);
    let price = app.plan("pro", 1190, 0).await;
    let (ana, id) = about_to_pay(&app, "ana", price).await;
    secret(&app, &forms, &ana, id).await;
    let (reference, _) = only(&forms);
    forms.becomes(&reference, PaymentStatus::Processing);
    open_page(&app, &forms, &ana, id).await.expect_err("the bank is asked");
    forms.becomes(&reference, PaymentStatus::Failed);
    tell(&app, &news(&reference, "payment_failed", 9)).await;
    assert_eq!(app.status(&ana, id).await.state, CheckoutState::Open);
    open_page(&app, &forms, &ana, id).await.expect("a page now");
    assert_eq!(only(&forms).1, PaymentStatus::Canceled);
    assert_eq!(app.pay_by_card(&ana, id, GOOD).await.state, CheckoutState::Paid);
    assert_eq!(app.platform(LedgerKind::Provider).await, -1190);
    app.adds_up().await;
}

#[tokio::test]
async fn a_form_that_was_left_is_cancelled_when_its_checkout_expires() {
    let app = TestApp::new().await;
    let forms = Faulty::reliable(&app);
    let price = app.plan("pro", 1190, 0).await;
    let (ana, left) = about_to_pay(&app, "ana", price).await;
    let (ben, late) = about_to_pay(&app, "ben", price).await;
    let (cleo, never) = about_to_pay(&app, "cleo", price).await;
    secret(&app, &forms, &ana, left).await;
    secret(&app, &forms, &ben, late).await;
    let [(anas, _), (bens, _)] = forms.begun().try_into().expect("two");
    assert_eq!(each_minute(&app, &forms).await, (0, 0));

    // It is over before anything has noticed.
    app.clock.advance(TimeDelta::hours(2));
    let over = service::card_form(&app.database, &ana, &forms, left).await.expect_err("over");
    assert_eq!(problem(over).status(), 409);
    // Ben's card pays at the last moment.
    forms.becomes(&bens, PaymentStatus::Succeeded);
    assert_eq!(each_minute(&app, &forms).await, (3, 2));
    let ends = forms.begun();
    assert!(ends.contains(&(anas, PaymentStatus::Canceled)) && ends.contains(&(bens, PaymentStatus::Succeeded)));
    assert_eq!(app.status(&ana, left).await.state, CheckoutState::Expired);
    assert_eq!(app.status(&cleo, never).await.state, CheckoutState::Expired);
    // What was paid is had.
    assert_eq!(app.status(&ben, late).await.state, CheckoutState::Paid);
    assert_eq!(app.subscription(&ben).await.state, SubscriptionState::Active);
    assert_eq!(each_minute(&app, &forms).await, (0, 0));
    assert!(is_elsewhere(&app, &forms, &ana, left).await);
    app.adds_up().await;
}

#[tokio::test]
async fn what_was_begun_without_an_answer_is_cancelled_too() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    let (ana, id) = about_to_pay(&app, "ana", price).await;
    let forms = Faulty::new(&app, 4);
    // The first call makes the customer; of the second every answer is lost.
    service::card_form(&app.database, &ana, &forms, id).await.expect_err("lost on its way");
    service::card_form(&app.database, &ana, &forms, id).await.expect_err("its answer is lost");
    assert_eq!(only(&forms).1, PaymentStatus::Waiting);
    app.clock.advance(TimeDelta::hours(2));
    for _ in 0..6 {
        each_minute(&app, &forms).await;
    }
    assert_eq!(only(&forms).1, PaymentStatus::Canceled);
    assert_eq!(app.count("select count(*) from payments where status = 'canceled'").await, 1);

    // After a day the provider has forgotten the key: nobody knows the secret, so there is nothing to cancel.
    let (ben, id) = about_to_pay(&app, "ben", price).await;
    let forms = Faulty::new(&app, 4);
    service::card_form(&app.database, &ben, &forms, id).await.expect_err("lost on its way");
    app.clock.advance(TimeDelta::days(1));
    assert_eq!(each_minute(&app, &forms).await, (1, 1));
    assert!(forms.begun().is_empty());
    assert_eq!(app.count("select count(*) from payments where status = 'canceled'").await, 2);
}

#[tokio::test]
async fn what_can_not_be_had_any_more_is_not_paid() {
    let app = TestApp::new().await;
    let forms = Faulty::reliable(&app);
    let price = app.plan("pro", 1190, 0).await;
    // Meanwhile it is bought from the wallet.
    let (ana, id) = about_to_pay(&app, "ana", price).await;
    app.put_in(&ana, 1190, "money").await;
    app.start(&ana, &buying(price, PayWith::Wallet, "now")).await.expect("bought");
    let told = problem(service::card_form(&app.database, &ana, &forms, id).await.expect_err("has it"));
    assert!(told.status() == 409 && told.message.contains("already"), "{told:?}");

    // A change of plan that comes to something else now.
    let dear = app.plan("max", 5000, 0).await;
    let change = What::Change { subscription: app.subscription(&ana).await.id, to: dear, reckoned_at: app.world.now() };
    let start = StartCheckout { what: change, ..buying(dear, PayWith::Card, "change") };
    let id = app.start(&ana, &start).await.expect("a checkout");
    secret(&app, &forms, &ana, id).await;
    app.put_in(&ana, 5000, "more").await;
    let at_once = StartCheckout { what: change, ..buying(dear, PayWith::Wallet, "change-now") };
    app.start(&ana, &at_once).await.expect("changed");
    let refused = service::card_form(&app.database, &ana, &forms, id).await;
    assert!(refused.is_err(), "{refused:?}");

    // The price went up: who has seen the old one pays that.
    let (ben, id) = about_to_pay(&app, "ben", price).await;
    let admin = app.admin_again().await;
    let product = crate::on_sale(&app).await.into_iter().find(|it| it.name == "pro").expect("the plan");
    let set =
        SetPrice { product: product.id, amount: crate::money(1500), per: billing_core::Per::Month, trial_days: 0 };
    crate::in_transaction!(app, |tx| service::set_price(&app.database, &mut tx, &admin, &set)).expect("dearer");
    secret(&app, &forms, &ben, id).await;
    let (reference, _) = forms.begun().pop().expect("one");
    pays(&app, &forms, &reference).await;
    assert_eq!((app.status(&ben, id).await.state, app.wallet(&ben).await), (CheckoutState::Paid, 0));
    app.adds_up().await;
}

#[tokio::test]
async fn a_card_that_was_left_needs_no_form() {
    let app = TestApp::new().await;
    let forms = Faulty::reliable(&app);
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.person("ana").await;
    app.leave_card(&ana, GOOD).await;
    let start = StartCheckout { saved_card: true, ..buying(price, PayWith::Card, "1") };
    let id = app.start(&ana, &start).await.expect("a checkout");
    assert!(app.status(&ana, id).await.saved_card);
    assert!(is_elsewhere(&app, &forms, &ana, id).await);
    assert!(forms.begun().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_form_and_a_page_at_once_are_one_of_them() {
    let app = shared().await;
    let price = app.plan("pro", 1190, 0).await;
    for round in 0..4 {
        let forms = Arc::new(Faulty::reliable(&app));
        let (ana, id) = about_to_pay(&app, &format!("ana_{round}"), price).await;
        let tries = at_once((0..12).map(|n| {
            let (app, forms, ana) = (Arc::clone(&app), Arc::clone(&forms), ana.clone());
            async move {
                if n % 2 == 0 {
                    let form = service::card_form(&app.database, &ana, forms.as_ref(), id).await;
                    form.map(|form| format!("{form:?}")).map_err(|error| error.to_string())
                } else {
                    open_page(&app, &forms, &ana, id).await.map_err(|error| error.to_string())
                }
            }
        }))
        .await;
        assert!(tries.iter().all(Result::is_ok), "{tries:?}");
        // Somebody went to the page, so it is paid there: of the form nothing is left that a card could pay.
        assert!(forms.begun().iter().all(|(_, status)| *status == PaymentStatus::Canceled), "{:?}", forms.begun());
        assert_eq!(app.status(&ana, id).await.entered_on, Some(EnteredOn::Page));
        assert_eq!(app.pay_by_card(&ana, id, GOOD).await.state, CheckoutState::Paid);
        assert_eq!(app.subscription(&ana).await.state, SubscriptionState::Active);
    }
    assert_eq!(app.count("select count(*) from sandbox_pages").await, 4);
    assert_eq!(app.platform(LedgerKind::Provider).await, -4 * 1190);
    app.adds_up().await;
}
