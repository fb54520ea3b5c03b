//! What happens on pages.

use payments_sandbox::page::{PageError, PageKind, PageState};
use platform::payments::{NewPayment, PaymentStatus};
use testkit::at_once;

use super::*;

#[tokio::test]
async fn a_page_shows_what_is_to_be_paid() {
    let bench = Bench::new().await;
    let wanted = bench.wanted(&bench.customer().await, true);
    let hosted = bench.sandbox.host_payment(&wanted, "k").await.expect("a page");
    assert_eq!(hosted.url.as_str(), format!("http://magentic.test/sandbox/{}", hosted.reference));
    let token = hosted.reference.strip_prefix("cs_sandbox_").expect("a prefix");
    assert_eq!(token.len(), 43);
    let page = bench.sandbox.open_page(&hosted.reference).await.expect("a page");
    assert_eq!((page.kind, page.state), (PageKind::Payment, PageState::Open));
    assert_eq!((page.amount, page.description.as_str()), (Some(wanted.amount), "A hundred credits"));
    assert_eq!((page.success_url, page.cancel_url.clone()), (wanted.success_url, wanted.cancel_url));
    assert_eq!((page.keep_card, page.confirming, page.expires_at), (true, false, wanted.expires_at));
    // Who goes back can come again.
    assert_eq!(bench.sandbox.cancel(&hosted.reference).await.expect("an address"), page.cancel_url);
    assert!(matches!(bench.submit(&hosted, GOOD).await, Next::Back(_)));
    assert_eq!(bench.sandbox.open_page(&hosted.reference).await.expect("a page").state, PageState::Done);

    for unknown in ["cs_sandbox_x", "", "' or true"] {
        assert!(matches!(bench.sandbox.open_page(unknown).await, Err(PageError::NotFound)));
        assert!(matches!(bench.sandbox.submit_card(unknown, &form(GOOD)).await, Err(PageError::NotFound)));
        assert!(matches!(bench.sandbox.confirm(unknown, true).await, Err(PageError::NotFound)));
        assert!(matches!(bench.sandbox.cancel(unknown).await, Err(PageError::NotFound)));
    }
    // A payment is made when somebody tries to pay, and belongs to what was wanted.
    assert_eq!(bench.only_payment().await.payment, Some(wanted.payment));
}

#[tokio::test]
async fn a_page_is_not_made_for_nobody_or_nothing() {
    let bench = Bench::new().await;
    let wanted = bench.wanted(&bench.customer().await, false);
    let nobody = HostedPayment { customer: "cus_sandbox_x".to_owned(), ..wanted.clone() };
    assert_eq!(refusal(bench.sandbox.host_payment(&nobody, "a").await), "resource_missing");
    let nothing = HostedPayment { amount: euros(0), ..wanted.clone() };
    assert_eq!(refusal(bench.sandbox.host_payment(&nothing, "b").await), "parameter_invalid_integer");
    let over = HostedPayment { expires_at: bench.now(), ..wanted };
    assert_eq!(refusal(bench.sandbox.host_payment(&over, "c").await), "parameter_invalid_integer");
    let back = address("https://magentic.test/cards");
    assert_eq!(refusal(bench.sandbox.host_card("cus_sandbox_x", &back, "d").await), "resource_missing");
}

#[tokio::test]
async fn all_that_is_wrong_is_said_at_once() {
    let bench = Bench::new().await;
    let page = bench.page(false).await;
    let wrong = CardForm { number: "1".to_owned(), expiry: "13/20".to_owned(), ..CardForm::default() };
    let error = bench.sandbox.submit_card(&page.reference, &wrong).await.expect_err("wrong");
    let problem: kernel::Problem = error.into();
    let fields: Vec<_> = problem.fields.iter().map(|error| error.field.as_str()).collect();
    assert_eq!((problem.status(), fields), (422, vec!["number", "expiry", "cvc", "name"]));
    assert_eq!(bench.told().await, [""; 0]);
    assert!(matches!(bench.submit(&page, GOOD).await, Next::Back(_)));
}

