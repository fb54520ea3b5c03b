//! A server of the test's own, and clients for it.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, atomic::AtomicI64},
    time::Duration,
};

use billing_core::{
    PayWith, Per,
    command::{SaveProduct, SetPrice, StartCheckout, What},
    service as billing,
};
use identity_core::{Device, command::NewPerson, service as identity};
use kernel::{
    Actor, CheckoutId, Currency, InvoiceId, Money, PostId, PriceId, ProductId, SubscriptionId, TransferId, Via,
};
use metrics_exporter_prometheus::PrometheusBuilder;
use money_core::{Amount, Memo, TopUp};
use payments_stripe::Stripe;
use platform::{
    Config, Cx,
    config::PaymentsConfig,
    payments::{Payments, ProviderName},
};
use reqwest::{Client, RequestBuilder, Response, header, redirect::Policy};
use serde_json::Value;
use server::{
    answers::{Means, Watched},
    app::{App, router},
    assets::Site,
    known::Known,
    live::Hub,
    page_cache::PageCache,
};
use social_core::{Content, NewComment, NewPost, service as social};
use testkit::{PASSWORD, TestApp};
use tokio_util::sync::CancellationToken;
use web::server::State;

/// A running server.
pub struct Server {
    /// What stands behind it.
    pub app: TestApp,
    /// Where it listens.
    pub address: SocketAddr,
    stop: CancellationToken,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Server {
    /// Starts a server on a free port.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts a server with some settings.
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        let app = TestApp::new().await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let mut values: BTreeMap<String, String> =
            settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        // Nothing of a test stays in a folder of ours.
        values.entry("SEAL_KEY".to_owned()).or_insert_with(|| "07".repeat(32));
        values.entry("LISTEN".to_owned()).or_insert_with(|| address.to_string());
        let config = Arc::new(Config::from_values(values).expect("valid settings"));
        let position = Arc::new(AtomicI64::new(0));
        let stop = CancellationToken::new();
        let known = Known::default();
        let hub = Hub::new(Arc::clone(&position), known.clone(), config.max_sockets);
        tokio::spawn(hub.clone().run(app.database.clone(), stop.clone()));
        let state = State {
            database: app.database.clone(),
            files: app.files.clone(),
            world: app.world.clone(),
            passwords: app.passwords.clone(),
            payments: payments(&config, &app),
            sandbox: Some(app.sandbox.clone()),
            config,
            position,
        };
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let means = Means::gather(&state.config, &app.world).expect("models");
        let app_of_router = App {
            answerer: means.answerer(&app.database, &app.files, &app.world),
            means,
            watched: Watched::default(),
            state,
            hub,
            known,
            site: Arc::new(Site::find(None)),
            pages: PageCache::default(),
            stopping: stop.clone(),
        };
        let router = router(app_of_router, metrics).into_make_service_with_connect_info::<SocketAddr>();
        let stopped = stop.clone();
        tokio::spawn(async move {
            axum::serve(listener, router).with_graceful_shutdown(stopped.cancelled_owned()).await.expect("it serves");
        });
        Self { app, address, stop }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A visitor: a client without a session that doesn't follow redirects.
    pub fn visitor(&self) -> Visitor {
        // reqwest is built without a provider of its own; a second test finds it installed.
        _ = rustls::crypto::ring::default_provider().install_default();
        let client =
            Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(30)).build().expect("a client");
        Visitor { client, base: self.url(""), cookie: None }
    }

    /// A client that is signed in as this account.
    pub async fn signed_in(&self, who: &Cx<Actor>) -> Visitor {
        let mut tx = self.app.database.begin().await.expect("a transaction");
        let device = Device::new("a test", [127, 0, 0, 1].into());
        let signed_in = identity::issue_session(&mut tx, &self.app.world.cx(()), who.actor.account, &device)
            .await
            .expect("a session");
        tx.commit().await.expect("a commit");
        Visitor { cookie: Some(format!("session={}", signed_in.token.reveal())), ..self.visitor() }
    }

    /// A post by somebody.
    pub async fn post(&self, who: &Cx<Actor>, body: &str) -> PostId {
        let mut tx = self.app.database.begin().await.expect("a transaction");
        let content = Content::parse::<&str>(body, &[]).expect("a content");
        let id = social::publish_post(&mut tx, who, &NewPost { content, submission: None }).await.expect("a post");
        tx.commit().await.expect("a commit");
        id
    }

    /// Puts twelve euros into somebody's wallet.
    pub async fn top_up(&self, who: &Cx<Actor>) -> TransferId {
        let top_up = TopUp {
            account: who.actor.account,
            amount: Amount::parse("12", Currency::Eur).expect("an amount"),
            key: format!("test-{}", who.actor.account).parse().expect("a key"),
            memo: Memo::from("=1+1, for a test"),
            subject: None,
        };
        let mut tx = self.app.database.begin().await.expect("a transaction");
        let transfer = money_core::service::top_up(&mut tx, who, &top_up).await.expect("a top-up");
        tx.commit().await.expect("a commit");
        transfer.id
    }

