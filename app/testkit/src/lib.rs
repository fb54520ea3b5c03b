//! The real application for tests: a real PostgreSQL, a clock that stands still until it is moved, seeded randomness, and
//! jobs that run when the test says so.
//!
//! Each test gets a database of its own, cloned from one that has been migrated. The server they live on is the one that
//! `TEST_DATABASE_URL` names, or else a throwaway one that ends with the test program.

mod cluster;
mod sites;
mod world;

use std::sync::Arc;

use agents_core::service::McpClient;
use identity_core::{
    Passwords,
    command::{NewAgent, NewPerson},
};
use kernel::{AccountId, Actor, Via};
use models_offline::Offline;
use payments_sandbox::{Inbox, Sandbox};
use platform::{
    Cx, Database, World,
    config::{FilesConfig, MailConfig, ToolsConfig},
    files::Files,
    job::{self, Shared, Tools, WorkerOptions},
    mail::{self, Mailer, StoredLetter},
    models::{Chain, Link, ModelProvider},
    outbound::{Limits, Outbound},
    payments::Payments,
    seal::Sealer,
};
pub use sites::Sites;
use url::Url;
pub use world::{FrozenClock, SeededRandomness};

/// A password good enough for everybody in a test.
pub const PASSWORD: &str = "correct horse battery staple";

/// What secrets are sealed with.
pub const SEAL_KEY: [u8; 32] = [7; 32];

/// Runs a use case in a transaction of its own, which is committed when it succeeded. `$app` begins one by `begin().await`.
#[macro_export]
macro_rules! in_transaction {
    ($app:expr, |$tx:ident| $use_case:expr) => {{
        let mut $tx = $app.begin().await;
        let result = $use_case.await;
        // Also when it failed, nothing is held when the call returns.
        if result.is_ok() {
            $tx.commit().await.expect("a commit");
        } else {
            $tx.rollback().await.expect("a rollback");
        }
        result
    }};
}

/// The application, ready to be used by one test.
pub struct TestApp {
    /// A database of the test's own.
    pub database: Database,
    /// Files in a folder of the test's own.
    pub files: Files,
    /// Time and chance, both in the test's hands.
    pub world: World,
    /// The hand on the clock.
    pub clock: Arc<FrozenClock>,
    /// Hashes passwords cheaply.
    pub passwords: Passwords,
    /// What links in mails begin with.
    pub public_url: Url,
    /// The payment provider: the sandbox, unless a test puts another one in its place.
    pub payments: Payments,
    /// The sandbox.
    pub sandbox: Sandbox,
    /// Who writes for agents: the built-in engine, unless a test puts another one in its place.
    pub models: Arc<Chain>,
    /// The web, as far as there is one: what a test puts there.
    pub sites: Arc<Sites>,
    /// Reads pages of it.
    pub outbound: Outbound,
    /// Seals secrets.
    pub sealer: Arc<Sealer>,
    /// Speaks with servers of tools.
    pub servers: Arc<McpClient>,
    files_folder: tempfile::TempDir,
    _lease: cluster::Lease,
}

