//! Wallets, statements and transfers, as they are read.

use kernel::{Cursor, LedgerAccountId, PageSize, TransferId};
use money_core::{Counterparty, LedgerKind, Memo, Pay, StatementLine, Subject, TransferKind, service};
use testkit::TestApp;
use uuid::Uuid;

use crate::{Ledger, admin, again, euros, holding, paying, problem, split, to};

#[tokio::test]
async fn a_statement_says_what_happened_and_with_whom() {
    let app = TestApp::new().await;
    let (ana, ben, cleo) = (app.rich("ana", 5000).await, app.person("ben").await, app.person("cleo").await);
    let subject = Subject::of(cleo.actor.account);
    let payment =
        Pay { subject: Some(subject.clone()), ..paying(&ana, split(&[(&ben, 100), (&cleo, 300)], 1000), "a") };
    let payment = app.pay(&ana, &payment).await.expect("paid").id;
    app.hold(&ana, &holding(&ana, euros(500), "h")).await.expect("held");
    app.refund(payment, euros(400), "r").await.expect("given back");

    let pool = app.database.pool();
    let wallet = app.has(&ana).await.account(LedgerKind::Wallet).expect("a wallet");
    let page = service::statement(pool, ana.actor, wallet, None, PageSize::DEFAULT).await.expect("her statement");
    let lines: Vec<_> = page
        .items
        .iter()
        .map(|line| (line.seq, line.kind, line.amount.minor, line.balance.minor, line.counterparty))
        .collect();
    let with_cleo = Counterparty::Member(cleo.actor.account);
    assert_eq!(
        lines,
        [
            (4, TransferKind::Refund, 400, 4500, with_cleo),
            (3, TransferKind::Hold, -500, 4100, Counterparty::Account(LedgerKind::Held)),
            (2, TransferKind::Payment, -400, 4600, with_cleo),
            (1, TransferKind::TopUp, 5000, 5000, Counterparty::Account(LedgerKind::Provider)),
        ]
    );
    assert_eq!(page.items[2].memo, Memo::from("A call"));
    assert_eq!((page.items[2].subject.as_ref(), page.items[0].subject.as_ref()), (Some(&subject), Some(&subject)));
    assert_eq!(page.next, None);

    // For who was paid, the other side is who paid.
    let pending = app.has(&ben).await.account(LedgerKind::Pending).expect("an account");
    let page = service::statement(pool, ben.actor, pending, None, PageSize::DEFAULT).await.expect("his statement");
    assert_eq!(page.items[1].counterparty, Counterparty::Member(ana.actor.account));
}

#[tokio::test]
async fn pages_of_a_statement_leave_nothing_out() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 5000).await, app.person("ben").await);
    for n in 0..10 {
        app.pay(&ana, &paying(&ana, to(&ben, euros(n + 1)), &n.to_string())).await.expect("paid");
    }
    let pool = app.database.pool();
    let wallet = app.has(&ana).await.account(LedgerKind::Wallet).expect("a wallet");
    let (mut after, mut seqs): (Option<Cursor>, Vec<i64>) = (None, Vec::new());
    loop {
        let page =
            service::statement(pool, ana.actor, wallet, after.as_ref(), PageSize::clamped(4)).await.expect("a page");
        assert!(page.items.len() <= 4);
        seqs.extend(page.items.iter().map(|line: &StatementLine| line.seq));
        after = page.next;
        if after.is_none() {
            break;
        }
        // What is booked meanwhile doesn't shift the pages.
        app.top_up(&ana, euros(1), &format!("t{}", seqs.len())).await.expect("a top-up");
    }
    assert_eq!(seqs, (1..=11).rev().collect::<Vec<_>>());
    let made_up: Cursor = "ffffffffffffffffffffffffffffffff".parse().expect("well-formed");
    assert!(service::statement(pool, ana.actor, wallet, Some(&made_up), PageSize::DEFAULT).await.is_ok());
}