    /// Somebody is about to put ten euros into their wallet with a card.
    pub async fn checkout_by_card(&self, who: &Cx<Actor>) -> CheckoutId {
        let start = StartCheckout {
            what: What::TopUp(Amount::parse("10", Currency::Eur).expect("an amount")),
            pay_with: PayWith::Card,
            saved_card: false,
            seen: None,
            key: "by-card".parse().expect("a key"),
        };
        let mut tx = self.app.database.begin().await.expect("a transaction");
        let id = billing::start(&mut tx, who, ProviderName::Sandbox, &start).await.expect("a checkout");
        tx.commit().await.expect("a commit");
        id
    }

    /// Lets somebody subscribe to something, paid from their wallet.
    pub async fn subscribe(&self, who: &Cx<Actor>) -> Bought {
        let app = &self.app;
        let new = NewPerson::parse("olga", "Olga", "olga@example.org", PASSWORD).expect("a valid person");
        let new = NewPerson { is_admin: true, ..new };
        let hash = app.passwords.hash(&new.password, app.world.randomness.as_ref()).await.expect("a hash");
        let mut tx = app.database.begin().await.expect("a transaction");
        let admin =
            identity::create_person_confirmed(&mut tx, &app.world.cx(()), &new, &hash).await.expect("an account");
        tx.commit().await.expect("a commit");
        let admin = app.world.cx(Actor::human(admin, Via::System));
        let save = SaveProduct::parse(None, "pro", "Pro", "", "19", true, "agents_at_work 5").expect("a product");
        let mut tx = app.database.begin().await.expect("a transaction");
        let product = billing::save_product(&app.database, &mut tx, &admin, &save).await.expect("a product");
        let amount = Money::new(500, Currency::Eur);
        let price = SetPrice { product, amount, per: Per::Month, trial_days: 0 };
        let price = billing::set_price(&app.database, &mut tx, &admin, &price).await.expect("a price");
        let start = StartCheckout {
            what: What::Price(price),
            pay_with: PayWith::Wallet,
            saved_card: false,
            seen: None,
            key: "bought".parse().expect("a key"),
        };
        let checkout = billing::start(&mut tx, who, ProviderName::Sandbox, &start).await.expect("bought");
        tx.commit().await.expect("a commit");
        let view = billing::checkout(app.database.pool(), who.actor, checkout).await.expect("a checkout");
        let (subscription, invoice) = (view.subscription.expect("one"), view.invoice.expect("one"));
        Bought { admin, product, price, checkout, subscription, invoice }
    }

    /// A comment by somebody.
    pub async fn comment(&self, who: &Cx<Actor>, parent: PostId, body: &str) -> PostId {
        let mut tx = self.app.database.begin().await.expect("a transaction");
        let content = Content::parse::<&str>(body, &[]).expect("a content");
        let new = NewComment { parent, content, submission: None };
        let id = social::publish_comment(&mut tx, who, &new).await.expect("a comment");
        tx.commit().await.expect("a commit");
        id
    }
}

/// The payment provider that the settings choose.
fn payments(config: &Config, app: &TestApp) -> Payments {
    let PaymentsConfig::Stripe { secret_key, webhook_secrets, api_base, card_form } = &config.payments else {
        return Arc::clone(&app.payments);
    };
    _ = rustls::crypto::ring::default_provider().install_default();
    let stripe = Stripe::new(secret_key.clone(), webhook_secrets.clone(), api_base.clone()).expect("an adapter");
    Arc::new(stripe.with_card_form(card_form.as_deref().cloned()))
}

/// What somebody subscribed to.
pub struct Bought {
    /// Who administers the server.
    pub admin: Cx<Actor>,
    /// The product.
    pub product: ProductId,
    /// Its price.
    pub price: PriceId,
    /// The checkout.
    pub checkout: CheckoutId,
    /// The subscription.
    pub subscription: SubscriptionId,
    /// The invoice.
    pub invoice: InvoiceId,
}

/// A client, signed in or not.
#[derive(Clone)]
pub struct Visitor {
    client: Client,
    base: String,
    /// The session's cookie.
    pub cookie: Option<String>,
}

impl Visitor {
    fn with_cookie(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.cookie {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    /// A request that can be changed before it is sent.
    pub fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        self.with_cookie(self.client.request(method, format!("{}{path}", self.base)))
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Response {
        self.request(reqwest::Method::GET, path).send().await.expect("an answer")
    }

    /// Opens a page and reads it.
    pub async fn read(&self, path: &str) -> (u16, String) {
        let response = self.get(path).await;
        (response.status().as_u16(), response.text().await.expect("text"))
    }

    /// Sends a form as a browser without JavaScript does.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.request(reqwest::Method::POST, path).header(header::ACCEPT, "text/html").form(fields);
        request.send().await.expect("an answer")
    }

    /// Calls a server function as a page that is alive does.
    pub async fn call(&self, function: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        let request = self.request(reqwest::Method::POST, &format!("/api/{function}"));
        Self::answer(request.header(header::ACCEPT, "application/json").form(fields)).await
    }

    /// Calls a server function that only reads.
    pub async fn ask(&self, function: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        let query: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let path = format!("/api/{function}?{}", query.join("&"));
        Self::answer(self.request(reqwest::Method::GET, &path).header(header::ACCEPT, "application/json")).await
    }

    async fn answer(request: RequestBuilder) -> (u16, Value) {
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let text = response.text().await.expect("text");
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }
}

/// The value of a response's header, or nothing.
pub fn header_of(response: &Response, name: &str) -> String {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}
