//! Transfers: balanced, written once for a key, and never below a floor.

use kernel::{Currency, LedgerAccountId, MoneyError};
use money_core::{Draft, Error, LedgerKind, Memo, Subject, TransferKind, service};
use testkit::TestApp;
use uuid::Uuid;

use crate::{Ledger, amount, euros, key, problem, told};

fn draft(with: &str, postings: Vec<(LedgerAccountId, i64)>) -> Draft {
    Draft { kind: TransferKind::Adjustment, key: key(with), memo: Memo::from("By hand"), subject: None, postings }
}

#[tokio::test]
async fn the_same_key_is_the_same_transfer() {
    let app = TestApp::new().await;
    let ana = app.rich("ana", 1000).await;
    let wallet = app.account(Some(ana.actor.account), LedgerKind::Wallet).await;
    let fees = app.account(None, LedgerKind::Fees).await;
    let gift = draft("gift", vec![(fees, -250), (wallet, 250)]);
    let first = app.post(&gift).await.expect("booked");
    assert!(!first.repeated);
    // In another order, and in parts: it is the same.
    let again = draft("gift", vec![(wallet, 100), (fees, -250), (wallet, 150)]);
    let second = app.post(&again).await.expect("known");
    assert_eq!((second.id, second.repeated), (first.id, true));
    assert_eq!(app.sums(&ana).await, (1250, 0, 0, 0));

    let others = [
        draft("gift", vec![(fees, -251), (wallet, 251)]),
        Draft { memo: Memo::from("Other"), ..gift.clone() },
        Draft { kind: TransferKind::TopUp, ..gift.clone() },
        Draft { subject: Some(Subject::of(ana.actor.account)), ..gift.clone() },
    ];
    for other in others {
        let error = app.post(&other).await.expect_err("something else");
        assert!(matches!(error, Error::KeyReused), "{error:?}");
        assert_eq!(problem(error).status(), 409);
    }
    assert_eq!(app.sums(&ana).await, (1250, 0, 0, 0));
    app.adds_up().await;
}

#[tokio::test]
async fn drafts_balance_and_leave_alone_what_is_bound() {
    let app = TestApp::new().await;
    let ana = app.rich("ana", 1000).await;
    let owner = Some(ana.actor.account);
    let wallet = app.account(owner, LedgerKind::Wallet).await;
    let fees = app.account(None, LedgerKind::Fees).await;
    let losses = app.account(None, LedgerKind::Losses).await;
    for postings in [
        vec![],
        vec![(wallet, 0), (fees, 0)],
        vec![(wallet, -10)],
        vec![(wallet, -10), (wallet, 10)],
        vec![(wallet, -10), (fees, 9)],
        vec![(wallet, -10), (fees, 5), (losses, 6)],
    ] {
        let error = app.post(&draft("odd", postings.clone())).await.expect_err("unbalanced");
        assert!(matches!(error, Error::Unbalanced), "{postings:?}: {error:?}");
    }
    let overflow = draft("odd", vec![(wallet, i64::MAX), (wallet, 1), (fees, 0)]);
    assert!(matches!(app.post(&overflow).await, Err(Error::Money(MoneyError::Overflow))));
    let overflow = draft("odd", vec![(wallet, i64::MAX), (fees, -i64::MAX)]);
    assert!(matches!(app.post(&overflow).await, Err(Error::Money(MoneyError::Overflow))));

    // Two currencies, each of which has to be balanced.
    let cx = app.nobody();
    let mut tx = app.database.begin().await.expect("a transaction");
    let yen = service::account_of(&mut tx, &cx, None, LedgerKind::Fees, Currency::Jpy).await.expect("an account");
    tx.commit().await.expect("a commit");
    let mixed = draft("odd", vec![(wallet, -10), (yen, 10)]);
    assert!(matches!(app.post(&mixed).await, Err(Error::Unbalanced)));

    for kind in [LedgerKind::Held, LedgerKind::Pending] {
        let bound = app.account(owner, kind).await;
        let error = app.post(&draft("odd", vec![(wallet, -10), (bound, 10)])).await.expect_err("bound");
        assert!(matches!(error, Error::Bound(of) if of == kind), "{error:?}");
    }
    let nothing = LedgerAccountId::from_uuid(Uuid::from_u128(7));
    let error = app.post(&draft("odd", vec![(wallet, -10), (nothing, 10)])).await.expect_err("no such account");
    assert_eq!(problem(error).status(), 404);
    assert_eq!(app.sums(&ana).await, (1000, 0, 0, 0));
    app.adds_up().await;
}