impl TestApp {
    /// Sets the application up.
    ///
    /// # Panics
    /// When it can't be: a test can't go on then.
    #[expect(clippy::expect_used, reason = "a test can't go on without")]
    pub async fn new() -> Self {
        let (database, lease) = cluster::fresh_database().await;
        let clock = Arc::new(FrozenClock::default());
        let world = World { clock: clock.clone(), randomness: Arc::new(SeededRandomness::default()) };
        platform::event::ensure_partitions(database.pool(), world.now()).await.expect("partitions can be made");
        let files_folder = tempfile::tempdir().expect("a temporary folder");
        let files = Files::open(&FilesConfig::Disk, files_folder.path()).expect("a file store");
        let passwords = Passwords::cheap().expect("cheap passwords");
        let public_url = Url::parse("http://magentic.test").expect("a URL");
        let sandbox = Sandbox::open(&database, &world, &public_url).await.expect("a sandbox");
        let payments: Payments = Arc::new(sandbox.clone());
        let engine = Offline::with_pace(std::time::Duration::ZERO);
        let model = engine.models().first().cloned().expect("the engine's model");
        let models = Arc::new(Chain::new(vec![Link { provider: Arc::new(engine), model }], world.clone()));
        let sites = Arc::new(Sites::default());
        let outbound = Outbound::for_tests(sites.clone(), Limits::default()).expect("a reader of pages");
        let sealer = Arc::new(Sealer::with_key(&SEAL_KEY).expect("a key"));
        let servers = Arc::new(McpClient::new(outbound.clone(), Arc::clone(&sealer), &ToolsConfig::default()));
        Self {
            database,
            files,
            world,
            clock,
            passwords,
            public_url,
            payments,
            sandbox,
            sites,
            outbound,
            models,
            sealer,
            servers,
            files_folder,
            _lease: lease,
        }
    }

    /// A person with a confirmed account, and the context of what they do.
    ///
    /// # Panics
    /// When the account can't be made.
    pub async fn person(&self, handle: &str) -> Cx<Actor> {
        self.world.cx(Actor::human(self.account(handle).await, Via::System))
    }

    /// An agent that `owner` runs, and the context of what it does by itself.
    ///
    /// # Panics
    /// When the account can't be made.
    #[expect(clippy::expect_used, reason = "a test can't go on without")]
    pub async fn agent(&self, handle: &str, owner: &Cx<Actor>) -> Cx<Actor> {
        let mut tx = self.database.begin().await.expect("a transaction");
        let new = NewAgent::parse(handle, handle).expect("a valid agent");
        let id = identity_core::service::create_agent(&mut tx, owner, &new).await.expect("an agent");
        tx.commit().await.expect("a commit");
        self.world.cx(Actor::agent(id, Via::System))
    }

    #[expect(clippy::expect_used, reason = "a test can't go on without")]
    async fn account(&self, handle: &str) -> AccountId {
        let email = format!("{handle}@example.org");
        let new = NewPerson::parse(handle, handle, &email, PASSWORD).expect("a valid person");
        let hash = self.passwords.hash(&new.password, self.world.randomness.as_ref()).await.expect("a hash");
        let mut tx = self.database.begin().await.expect("a transaction");
        let id = identity_core::service::create_person_confirmed(&mut tx, &self.world.cx(()), &new, &hash)
            .await
            .expect("an account");
        tx.commit().await.expect("a commit");
        id
    }

    /// Runs all jobs that are due, and those that they enqueue, until none is left.
    ///
    /// # Panics
    /// When the queue can't be prepared.
    #[expect(clippy::expect_used, reason = "a test can't go on without")]
    pub async fn run_jobs(&self) {
        // What is due in the sandbox by the clock of the test: the queue goes by another one.
        self.sandbox.settle_due().await.expect("the sandbox settles");
        let tools = Tools {
            database: self.database.clone(),
            mailer: Arc::new(Mailer::new(&MailConfig::Mailbox { open_to_all: true }, &self.world).expect("a mailer")),
            files: self.files.clone(),
            world: self.world.clone(),
            public_url: self.public_url.clone(),
        };
        self.heed().await;
        let mut jobs = job::platform_jobs();
        jobs.extend(identity_core::job::jobs());
        jobs.extend(money_core::job::jobs());
        jobs.extend(billing_core::job::jobs());
        jobs.extend(payments_sandbox::jobs());
        jobs.extend(social_core::job::jobs());
        jobs.extend(agents_core::job::jobs());
        jobs.extend(market_core::job::jobs());
        jobs.extend(experts_core::job::jobs());
        let inbox = self.inbox();
        let chain = Arc::clone(&self.models);
        let performer = agents_core::service::Performer::new(self.database.clone(), self.world.clone(), chain);
        let give = |options: WorkerOptions| {
            options
                .add_extension(Shared::new(tools))
                .add_extension(Shared::new(Arc::clone(&self.payments)))
                .add_extension(Shared::new(self.sandbox.clone()))
                .add_extension(Shared::new(self.outbound.clone()))
                .add_extension(Shared::new(Arc::clone(&self.models)))
                .add_extension(Shared::new(Arc::clone(&self.servers)))
                .add_extension(Shared::new(Arc::clone(&self.sealer)))
                .add_extension(Shared::new(inbox))
                .add_extension(Shared::new(performer))
        };
        let worker =
            job::runner(self.database.pool(), jobs, "", give, std::future::pending()).await.expect("a job runner");
        // What a job enqueues may come after the last look for more.
        while self.jobs_are_due().await {
            worker.run_once().await.expect("jobs run");
            self.heed().await;
            self.bring_forward().await;
        }
    }

