//! What the database itself refuses, whoever asks: these tests go past the program.

use money_core::LedgerKind;
use sqlx::{Acquire, AssertSqlSafe, Executor};
use testkit::TestApp;
use uuid::Uuid;

use crate::{Ledger, euros, paying, to};

/// Runs statements in one transaction, and gives the name of the constraint that refused them or their commit.
async fn refusal(app: &TestApp, statements: &str) -> String {
    let mut connection = app.database.pool().acquire().await.expect("a connection");
    let mut tx = connection.begin().await.expect("a transaction");
    let result = match tx.execute(AssertSqlSafe(statements.to_owned())).await {
        Ok(_) => tx.commit().await,
        Err(error) => Err(error),
    };
    let error = result.expect_err(statements);
    platform::database::violated_constraint(&error).unwrap_or_else(|| unreachable!("{error:?}")).to_owned()
}

/// A statement that writes a transfer, and one that writes a posting of it.
fn transfer(id: Uuid) -> String {
    format!(
        "insert into transfers (id, kind, key, fingerprint, memo, created_at)
         values ('{id}', 'adjustment', '{id}', decode(repeat('00', 32), 'hex'), '', now());"
    )
}

fn posting(transfer: Uuid, place: i16, account: kernel::LedgerAccountId, currency: &str, amount: i64) -> String {
    let account = account.uuid();
    format!(
        "insert into postings (transfer_id, place, ledger_account_id, currency, amount)
         values ('{transfer}', {place}, '{account}', '{currency}', {amount});"
    )
}

#[tokio::test]
async fn transfers_sum_to_zero() {
    let app = TestApp::new().await;
    let ana = app.rich("ana", 1000).await;
    let wallet = app.account(Some(ana.actor.account), LedgerKind::Wallet).await;
    let fees = app.account(None, LedgerKind::Fees).await;
    let id = Uuid::from_u128(1);
    let one_sided = transfer(id) + &posting(id, 0, wallet, "EUR", -10);
    let unbalanced = one_sided.clone() + &posting(id, 1, fees, "EUR", 11);
    let empty = transfer(id);
    for statements in [one_sided, unbalanced, empty] {
        assert_eq!(refusal(&app, &statements).await, "transfers_sum_to_zero");
    }
    let nothing = transfer(id) + &posting(id, 0, wallet, "EUR", 0);
    assert_eq!(refusal(&app, &nothing).await, "postings_say_something");
    let other_currency = transfer(id) + &posting(id, 0, wallet, "USD", -10);
    assert_eq!(refusal(&app, &other_currency).await, "postings_ledger_account_id_currency_fkey");
    let too_much = transfer(id) + &posting(id, 0, wallet, "EUR", -1001);
    assert_eq!(refusal(&app, &too_much).await, "ledger_accounts_floor");
    assert_eq!(app.sums(&ana).await, (1000, 0, 0, 0));

    // What is balanced is let pass: the others were refused for what they are.
    let balanced = transfer(id) + &posting(id, 0, wallet, "EUR", -10) + &posting(id, 1, fees, "EUR", 10);
    app.database.pool().execute(AssertSqlSafe(balanced)).await.expect("booked");
    app.adds_up().await;
}

#[tokio::test]
async fn nothing_is_added_to_an_older_transfer() {
    let app = TestApp::new().await;
    let ana = app.rich("ana", 1000).await;
    let wallet = app.account(Some(ana.actor.account), LedgerKind::Wallet).await;
    let fees = app.account(None, LedgerKind::Fees).await;
    let old: Uuid = sqlx::query_scalar("select id from transfers").fetch_one(app.database.pool()).await.expect("one");
    let balanced = posting(old, 2, wallet, "EUR", -10) + &posting(old, 3, fees, "EUR", 10);
    assert_eq!(refusal(&app, &balanced).await, "postings_come_with_their_transfer");
    let to_nothing = posting(Uuid::from_u128(9), 0, wallet, "EUR", -10);
    assert_eq!(refusal(&app, &to_nothing).await, "postings_come_with_their_transfer");
    app.adds_up().await;
}

#[tokio::test]
async fn history_is_not_rewritten() {
    let app = TestApp::new().await;
    let ana = app.rich("ana", 1000).await;
    app.pay(&ana, &paying(&ana, to(&app.person("ben").await, euros(10)), "a")).await.expect("paid");
    for statement in [
        "update transfers set memo = 'other'",
        "update transfers set created_at = now() where false",
        "delete from transfers",
        "truncate transfers cascade",
        "update postings set amount = amount + 1",
        "update postings set balance_after = 0",
        "delete from postings",
        "truncate postings",
        "delete from ledger_accounts",
        "truncate ledger_accounts cascade",
    ] {
        assert_eq!(refusal(&app, statement).await, "ledger_is_append_only", "{statement}");
    }
    app.adds_up().await;
}

#[tokio::test]
async fn balances_do_not_drift() {
    let app = TestApp::new().await;
    let ana = app.rich("ana", 1000).await;
    for statement in [
        "update ledger_accounts set balance = balance + 1",
        "update ledger_accounts set last_seq = last_seq + 1",
        "update ledger_accounts set floor = null",
        "update ledger_accounts set floor = -1000 where kind = 'wallet'",
        "update ledger_accounts set currency = 'USD'",
        "update ledger_accounts set owner_id = null",
        "insert into ledger_accounts (id, kind, currency, balance, created_at)
         values ('00000000-0000-0000-0000-000000000007', 'losses', 'EUR', 5, now())",
    ] {
        assert_eq!(refusal(&app, statement).await, "ledger_accounts_change_by_postings", "{statement}");
    }
    for (kind, owner, floor, constraint) in [
        ("wallet", "null", "0", "ledger_accounts_members"),
        ("fees", "(select id from accounts)", "null", "ledger_accounts_members"),
        ("payouts", "null", "null", "ledger_accounts_floors"),
        ("fees", "null", "0", "ledger_accounts_floors"),
        ("provider", "null", "null", "ledger_accounts_one_of_each"),
        ("wallet", "(select id from accounts)", "0", "ledger_accounts_one_of_each"),
    ] {
        let statement = format!(
            "insert into ledger_accounts (id, kind, owner_id, currency, floor, created_at)
             values ('00000000-0000-0000-0000-000000000007', '{kind}', {owner}, 'EUR', {floor}, now())"
        );
        assert_eq!(refusal(&app, &statement).await, constraint, "{statement}");
    }
    assert_eq!(app.sums(&ana).await, (1000, 0, 0, 0));
    app.adds_up().await;
}

#[tokio::test]
async fn holds_and_refunds_keep_within_their_amount() {
    let app = TestApp::new().await;
    let (ana, ben) = (app.rich("ana", 1000).await, app.person("ben").await);
    app.pay(&ana, &paying(&ana, to(&ben, euros(100)), "a")).await.expect("paid");
    app.hold(&ana, &crate::holding(&ana, euros(100), "h")).await.expect("held");
    for (statement, constraint) in [
        ("update payment_lines set refunded = 101", "refunds_stay_within_payments"),
        ("update payment_lines set refunded = 5, refunded_fee = 6", "refunds_stay_within_payments"),
        ("update payment_lines set payee_id = payer_id", "nobody_pays_themselves"),
        ("update holds set captured = 60, released = 41", "holds_are_not_overdrawn"),
        ("update holds set captured = 100", "holds_close_when_empty"),
        ("update holds set state = 'closed', closed_at = now()", "holds_close_when_empty"),
    ] {
        assert_eq!(refusal(&app, statement).await, constraint, "{statement}");
    }
}