#[tokio::test]
async fn nothing_falls_below_its_floor_and_the_transaction_stays_usable() {
    let app = TestApp::new().await;
    let ana = app.rich("ana", 1000).await;
    let wallet = app.account(Some(ana.actor.account), LedgerKind::Wallet).await;
    let fees = app.account(None, LedgerKind::Fees).await;
    let cx = app.nobody();
    let mut tx = app.database.begin().await.expect("a transaction");
    let too_much = draft("a", vec![(wallet, -1001), (fees, 1001)]);
    let error = service::post(&mut tx, &cx, &too_much).await.expect_err("not enough");
    assert_eq!(told(error, "amount"), "There is not enough in the wallet: 0.01 EUR are missing.");
    // A failure has written nothing: something else can be booked, also under the same key.
    let all = draft("a", vec![(wallet, -1000), (fees, 1000)]);
    service::post(&mut tx, &cx, &all).await.expect("all of it");
    tx.commit().await.expect("a commit");
    assert_eq!(app.sums(&ana).await, (0, 0, 0, 0));
    app.adds_up().await;
}

#[tokio::test]
async fn top_ups_come_in_once() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let first = app.top_up(&ana, euros(5000), "pi_1").await.expect("a top-up");
    let second = app.top_up(&ana, euros(5000), "pi_1").await.expect("known");
    assert_eq!((second.id, second.repeated), (first.id, true));
    for (whom, amount) in [(&ana, euros(5001)), (&ben, euros(5000)), (&ana, amount(5000, Currency::Usd))] {
        let error = app.top_up(whom, amount, "pi_1").await.expect_err("something else");
        assert!(matches!(error, Error::KeyReused), "{error:?}");
    }
    app.top_up(&ana, amount(700, Currency::Jpy), "pi_2").await.expect("another currency");
    let wallet = service::wallet(app.database.pool(), ana.actor, ana.actor.account).await.expect("a wallet");
    let available: Vec<String> = wallet.balances.iter().map(|balance| balance.available.to_string()).collect();
    assert_eq!(available, ["50.00 EUR", "700 JPY"]);
    assert_eq!(app.platform(LedgerKind::Provider).await, -5000);
    assert_eq!(app.events("money.topped_up").await, 2);
    app.adds_up().await;
}

#[tokio::test]
async fn what_is_taken_back_from_outside_comes_from_the_wallet_first() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let top_up = app.top_up(&ana, euros(1000), "pi_1").await.expect("a top-up").id;
    app.pay(&ana, &crate::paying(&ana, crate::to(&ben, euros(700)), "a")).await.expect("paid");

    let part = app.reverse(top_up, euros(200), "dp_1").await.expect("in part");
    assert!(app.reverse(top_up, euros(200), "dp_1").await.expect("known").repeated);
    assert_eq!((app.sums(&ana).await.0, app.platform(LedgerKind::Losses).await), (100, 0));
    let error = app.reverse(top_up, euros(801), "dp_2").await.expect_err("more than came in");
    assert_eq!(told(error, "amount"), "This is more than came in. 8.00 EUR can still be taken back.");
    let error = app.reverse(top_up, amount(1, Currency::Usd), "dp_2").await.expect_err("other currency");
    assert_eq!(told(error, "currency"), "This is in another currency: it has to be EUR.");

    app.reverse(top_up, euros(800), "dp_2").await.expect("the rest");
    assert_eq!((app.sums(&ana).await.0, app.platform(LedgerKind::Losses).await), (0, -700));
    assert_eq!(app.platform(LedgerKind::Provider).await, 0);
    assert!(app.reverse(top_up, euros(1), "dp_3").await.is_err());
    for not_a_top_up in [part.id, kernel::TransferId::from_uuid(Uuid::from_u128(7))] {
        let error = app.reverse(not_a_top_up, euros(1), "dp_4").await.expect_err("no top-up");
        assert_eq!(problem(error).status(), 404);
    }
    assert_eq!(app.events("money.top_up_reversed").await, 2);
    app.adds_up().await;
}

#[tokio::test]
async fn what_was_taken_back_comes_again_and_pays_the_loss_first() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.person("ana").await, app.person("ben").await);
    let top_up = app.top_up(&ana, euros(1000), "in").await.expect("in").id;
    app.pay(&ana, &crate::paying(&ana, crate::to(&ben, euros(700)), "a")).await.expect("paid");
    app.reverse(top_up, euros(1000), "dispute").await.expect("taken back");
    assert_eq!((app.has(&ana).await.available.minor, app.platform(LedgerKind::Losses).await), (0, -700));
    let give = async |minor, with: &str| {
        let memo = Memo::from("Won");
        let restore = money_core::ReverseTopUp { top_up, amount: euros(minor), key: key(with), memo };
        let mut tx = app.database.begin().await.expect("a transaction");
        let restored = service::restore_top_up(&mut tx, &app.nobody(), &restore).await?;
        tx.commit().await.expect("a commit");
        Ok::<_, Error>(restored)
    };
    let error = give(1001, "much").await.expect_err("more than was taken back");
    assert!(problem(error).for_field("amount").is_some());
    let first = give(800, "won").await.expect("restored");
    assert_eq!(give(800, "won").await.expect("the same").id, first.id);
    assert_eq!((app.has(&ana).await.available.minor, app.platform(LedgerKind::Losses).await), (100, 0));
    // And gone once more, as far as it goes.
    app.reverse(top_up, euros(800), "again").await.expect("taken back");
    assert_eq!((app.has(&ana).await.available.minor, app.platform(LedgerKind::Losses).await), (0, -700));
    app.adds_up().await;
}
