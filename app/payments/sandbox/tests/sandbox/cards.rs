//! How each test card behaves: on a page, when it is left, and when it is charged while its owner is away.

use kernel::Currency;
use payments_sandbox::cards::CARDS;
use platform::payments::PaymentStatus;

use super::*;

/// What declines a card at once, by its number.
const DECLINES: [(&str, &str); 6] = [
    (DECLINED, "card_declined"),
    ("4000000000009995", "insufficient_funds"),
    ("4000000000009987", "lost_card"),
    ("4000000000000069", "expired_card"),
    ("4000000000000127", "incorrect_cvc"),
    ("4000000000000119", "processing_error"),
];

#[tokio::test]
async fn cards_pay_on_a_page() {
    for (number, brand) in [
        (GOOD, "visa"),
        ("5555555555554444", "mastercard"),
        ("378282246310005", "amex"),
        (DECLINES_LATER, "visa"),
        (REFUND_FAILS, "visa"),
    ] {
        let bench = Bench::new().await;
        let page = bench.page(true).await;
        let next = bench.submit(&page, number).await;
        assert_eq!(next, Next::Back(address("https://magentic.test/paid")), "{number}");
        let payment = bench.only_payment().await;
        assert_eq!((payment.status, payment.received), (PaymentStatus::Succeeded, 1000));
        let card = payment.card.expect("a card that was kept");
        assert_eq!((card.brand.as_str(), card.last4.as_str()), (brand, &number[number.len() - 4..]));
        assert_eq!((card.exp_month, card.exp_year), (12, 2034));
        let told = [
            "checkout.session.completed",
            "payment_intent.created",
            "payment_intent.succeeded",
            "payment_method.attached",
        ];
        assert_eq!(bench.told().await, told);
    }
}

#[tokio::test]
async fn cards_that_are_declined_leave_the_page_open() {
    let bench = Bench::new().await;
    let page = bench.page(true).await;
    for (number, code) in DECLINES {
        let next = bench.submit(&page, number).await;
        assert!(
            matches!(&next, Next::Declined { code: found, message } if found == code && !message.is_empty()),
            "{next:?}"
        );
        let payment = bench.only_payment().await;
        assert_eq!((payment.status, payment.received, &payment.card), (PaymentStatus::Failed, 0, &None));
        assert_eq!(payment.failure.expect("a failure").code, code);
        let news = bench.news().await;
        let error = object(&news, "payment_intent.payment_failed")["last_payment_error"].clone();
        // Stripe says why a bank declined in a field of its own.
        let of_a_bank = if code == "card_declined" { "generic_decline" } else { code };
        assert_eq!(error["decline_code"], of_a_bank);
        assert!(error["code"] == code || error["code"] == "card_declined");
    }
    // Another card goes through, on the same payment.
    let next = bench.submit(&page, GOOD).await;
    assert!(matches!(next, Next::Back(_)));
    let payment = bench.only_payment().await;
    assert_eq!((payment.status, payment.failure), (PaymentStatus::Succeeded, None));
    assert!(!bench.told().await.contains(&"payment_intent.created".to_owned()));
}

#[tokio::test]
async fn cards_that_are_declined_can_not_be_left() {
    let bench = Bench::new().await;
    let customer = bench.customer().await;
    let back = address("https://magentic.test/cards");
    let page = bench.sandbox.host_card(&customer, &back, &bench.key()).await.expect("a page");
    for (number, code) in DECLINES {
        let next = bench.submit(&page, number).await;
        assert!(matches!(&next, Next::Declined { code: found, .. } if found == code), "{next:?}");
    }
    assert_eq!(bench.told().await, [""; 0]);
    assert_eq!(bench.submit(&page, GOOD).await, Next::Back(back));
    let news = bench.news().await;
    assert_eq!(kinds(&news), ["checkout.session.completed", "payment_method.attached"]);
    let card = object(&news, "payment_method.attached");
    assert_eq!(card["customer"], customer);
    assert_eq!(card["card"]["brand"], "visa");
    assert_eq!(card["card"]["last4"], "4242");
    assert_eq!((&card["card"]["exp_month"], &card["card"]["exp_year"]), (&12.into(), &2034.into()));
    let session = object(&news, "checkout.session.completed");
    assert_eq!((&session["mode"], &session["payment_status"]), (&"setup".into(), &"no_payment_required".into()));
}

