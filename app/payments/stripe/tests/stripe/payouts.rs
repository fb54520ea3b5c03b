//! Payouts that are refused on their second step: the first must not stand.

use payments_stripe::Stripe;
use platform::payments::{PaymentError, PaymentProvider};
use serde_json::json;

use crate::{
    fake::{Fake, Step},
    payout,
};

fn refused() -> Step {
    let message = "You have insufficient funds in your Stripe account for this transfer.";
    Step::error(400, json!({"type": "invalid_request_error", "code": "balance_insufficient", "message": message}))
}

fn transfer(reversed: bool) -> Step {
    Step::Do(json!({"id": "tr_1", "reversed": reversed}))
}

async fn refusal(stripe: &Stripe) -> Option<String> {
    match stripe.pay_out(&payout(), "key").await {
        Err(PaymentError::Refused { code, .. }) => code,
        other => unreachable!("{other:?}"),
    }
}

#[tokio::test]
async fn a_refused_payout_takes_its_transfer_back() {
    let fake = Fake::start().await;
    fake.then([transfer(false), transfer(false), refused()]);
    assert_eq!(refusal(&fake.stripe()).await.as_deref(), Some("balance_insufficient"));
    let reversal = &fake.seen()[3];
    assert_eq!((reversal.what().as_str(), reversal.key()), ("POST /v1/transfers/tr_1/reversals", Some("key-reversal")));
    assert_eq!((reversal.header("stripe-account"), reversal.params.len()), (None, 0));
}

#[tokio::test]
async fn nothing_is_transferred_or_taken_back_when_the_transfer_is_refused() {
    let fake = Fake::start().await;
    fake.then([refused()]);
    assert_eq!(refusal(&fake.stripe()).await.as_deref(), Some("balance_insufficient"));
    assert_eq!((fake.seen().len(), fake.effects()), (1, 0));
}

#[tokio::test]
async fn until_the_transfer_is_back_nobody_knows() {
    let fake = Fake::start().await;
    let stripe = fake.stripe();
    fake.then([transfer(false), transfer(false), refused(), refused()]);
    let unknown = stripe.pay_out(&payout(), "key").await;
    assert!(matches!(unknown, Err(PaymentError::Unknown(_))), "{unknown:?}");
    // Asked again with the same key it goes on where it was.
    fake.then([transfer(false), transfer(false), refused()]);
    assert_eq!(refusal(&stripe).await.as_deref(), Some("balance_insufficient"));
    assert_eq!(fake.effects(), 2, "one transfer, one reversal");
    // And once more: the payout must not be tried without its transfer.
    fake.then([transfer(false), transfer(true)]);
    assert_eq!(refusal(&stripe).await, None);
    assert_eq!(fake.seen().len(), 4 + 4 + 2);
}

#[tokio::test]
async fn a_payout_that_is_half_done_is_never_said_not_to_have_happened() {
    let limited = || Step::Say(429, &[("retry-after", "60")], String::new());
    let forbidden = || Step::error(403, json!({"type": "invalid_request_error", "message": "This key may not."}));
    for steps in [
        vec![transfer(false), limited()],
        vec![transfer(false), forbidden()],
        vec![transfer(false), transfer(false), limited()],
    ] {
        let fake = Fake::start().await;
        fake.then(steps);
        let stripe = fake.stripe();
        let unknown = stripe.pay_out(&payout(), "key").await;
        assert!(matches!(unknown, Err(PaymentError::Unknown(_))), "{unknown:?}");
        // Stripe keeps what it did under the first key, and the second goes on.
        fake.then([transfer(false)]);
        assert_eq!(stripe.pay_out(&payout(), "key").await, Ok("po_1".to_owned()));
        assert_eq!(fake.effects(), 2, "one transfer, one payout");
    }
    // Before the first step nothing has happened.
    let fake = Fake::start().await;
    fake.then([limited()]);
    assert_eq!(fake.stripe().pay_out(&payout(), "key").await, Err(PaymentError::Busy { retry_after: Some(60) }));
}

#[tokio::test]
async fn what_came_back_from_a_bank_is_taken_back_once() {
    let fake = Fake::start().await;
    let list = |reversed: bool| Step::Do(json!({"data": [{"id": "tr_1", "reversed": reversed}]}));
    fake.then([list(false), transfer(true)]);
    fake.stripe().take_back_payout(payout().payout).await.expect("taken back");
    let seen = fake.seen();
    assert_eq!(seen[0].what(), "GET /v1/transfers");
    let group = ("transfer_group".to_owned(), payout().payout.to_string());
    assert!(seen[0].params.contains(&group), "{:?}", seen[0].params);
    assert_eq!(seen[1].what(), "POST /v1/transfers/tr_1/reversals");
    fake.then([list(true)]);
    fake.stripe().take_back_payout(payout().payout).await.expect("nothing to do");
    assert_eq!(fake.seen().len(), 3);
}
