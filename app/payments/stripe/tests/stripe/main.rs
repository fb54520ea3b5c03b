//! The Stripe adapter over real sockets: against a stand-in of our own that can be told to fail, and, where they run,
//! against two that others wrote (`tools/with-stripe-fakes.sh`).

#![expect(clippy::expect_used, reason = "a test can't go on without; also in what tests share")]

mod emulate;
mod failures;
mod fake;
mod localstripe;
mod payouts;
mod requests;

use std::{env, io::Write};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{AccountId, Currency, Id, Kind, Money};
use payments_stripe::Stripe;
use platform::{
    config::Secret,
    payments::{HostedPayment, NewCharge, NewCustomer, NewPayment, NewPayout},
};
use url::Url;
use uuid::Uuid;

/// A setting of the tests; `None` when it isn't there.
#[expect(clippy::disallowed_methods, reason = "tests are configured by the environment alone")]
fn setting(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The address of a stand-in that others wrote. Says so when it does not run.
fn stand_in(variable: &str, test: &str) -> Option<Url> {
    let url = setting(variable).map(|url| url.parse().expect("a URL"));
    if url.is_none() {
        // Not with a macro: what those print is shown only when a test fails.
        writeln!(std::io::stderr(), "SKIPPED {test}: {variable} is not set. Use tools/with-stripe-fakes.sh.")
            .expect("stderr");
    }
    url
}

/// A client for what only a browser or Stripe itself would ask for. It follows no redirects.
fn browser() -> reqwest::Client {
    // It is built without a crypto library of its own, and the adapter may not have set the process's yet.
    _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a browser")
}

fn stripe(url: &Url) -> Stripe {
    Stripe::new(Secret::from("sk_test_12345"), vec![Secret::from("whsec_1")], url.clone()).expect("an adapter")
}

fn id<K: Kind>(number: u128) -> Id<K> {
    Id::from_uuid(Uuid::from_u128(number))
}

fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::Eur)
}

fn url(path: &str) -> Url {
    format!("https://magentic.example{path}").parse().expect("a URL")
}

fn account() -> AccountId {
    id(0xacc)
}

fn ada() -> NewCustomer {
    NewCustomer { account: account(), email: "ada@example.org".to_owned(), name: "Ada & Søn".to_owned() }
}

fn charge(customer: &str, card: &str) -> NewCharge {
    NewCharge {
        payment: id(0xcafe),
        customer: customer.to_owned(),
        card: card.to_owned(),
        amount: euros(1250),
        description: "Plus, 100 % yours".to_owned(),
    }
}

/// A payment whose card is entered into a form.
fn begin(customer: &str) -> NewPayment {
    NewPayment {
        payment: id(0xcafe),
        customer: customer.to_owned(),
        amount: euros(1250),
        description: "Plus, 100 % yours".to_owned(),
        keep_card: true,
    }
}

fn payout() -> NewPayout {
    NewPayout { payout: id(0xbee), account: "acct_1".to_owned(), amount: euros(900) }
}

/// A payment on a page that is open for an hour after `made`.
fn hosted(customer: &str, made: DateTime<Utc>) -> HostedPayment {
    let millis = u64::try_from(made.timestamp_millis()).expect("a time after 1970");
    HostedPayment {
        payment: Id::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &[7; 10]).into_uuid()),
        customer: customer.to_owned(),
        amount: euros(500),
        description: "Top-up".to_owned(),
        price: None,
        keep_card: false,
        success_url: url("/wallet?paid=1"),
        cancel_url: url("/wallet"),
        expires_at: made + TimeDelta::hours(1),
    }
}
