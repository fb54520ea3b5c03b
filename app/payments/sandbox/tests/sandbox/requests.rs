//! The same key is the same request.

use platform::payments::{NewPayout, NewRefund, PublishedPrice, PublishedProduct};
use testkit::at_once;

use super::*;

#[tokio::test]
async fn the_same_key_has_the_same_answer() {
    let bench = Bench::new().await;
    let sandbox = &bench.sandbox;
    let somebody = bench.somebody();
    let customer = sandbox.create_customer(&somebody, "customer").await.expect("a customer");
    assert_eq!(sandbox.create_customer(&somebody, "customer").await.as_ref(), Ok(&customer));
    let wanted = bench.wanted(&customer, true);
    let page = sandbox.host_payment(&wanted, "page").await.expect("a page");
    assert_eq!(sandbox.host_payment(&wanted, "page").await.as_ref(), Ok(&page));
    let back = address("https://magentic.test/cards");
    let card_page = sandbox.host_card(&customer, &back, "card").await;
    assert_eq!(sandbox.host_card(&customer, &back, "card").await, card_page);

    let left = bench.left(SUCCEEDS_LATE).await;
    let charge = bench.charging(&left, euros(500));
    let payment = sandbox.charge(&charge, "charge").await.expect("a payment");
    // The answer is what it was, though the payment has gone on.
    bench.settle(10).await;
    assert_eq!(sandbox.charge(&charge, "charge").await.as_ref(), Ok(&payment));
    assert_ne!(bench.payment(&payment.reference).await, payment);
    let refund = NewRefund { payment: payment.reference, amount: euros(100) };
    let refunded = sandbox.refund(&refund, "refund").await;
    assert_eq!(sandbox.refund(&refund, "refund").await, refunded);
    assert_eq!(bench.payment(&refund.payment).await.refunded, Some(100));

    let account = sandbox.create_payout_account(&somebody, "account").await;
    assert_eq!(sandbox.create_payout_account(&somebody, "account").await, account);
    let product = PublishedProduct { code: "plus".to_owned(), name: "Plus".to_owned() };
    let published = sandbox.publish_product(&product, "product").await.expect("a product");
    assert!(published.starts_with("prod_sandbox_"));
    assert_eq!(sandbox.publish_product(&product, "product").await.as_ref(), Ok(&published));
    let price = PublishedPrice { product: published, amount: euros(900), every_months: Some(1) };
    let published = sandbox.publish_price(&price, "price").await.expect("a price");
    assert!(published.starts_with("price_sandbox_"));
    assert_eq!(sandbox.publish_price(&price, "price").await, Ok(published));
}

#[tokio::test]
async fn a_key_is_not_taken_for_something_else() {
    let bench = Bench::new().await;
    let (sandbox, wanted) = (&bench.sandbox, bench.wanted(&bench.customer().await, true));
    sandbox.host_payment(&wanted, "k").await.expect("a page");
    for other in [
        HostedPayment { amount: euros(1001), ..wanted.clone() },
        HostedPayment { payment: bench.app.world.id(), ..wanted.clone() },
        HostedPayment { keep_card: false, ..wanted.clone() },
        HostedPayment { price: Some("price_x".to_owned()), ..wanted.clone() },
        HostedPayment { description: "Another".to_owned(), ..wanted.clone() },
        HostedPayment { cancel_url: wanted.success_url.clone(), ..wanted.clone() },
    ] {
        assert_eq!(refusal(sandbox.host_payment(&other, "k").await), "idempotency_key_in_use");
    }
    assert_eq!(refusal(sandbox.create_customer(&bench.somebody(), "k").await), "idempotency_key_in_use");
    sandbox.host_payment(&wanted, "k").await.expect("the page");
    for bad in [String::new(), "k".repeat(256)] {
        assert_eq!(refusal(sandbox.host_payment(&wanted, &bad).await), "idempotency_key_invalid");
    }
}

#[tokio::test]
async fn one_key_twenty_times_at_once_is_one_charge() {
    let bench = Bench::new().await;
    let left = bench.left(GOOD).await;
    let charge = bench.charging(&left, euros(500));
    let charges = (0..20).map(|_| {
        let (sandbox, charge) = (bench.sandbox.clone(), charge.clone());
        async move { sandbox.charge(&charge, "once").await.expect("an answer") }
    });
    let answers = at_once(charges).await;
    assert!(answers.iter().all(|answer| answer == &answers[0]));
    assert_eq!(bench.only_payment().await, answers[0]);
    assert_eq!(bench.told().await, ["payment_intent.created", "payment_intent.succeeded"]);

    // Nor do twenty different wishes with one key become more than one.
    let charges = (0..20).map(|n| {
        let (sandbox, charge) = (bench.sandbox.clone(), bench.charging(&left, euros(100 + n)));
        async move { sandbox.charge(&charge, "mixed").await }
    });
    let (good, bad): (Vec<_>, Vec<_>) = at_once(charges).await.into_iter().partition(Result::is_ok);
    assert_eq!((good.len(), bad.len()), (1, 19));
    assert!(bad.into_iter().all(|refused| refusal(refused) == "idempotency_key_in_use"));
}

#[tokio::test]
async fn a_refusal_is_an_answer_too() {
    let bench = Bench::new().await;
    let account = bench.sandbox.create_payout_account(&bench.somebody(), "a").await.expect("an account");
    let payout = NewPayout { payout: bench.app.world.id(), account: account.clone(), amount: euros(100) };
    assert_eq!(refusal(bench.sandbox.pay_out(&payout, "p").await), "payouts_not_allowed");
    let page = bench.sandbox.host_payout_account(&account, &address("https://magentic.test/")).await.expect("a page");
    bench.sandbox.submit_payout_account(&page.reference, "DE89370400440532013000").await.expect("a bank");
    assert_eq!(refusal(bench.sandbox.pay_out(&payout, "p").await), "payouts_not_allowed");
    bench.sandbox.pay_out(&payout, "q").await.expect("a payout");
}

#[tokio::test]
async fn keys_are_forgotten_after_thirty_days() {
    let bench = Bench::new().await;
    let somebody = bench.somebody();
    let customer = bench.sandbox.create_customer(&somebody, "k").await.expect("a customer");
    bench.app.clock.advance(TimeDelta::days(30));
    assert_eq!(bench.sandbox.sweep().await.expect("swept"), 0);
    assert_eq!(bench.sandbox.create_customer(&somebody, "k").await.as_ref(), Ok(&customer));
    bench.app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(bench.sandbox.sweep().await.expect("swept"), 1);
    assert_ne!(bench.sandbox.create_customer(&somebody, "k").await, Ok(customer));
}
