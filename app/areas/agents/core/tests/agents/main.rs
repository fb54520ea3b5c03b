//! The agents area against a real PostgreSQL, through its public functions.

#![expect(clippy::expect_used, reason = "a test can't go on without; also in what tests share")]

mod acting;
mod aimock;
mod attachments;
mod builder;
mod chat;
mod check_answers;
mod checks;
mod embed;
mod knowledge;
mod mcp;
mod retrieve;
mod reviews;
mod talk;
mod tools;
mod versions;

use agents_core::{
    Answered, CheckResult, CheckRunState, Error, NewCheck, Rule, Source, Spec,
    command::{NewAgent, NewCaps, NewFile, NewPage, NewText, Note},
    review::{Decided, Decision},
    service::{self, BegunChecks},
};
use kernel::{AccountId, Actor, CheckId, CheckRunId, PageSize, ProposalId, SourceId};
use platform::Cx;
use testkit::TestApp;
use uuid::Uuid;

macro_rules! in_transaction {
    ($app:expr, |$tx:ident| $use_case:expr) => {{
        let mut $tx = $app.database.begin().await?;
        let result = $use_case.await;
        // Also when it failed, nothing is held when the call returns.
        if result.is_ok() {
            $tx.commit().await?;
        } else {
            $tx.rollback().await?;
        }
        result
    }};
}

/// What tests do to the application: each call is one use case in one transaction.
trait Agents {
    async fn create(&self, cx: &Cx<Actor>, new: NewAgent) -> Result<AccountId, Error>;
    async fn save(&self, cx: &Cx<Actor>, agent: AccountId, draft: Spec, number: u32) -> Result<u32, Error>;
    async fn set_caps(&self, cx: &Cx<Actor>, agent: AccountId, caps: NewCaps) -> Result<(), Error>;
    async fn pause(&self, cx: &Cx<Actor>, agent: AccountId) -> Result<(), Error>;
    async fn resume(&self, cx: &Cx<Actor>, agent: AccountId) -> Result<(), Error>;
    async fn retire(&self, cx: &Cx<Actor>, agent: AccountId) -> Result<(), Error>;
    async fn publish(&self, cx: &Cx<Actor>, agent: AccountId, note: &str) -> Result<u32, Error>;
    async fn restore(&self, cx: &Cx<Actor>, agent: AccountId, number: u32) -> Result<u32, Error>;
    async fn add_check(&self, cx: &Cx<Actor>, agent: AccountId, check: NewCheck) -> Result<CheckId, Error>;
    async fn edit_check(&self, cx: &Cx<Actor>, check: CheckId, new: NewCheck) -> Result<(), Error>;
    async fn move_check(&self, cx: &Cx<Actor>, check: CheckId, place: usize) -> Result<(), Error>;
    async fn remove_check(&self, cx: &Cx<Actor>, check: CheckId) -> Result<(), Error>;
    async fn begin_checks(&self, cx: &Cx<Actor>, agent: AccountId) -> Result<BegunChecks, Error>;
    async fn finish_checks(
        &self,
        cx: &Cx<Actor>,
        run: CheckRunId,
        results: &[CheckResult],
    ) -> Result<CheckRunState, Error>;
    /// Asks all checks; each is answered with this.
    async fn run_checks(&self, cx: &Cx<Actor>, agent: AccountId, answer: &str);
    /// Saves a draft with these instructions, has its checks pass, and publishes it.
    async fn publish_passing(&self, cx: &Cx<Actor>, agent: AccountId, instructions: &str);
    async fn add_text(&self, cx: &Cx<Actor>, agent: AccountId, new: NewText) -> Result<SourceId, Error>;
    async fn add_file(&self, cx: &Cx<Actor>, agent: AccountId, new: NewFile) -> Result<SourceId, Error>;
    async fn add_page(&self, cx: &Cx<Actor>, agent: AccountId, address: &str) -> Result<SourceId, Error>;
    async fn reread(&self, cx: &Cx<Actor>, source: SourceId) -> Result<(), Error>;
    async fn remove_source(&self, cx: &Cx<Actor>, source: SourceId) -> Result<(), Error>;
    /// The sources of an agent, newest first.
    async fn sources(&self, cx: &Cx<Actor>, agent: AccountId) -> Vec<Source>;
    async fn decide(&self, cx: &Cx<Actor>, item: ProposalId, decision: &Decision) -> Result<Decided, Error>;
    /// How many events of a kind there are.
    async fn events(&self, kind: &str) -> i64;
    async fn count(&self, sql: &'static str) -> i64;
}

fn new_agent(handle: &str, template: &str) -> NewAgent {
    NewAgent::parse(handle, handle, template).expect("a valid agent")
}

fn with_instructions(instructions: &str) -> Spec {
    Spec { instructions: instructions.to_owned(), ..Spec::default() }
}

fn text(title: &str, body: &str) -> NewText {
    NewText::parse(title, body).expect("a valid text")
}

/// A check that "Hello." passes.
fn passing(question: &str) -> NewCheck {
    NewCheck::parse(question, vec![Rule::Contains { text: "hello".to_owned() }]).expect("a valid check")
}

fn saying(text: &str) -> Answered {
    Answered { text: text.to_owned(), ..Answered::default() }
}

/// The status of the problem that an error becomes.
fn status(error: Error) -> u16 {
    kernel::Problem::from(error).status()
}

/// An id of nothing.
fn no_agent() -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(7))
}