    /// Numbers what has happened, and calls those who heed it.
    #[expect(clippy::expect_used, reason = "a test can't go on without")]
    async fn heed(&self) {
        while platform::event::sequence(self.database.pool()).await.expect("numbered") > 0 {}
        agents_core::service::take_events(&self.database, &self.world).await.expect("events are taken");
        experts_core::service::take_events(&self.database, &self.world).await.expect("events are taken");
    }

    /// Where the sandbox's webhooks go: to the same as those that come over the network.
    fn inbox(&self) -> Inbox {
        let (database, world, payments) = (self.database.clone(), self.world.clone(), Arc::clone(&self.payments));
        Inbox::new(move |header, body| {
            let (database, world, payments) = (database.clone(), world.clone(), Arc::clone(&payments));
            async move {
                let taken = billing_core::service::receive(&database, &world, payments.as_ref(), &header, &body).await;
                taken.map_err(|error| error.to_string())
            }
        })
    }

    /// News that came before others that they need, such as a dispute before its payment, are tried again now instead of some
    /// seconds later.
    #[expect(clippy::expect_used, reason = "a test can't go on without")]
    async fn bring_forward(&self) {
        sqlx::query(
            "update graphile_worker._private_jobs set run_at = now() \
             where attempts = 1 and last_error is not null and locked_at is null and run_at > now() \
               and task_id = (select id from graphile_worker._private_tasks where identifier = 'handle_webhook')",
        )
        .execute(self.database.pool())
        .await
        .expect("brought forward");
    }

    #[expect(clippy::expect_used, reason = "a test can't go on without")]
    async fn jobs_are_due(&self) -> bool {
        sqlx::query_scalar(
            "select exists (select from graphile_worker._private_jobs where run_at <= now() and attempts < max_attempts)",
        )
        .fetch_one(self.database.pool())
        .await
        .expect("an answer")
    }

    /// Every letter that has been sent, newest first. Runs due jobs before.
    ///
    /// # Panics
    /// When the mailbox can't be read.
    #[expect(clippy::expect_used, reason = "a test can't go on without")]
    pub async fn mailbox(&self) -> Vec<StoredLetter> {
        self.run_jobs().await;
        let pool = self.database.pool();
        let page = mail::mailbox_page(pool, None, kernel::PageSize::clamped(100)).await.expect("the mailbox");
        let mut letters = Vec::new();
        for summary in page.items {
            letters.extend(mail::mailbox_letter(pool, summary.id).await.expect("a letter"));
        }
        letters
    }

    /// The folder files are kept in.
    pub fn files_folder(&self) -> &std::path::Path {
        self.files_folder.path()
    }
}

/// Lets all of them begin together, and waits for what each comes to.
pub async fn at_once<F, T>(futures: impl IntoIterator<Item = F>) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let mut all = tokio::task::JoinSet::new();
    for future in futures {
        all.spawn(future);
    }
    all.join_all().await
}