#[tokio::test]
async fn submitting_twenty_times_at_once_pays_once() {
    let bench = Bench::new().await;
    let page = bench.page(true).await;
    let submits = (0..20).map(|_| {
        let (sandbox, reference) = (bench.sandbox.clone(), page.reference.clone());
        async move { sandbox.submit_card(&reference, &form(GOOD)).await }
    });
    for next in at_once(submits).await {
        assert_eq!(next.expect("done"), Next::Back(address("https://magentic.test/paid")));
    }
    assert_eq!(bench.only_payment().await.received, 1000);
    let told =
        ["checkout.session.completed", "payment_intent.created", "payment_intent.succeeded", "payment_method.attached"];
    assert_eq!(bench.told().await, told);
    // Nor does another card pay again, much later.
    assert!(matches!(bench.submit(&page, DECLINED).await, Next::Back(_)));
    bench.app.clock.advance(TimeDelta::days(3));
    assert!(matches!(bench.submit(&page, GOOD).await, Next::Back(_)));
    assert_eq!(bench.told().await, [""; 0]);
}

#[tokio::test]
async fn a_confirmed_card_pays_once() {
    for number in [CONFIRM_ONCE, CONFIRM_ALWAYS] {
        let bench = Bench::new().await;
        let page = bench.page(true).await;
        assert!(matches!(bench.sandbox.confirm(&page.reference, true).await, Err(PageError::NothingToConfirm)));
        assert_eq!(bench.submit(&page, number).await, Next::Confirm);
        assert!(bench.sandbox.open_page(&page.reference).await.expect("a page").confirming);
        let payment = bench.only_payment().await;
        // It is kept only when it is confirmed.
        assert_eq!((payment.status, payment.card), (PaymentStatus::ActionNeeded, None));
        assert_eq!(bench.told().await, ["payment_intent.created", "payment_intent.requires_action"]);

        let confirms = (0..10).map(|_| {
            let (sandbox, reference) = (bench.sandbox.clone(), page.reference.clone());
            async move { sandbox.confirm(&reference, true).await }
        });
        for next in at_once(confirms).await {
            assert!(matches!(next, Ok(Next::Back(_))), "{next:?}");
        }
        let payment = bench.only_payment().await;
        assert_eq!((payment.status, payment.received, payment.card.is_some()), (PaymentStatus::Succeeded, 1000, true));
        let told = ["checkout.session.completed", "payment_intent.succeeded", "payment_method.attached"];
        assert_eq!(bench.told().await, told);
    }
}

#[tokio::test]
async fn a_card_that_is_not_confirmed_does_not_pay() {
    let bench = Bench::new().await;
    let page = bench.page(true).await;
    bench.submit(&page, CONFIRM_ONCE).await;
    let next = bench.sandbox.confirm(&page.reference, false).await.expect("an answer");
    assert!(
        matches!(&next, Next::Declined { code, .. } if code == "payment_intent_authentication_failure"),
        "{next:?}"
    );
    assert_eq!(bench.only_payment().await.status, PaymentStatus::Failed);
    assert!(matches!(bench.sandbox.confirm(&page.reference, true).await, Err(PageError::NothingToConfirm)));
    let told = ["payment_intent.created", "payment_intent.payment_failed", "payment_intent.requires_action"];
    assert_eq!(bench.told().await, told);

    // While one card waits, another can be used; then there is nothing to confirm any more.
    assert_eq!(bench.submit(&page, CONFIRM_ALWAYS).await, Next::Confirm);
    assert!(matches!(bench.submit(&page, DECLINED).await, Next::Declined { .. }));
    assert!(!bench.sandbox.open_page(&page.reference).await.expect("a page").confirming);
    assert!(matches!(bench.sandbox.confirm(&page.reference, true).await, Err(PageError::NothingToConfirm)));
    assert!(matches!(bench.submit(&page, GOOD).await, Next::Back(_)));
    assert_eq!(bench.only_payment().await.received, 1000);
}