impl Agents for TestApp {
    async fn create(&self, cx: &Cx<Actor>, new: NewAgent) -> Result<AccountId, Error> {
        in_transaction!(self, |tx| service::create_agent(&mut tx, cx, &new))
    }

    async fn save(&self, cx: &Cx<Actor>, agent: AccountId, draft: Spec, number: u32) -> Result<u32, Error> {
        in_transaction!(self, |tx| service::save_draft(&mut tx, cx, agent, draft, number))
    }

    async fn set_caps(&self, cx: &Cx<Actor>, agent: AccountId, caps: NewCaps) -> Result<(), Error> {
        in_transaction!(self, |tx| service::set_caps(&mut tx, cx, agent, caps))
    }

    async fn pause(&self, cx: &Cx<Actor>, agent: AccountId) -> Result<(), Error> {
        in_transaction!(self, |tx| service::pause(&mut tx, cx, agent))
    }

    async fn resume(&self, cx: &Cx<Actor>, agent: AccountId) -> Result<(), Error> {
        in_transaction!(self, |tx| service::resume(&mut tx, cx, agent))
    }

    async fn retire(&self, cx: &Cx<Actor>, agent: AccountId) -> Result<(), Error> {
        in_transaction!(self, |tx| service::retire(&mut tx, cx, agent))
    }

    async fn publish(&self, cx: &Cx<Actor>, agent: AccountId, note: &str) -> Result<u32, Error> {
        let note = Note::parse(note).expect("a valid note");
        in_transaction!(self, |tx| service::publish(&mut tx, cx, agent, &note))
    }

    async fn restore(&self, cx: &Cx<Actor>, agent: AccountId, number: u32) -> Result<u32, Error> {
        in_transaction!(self, |tx| service::restore(&mut tx, cx, agent, number))
    }

    async fn add_check(&self, cx: &Cx<Actor>, agent: AccountId, check: NewCheck) -> Result<CheckId, Error> {
        in_transaction!(self, |tx| service::add_check(&mut tx, cx, agent, &check))
    }

    async fn edit_check(&self, cx: &Cx<Actor>, check: CheckId, new: NewCheck) -> Result<(), Error> {
        in_transaction!(self, |tx| service::edit_check(&mut tx, cx, check, &new))
    }

    async fn move_check(&self, cx: &Cx<Actor>, check: CheckId, place: usize) -> Result<(), Error> {
        in_transaction!(self, |tx| service::move_check(&mut tx, cx, check, place))
    }

