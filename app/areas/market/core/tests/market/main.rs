//! The market against a real PostgreSQL, through its public functions.

#![expect(clippy::expect_used, reason = "a test can't go on without; also in what tests share")]

mod answers;
mod buying;
mod listings;
mod messages;
mod property;
mod races;
mod reviews;
mod shown;
mod splits;
mod subscriptions;

use agents_core::{
    Error as AgentsError,
    command::NewCaps,
    service::{self as agents, Ask, Asked},
    terms::{Ended, Terms},
};
use kernel::{AccountId, Actor, BasisPoints, ConversationId, LicenceId, ListingId, Money, Problem, SaleId};
use market_core::{
    Error, LicenceKind, LicenceView, Standing,
    command::{Buy, GiveBack, ListingForm, NewReview, OfferShare},
    listing::CURRENCY,
    service::{self, MarketTerms},
};
use money_core::{Amount, LedgerKind, Memo, TopUp, service as ledger};
use platform::{Cx, models::Cost};
use social_core::MessageBody;
use testkit::TestApp;
pub(crate) use testkit::in_transaction;

fn euros(minor: i64) -> Money {
    Money::new(minor, CURRENCY)
}

fn points(points: u16) -> BasisPoints {
    BasisPoints::try_from(points).expect("a rate")
}

/// The status of the problem that an error becomes.
fn status(error: impl Into<Problem>) -> u16 {
    error.into().status()
}

/// A form with a title, to which a test adds prices.
fn form(title: &str) -> ListingForm {
    ListingForm {
        title: title.to_owned(),
        tagline: "Knows all about soups".to_owned(),
        description: "Ask it **anything** about cooking.".to_owned(),
        category: "lifestyle".to_owned(),
        tags: "soup, kitchen".to_owned(),
        language: "en".to_owned(),
        free_messages: 0,
        ..ListingForm::default()
    }
}

/// The application with somebody who offers agents.
struct Market {
    app: TestApp,
    owner: Cx<Actor>,
}

impl Market {
    async fn new() -> Self {
        let app = TestApp::new().await;
        let owner = app.person("owner").await;
        Self { app, owner }
    }

    /// A transaction, however many want one.
    async fn begin(&self) -> platform::Tx {
        loop {
            match self.app.database.begin().await {
                Err(sqlx::Error::PoolTimedOut) => {}
                other => return other.expect("a transaction"),
            }
        }
    }

    fn pool(&self) -> &sqlx::PgPool {
        self.app.database.pool()
    }