#[tokio::test]
async fn a_transfer_opens_into_its_postings() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 5000).await, app.person("ben").await);
    let payment = app.pay(&ana, &paying(&ana, to(&ben, euros(1000)), "a")).await.expect("paid").id;
    let refund = app.refund(payment, euros(10), "r").await.expect("given back").id;
    let pool = app.database.pool();
    for viewer in [&ana, &ben, &again(&ana)] {
        let view = service::transfer(pool, viewer.actor, payment).await.expect("theirs");
        let postings: Vec<_> =
            view.postings.iter().map(|posting| (posting.kind, posting.owner, posting.amount.minor)).collect();
        assert_eq!(
            postings,
            [
                (LedgerKind::Wallet, Some(ana.actor.account), -1000),
                (LedgerKind::Pending, Some(ben.actor.account), 900),
                (LedgerKind::Fees, None, 100),
            ]
        );
        assert_eq!((view.kind, view.reversed_by, view.reverses), (TransferKind::Payment, vec![refund], None));
    }
    let view = service::transfer(pool, ana.actor, refund).await.expect("hers");
    assert_eq!(view.reverses, Some(payment));
}

#[tokio::test]
async fn what_is_somebody_elses_is_not_there() {
    let app = TestApp::new().await;
    let (ana, ben, cleo) = (app.rich("ana", 5000).await, app.person("ben").await, app.person("cleo").await);
    let bot = app.agent("ben_bot", &ben).await;
    let payment = app.pay(&ana, &paying(&ana, to(&ben, euros(1000)), "a")).await.expect("paid").id;
    let wallet = app.has(&ana).await.account(LedgerKind::Wallet).expect("a wallet");
    let fees = app.account(None, LedgerKind::Fees).await;
    let (pool, size) = (app.database.pool(), PageSize::DEFAULT);
    for stranger in [&cleo, &bot] {
        let status = |error| problem(error).status();
        assert_eq!(status(service::transfer(pool, stranger.actor, payment).await.expect_err("not theirs")), 404);
        for account in [wallet, fees] {
            let error = service::statement(pool, stranger.actor, account, None, size).await.expect_err("not theirs");
            assert_eq!(status(error), 404);
            let error =
                service::statement_csv(pool, stranger.actor, account, Vec::new()).await.expect_err("not theirs");
            assert_eq!(status(error), 404);
        }
        let error = service::wallet(pool, stranger.actor, ana.actor.account).await.expect_err("not theirs");
        assert_eq!(status(error), 404);
    }
    // The one who was paid sees the payment, and not the payer's statement.
    assert!(service::transfer(pool, ben.actor, payment).await.is_ok());
    assert!(service::statement(pool, ben.actor, wallet, None, size).await.is_err());
    // What isn't there at all looks the same.
    let nothing = TransferId::from_uuid(Uuid::from_u128(7));
    assert_eq!(problem(service::transfer(pool, ana.actor, nothing).await.expect_err("nothing")).status(), 404);
    let nothing = LedgerAccountId::from_uuid(Uuid::from_u128(7));
    assert_eq!(
        problem(service::statement(pool, ana.actor, nothing, None, size).await.expect_err("nothing")).status(),
        404
    );

    let root = admin(&app).await;
    assert!(service::transfer(pool, root.actor, payment).await.is_ok());
    assert!(service::statement(pool, root.actor, fees, None, size).await.is_ok());
    assert!(service::wallet(pool, root.actor, ana.actor.account).await.is_ok());
}

#[tokio::test]
async fn the_table_adds_up_to_the_balance() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 50_000).await, app.person("ben").await);
    for n in 0..40 {
        let memo = Memo::from(["=1+1", "a, \"b\"", "-2", "Grüße"][usize::try_from(n % 4).expect("few")]);
        let pay = Pay { memo, ..paying(&ana, to(&ben, euros(7 * n + 1)), &n.to_string()) };
        app.pay(&ana, &pay).await.expect("paid");
    }
    let wallet = app.has(&ana).await.account(LedgerKind::Wallet).expect("a wallet");
    let mut table = Vec::new();
    let exported = service::statement_csv(app.database.pool(), ana.actor, wallet, &mut table).await.expect("a table");
    assert_eq!((exported.lines, exported.balance), (41, app.has(&ana).await.available));
    let text = String::from_utf8(table.clone()).expect("UTF-8");
    assert!(
        text.starts_with("date,transfer,kind,for,memo,amount,balance,currency\r\n2026-06-01T12:00:00Z,xfer_"),
        "{text}"
    );

    let mut reader = csv::Reader::from_reader(table.as_slice());
    let cents = |text: &str| text.replace('.', "").parse::<i64>().expect("an amount");
    let mut sum = 0;
    for row in reader.records() {
        let row = row.expect("a row");
        sum += cents(&row[5]);
        assert_eq!(sum, cents(&row[6]), "{row:?}");
        assert!(!row[4].starts_with(['=', '-', '+', '@']), "{row:?}");
    }
    assert_eq!(sum, exported.balance.minor);
}
