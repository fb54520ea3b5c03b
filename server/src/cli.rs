//! The command line.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use identity_core::{Passwords, command::NewPerson};
use kernel::{Actor, Problem, Via};
use platform::{Config, Database, World, config::ModelsConfig};

use crate::{demo, serve, serve::Foundations};

/// Magentic: one place where people, experts and AI agents meet, work and trade.
#[derive(Debug, Parser)]
#[command(name = "magentic", version, about, long_about = None, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the server. Settings come from the environment and magentic.toml; see `magentic config check`.
    Serve,
    /// Bring the database up to date and stop.
    Migrate,
    /// Load the demo world into an empty database and stop.
    Demo,
    /// Manage the people who administer this server.
    #[command(subcommand)]
    Admin(Admin),
    /// Suspend and reinstate accounts.
    #[command(subcommand)]
    Account(Account),
    /// Look at the settings.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Look at the ledger.
    #[command(subcommand)]
    Ledger(Ledger),
}

#[derive(Debug, Subcommand)]
enum Admin {
    /// Create an account that may administer this server. Its password is read from standard input.
    Create {
        /// The name after the @.
        #[arg(long)]
        handle: String,
        /// Where its mail goes.
        #[arg(long)]
        email: String,
        /// The name people read; the handle when left out.
        #[arg(long)]
        name: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
enum Account {
    /// Sign an account out everywhere and let nobody sign in to it; the agents it runs rest. What it wrote stays.
    Suspend {
        /// The name after the @.
        #[arg(long)]
        handle: String,
    },
    /// Let a suspended account act again.
    Reinstate {
        /// The name after the @.
        #[arg(long)]
        handle: String,
    },
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Check every setting, show what is in force, and list what can be set.
    Check,
}

#[derive(Debug, Subcommand)]
enum Ledger {
    /// Reckon everything up again and say what was checked. Fails when something doesn't add up.
    Verify,
}

/// Runs the program with the process's arguments.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match Config::load() {
        Ok(config) => config,
        Err(error) => return fail(&error),
    };
    if let Command::Config(ConfigCommand::Check) = arguments.command {
        show(&config);
        return ExitCode::SUCCESS;
    }
    if let Err(error) = platform::log::start(&config.log_filter, config.log_format) {
        return fail(error.as_ref());
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    match runtime.block_on(execute(arguments.command, config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(error.as_ref()),
    }
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

async fn execute(command: Command, config: Config) -> Result<(), Failed> {
    if let Command::Serve = command {
        return serve::serve(config).await;
    }
    let foundations = Foundations::lay(&config).await?;
    let done = maintain(command, &foundations.database).await;
    foundations.clear_away().await;
    done
}

async fn maintain(command: Command, database: &Database) -> Result<(), Failed> {
    database.migrate().await?;
    let world = World::real();
    match command {
        Command::Demo => {
            let config = Config::load()?;
            let files = platform::files::Files::open(&config.files, &config.data_folder)?;
            if demo::load_if_empty(database, &files, &world, &Passwords::new()?).await? {
                say("The demo world is loaded.");
            } else {
                say("The database is not empty: nothing was changed.");
            }
        }
        Command::Admin(Admin::Create { handle, email, name }) => {
            let mut password = String::new();
            std::io::stdin().read_line(&mut password)?;
            let name = name.unwrap_or_else(|| handle.clone());
            let person = NewPerson::parse(&handle, &name, &email, password.trim_end_matches(['\r', '\n']))
                .map_err(|problem| in_words(&problem))?;
            let person = NewPerson { is_admin: true, ..person };
            let hash = Passwords::new()?.hash(&person.password, world.randomness.as_ref()).await?;
            let mut tx = database.begin().await?;
            identity_core::service::create_person_confirmed(&mut tx, &world.cx(()), &person, &hash).await?;
            tx.commit().await?;
            say(&format!("@{} may now sign in and administer this server.", person.handle));
        }
        Command::Account(Account::Suspend { handle }) => suspend(database, &world, &handle, true).await?,
        Command::Account(Account::Reinstate { handle }) => suspend(database, &world, &handle, false).await?,
        Command::Ledger(Ledger::Verify) => {
            let report = money_core::service::verify(database.pool()).await?;
            say(&report.to_string());
            if !report.is_clean() {
                return Err("the ledger does not add up".into());
            }
        }
        Command::Serve | Command::Migrate | Command::Config(_) => say("The database is up to date."),
    }
    Ok(())
}

/// Suspends an account, or reinstates it.
async fn suspend(database: &Database, world: &World, handle: &str, suspended: bool) -> Result<(), Failed> {
    let handle = handle.parse()?;
    let found = identity_core::service::account_by_handle(database.pool(), &handle).await?;
    let account = found.ok_or_else(|| format!("there is no account @{handle}"))?.summary.id;
    // Whoever may use the command line administers the server: the log has no account of theirs, and names the one concerned.
    let cx = world.cx(Actor::human(account, Via::System));
    let mut tx = database.begin().await?;
    let state = if suspended {
        identity_core::service::suspend(&mut tx, &cx, account).await?;
        "is suspended. Its agents rest"
    } else {
        identity_core::service::reinstate(&mut tx, &cx, account).await?;
        "may act again"
    };
    tx.commit().await?;
    say(&format!("@{handle} {state}."));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the answer of a command")]
fn say(words: &str) {
    println!("{words}");
}

#[expect(clippy::print_stderr, reason = "a command fails before or without a log")]
fn fail(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    eprintln!("magentic: {error}");
    ExitCode::FAILURE
}

fn show(config: &Config) {
    say("The configuration is valid.\n");
    say(&format!("listens on     {}", config.listen));
    say(&format!("known as       {}", config.public_url));
    say(&format!("data folder    {}", config.data_folder.display()));
    say(&format!(
        "database       {}",
        if config.database_url.is_some() { "DATABASE_URL" } else { "embedded PostgreSQL" }
    ));
    say(&format!("mail           {}", describe_mail(config)));
    say(&format!("files          {}", describe_files(config)));
    say(&format!("payments       {}", describe_payments(config)));
    say(&format!("models         {}", describe_models(&config.models)));
    say("\nSettings, from the environment or (in small letters) from magentic.toml:");
    for (name, default, meaning) in platform::config::SETTINGS {
        say(&format!("  {name:<22} {meaning} [{default}]"));
    }
}

/// A refusal for a terminal: each field on a line of its own.
fn in_words(problem: &Problem) -> String {
    let fields = problem.fields.iter().map(|error| format!("\n  --{}: {}", error.field, error.message));
    format!("the account was not created:{}", fields.collect::<String>())
}

/// Which mail adapter is in use, in words.
pub(crate) fn describe_mail(config: &Config) -> &'static str {
    match config.mail {
        platform::config::MailConfig::Mailbox { .. } => "development mailbox: letters stay on this server",
        platform::config::MailConfig::Smtp { .. } => "SMTP",
    }
}

/// Which file store is in use, in words.
pub(crate) fn describe_files(config: &Config) -> &'static str {
    match config.files {
        platform::config::FilesConfig::Disk => "disk, in the data folder",
        platform::config::FilesConfig::S3 { .. } => "S3 bucket",
    }
}

/// Which payment provider is in use, in words.
pub(crate) fn describe_payments(config: &Config) -> &'static str {
    match config.payments {
        platform::config::PaymentsConfig::Sandbox => "sandbox: test cards only, no real money",
        platform::config::PaymentsConfig::Stripe { card_form: Some(_), .. } => "Stripe, with cards on our own page",
        platform::config::PaymentsConfig::Stripe { card_form: None, .. } => "Stripe",
    }
}

/// Who writes answers, in words: the chain, where it leads, and whether there is a key.
pub(crate) fn describe_models(config: &ModelsConfig) -> String {
    if config.is_offline() {
        return "offline answers: no model configured".to_owned();
    }
    let mut words = config.chain.join(", then ");
    for (name, remote) in [("OpenAI", &config.openai), ("Anthropic", &config.anthropic)] {
        let Some(remote) = remote else { continue };
        let key = if remote.key.is_some() { "with" } else { "without" };
        words.push_str(&format!("; {name} at {} {key} a key", remote.base.origin().ascii_serialization()));
    }
    let embedding = config.embedding.as_deref().unwrap_or("nobody");
    format!("{words}; embeddings by {embedding}")
}