#[tokio::test]
async fn a_card_that_is_left_is_confirmed_too() {
    let bench = Bench::new().await;
    let customer = bench.customer().await;
    let back = address("https://magentic.test/cards");
    let page = bench.sandbox.host_card(&customer, &back, "k").await.expect("a page");
    let shown = bench.sandbox.open_page(&page.reference).await.expect("a page");
    assert_eq!((shown.kind, shown.amount), (PageKind::Card, None));
    assert_eq!(bench.submit(&page, CONFIRM_ALWAYS).await, Next::Confirm);
    let next = bench.sandbox.confirm(&page.reference, false).await.expect("an answer");
    assert!(matches!(&next, Next::Declined { code, .. } if code == "setup_intent_authentication_failure"), "{next:?}");
    assert_eq!(bench.told().await, [""; 0]);
    assert_eq!(bench.submit(&page, CONFIRM_ONCE).await, Next::Confirm);
    assert_eq!(bench.sandbox.confirm(&page.reference, true).await.expect("an answer"), Next::Back(back));
    assert_eq!(bench.told().await, ["checkout.session.completed", "payment_method.attached"]);
}

#[tokio::test]
async fn a_page_expires() {
    let bench = Bench::new().await;
    let (untouched, tried) = (bench.page(false).await, bench.page(false).await);
    bench.submit(&tried, CONFIRM_ONCE).await;
    bench.app.clock.advance(TimeDelta::hours(1) - TimeDelta::seconds(1));
    assert_eq!(bench.settle(0).await, 0);
    assert_eq!(bench.sandbox.open_page(&tried.reference).await.expect("a page").state, PageState::Open);
    assert_eq!(bench.told().await, ["payment_intent.created", "payment_intent.requires_action"]);

    // Whoever comes to a page whose time is over notices it before the job does.
    bench.app.clock.advance(TimeDelta::seconds(1));
    for page in [&untouched, &tried] {
        assert_eq!(bench.sandbox.open_page(&page.reference).await.expect("a page").state, PageState::Expired);
    }
    assert!(matches!(bench.sandbox.confirm(&tried.reference, true).await, Err(PageError::Expired)));
    assert!(matches!(bench.sandbox.submit_card(&tried.reference, &form("")).await, Err(PageError::Expired)));
    let problem: kernel::Problem = PageError::Expired.into();
    assert_eq!(problem.status(), 410);
    assert_eq!(bench.only_payment().await.status, PaymentStatus::Canceled);
    let news = bench.news().await;
    assert_eq!(kinds(&news), ["checkout.session.expired", "payment_intent.canceled"]);
    assert_eq!(object(&news, "payment_intent.canceled")["status"], "canceled");

    assert_eq!(bench.settle(0).await, 1);
    let news = bench.news().await;
    assert_eq!(kinds(&news), ["checkout.session.expired"]);
    let session = object(&news, "checkout.session.expired");
    assert_eq!((&session["id"], &session["payment_intent"]), (&untouched.reference.into(), &Value::Null));
    assert_eq!(bench.settle(1000).await, 0);
}

#[tokio::test]
async fn the_queue_lets_pages_expire() {
    let bench = Bench::new().await;
    let page = bench.page(false).await;
    bench.app.clock.advance(TimeDelta::hours(1));
    assert_eq!(bench.told().await, ["checkout.session.expired"]);
    assert!(matches!(bench.sandbox.submit_card(&page.reference, &form(GOOD)).await, Err(PageError::Expired)));
}