#[tokio::test]
async fn cards_are_charged_while_their_owner_is_away() {
    for (number, status, code) in [
        (GOOD, PaymentStatus::Succeeded, None),
        ("378282246310005", PaymentStatus::Succeeded, None),
        (CONFIRM_ONCE, PaymentStatus::Succeeded, None),
        (CONFIRM_ALWAYS, PaymentStatus::Failed, Some("authentication_required")),
        (DECLINES_LATER, PaymentStatus::Failed, Some("card_declined")),
        (SUCCEEDS_LATE, PaymentStatus::Processing, None),
        (FAILS_LATE, PaymentStatus::Processing, None),
    ] {
        let bench = Bench::new().await;
        let left = bench.left(number).await;
        let charge = bench.charging(&left, euros(500));
        let payment = bench.sandbox.charge(&charge, "k").await.expect("an answer");
        assert_eq!(payment.status, status, "{number}");
        assert_eq!(payment.failure.as_ref().map(|failure| failure.code.as_str()), code, "{number}");
        assert_eq!(payment.payment, Some(charge.payment));
        assert_eq!(payment, bench.payment(&payment.reference).await);
        let kind = match status {
            PaymentStatus::Succeeded => "payment_intent.succeeded",
            PaymentStatus::Failed => "payment_intent.payment_failed",
            _ => "payment_intent.processing",
        };
        assert_eq!(bench.told().await, ["payment_intent.created", kind], "{number}");
    }
}

#[tokio::test]
async fn a_dispute_follows_at_once() {
    let bench = Bench::new().await;
    let left = bench.left(DISPUTED).await;
    let payment = bench.sandbox.charge(&bench.charging(&left, euros(500)), "k").await.expect("an answer");
    assert_eq!((payment.status, payment.received), (PaymentStatus::Succeeded, 500));
    let news = bench.news().await;
    assert_eq!(kinds(&news), ["charge.dispute.created", "payment_intent.created", "payment_intent.succeeded"]);
    let dispute = object(&news, "charge.dispute.created");
    assert_eq!(dispute["payment_intent"], payment.reference);
    assert_eq!((&dispute["amount"], &dispute["status"]), (&500.into(), &"needs_response".into()));
}

#[tokio::test]
async fn slow_cards_end_when_their_time_has_come() {
    for (number, status, kind, code) in [
        (SUCCEEDS_LATE, PaymentStatus::Succeeded, "payment_intent.succeeded", None),
        (
            FAILS_LATE,
            PaymentStatus::Failed,
            "payment_intent.payment_failed",
            Some("payment_intent_payment_attempt_failed"),
        ),
    ] {
        let bench = Bench::new().await;
        let page = bench.page(false).await;
        assert!(matches!(bench.submit(&page, number).await, Next::Back(_)));
        let payment = bench.only_payment().await;
        assert_eq!((payment.status, payment.received), (PaymentStatus::Processing, 0));
        // The jobs run, and those that are early look again later.
        let news = bench.news().await;
        assert_eq!(kinds(&news), ["checkout.session.completed", "payment_intent.created", "payment_intent.processing"]);
        assert_eq!(object(&news, "checkout.session.completed")["payment_status"], "unpaid");
        assert_eq!(bench.settle(9).await, 0);
        assert_eq!(bench.payment(&payment.reference).await.status, PaymentStatus::Processing);

        assert_eq!(bench.settle(1).await, 1);
        let payment = bench.payment(&payment.reference).await;
        assert_eq!(payment.status, status);
        assert_eq!(payment.failure.map(|failure| failure.code).as_deref(), code);
        assert_eq!(bench.told().await, [kind]);
        assert_eq!(bench.settle(100).await, 0);
    }
}

#[tokio::test]
async fn the_queue_ends_slow_payments_by_itself() {
    let bench = Bench::new().await;
    let left = bench.left(FAILS_LATE).await;
    let payment = bench.sandbox.charge(&bench.charging(&left, euros(500)), "k").await.expect("an answer");
    bench.app.clock.advance(TimeDelta::seconds(10));
    bench.run_jobs().await;
    assert_eq!(bench.payment(&payment.reference).await.status, PaymentStatus::Failed);
    assert_eq!(
        bench.told().await,
        ["payment_intent.created", "payment_intent.payment_failed", "payment_intent.processing"]
    );
}

#[tokio::test]
async fn a_job_that_is_early_looks_again_by_the_queues_clock() {
    let bench = Bench::new().await;
    let left = bench.left(SUCCEEDS_LATE).await;
    bench.app.clock.set(bench.now() + TimeDelta::seconds(1));
    let payment = bench.sandbox.charge(&bench.charging(&left, euros(500)), "k").await.expect("an answer");
    // The clock of this test is far behind the database's, so the job runs at once.
    bench.run_jobs().await;
    assert_eq!(bench.payment(&payment.reference).await.status, PaymentStatus::Processing);
    let (count, soon): (i64, bool) = sqlx::query_as(
        "select count(*), bool_and(run_at > now() + interval '5 seconds' and run_at <= now() + interval '10 seconds')
         from graphile_worker._private_jobs where key = $1 and attempts = 0",
    )
    .bind(format!("sandbox:{}", payment.reference))
    .fetch_one(bench.app.database.pool())
    .await
    .expect("a job");
    assert_eq!((count, soon), (1, true));
}

