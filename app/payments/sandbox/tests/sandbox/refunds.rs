//! Giving money back, and disputes.

use kernel::Currency;
use platform::payments::NewRefund;
use testkit::at_once;

use super::*;

fn of(payment: &PaymentSnapshot, minor: i64) -> NewRefund {
    NewRefund { payment: payment.reference.clone(), amount: euros(minor) }
}

#[tokio::test]
async fn money_goes_back_in_parts_and_never_more_than_came() {
    let bench = Bench::new().await;
    let payment = bench.pay(GOOD).await;
    bench.news().await;
    let refund = bench.sandbox.refund(&of(&payment, 400), "a").await.expect("a refund");
    assert!(refund.reference.starts_with("re_sandbox_") && !refund.failed);
    let news = bench.news().await;
    assert_eq!(kinds(&news), ["charge.refunded", "refund.created"]);
    let charge = object(&news, "charge.refunded");
    assert_eq!((&charge["amount"], &charge["amount_refunded"]), (&1000.into(), &400.into()));
    assert_eq!((&charge["payment_intent"], &charge["refunded"]), (&payment.reference.clone().into(), &false.into()));
    assert_eq!(object(&news, "refund.created")["id"], refund.reference);

    assert_eq!(refusal(bench.sandbox.refund(&of(&payment, 601), "b").await), "amount_too_large");
    bench.sandbox.refund(&of(&payment, 600), "c").await.expect("a refund");
    assert_eq!(bench.payment(&payment.reference).await.refunded, Some(1000));
    assert_eq!(object(&bench.news().await, "charge.refunded")["refunded"], true);
    assert_eq!(refusal(bench.sandbox.refund(&of(&payment, 1), "d").await), "charge_already_refunded");
    assert_eq!(bench.told().await, [""; 0]);
}

#[tokio::test]
async fn what_can_not_go_back_is_refused() {
    let bench = Bench::new().await;
    let payment = bench.pay(SUCCEEDS_LATE).await;
    let refund = of(&payment, 100);
    assert_eq!(refusal(bench.sandbox.refund(&refund, "a").await), "payment_intent_unexpected_state");
    bench.settle(10).await;
    let yen = NewRefund { amount: Money::new(100, Currency::Jpy), ..refund.clone() };
    assert_eq!(refusal(bench.sandbox.refund(&yen, "b").await), "invalid_currency");
    for minor in [0, -1] {
        let refund = of(&payment, minor);
        assert_eq!(refusal(bench.sandbox.refund(&refund, &bench.key()).await), "parameter_invalid_integer");
    }
    let unknown = NewRefund { payment: "pi_sandbox_x".to_owned(), ..refund.clone() };
    assert_eq!(refusal(bench.sandbox.refund(&unknown, "c").await), "resource_missing");
    // A refusal is an answer, too, and stays the same.
    assert_eq!(refusal(bench.sandbox.refund(&refund, "a").await), "payment_intent_unexpected_state");
    bench.sandbox.refund(&refund, "d").await.expect("a refund");
}

#[tokio::test]
async fn twenty_refunds_at_once_give_back_what_came() {
    let bench = Bench::new().await;
    let payment = bench.pay(GOOD).await;
    bench.news().await;
    let refunds = (0..20).map(|n| {
        let (sandbox, refund) = (bench.sandbox.clone(), of(&payment, 150));
        async move { sandbox.refund(&refund, &format!("refund-{n}")).await }
    });
    let (good, bad): (Vec<_>, Vec<_>) = at_once(refunds).await.into_iter().partition(Result::is_ok);
    assert_eq!((good.len(), bad.len()), (6, 14));
    assert!(bad.into_iter().all(|refused| refusal(refused) == "amount_too_large"));
    assert_eq!(bench.payment(&payment.reference).await.refunded, Some(900));
    assert_eq!(bench.told().await.len(), 12);
}

#[tokio::test]
async fn a_refund_can_come_back() {
    let bench = Bench::new().await;
    let payment = bench.pay(REFUND_FAILS).await;
    bench.news().await;
    let refund = bench.sandbox.refund(&of(&payment, 400), "a").await.expect("a refund");
    assert!(!refund.failed);
    assert_eq!(bench.payment(&payment.reference).await.refunded, Some(400));
    bench.news().await;
    assert_eq!(bench.settle(9).await, 0);
    assert_eq!(bench.settle(1).await, 1);
    assert_eq!(bench.payment(&payment.reference).await.refunded, Some(0));
    let news = bench.news().await;
    assert_eq!(kinds(&news), ["refund.failed"]);
    let failed = object(&news, "refund.failed");
    assert_eq!((&failed["id"], &failed["status"]), (&refund.reference.into(), &"failed".into()));
    assert_eq!((&failed["amount"], &failed["payment_intent"]), (&400.into(), &payment.reference.into()));
    assert_eq!(bench.settle(100).await, 0);
}

#[tokio::test]
async fn a_dispute_is_won_or_lost_once() {
    for (won, status) in [(true, "won"), (false, "lost")] {
        let bench = Bench::new().await;
        let payment = bench.pay(DISPUTED).await;
        bench.news().await;
        assert_eq!(refusal(bench.sandbox.refund(&of(&payment, 100), "a").await), "charge_disputed");
        bench.sandbox.settle_dispute(&payment.reference, won).await.expect("an end");
        assert_eq!(refusal(bench.sandbox.settle_dispute(&payment.reference, !won).await), "dispute_not_open");
        let news = bench.news().await;
        assert_eq!(kinds(&news), ["charge.dispute.closed"]);
        let dispute = object(&news, "charge.dispute.closed");
        assert_eq!((&dispute["status"], &dispute["amount"]), (&status.into(), &1000.into()));
        let refund = bench.sandbox.refund(&of(&payment, 100), "b").await;
        if won {
            refund.expect("a refund");
        } else {
            assert_eq!(refusal(refund), "charge_disputed");
        }
    }
    let bench = Bench::new().await;
    let payment = bench.pay(GOOD).await;
    assert_eq!(refusal(bench.sandbox.settle_dispute(&payment.reference, true).await), "dispute_not_open");
    assert_eq!(refusal(bench.sandbox.settle_dispute("pi_sandbox_x", true).await), "resource_missing");
}