    /// An agent of somebody's that answers.
    async fn agent(&self, owner: &Cx<Actor>, handle: &str) -> AccountId {
        let agent = self.app.agent(handle, owner).await.actor.account;
        let mut tx = self.app.database.begin().await.expect("a transaction");
        sqlx::query(
            "insert into agents (account_id, owner_id, state, draft, version, created_at, updated_at, daily_cap_minor,
                 monthly_cap_minor)
             values ($1, $2, 'published', $3::jsonb, 1, $4, $4, 200, 2000)",
        )
        .bind(agent.uuid())
        .bind(owner.actor.account.uuid())
        .bind(r#"{"instructions":"Cook."}"#)
        .bind(self.app.world.now())
        .execute(&mut *tx)
        .await
        .expect("an agent");
        sqlx::query(
            "insert into agent_versions (agent_id, number, spec, note, published_by, published_at)
             values ($1, 1, $3::jsonb, '', $2, $4)",
        )
        .bind(agent.uuid())
        .bind(owner.actor.account.uuid())
        .bind(r#"{"instructions":"Cook."}"#)
        .bind(self.app.world.now())
        .execute(&mut *tx)
        .await
        .expect("a version");
        tx.commit().await.expect("a commit");
        agent
    }

    /// What an agent's listing says; it is not offered yet.
    async fn draft(&self, owner: &Cx<Actor>, agent: AccountId, form: ListingForm) -> Result<ListingId, Error> {
        let text = form.parse().expect("a valid form");
        in_transaction!(self, |tx| service::save_listing(&mut tx, owner, agent, &text))
    }

    async fn list(&self, owner: &Cx<Actor>, listing: ListingId) -> Result<(), Error> {
        in_transaction!(self, |tx| service::list(&mut tx, owner, listing))
    }

    /// An agent that is offered.
    async fn offered(&self, owner: &Cx<Actor>, handle: &str, form: ListingForm) -> (ListingId, AccountId) {
        let agent = self.agent(owner, handle).await;
        let listing = self.draft(owner, agent, form).await.expect("a draft");
        self.list(owner, listing).await.expect("listed");
        (listing, agent)
    }

    /// Somebody with money in their wallet.
    async fn rich(&self, handle: &str, minor: i64) -> Cx<Actor> {
        let cx = self.app.person(handle).await;
        self.top_up(&cx, minor, "first").await;
        cx
    }

    async fn top_up(&self, whom: &Cx<Actor>, minor: i64, key: &str) {
        let command = TopUp {
            account: whom.actor.account,
            amount: Amount::new(euros(minor)).expect("an amount"),
            key: format!("{}:{key}", whom.actor.account).parse().expect("a key"),
            memo: Memo::from("Card"),
            subject: None,
        };
        let nobody = self.app.world.cx(None::<Actor>);
        in_transaction!(self, |tx| ledger::top_up(&mut tx, &nobody, &command)).expect("topped up");
    }

    async fn buy(
        &self,
        cx: &Cx<Actor>,
        listing: ListingId,
        kind: LicenceKind,
        seen: i64,
        key: &str,
    ) -> Result<LicenceId, Error> {
        let buy = Buy { listing, kind, seen: euros(seen), key: key.parse().expect("a key") };
        in_transaction!(self, |tx| service::buy(&mut tx, cx, &buy))
    }

    async fn give_back(&self, cx: &Cx<Actor>, licence: LicenceId) -> Result<(), Error> {
        let back = GiveBack { licence, reason: String::new() };
        in_transaction!(self, |tx| service::give_back(&mut tx, cx, &back))
    }

    async fn refund(&self, cx: &Cx<Actor>, sale: SaleId) -> Result<(), Error> {
        in_transaction!(self, |tx| service::refund(&mut tx, cx, sale, "Sorry"))
    }

    async fn licence(&self, cx: &Cx<Actor>, licence: LicenceId) -> LicenceView {
        service::licence(self.pool(), cx, licence).await.expect("a licence")
    }

    async fn agree(&self, cx: &Cx<Actor>, agent: AccountId, minor: i64) -> Result<(), Error> {
        in_transaction!(self, |tx| service::agree_price(&mut tx, cx, agent, euros(minor)))
    }

    async fn standing(&self, cx: &Cx<Actor>, agent: AccountId) -> Standing {
        service::standing(self.pool(), cx, agent).await.expect("a standing")
    }

    /// Asks an agent on the terms of the market.
    async fn ask_in(
        &self,
        cx: &Cx<Actor>,
        agent: AccountId,
        conversation: Option<ConversationId>,
    ) -> Result<Asked, AgentsError> {
        let body = MessageBody::parse("How long do I cook it?").expect("a body");
        let ask =
            Ask { agent, conversation, parent: None, body, attachments: Vec::new(), submission: None, preview: false };
        in_transaction!(self, |tx| agents::ask(&mut tx, cx, &MarketTerms, &ask))
    }

    async fn ask(&self, cx: &Cx<Actor>, agent: AccountId) -> Result<Asked, AgentsError> {
        self.ask_in(cx, agent, None).await
    }

    /// Settles an answer that cost a tenth of a cent to run.
    async fn settle(&self, asked: &Asked, delivered: bool) {
        let cx = self.app.world.cx(self.owner.actor);
        let ended = Ended { run: asked.run, running: Cost::try_from(100_000).expect("a cost"), delivered };
        in_transaction!(self, |tx| MarketTerms.settle(&mut tx, &cx, &ended)).expect("settled");
    }

    /// Asks, and is answered.
    async fn answered(&self, cx: &Cx<Actor>, agent: AccountId) -> Asked {
        let asked = self.ask(cx, agent).await.expect("asked");
        self.settle(&asked, true).await;
        asked
    }

    async fn limit(&self, cx: &Cx<Actor>, daily: i64) {
        let caps = NewCaps::parse(daily, daily).expect("caps");
        in_transaction!(self, |tx| agents::set_my_limits(&mut tx, cx, caps)).expect("limited");
    }

    async fn review(&self, cx: &Cx<Actor>, listing: ListingId, rating: u8) -> Result<kernel::ReviewId, Error> {
        let new = NewReview::parse(rating, "Good soup").expect("a review");
        in_transaction!(self, |tx| service::put_review(&mut tx, cx, listing, &new))
    }

    /// Offers a share and has it accepted.
    async fn share(&self, owner: &Cx<Actor>, listing: ListingId, with: &Cx<Actor>, of: u16) -> Result<(), Error> {
        let offer = OfferShare { listing, account: with.actor.account, points: points(of) };
        in_transaction!(self, |tx| service::offer_share(&mut tx, owner, offer))?;
        in_transaction!(self, |tx| service::accept_share(&mut tx, with, listing))
    }

    /// What somebody has: in the wallet, held, pending.
    async fn has(&self, whom: &Cx<Actor>) -> (i64, i64, i64) {
        let wallet = ledger::wallet(self.pool(), whom.actor, whom.actor.account).await.expect("a wallet");
        wallet
            .balances
            .into_iter()
            .find(|it| it.available.currency == CURRENCY)
            .map_or((0, 0, 0), |it| (it.available.minor, it.held.minor, it.pending.minor))
    }

    /// What the platform kept.
    async fn fees(&self) -> i64 {
        sqlx::query_scalar(
            "select coalesce(sum(balance), 0)::bigint from ledger_accounts where kind = $1 and owner_id is null",
        )
        .bind(LedgerKind::Fees.as_str())
        .fetch_one(self.pool())
        .await
        .expect("a sum")
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.pool()).await.expect("a count")
    }

