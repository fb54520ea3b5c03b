//! Invoices as files over HTTP.

use billing_core::{
    PayWith, Per,
    command::{SaveProduct, SetPrice, StartCheckout, What},
    service,
};
use identity_core::command::NewPerson;
use kernel::{AccountId, Actor, Currency, InvoiceId, Money, PageSize, Via};
use platform::{Cx, payments::ProviderName};
use testkit::{PASSWORD, TestApp};

use crate::support::{Server, header_of};

/// Somebody who administers the server.
async fn admin(app: &TestApp) -> Cx<Actor> {
    let new = NewPerson::parse("olga", "Olga", "olga@example.org", PASSWORD).expect("a valid person");
    let new = NewPerson { is_admin: true, ..new };
    let hash = app.passwords.hash(&new.password, app.world.randomness.as_ref()).await.expect("a hash");
    let mut tx = app.database.begin().await.expect("a transaction");
    let created = identity_core::service::create_person_confirmed(&mut tx, &app.world.cx(()), &new, &hash).await;
    tx.commit().await.expect("a commit");
    let id: AccountId = created.expect("an account");
    app.world.cx(Actor::human(id, Via::System))
}

/// Sells something for ten euros to somebody who has them in their wallet.
async fn sell(app: &TestApp, admin: &Cx<Actor>, to: &Cx<Actor>) -> InvoiceId {
    let mut tx = app.database.begin().await.expect("a transaction");
    let save = SaveProduct::parse(None, "book", "The Book", "A book", "7", true, "books 1").expect("a product");
    let product = service::save_product(&app.database, &mut tx, admin, &save).await.expect("saved");
    let amount = Money::new(1000, Currency::Eur);
    let price = SetPrice { product, amount, per: Per::Once, trial_days: 0 };
    let price = service::set_price(&app.database, &mut tx, admin, &price).await.expect("a price");
    tx.commit().await.expect("a commit");
    let key = "1".parse().expect("a key");
    let start =
        StartCheckout { what: What::Price(price), pay_with: PayWith::Wallet, saved_card: false, seen: None, key };
    let mut tx = app.database.begin().await.expect("a transaction");
    service::start(&mut tx, to, ProviderName::Sandbox, &start).await.expect("bought");
    tx.commit().await.expect("a commit");
    let owner = Some(to.actor.account);
    let page = service::invoices(app.database.pool(), to.actor, owner, None, PageSize::clamped(1)).await;
    page.expect("invoices").items[0].id
}

#[tokio::test]
async fn an_invoice_is_a_file_for_who_it_is_made_out_to() {
    let server = Server::start().await;
    let (ana, eve, olga) = (server.app.person("ana").await, server.app.person("eve").await, admin(&server.app).await);
    server.top_up(&ana).await;
    let id = sell(&server.app, &olga, &ana).await;
    let path = format!("/billing/invoices/{id}/pdf");
    let (as_ana, as_eve, as_olga) =
        (server.signed_in(&ana).await, server.signed_in(&eve).await, server.signed_in(&olga).await);
    for (visitor, expected) in [(&as_olga, 200), (&as_eve, 404), (&server.visitor(), 401)] {
        assert_eq!(visitor.get(&path).await.status(), expected);
    }
    assert_eq!(as_ana.get("/billing/invoices/inv_nonsense/pdf").await.status(), 404);

    let response = as_ana.get(&path).await;
    assert_eq!(response.status(), 200);
    let head = |name| header_of(&response, name);
    assert_eq!((head("content-type"), head("cache-control")), ("application/pdf".into(), "private, no-store".into()));
    let name = head("content-disposition");
    assert!(name.starts_with("inline; filename=\"INV-") && name.ends_with("-000001.pdf\""), "{name}");
    let file = response.bytes().await.expect("a file");
    let document = lopdf::Document::load_mem(&file).expect("a PDF");
    let text = document.extract_text(&[1]).expect("text");
    for words in ["The Book", "10.00 EUR", "Paid", "@ana", "Test mode"] {
        assert!(text.contains(words), "{words} in {text}");
    }

    for _ in 0..58 {
        assert_eq!(as_ana.get(&path).await.status(), 200);
    }
    let refused = as_ana.get(&path).await;
    assert_eq!(refused.status(), 429);
    assert!(!header_of(&refused, "retry-after").is_empty());
}
