//! Starting and stopping the server.

use std::{
    net::SocketAddr,
    sync::{Arc, atomic::AtomicI64},
    time::Duration,
};

use agents_core::service::Performer;
use axum::serve::ListenerExt;
use identity_core::Passwords;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use platform::{
    Config, Database, World,
    embedded_postgres::{EmbeddedPostgres, Options},
    event,
    files::Files,
    job::Tools,
    mail::Mailer,
};
use sqlx::postgres::PgConnectOptions;
use tokio::{net::TcpListener, signal, time::timeout};
use tokio_util::sync::CancellationToken;
use web::server::State;

use crate::{
    answers::{self, Means, Watched},
    app::{self, App},
    assets::Site,
    cli, demo,
    known::Known,
    live::Hub,
    page_cache::PageCache,
    payments::Provider,
    worker,
};

type Failed = Box<dyn std::error::Error + Send + Sync>;

/// How long requests and sockets may take to finish after the signal to stop.
const DRAIN: Duration = Duration::from_secs(20);
/// The embedded database's name.
const DATABASE: &str = "magentic";

/// The database, and PostgreSQL itself where it is ours to run.
pub struct Foundations {
    /// The pool.
    pub database: Database,
    postgres: Option<EmbeddedPostgres>,
}

impl Foundations {
    /// Connects to the database, starting the embedded one when no other is configured.
    ///
    /// # Errors
    /// When it can't be started or reached.
    pub async fn lay(config: &Config) -> Result<Self, Failed> {
        let (options, postgres) = match &config.database_url {
            Some(url) => (url.reveal().parse::<PgConnectOptions>()?, None),
            None => {
                let postgres = EmbeddedPostgres::start(Options {
                    data_folder: config.data_folder.clone(),
                    durable: true,
                    binaries: config.postgres_programs.clone(),
                })
                .await?;
                postgres.ensure_database(DATABASE).await?;
                (postgres.connect_options(DATABASE), Some(postgres))
            }
        };
        let database = Database::connect(options, config.database_connections).await?;
        Ok(Self { database, postgres })
    }

    /// Closes the pool and stops the embedded database.
    pub async fn clear_away(self) {
        self.database.pool().close().await;
        if let Some(postgres) = self.postgres
            && let Err(error) = postgres.stop().await
        {
            tracing::error!(%error, "the embedded database did not stop cleanly");
        }
    }
}

/// Serves until a signal says stop.
///
/// # Errors
/// When something it needs can't be had; the message says what and how to mend it.
pub async fn serve(config: Config) -> Result<(), Failed> {
    // Taken before anything else is started: a second server must fail at once.
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| format!("cannot listen on {} (setting LISTEN): {error}", config.listen))?;
    let foundations = Foundations::lay(&config).await?;
    let served = run(config, listener, &foundations.database).await;
    foundations.clear_away().await;
    tracing::info!("stopped");
    served
}

async fn run(config: Config, listener: TcpListener, database: &Database) -> Result<(), Failed> {
    let metrics = PrometheusBuilder::new()
        .set_buckets_for_metric(
            Matcher::Full("magentic_http_request_seconds".to_owned()),
            &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0],
        )?
        .install_recorder()?;
    database.migrate().await?;
    let world = World::real();
    event::ensure_partitions(database.pool(), world.now()).await?;
    let files = Files::open(&config.files, &config.data_folder)?;
    let passwords = Passwords::new()?;
    if config.demo && demo::load_if_empty(database, &files, &world, &passwords).await? {
        tracing::info!("loaded the demo world");
    }

    let stopping = CancellationToken::new();
    let position = Arc::new(AtomicI64::new(event::last_position(database.pool()).await?.0));
    let known = Known::default();
    let hub = Hub::new(Arc::clone(&position), known.clone(), config.max_sockets);
    let following = tokio::spawn(hub.clone().run(database.clone(), stopping.clone()));
    let tools = Tools {
        database: database.clone(),
        mailer: Arc::new(Mailer::new(&config.mail, &world)?),
        files: files.clone(),
        world: world.clone(),
        public_url: config.public_url.clone(),
    };
    let provider = Provider::open(&config, database, &world).await?;
    let means = Means::gather(&config, &world)?;
    let answerer = means.answerer(database, &files, &world);
    let performer = Performer::new(database.clone(), world.clone(), answerer.models());
    let working = worker::run(database, tools, &provider, &means, performer, stopping.clone()).await?;
    let heeding = tokio::spawn(worker::heed(database.clone(), world.clone(), stopping.clone()));
    let looking_after = tokio::spawn(answers::look_after(answerer.clone(), stopping.clone()));

    let config = Arc::new(config);
    let app = App {
        state: State {
            database: database.clone(),
            files,
            world,
            passwords,
            payments: provider.payments,
            sandbox: provider.sandbox,
            config: Arc::clone(&config),
            position,
        },
        answerer: answerer.clone(),
        means,
        watched: Watched::default(),
        hub: hub.clone(),
        known,
        site: Arc::new(Site::find(config.site_folder.as_deref())),
        pages: PageCache::default(),
        stopping: stopping.clone(),
    };
    let router = app::router(app, metrics);
    announce(&config, database).await;

    // What is written goes out at once: an answer's first words would else wait until a browser, which takes its time (40 ms on
    // Linux), has acknowledged what was sent before them.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection will hold back small messages");
        }
    });
    let draining = stopping.clone();
    let serving = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(async move { draining.cancelled().await });
    let mut serving = tokio::spawn(async move { serving.await });
    tokio::select! {
        () = asked_to_stop() => {}
        ended = &mut serving => return Ok(ended??),
    }
    tracing::info!("stopping: finishing what has begun");
    hub.close_all();
    stopping.cancel();
    let all = async {
        _ = serving.await;
        _ = working.await;
        _ = heeding.await;
        _ = following.await;
        _ = looking_after.await;
        answerer.finish().await;
    };
    if timeout(DRAIN, all).await.is_err() {
        tracing::warn!("some requests were still running and were cut off");
    }
    Ok(())
}

async fn asked_to_stop() {
    let interrupt = async {
        if signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => _ = signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

#[expect(clippy::print_stdout, reason = "what somebody who starts the server wants to know first")]
async fn announce(config: &Config, database: &Database) {
    println!("\n  Magentic is at {}\n", config.public_url);
    println!("  database  {}", if config.database_url.is_some() { "DATABASE_URL" } else { "embedded PostgreSQL" });
    println!("  mail      {}", cli::describe_mail(config));
    println!("  files     {}", cli::describe_files(config));
    println!("  payments  {}", cli::describe_payments(config));
    println!("  models    {}", cli::describe_models(&config.models));
    if demo::is_loaded(database).await {
        println!("\n  Sign in to the demo world as");
        for (handle, password) in demo::LOGINS {
            let what = if handle == demo::ADMIN { "  (administers this server)" } else { "" };
            println!("    {handle:<10} password: {password}{what}");
        }
    }
    println!();
}