    /// How many events of a kind there are.
    async fn events(&self, kind: &str) -> i64 {
        sqlx::query_scalar("select count(*) from events where kind = $1")
            .bind(kind)
            .fetch_one(self.pool())
            .await
            .expect("a count")
    }

    /// Fails unless the books add up, and what is written down of sales is what the ledger moved for them.
    async fn adds_up(&self) {
        let report = ledger::verify(self.pool()).await.expect("a report");
        assert!(report.is_clean(), "{report}");
        let off = "with sold as (
                select s.transfer_id, line.payee_id, sum(line.amount_minor) as minor
                from sales s join sale_lines line on line.sale_id = s.id group by 1, 2
            ),
            moved as (
                select p.transfer_id, a.owner_id, sum(p.amount) as minor
                from postings p join ledger_accounts a on a.id = p.ledger_account_id
                where p.transfer_id in (select transfer_id from sales) and a.kind in ('pending', 'fees') group by 1, 2
            )
            select count(*) from sold full join moved on moved.transfer_id = sold.transfer_id
                and moved.owner_id is not distinct from sold.payee_id
            where coalesce(sold.minor, 0) <> coalesce(moved.minor, 0)";
        assert_eq!(self.count(off).await, 0, "sales and ledger differ");
        let returned = "select count(*) from sales s
            where s.refund_id is not null and (select sum(returned_minor) from sale_lines where sale_id = s.id)
                <> (select -sum(p.amount) from postings p join ledger_accounts a on a.id = p.ledger_account_id
                    where p.transfer_id = s.refund_id and a.kind in ('pending', 'earnings', 'fees'))";
        assert_eq!(self.count(returned).await, 0, "refunds and ledger differ");
    }
}