#[tokio::test]
async fn a_page_is_taken_back_unless_it_was_used() {
    let bench = Bench::new().await;
    let (open, used, slow) = (bench.page(false).await, bench.page(false).await, bench.page(false).await);
    bench.submit(&used, GOOD).await;
    bench.submit(&slow, SUCCEEDS_LATE).await;
    bench.sandbox.expire_page(&open.reference).await.expect("taken back");
    bench.sandbox.expire_page(&open.reference).await.expect("taken back before");
    assert!(matches!(bench.sandbox.submit_card(&open.reference, &form(GOOD)).await, Err(PageError::Expired)));
    for done in [&used, &slow] {
        assert_eq!(refusal(bench.sandbox.expire_page(&done.reference).await), "");
    }
    assert_eq!(refusal(bench.sandbox.expire_page("cs_sandbox_x").await), "resource_missing");
    let expired = bench.told().await.iter().filter(|kind| *kind == "checkout.session.expired").count();
    assert_eq!(expired, 1);
}

#[tokio::test]
async fn a_page_is_paid_or_taken_back_and_never_both() {
    let bench = Bench::new().await;
    for _ in 0..10 {
        let page = bench.page(false).await;
        let (one, other) = (bench.sandbox.clone(), bench.sandbox.clone());
        let (paying, taking) = (page.reference.clone(), page.reference.clone());
        let paid = tokio::spawn(async move { one.submit_card(&paying, &form(GOOD)).await.is_ok() });
        let taken = tokio::spawn(async move { other.expire_page(&taking).await.is_ok() });
        assert_ne!(paid.await.expect("an end"), taken.await.expect("an end"));
    }
}

#[tokio::test]
async fn all_processes_sign_with_the_same_secret() {
    let app = TestApp::new().await;
    // As in an installation in which it is opened for the first time.
    sqlx::query("delete from installation where fact = 'sandbox_webhook_secret'")
        .execute(app.database.pool())
        .await
        .expect("no secret");
    let opens = (0..10).map(|_| {
        let (database, world, url) = (app.database.clone(), app.world.clone(), app.public_url.clone());
        async move { Sandbox::open(&database, &world, &url).await.expect("the sandbox").webhook_secrets() }
    });
    let secrets = at_once(opens).await;
    let secret = secrets[0][0].reveal();
    let hex = secret.strip_prefix("whsec_").expect("a prefix");
    assert!(hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
    assert!(secrets.iter().all(|found| found == &secrets[0]));
}

#[tokio::test]
async fn addresses_are_built_upon_the_public_one() {
    let mut bench = Bench::new().await;
    for (public, expected) in [
        ("https://magentic.test", "https://magentic.test/sandbox/cs_sandbox_"),
        ("https://magentic.test/", "https://magentic.test/sandbox/cs_sandbox_"),
        ("https://example.org/magentic/", "https://example.org/magentic/sandbox/cs_sandbox_"),
    ] {
        let (database, world) = (&bench.app.database, &bench.app.world);
        bench.sandbox = Sandbox::open(database, world, &address(public)).await.expect("the sandbox");
        assert!(bench.page(false).await.url.as_str().starts_with(expected));
    }
}

#[tokio::test]
async fn cards_are_entered_here_and_into_no_form_elsewhere() {
    let bench = Bench::new().await;
    assert_eq!(bench.sandbox.card_form(), None);
    let wanted = bench.wanted(&bench.customer().await, true);
    let new = NewPayment {
        payment: wanted.payment,
        customer: wanted.customer,
        amount: wanted.amount,
        description: wanted.description,
        keep_card: true,
    };
    let code = |refused: PaymentError| match refused {
        PaymentError::Refused { code, .. } => code,
        other => unreachable!("{other:?}"),
    };
    let none = Some("no_card_form".to_owned());
    assert_eq!(code(bench.sandbox.begin_payment(&new, "k").await.expect_err("no form")), none);
    assert_eq!(code(bench.sandbox.begun_payment("pi_1").await.expect_err("no form")), none);
    assert_eq!(code(bench.sandbox.cancel_payment("pi_1").await.expect_err("no form")), none);
}
