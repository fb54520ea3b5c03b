//! Against emulate (npm), which has products, prices and the pages of Checkout.

use chrono::DateTime;
use platform::payments::{PaymentError, PaymentProvider, PublishedPrice, PublishedProduct};

use crate::{ada, browser, euros, hosted, stand_in};

#[tokio::test]
async fn somebody_pays_for_what_was_published() {
    let Some(url) = stand_in("EMULATE_URL", "somebody pays for what was published, at emulate") else { return };
    let stripe = crate::stripe(&url);
    let customer = stripe.create_customer(&ada(), "customer").await.expect("a customer");
    let product = PublishedProduct { code: "plus".to_owned(), name: "Magentic Plus".to_owned() };
    let product = stripe.publish_product(&product, "product").await.expect("a product");
    let price = PublishedPrice { product, amount: euros(900), every_months: None };
    let price = stripe.publish_price(&price, "price").await.expect("a price");

    let mut payment = hosted(&customer, DateTime::from_timestamp(1_800_000_000, 0).expect("an instant"));
    (payment.price, payment.keep_card) = (Some(price), true);
    let page = stripe.host_payment(&payment, "page").await.expect("a page");
    let browser = browser();
    let shown = browser.get(page.url.clone()).send().await.expect("an answer").text().await.expect("a page");
    assert!(shown.contains("Magentic Plus") && shown.contains("9.00"), "{shown}");

    // The button on the page.
    let form = format!("{}/complete", page.url);
    let paid = browser.post(form).form(&[("email", "ada@example.org")]).send().await.expect("an answer");
    assert_eq!(paid.headers()["location"], payment.success_url.as_str());
    let used = stripe.expire_page(&page.reference).await;
    assert!(matches!(used, Err(PaymentError::Refused { .. })), "{used:?}");

    // A page that nobody paid on can be closed, and closed again.
    let page = stripe.host_payment(&payment, "page-2").await.expect("another page");
    stripe.expire_page(&page.reference).await.expect("it is closed");
    stripe.expire_page(&page.reference).await.expect("it still is");
    let shown = browser.get(page.url).send().await.expect("an answer").text().await.expect("a page");
    assert!(shown.contains("no longer available"), "{shown}");
    let unknown = stripe.expire_page("cs_nothing").await;
    assert!(matches!(unknown, Err(PaymentError::Refused { .. })), "{unknown:?}");
}
