//! Payouts.

use payments_sandbox::page::{PageError, PageKind, PageState};
use platform::payments::{NewPayout, PayoutAccount};

use super::*;

const ARRIVES: &str = "DE89 3704 0044 0532 0130 00";
const COMES_BACK: &str = "DE62370400440532013001";

async fn account(bench: &Bench, iban: &str) -> String {
    let account = bench.sandbox.create_payout_account(&bench.somebody(), &bench.key()).await.expect("an account");
    let back = address("https://magentic.test/payouts");
    let page = bench.sandbox.host_payout_account(&account, &back).await.expect("a page");
    let next = bench.sandbox.submit_payout_account(&page.reference, iban).await.expect("a bank");
    assert_eq!(next, Next::Back(back));
    account
}

#[tokio::test]
async fn an_account_is_enabled_when_its_owner_says_where_it_leads() {
    let bench = Bench::new().await;
    let somebody = bench.somebody();
    let account = bench.sandbox.create_payout_account(&somebody, "a").await.expect("an account");
    let state = bench.sandbox.payout_account(&account).await.expect("an account");
    assert_eq!(state, PayoutAccount { complete: false, enabled: false });
    let back = address("https://magentic.test/payouts");
    let page = bench.sandbox.host_payout_account(&account, &back).await.expect("a page");
    let shown = bench.sandbox.open_page(&page.reference).await.expect("a page");
    assert_eq!((shown.kind, shown.state, shown.amount), (PageKind::PayoutAccount, PageState::Open, None));

    // It isn't for cards, and other pages aren't for accounts.
    assert!(matches!(bench.sandbox.submit_card(&page.reference, &form(GOOD)).await, Err(PageError::NotFound)));
    assert!(matches!(bench.sandbox.confirm(&page.reference, true).await, Err(PageError::NothingToConfirm)));
    let other = bench.page(false).await;
    assert!(matches!(bench.sandbox.submit_payout_account(&other.reference, ARRIVES).await, Err(PageError::NotFound)));
    for wrong in ["", "DE00370400440532013000", "GB82WEST12345698765432"] {
        let result = bench.sandbox.submit_payout_account(&page.reference, wrong).await;
        assert!(matches!(&result, Err(PageError::Invalid(fields)) if fields[0].field == "iban"), "{result:?}");
    }
    assert_eq!(bench.told().await, [""; 0]);

    for _ in 0..2 {
        let next = bench.sandbox.submit_payout_account(&page.reference, ARRIVES).await.expect("a bank");
        assert_eq!(next, Next::Back(back.clone()));
    }
    let state = bench.sandbox.payout_account(&account).await.expect("an account");
    assert_eq!(state, PayoutAccount { complete: true, enabled: true });
    let news = bench.news().await;
    assert_eq!(kinds(&news), ["account.updated"]);
    let told = object(&news, "account.updated");
    assert_eq!((&told["id"], &told["payouts_enabled"]), (&account.into(), &true.into()));
    assert_eq!(told["metadata"]["magentic_account"], somebody.account.to_string());
}

#[tokio::test]
async fn a_page_for_an_account_works_for_an_hour() {
    let bench = Bench::new().await;
    let account = bench.sandbox.create_payout_account(&bench.somebody(), "a").await.expect("an account");
    let back = address("https://magentic.test/payouts");
    let page = bench.sandbox.host_payout_account(&account, &back).await.expect("a page");
    bench.app.clock.advance(TimeDelta::hours(1));
    assert!(matches!(bench.sandbox.submit_payout_account(&page.reference, ARRIVES).await, Err(PageError::Expired)));
    assert_eq!(bench.told().await, [""; 0]);
    let missing = bench.sandbox.host_payout_account("acct_sandbox_x", &back).await;
    assert_eq!(refusal(missing), "resource_missing");
    assert_eq!(refusal(bench.sandbox.payout_account("acct_sandbox_x").await), "resource_missing");
}

#[tokio::test]
async fn payouts_arrive_or_come_back() {
    for (iban, kind, failure) in [
        (ARRIVES, "payout.paid", Value::Null),
        (COMES_BACK, "payout.failed", "The bank account could not be found.".into()),
    ] {
        let bench = Bench::new().await;
        let account = account(&bench, iban).await;
        bench.news().await;
        let new = NewPayout { payout: bench.app.world.id(), account: account.clone(), amount: euros(2500) };
        let payout = bench.sandbox.pay_out(&new, "p").await.expect("a payout");
        assert!(payout.starts_with("po_sandbox_"));
        let news = bench.news().await;
        assert_eq!(kinds(&news), ["transfer.created"]);
        let transfer = object(&news, "transfer.created");
        assert_eq!((&transfer["destination"], &transfer["amount"]), (&account.clone().into(), &2500.into()));
        assert_eq!(transfer["metadata"]["magentic_payout"], new.payout.to_string());

        assert_eq!(bench.settle(4).await, 0);
        assert_eq!(bench.settle(1).await, 1);
        let news = bench.news().await;
        assert_eq!(kinds(&news), [kind]);
        assert_eq!(news[0]["account"], account);
        let told = object(&news, kind);
        assert_eq!((&told["id"], &told["failure_message"]), (&payout.into(), &failure));
        assert_eq!(told["metadata"]["magentic_payout"], new.payout.to_string());
        assert_eq!(bench.settle(100).await, 0);
    }
}

#[tokio::test]
async fn payouts_go_only_where_they_can() {
    let bench = Bench::new().await;
    let empty = bench.sandbox.create_payout_account(&bench.somebody(), "a").await.expect("an account");
    let to = |account: &str, minor| NewPayout {
        payout: bench.app.world.id(),
        account: account.to_owned(),
        amount: euros(minor),
    };
    assert_eq!(refusal(bench.sandbox.pay_out(&to(&empty, 100), "p").await), "payouts_not_allowed");
    assert_eq!(refusal(bench.sandbox.pay_out(&to("acct_sandbox_x", 100), "q").await), "resource_missing");
    let account = account(&bench, ARRIVES).await;
    assert_eq!(refusal(bench.sandbox.pay_out(&to(&account, 0), "r").await), "parameter_invalid_integer");
}
