//! Invoices are kept as they were written, and the database sees to it.

use billing_core::{PayWith, command::*, service};
use testkit::TestApp;

use crate::{Shop, buying, in_transaction};

#[tokio::test]
async fn an_invoice_is_made_out_to_who_they_were_then() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.rich("ana", 5000).await;
    let bill = BillTo::parse("Ana GmbH", "Street 1\n12345 Town", "DE123").expect("valid");
    in_transaction!(app, |tx| service::set_bill_to(&mut tx, &ana, &bill)).expect("written");
    app.start(&ana, &buying(price, PayWith::Wallet, "1")).await.expect("bought");
    let later = BillTo::parse("Ana AG", "", "").expect("valid");
    in_transaction!(app, |tx| service::set_bill_to(&mut tx, &ana, &later)).expect("written");
    let id = app.invoices(&ana).await[0].id;
    let invoice = service::invoice(app.database.pool(), ana.actor, id).await.expect("an invoice");
    assert_eq!(invoice.bill_to, "Ana GmbH\nStreet 1\n12345 Town\nDE123");
    assert!(BillTo::parse(&"x".repeat(121), "", "").is_err());
}

#[tokio::test]
async fn history_is_not_rewritten() {
    let app = TestApp::new().await;
    let price = app.plan("pro", 1190, 0).await;
    let ana = app.rich("ana", 5000).await;
    app.start(&ana, &buying(price, PayWith::Wallet, "1")).await.expect("bought");
    for (sql, constraint) in [
        ("update invoices set total = 1, net = 1, tax = 0", "invoices_are_kept"),
        ("update invoices set number = 7", "invoices_are_kept"),
        ("delete from invoices", "invoices_are_kept"),
        ("update invoice_lines set total = 1", "invoice_lines_is_kept"),
        ("delete from invoice_lines", "invoice_lines_is_kept"),
        ("update prices set amount = 1", "prices_are_kept"),
        ("update invoices set credited = total + 1", "invoices_credit_within_total"),
    ] {
        let error = sqlx::query(sql).execute(app.database.pool()).await.expect_err(sql);
        assert_eq!(platform::database::violated_constraint(&error), Some(constraint), "{sql}: {error}");
    }
}
