//! The report finds what doesn't agree. As the database refuses to let it come about, its guards are taken away first.

use money_core::service;
use sqlx::{AssertSqlSafe, Executor};
use testkit::TestApp;

use crate::{Ledger, euros, holding, paying, to};

/// An application in which something of everything has happened.
async fn busy() -> TestApp {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 5000).await, app.person("ben").await);
    let payment = app.pay(&ana, &paying(&ana, to(&ben, euros(1000)), "a")).await.expect("paid").id;
    app.refund(payment, euros(100), "r").await.expect("given back");
    app.free().await;
    app.pay(&ana, &paying(&ana, to(&ben, euros(700)), "b")).await.expect("paid");
    let hold = app.hold(&ana, &holding(&ana, euros(1000), "h")).await.expect("held").id;
    app.capture(hold, to(&ben, euros(300)), "c").await.expect("taken");
    app.payout(&ben, euros(200), "p").await.expect("requested");
    app
}

#[tokio::test]
async fn says_what_it_checked() {
    let app = busy().await;
    let report = service::verify(app.database.pool()).await.expect("a report");
    assert!(report.is_clean(), "{report}");
    assert_eq!(
        (report.accounts, report.transfers, report.postings, report.holds, report.lines, report.payouts),
        (8, 8, 20, 1, 3, 1)
    );
    let words = report.to_string();
    assert!(words.starts_with("8 accounts, 8 transfers with 20 postings, 1 holds, 3 lines of payments, 1 payouts\n"));
    assert!(words.ends_with("Everything adds up."), "{words}");
    assert_eq!(report.checks.len(), 15);
}

#[tokio::test]
async fn finds_what_does_not_agree() {
    let cases = [
        ("delete from postings where place = 0", "transfers have two sides"),
        ("update postings set amount = amount - 1 where place = 0", "transfers sum to zero"),
        (
            "update ledger_accounts set balance = balance + 1 where kind = 'wallet'",
            "balances are the sum of their postings",
        ),
        (
            "update ledger_accounts set last_seq = last_seq + 1 where kind = 'fees'",
            "postings are numbered without gaps",
        ),
        (
            "update postings set balance_after = balance_after + 1 where seq = 1",
            "balances follow from posting to posting",
        ),
        ("update postings set currency = 'USD'", "postings have their account's currency"),
        ("update ledger_accounts set balance = -1 where kind = 'held'", "no balance is below its floor"),
        ("update ledger_accounts set balance = balance + 1 where kind = 'losses'", "everything together is zero"),
        ("update holds set amount = amount + 1", "what is held is what holds have left"),
        ("update holds set captured = captured + 1", "holds agree with their transfers"),
        ("update payment_lines set amount = amount + 1 where freed_at is not null", "payments agree with their lines"),
        (
            "update payment_lines set amount = amount + 1 where freed_at is null",
            "what is pending is what lines have left",
        ),
        ("update payment_lines set refunded = refunded + 1", "refunds agree with the lines they give back"),
        (
            "update transfers set kind = 'top_up_reversal', reverses = id where kind = 'top_up';
          update postings set amount = -amount",
            "no more is taken back than came in",
        ),
        ("update payouts set amount = amount + 1", "what is on its way out is what payouts say"),
    ];
    for (damage, check) in cases {
        let copy = busy().await;
        for table in ["transfers", "postings", "ledger_accounts"] {
            let unguard = format!("alter table {table} disable trigger user");
            copy.database.pool().execute(AssertSqlSafe(unguard)).await.expect("no guards");
        }
        for (table, constraint) in
            [("postings", "postings_ledger_account_id_currency_fkey"), ("ledger_accounts", "ledger_accounts_floor")]
        {
            let unguard = format!("alter table {table} drop constraint {constraint}");
            copy.database.pool().execute(AssertSqlSafe(unguard)).await.expect("no guards");
        }
        copy.database.pool().execute(AssertSqlSafe(damage.to_owned())).await.expect(damage);
        let report = service::verify(copy.database.pool()).await.expect("a report");
        assert!(report.differences.iter().any(|difference| difference.check == check), "{damage}: {report}");
        assert!(report.to_string().contains(&format!("WRONG {check}")), "{report}");
    }
}