    async fn remove_check(&self, cx: &Cx<Actor>, check: CheckId) -> Result<(), Error> {
        in_transaction!(self, |tx| service::remove_check(&mut tx, cx, check))
    }

    async fn begin_checks(&self, cx: &Cx<Actor>, agent: AccountId) -> Result<BegunChecks, Error> {
        in_transaction!(self, |tx| service::begin_check_run(&mut tx, cx, agent))
    }

    async fn finish_checks(
        &self,
        cx: &Cx<Actor>,
        run: CheckRunId,
        results: &[CheckResult],
    ) -> Result<CheckRunState, Error> {
        in_transaction!(self, |tx| service::finish_check_run(&mut tx, cx, run, results))
    }

    async fn run_checks(&self, cx: &Cx<Actor>, agent: AccountId, answer: &str) {
        // A moment later each time: the run that began last counts.
        self.clock.advance(chrono::TimeDelta::seconds(1));
        let begun = self.begin_checks(cx, agent).await.expect("begun");
        let results = service::ask_checks(&begun, |_| async { Ok(saying(answer)) }).await;
        self.finish_checks(cx, begun.run, &results).await.expect("finished");
    }

    async fn publish_passing(&self, cx: &Cx<Actor>, agent: AccountId, instructions: &str) {
        let now = service::agent(self.database.pool(), cx, agent).await.expect("the agent");
        self.save(cx, agent, with_instructions(instructions), now.draft_number).await.expect("saved");
        if service::checks(self.database.pool(), cx, agent).await.expect("checks").is_empty() {
            self.add_check(cx, agent, passing("Hello?")).await.expect("a check");
        }
        self.run_checks(cx, agent, "Hello.").await;
        self.publish(cx, agent, "").await.expect("published");
    }

    async fn add_text(&self, cx: &Cx<Actor>, agent: AccountId, new: NewText) -> Result<SourceId, Error> {
        // A moment later each time, so that the order is that of adding.
        self.clock.advance(chrono::TimeDelta::seconds(1));
        in_transaction!(self, |tx| service::add_text(&mut tx, cx, agent, &new))
    }

    async fn add_file(&self, cx: &Cx<Actor>, agent: AccountId, new: NewFile) -> Result<SourceId, Error> {
        self.clock.advance(chrono::TimeDelta::seconds(1));
        service::add_file(&self.database, &self.files, cx, agent, &new).await
    }

    async fn add_page(&self, cx: &Cx<Actor>, agent: AccountId, address: &str) -> Result<SourceId, Error> {
        self.clock.advance(chrono::TimeDelta::seconds(1));
        let new = NewPage::parse(address).expect("a valid address");
        in_transaction!(self, |tx| service::add_page(&mut tx, cx, agent, &new))
    }

    async fn reread(&self, cx: &Cx<Actor>, source: SourceId) -> Result<(), Error> {
        in_transaction!(self, |tx| service::reread_page(&mut tx, cx, source))
    }

    async fn remove_source(&self, cx: &Cx<Actor>, source: SourceId) -> Result<(), Error> {
        in_transaction!(self, |tx| service::remove_source(&mut tx, cx, source))
    }

    async fn sources(&self, cx: &Cx<Actor>, agent: AccountId) -> Vec<Source> {
        let size = PageSize::clamped(100);
        service::sources(self.database.pool(), cx, agent, None, size).await.expect("sources").items
    }

    async fn decide(&self, cx: &Cx<Actor>, item: ProposalId, decision: &Decision) -> Result<Decided, Error> {
        in_transaction!(self, |tx| service::decide(&mut tx, cx, item, decision))
    }

    async fn events(&self, kind: &str) -> i64 {
        sqlx::query_scalar("select count(*) from events where kind = $1")
            .bind(kind)
            .fetch_one(self.database.pool())
            .await
            .expect("a count")
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.database.pool()).await.expect("a count")
    }
}