#[tokio::test]
async fn a_card_that_has_expired_since_is_declined() {
    let bench = Bench::new().await;
    let left = bench.left(GOOD).await;
    bench.app.clock.set("2034-12-31T23:59:59Z".parse().expect("an instant"));
    let charge = bench.charging(&left, euros(500));
    assert_eq!(bench.sandbox.charge(&charge, "a").await.expect("an answer").status, PaymentStatus::Succeeded);
    bench.app.clock.advance(TimeDelta::seconds(1));
    let payment = bench.sandbox.charge(&charge, "b").await.expect("an answer");
    assert_eq!(payment.status, PaymentStatus::Failed);
    assert_eq!(payment.failure.expect("a failure").code, "expired_card");
}

#[tokio::test]
async fn only_ones_own_card_is_charged_and_only_while_it_is_kept() {
    let bench = Bench::new().await;
    let left = bench.left(GOOD).await;
    let other = bench.customer().await;
    let charge = |customer: &str, card: &str| bench.charging(&(customer.to_owned(), card.to_owned()), euros(500));
    for wrong in [charge(&other, &left.1), charge("cus_sandbox_x", &left.1), charge(&left.0, "pm_sandbox_x")] {
        assert_eq!(refusal(bench.sandbox.charge(&wrong, &bench.key()).await), "resource_missing");
    }
    let nothing = bench.charging(&left, euros(0));
    assert_eq!(refusal(bench.sandbox.charge(&nothing, &bench.key()).await), "parameter_invalid_integer");
    let yen = bench.charging(&left, Money::new(500, Currency::Jpy));
    let payment = bench.sandbox.charge(&yen, &bench.key()).await.expect("an answer");
    assert!(payment.card.is_some());
    assert_eq!(payment.amount, yen.amount);

    bench.sandbox.forget_card(&left.1).await.expect("forgotten");
    bench.sandbox.forget_card(&left.1).await.expect("forgotten, as before");
    assert_eq!(bench.payment(&payment.reference).await.card, None);
    let charge = bench.charging(&left, euros(500));
    assert_eq!(refusal(bench.sandbox.charge(&charge, &bench.key()).await), "resource_missing");
    assert_eq!(refusal(bench.sandbox.forget_card("pm_sandbox_x").await), "resource_missing");
}

#[tokio::test]
async fn a_card_that_is_used_once_is_not_kept() {
    let bench = Bench::new().await;
    let payment = bench.pay(GOOD).await;
    assert_eq!(payment.card, None);
    let news = bench.news().await;
    assert!(!kinds(&news).contains(&"payment_method.attached".to_owned()));
    let card = object(&news, "payment_intent.succeeded")["payment_method"].as_str().expect("a card").to_owned();
    let customer = object(&news, "payment_intent.succeeded")["customer"].as_str().expect("a customer").to_owned();
    let charge = bench.charging(&(customer, card.clone()), euros(500));
    assert_eq!(refusal(bench.sandbox.charge(&charge, "k").await), "resource_missing");
    assert_eq!(refusal(bench.sandbox.forget_card(&card).await), "resource_missing");
}

#[tokio::test]
async fn no_number_is_written_down() {
    let bench = Bench::new().await;
    for card in CARDS {
        let page = bench.page(true).await;
        bench.submit(&page, card.number).await;
    }
    let page = bench.page(true).await;
    let real = CardForm { number: "6011111111111117".to_owned(), ..form(GOOD) };
    bench.sandbox.submit_card(&page.reference, &real).await.expect_err("not a test card");
    for table in ["cards", "payments", "pages", "requests", "customers"] {
        let all: Option<String> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select string_agg(t::text, ' ') from sandbox_{table} t")))
                .fetch_one(bench.app.database.pool())
                .await
                .expect("rows");
        let all = all.unwrap_or_default();
        assert!(CARDS.iter().all(|card| !all.contains(card.number)), "{table}");
        assert!(!all.contains("6011111111111117"), "{table}");
    }
    assert!(bench.news().await.iter().all(|event| CARDS.iter().all(|card| !event.to_string().contains(card.number))));
}
