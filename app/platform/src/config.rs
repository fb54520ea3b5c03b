//! Settings: from a file (`magentic.toml`, or the one that `MAGENTIC_CONFIG` names) and from the environment, which wins.
//! Everything is checked at start, and an error names the setting. With nothing set, everything works.

mod ice;
mod models;
mod tools;

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fmt, fs,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    str::FromStr,
};

use url::Url;

use crate::{log, mail, outbound::is_loopback, payments::CardFormSetup, seal::Sealer};

pub use self::{
    ice::IceServer,
    models::{ModelsConfig, RemoteConfig},
    tools::{McpProgram, McpServerConfig, ToolsConfig},
};

/// What the server runs on.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the server listens.
    pub listen: SocketAddr,
    /// The address people use, which links in mails are made of and requests' origins are held against.
    pub public_url: Url,
    /// Where the embedded database, uploaded files and the lock are kept.
    pub data_folder: PathBuf,
    /// The database; an embedded one when empty.
    pub database_url: Option<Secret>,
    /// The folder of PostgreSQL's programs for the embedded database; searched for when empty.
    pub postgres_programs: Option<PathBuf>,
    /// Connections in the pool.
    pub database_connections: u32,
    /// Whether an empty database gets the demo world.
    pub demo: bool,
    /// How mail goes out.
    pub mail: MailConfig,
    /// Where files are kept.
    pub files: FilesConfig,
    /// Who takes money from cards.
    pub payments: PaymentsConfig,
    /// Who writes answers.
    pub models: ModelsConfig,
    /// What agents use besides what is built in.
    pub tools: ToolsConfig,
    /// Servers that help the browsers of two people who meet to reach each other.
    pub ice_servers: Vec<IceServer>,
    /// The key that secrets of others are sealed with; made in the data folder when empty.
    pub seal_key: Option<Secret>,
    /// What is logged, as a `tracing` directive.
    pub log_filter: String,
    /// How it is logged.
    pub log_format: log::Format,
    /// How many proxies in front of us add to `X-Forwarded-For`; 0 means the peer is the person.
    pub trusted_proxies: u8,
    /// Lets whoever sends it as a bearer token read `/metrics`; without one only this machine may.
    pub metrics_token: Option<Secret>,
    /// How many sockets may be open at once.
    pub max_sockets: u32,
    /// The built style sheets, scripts and pictures; searched for beside the program when empty.
    pub site_folder: Option<PathBuf>,
}

/// How mail goes out.
#[derive(Debug, Clone)]
pub enum MailConfig {
    /// Letters are shown on a page of the server itself, to people on this machine only unless `open_to_all` is set.
    Mailbox {
        /// Whether the page is there although the server can be reached from elsewhere.
        open_to_all: bool,
    },
    /// Letters go to an SMTP server.
    Smtp {
        /// `smtp://user:password@host:587` (STARTTLS), `smtps://…:465`; `?tls=none` for a relay on this machine.
        url: Secret,
        /// The sender's address.
        from: String,
    },
}

/// Where files are kept.
#[derive(Debug, Clone)]
pub enum FilesConfig {
    /// In the data folder.
    Disk,
    /// In a bucket.
    S3 {
        /// The bucket's name.
        bucket: String,
        /// The region; `us-east-1` when empty.
        region: String,
        /// Another provider than AWS.
        endpoint: Option<Url>,
        /// The access key's id.
        access_key_id: String,
        /// The access key's secret.
        secret_access_key: Secret,
    },
}

/// Who takes money from cards and brings earnings to banks.
#[derive(Debug, Clone)]
pub enum PaymentsConfig {
    /// The built-in sandbox: test cards only.
    Sandbox,
    /// Stripe.
    Stripe {
        /// The secret key.
        secret_key: Secret,
        /// What webhooks are signed with; several while one is being replaced, or when Connect has its own.
        webhook_secrets: Vec<Secret>,
        /// Another address than Stripe's own, for a stand-in.
        api_base: Url,
        /// The form for cards on our own page; without it they are entered on Stripe's.
        card_form: Option<Box<CardFormSetup>>,
    },
}

/// A setting that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The value itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// What is wrong with the settings: all of it, not only the first.
#[derive(Debug, thiserror::Error)]
#[error("the configuration is not valid:\n{}", .0.iter().map(|problem| format!("  - {problem}")).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError(pub Vec<String>);

/// Every setting: its name in the environment (in the file it is the same in small letters), its default, its meaning.
pub const SETTINGS: &[(&str, &str, &str)] = &[
    ("LISTEN", "127.0.0.1:3000", "address and port the server listens on"),
    ("PUBLIC_URL", "http://<LISTEN>", "address people use; https makes cookies secure"),
    ("DATA_FOLDER", "data", "folder of the embedded database and uploaded files"),
    ("DATABASE_URL", "(embedded)", "postgres://… of a PostgreSQL 15 or later"),
    ("PG_BIN", "(searched for)", "folder of PostgreSQL's programs for the embedded database"),
    ("DATABASE_CONNECTIONS", "20", "connections in the pool, 2 to 500"),
    ("DEMO", "(on at an address of this machine)", "whether an empty database gets the demo world: on or off"),
    ("SMTP_URL", "(development mailbox)", "smtp://user:password@host:587 or smtps://user:password@host:465"),
    ("MAIL_FROM", "Magentic <no-reply@PUBLIC_URL's host>", "sender of mails"),
    ("MAILBOX", "local", "who may open the development mailbox: local (this machine) or open (everybody)"),
    ("S3_BUCKET", "(disk)", "bucket that files are kept in"),
    ("S3_REGION", "us-east-1", "region of the bucket"),
    ("S3_ENDPOINT", "(AWS)", "address of another provider than AWS"),
    ("S3_ACCESS_KEY_ID", "", "id of the access key for the bucket"),
    ("S3_SECRET_ACCESS_KEY", "", "secret of the access key for the bucket"),
    ("STRIPE_SECRET_KEY", "(sandbox)", "secret key of the Stripe account that takes payments"),
    ("STRIPE_WEBHOOK_SECRETS", "", "signing secrets of the webhook endpoints at Stripe, separated by commas"),
    ("STRIPE_API_BASE", "https://api.stripe.com", "address of Stripe's API, or of a stand-in for it"),
    ("STRIPE_PUBLISHABLE_KEY", "(cards on Stripe's page)", "publishable key, for a form for cards on our own page"),
    ("STRIPE_JS", "https://js.stripe.com/v3/", "address of Stripe.js, or of a stand-in for it"),
    ("OPENAI_API_KEY", "(not asked)", "key of OpenAI, or of somebody who speaks like it"),
    (
        "OPENAI_API_BASE",
        "https://api.openai.com/v1",
        "address of another server that speaks like OpenAI's; may need no key",
    ),
    ("ANTHROPIC_API_KEY", "(not asked)", "key of Anthropic"),
    ("ANTHROPIC_API_BASE", "https://api.anthropic.com", "address of another server that speaks like Anthropic's"),
    ("MODELS", "(what is configured), offline", "models that are asked one after the other, separated by commas"),
    ("MODEL_PRICES", "(built in)", "what models cost, in cents for a million tokens: TOML, or a file of it"),
    ("EMBEDDING_MODEL", "(OpenAI's, if configured)", "model that makes embeddings, or none"),
    (
        "MCP_SERVERS",
        "(none)",
        "servers of tools for all agents: TOML of commands or addresses by name, or a file of it",
    ),
    ("MCP_ALLOWED_HOSTS", "(public ones)", "private hosts that servers of tools may be at, separated by commas"),
    ("ICE_SERVERS", "(none)", "STUN and TURN servers for calls, separated by commas"),
    ("SEAL_KEY", "(made in the data folder)", "64 hexadecimal digits that secrets in the database are sealed with"),
    ("LOG", "info,sqlx=warn,graphile_worker=warn,tower_http=warn", "what is logged"),
    ("LOG_FORMAT", "text", "text or json"),
    ("TRUSTED_PROXIES", "0", "number of proxies in front that add to X-Forwarded-For"),
    ("METRICS_TOKEN", "(this machine only)", "bearer token that opens /metrics"),
    ("MAX_SOCKETS", "10000", "live connections at once"),
    ("SITE_FOLDER", "(beside the program)", "folder of the built style sheets, scripts and pictures"),
];

impl Config {
    /// Reads the settings of this process.
    ///
    /// # Errors
    /// With everything that is wrong.
    pub fn load() -> Result<Self, ConfigError> {
        let mut problems = Vec::new();
        let mut values = BTreeMap::new();
        let (path, named) = match env_value("MAGENTIC_CONFIG") {
            Some(path) => (PathBuf::from(path), true),
            None => (PathBuf::from("magentic.toml"), false),
        };
        match fs::read_to_string(&path) {
            Ok(text) => read_file(&path.display().to_string(), &text, &mut values, &mut problems),
            Err(error) if named => problems.push(format!("MAGENTIC_CONFIG: cannot read {}: {error}", path.display())),
            Err(_) => {}
        }
        for (name, _, _) in SETTINGS {
            if let Some(value) = env_value(name) {
                values.insert((*name).to_owned(), value);
            }
        }
        if !problems.is_empty() {
            return Err(ConfigError(problems));
        }
        Self::from_values(values)
    }

    /// Makes the configuration from settings by name.
    ///
    /// # Errors
    /// With everything that is wrong.
    pub fn from_values(values: BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let mut reader = Reader { values, problems: Vec::new() };
        let listen: SocketAddr = reader.parsed("LISTEN", "an address and port such as 127.0.0.1:3000", || {
            SocketAddr::from(([127, 0, 0, 1], 3000))
        });
        let public_url = reader.url("PUBLIC_URL", &["http", "https"]);
        let public_url = public_url.unwrap_or_else(|| own_address(listen));
        let database_url = reader.url("DATABASE_URL", &["postgres", "postgresql"]);
        let database_connections = reader.number("DATABASE_CONNECTIONS", 20, 2, 500);
        let mail = mail_config(&mut reader, &public_url);
        let files = files_config(&mut reader);
        let payments = payments_config(&mut reader);
        let demo = demo_config(&mut reader, &public_url, &payments);
        let models = models::read(&mut reader);
        let tools = tools::read(&mut reader);
        let ice_servers = ice::read(&mut reader);
        let log_format =
            reader.choice("LOG_FORMAT", &[("text", log::Format::Text), ("json", log::Format::Json)], log::Format::Text);
        let log_filter = reader.log_filter();
        let trusted_proxies = reader.number("TRUSTED_PROXIES", 0, 0, 10);
        let max_sockets = reader.number("MAX_SOCKETS", 10_000, 1, 1_000_000);
        let config = Self {
            listen,
            public_url,
            data_folder: PathBuf::from(reader.text("DATA_FOLDER").unwrap_or_else(|| "data".to_owned())),
            database_url: database_url.map(|url| Secret(url.into())),
            postgres_programs: reader.text("PG_BIN").map(PathBuf::from),
            database_connections,
            demo,
            mail,
            files,
            payments,
            models,
            tools,
            ice_servers,
            seal_key: seal_key(&mut reader),
            log_filter,
            log_format,
            trusted_proxies: u8::try_from(trusted_proxies).unwrap_or(u8::MAX),
            metrics_token: reader.text("METRICS_TOKEN").map(Secret),
            max_sockets,
            site_folder: reader.text("SITE_FOLDER").map(PathBuf::from),
        };
        if reader.problems.is_empty() { Ok(config) } else { Err(ConfigError(reader.problems)) }
    }

    /// Whether cookies travel over TLS only.
    pub fn secure(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// Whether this configuration is one for a single machine: it listens on a loopback address, and people use one.
    pub fn local(&self) -> bool {
        self.listen.ip().is_loopback() && self.trusted_proxies == 0 && is_here(&self.public_url)
    }

    /// An absolute link to a page.
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.as_str().trim_end_matches('/'))
    }
}

#[expect(clippy::disallowed_methods, reason = "this module is where the environment is read")]
fn env_value(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn read_file(path: &str, text: &str, values: &mut BTreeMap<String, String>, problems: &mut Vec<String>) {
    let table: toml::Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            problems.push(format!("{path}: {error}"));
            return;
        }
    };
    let known: BTreeSet<&str> = SETTINGS.iter().map(|(name, _, _)| *name).collect();
    for (key, value) in table {
        let name = key.to_ascii_uppercase();
        if !known.contains(name.as_str()) {
            problems.push(format!("{path}: there is no setting {key}"));
            continue;
        }
        match value {
            toml::Value::String(text) => _ = values.insert(name, text),
            toml::Value::Integer(number) => _ = values.insert(name, number.to_string()),
            toml::Value::Boolean(on) => _ = values.insert(name, if on { "on" } else { "off" }.to_owned()),
            _ => problems.push(format!("{path}: {key} must be a text, a number or true/false")),
        }
    }
}

fn own_address(listen: SocketAddr) -> Url {
    let host = match listen.ip() {
        ip if ip.is_unspecified() => "127.0.0.1".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    #[expect(clippy::expect_used, reason = "made of an address and a port, which always form a URL")]
    Url::parse(&format!("http://{host}:{}", listen.port())).expect("a socket address forms a URL")
}

/// Whether an address is one of the machine itself, also by a name that never leads elsewhere (RFC 6761 §6.3).
fn is_here(url: &Url) -> bool {
    is_loopback(url) || url.domain().is_some_and(|name| name == "localhost" || name.ends_with(".localhost"))
}

fn seal_key(reader: &mut Reader) -> Option<Secret> {
    let key = Secret(reader.text("SEAL_KEY")?);
    if Sealer::from_hex(key.reveal()).is_err() {
        reader.problem("SEAL_KEY", "must be 64 hexadecimal digits");
    }
    Some(key)
}

/// The demo world has logins that everybody knows, and money that nobody paid. So it comes by itself only where nobody else
/// does, and never beside money that is real.
fn demo_config(reader: &mut Reader, public_url: &Url, payments: &PaymentsConfig) -> bool {
    let real = matches!(payments, PaymentsConfig::Stripe { secret_key, .. } if !is_test_key(secret_key.reveal()));
    let demo = reader.choice("DEMO", &[("on", true), ("off", false)], is_here(public_url) && !real);
    if demo && real {
        reader.problem("DEMO", "must be off when STRIPE_SECRET_KEY is live: its wallets hold money that nobody paid");
    }
    demo
}

fn mail_config(reader: &mut Reader, public_url: &Url) -> MailConfig {
    let open_to_all = reader.choice("MAILBOX", &[("local", false), ("open", true)], false);
    match reader.url("SMTP_URL", &["smtp", "smtps"]) {
        None => MailConfig::Mailbox { open_to_all },
        Some(url) => {
            let host = public_url.host_str().unwrap_or("localhost").to_owned();
            let from = reader.text("MAIL_FROM").unwrap_or_else(|| format!("Magentic <no-reply@{host}>"));
            if lettre::message::Mailbox::from_str(&from).is_err() {
                reader.problem("MAIL_FROM", "must be an address such as Magentic <no-reply@example.org>");
            }
            if let Err(error) = mail::check_url(&url) {
                reader.problems.push(error.to_string());
            }
            MailConfig::Smtp { url: Secret(url.into()), from }
        }
    }
}

fn files_config(reader: &mut Reader) -> FilesConfig {
    let Some(bucket) = reader.text("S3_BUCKET") else { return FilesConfig::Disk };
    FilesConfig::S3 {
        bucket,
        region: reader.text("S3_REGION").unwrap_or_else(|| "us-east-1".to_owned()),
        endpoint: reader.url("S3_ENDPOINT", &["http", "https"]),
        access_key_id: reader.needed("S3_ACCESS_KEY_ID", "S3_BUCKET"),
        secret_access_key: Secret(reader.needed("S3_SECRET_ACCESS_KEY", "S3_BUCKET")),
    }
}

fn payments_config(reader: &mut Reader) -> PaymentsConfig {
    let api_base = reader.url("STRIPE_API_BASE", &["http", "https"]);
    let Some(secret_key) = reader.text("STRIPE_SECRET_KEY") else {
        if reader.text("STRIPE_PUBLISHABLE_KEY").is_some() {
            reader.needed("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY");
        }
        return PaymentsConfig::Sandbox;
    };
    if !secret_key.starts_with("sk_") && !secret_key.starts_with("rk_") {
        reader.problem("STRIPE_SECRET_KEY", "must be a key that begins with sk_ or rk_");
    }
    let secrets = reader.needed("STRIPE_WEBHOOK_SECRETS", "STRIPE_SECRET_KEY");
    let secrets = secrets.split(',').map(str::trim).filter(|secret| !secret.is_empty());
    let webhook_secrets = secrets.map(Secret::from).collect();
    let card_form = card_form_config(reader, &secret_key);
    PaymentsConfig::Stripe {
        secret_key: Secret(secret_key),
        webhook_secrets,
        api_base: api_base.unwrap_or_else(|| constant("https://api.stripe.com")),
        card_form,
    }
}

/// The form for cards on our own page. Its key has to be of the same mode as the secret one: with one of another a card
/// could not pay what was begun.
fn card_form_config(reader: &mut Reader, secret_key: &str) -> Option<Box<CardFormSetup>> {
    let script = reader.url("STRIPE_JS", &["http", "https"]);
    let key = reader.text("STRIPE_PUBLISHABLE_KEY")?;
    let is_test = is_test_key(secret_key);
    if !key.starts_with("pk_") {
        reader.problem("STRIPE_PUBLISHABLE_KEY", "must be a key that begins with pk_");
    } else if key.starts_with("pk_test_") != is_test {
        let what = "must be of the same mode as STRIPE_SECRET_KEY: both of test mode, or both live";
        reader.problem("STRIPE_PUBLISHABLE_KEY", what);
    }
    if !is_test && script.as_ref().is_some_and(|script| script.scheme() != "https") {
        reader.problem("STRIPE_JS", "must begin with https:// when STRIPE_SECRET_KEY is live");
    }
    let script = script.unwrap_or_else(|| constant("https://js.stripe.com/v3/"));
    Some(Box::new(CardFormSetup { script, key }))
}

/// Whether a secret key of Stripe is one of test mode, in which no money moves.
fn is_test_key(secret_key: &str) -> bool {
    ["sk_test_", "rk_test_"].iter().any(|prefix| secret_key.starts_with(prefix))
}

#[expect(clippy::expect_used, reason = "constants that are URLs")]
fn constant(url: &str) -> Url {
    Url::parse(url).expect("a URL")
}

/// Reads settings and collects what is wrong with them.
struct Reader {
    values: BTreeMap<String, String>,
    problems: Vec<String>,
}

impl Reader {
    fn problem(&mut self, name: &str, what: &str) {
        self.problems.push(format!("{name} {what}"));
    }

    fn text(&self, name: &str) -> Option<String> {
        self.values.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    fn needed(&mut self, name: &str, because: &str) -> String {
        self.text(name).unwrap_or_else(|| {
            self.problem(name, &format!("is needed because {because} is set"));
            String::new()
        })
    }

    fn parsed<T: FromStr>(&mut self, name: &str, expected: &str, default: impl FnOnce() -> T) -> T {
        match self.text(name).map(|text| text.parse()) {
            None => default(),
            Some(Ok(value)) => value,
            Some(Err(_)) => {
                self.problem(name, &format!("must be {expected}"));
                default()
            }
        }
    }

    fn number(&mut self, name: &str, default: u32, least: u32, most: u32) -> u32 {
        let value = self.parsed(name, &format!("a number from {least} to {most}"), || default);
        if !(least..=most).contains(&value) {
            self.problem(name, &format!("must be a number from {least} to {most}"));
        }
        value
    }

    fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)], default: T) -> T {
        let Some(text) = self.text(name) else { return default };
        if let Some((_, value)) = choices.iter().find(|(word, _)| word.eq_ignore_ascii_case(&text)) {
            return *value;
        }
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        self.problem(name, &format!("must be {}", words.join(" or ")));
        default
    }

    fn url(&mut self, name: &str, schemes: &[&str]) -> Option<Url> {
        let text = self.text(name)?;
        match Url::parse(&text) {
            Ok(url) if schemes.contains(&url.scheme()) && (url.has_host() || url.query().is_some()) => Some(url),
            _ => {
                // The value itself may hold a password, so it is not repeated.
                self.problem(name, &format!("must be an address that begins with {}://", schemes.join(":// or ")));
                None
            }
        }
    }

    fn log_filter(&mut self) -> String {
        let filter =
            self.text("LOG").unwrap_or_else(|| "info,sqlx=warn,graphile_worker=warn,tower_http=warn".to_owned());
        if tracing_subscriber::EnvFilter::try_new(&filter).is_err() {
            self.problem("LOG", "must be a filter such as info or info,sqlx=debug");
        }
        filter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(values: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_values(values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn works_with_nothing_set() {
        let config = config(&[]).expect("defaults");
        assert_eq!(config.public_url.as_str(), "http://127.0.0.1:3000/");
        assert_eq!(config.link("/sign-in"), "http://127.0.0.1:3000/sign-in");
        assert!(config.demo && config.local() && !config.secure());
        assert!(matches!(config.mail, MailConfig::Mailbox { open_to_all: false }));
    }

    #[test]
    fn the_demo_world_comes_by_itself_only_where_nobody_else_does() {
        let demo = |values: &[(&str, &str)]| config(values).map(|config| config.demo);
        let public = ("PUBLIC_URL", "https://magentic.example");
        assert!(!demo(&[public]).expect("settings"));
        assert!(demo(&[public, ("DEMO", "on")]).expect("settings"));
        let stripe = |key| [("STRIPE_SECRET_KEY", key), ("STRIPE_WEBHOOK_SECRETS", "whsec_1")];
        assert!(demo(&stripe("sk_test_1")).expect("settings"));
        assert!(!demo(&stripe("sk_live_1")).expect("settings"));
        let [key, secrets] = stripe("rk_live_1");
        let error = demo(&[key, secrets, ("DEMO", "on")]).expect_err("real money").to_string();
        assert!(error.contains("DEMO must be off"), "{error}");
        assert!(!config(&[public]).expect("settings").local());
    }

    #[test]
    fn what_would_fail_at_the_start_is_said_before() {
        for (name, value) in [
            ("SEAL_KEY", "abc"),
            ("SMTP_URL", "smtp://mail.example?tls=perhaps"),
            ("SMTP_URL", "smtps://mail.example?tls=none"),
        ] {
            let error = config(&[(name, value)]).expect_err("it can't be used").to_string();
            assert!(error.contains(name) && !error.contains("abc"), "{error}");
        }
        assert!(config(&[("SEAL_KEY", &"0f".repeat(32)), ("SMTP_URL", "smtp://mail.example?tls=none")]).is_ok());
    }

    #[test]
    fn names_every_setting_that_is_wrong() {
        let wrong = [
            ("LISTEN", "nowhere"),
            ("PUBLIC_URL", "ftp://example.org"),
            ("DATABASE_URL", "mysql://root:hunter2@db"),
            ("DATABASE_CONNECTIONS", "1"),
            ("DEMO", "perhaps"),
            ("SMTP_URL", "mail.example.org"),
            ("S3_BUCKET", "pictures"),
            ("STRIPE_SECRET_KEY", "pk_live_hunter2"),
            ("STRIPE_API_BASE", "stripe"),
            ("LOG", "info,,=="),
            ("TRUSTED_PROXIES", "-1"),
        ];
        let error = config(&wrong).expect_err("all wrong").to_string();
        for name in wrong.iter().map(|(name, _)| *name).filter(|name| *name != "S3_BUCKET") {
            assert!(error.contains(&format!("- {name} ")), "{name} in {error}");
        }
        assert!(error.contains("S3_ACCESS_KEY_ID is needed because S3_BUCKET is set"), "{error}");
        assert!(error.contains("STRIPE_WEBHOOK_SECRETS is needed because STRIPE_SECRET_KEY is set"), "{error}");
        assert!(!error.contains("hunter2"));
    }

    #[test]
    fn a_form_for_cards_has_a_key_of_the_same_mode() {
        let stripe = |more: &[(&str, &str)]| {
            let mut values = vec![("STRIPE_WEBHOOK_SECRETS", "whsec_1")];
            values.extend(more);
            config(&values).map(|config| match config.payments {
                PaymentsConfig::Stripe { card_form, .. } => card_form,
                PaymentsConfig::Sandbox => None,
            })
        };
        let (test, live) = (("STRIPE_SECRET_KEY", "sk_test_1"), ("STRIPE_SECRET_KEY", "rk_live_1"));
        assert_eq!(stripe(&[test]).expect("valid"), None);
        let form = stripe(&[test, ("STRIPE_PUBLISHABLE_KEY", "pk_test_1")]).expect("valid").expect("a form");
        assert_eq!((form.script.as_str(), form.key.as_str()), ("https://js.stripe.com/v3/", "pk_test_1"));
        let stand_in = ("STRIPE_JS", "http://127.0.0.1:8420/js.stripe.com/v3/");
        let form = stripe(&[test, ("STRIPE_PUBLISHABLE_KEY", "pk_test_1"), stand_in]).expect("valid").expect("a form");
        assert_eq!(form.script.as_str(), stand_in.1);
        assert!(stripe(&[live, ("STRIPE_PUBLISHABLE_KEY", "pk_live_1")]).is_ok());

        let pk = |key| ("STRIPE_PUBLISHABLE_KEY", key);
        for (settings, named) in [
            (vec![test, pk("sk_test_hunter2")], "STRIPE_PUBLISHABLE_KEY must be a key that begins with pk_"),
            (vec![test, pk("pk_live_hunter2")], "STRIPE_PUBLISHABLE_KEY must be of the same mode as STRIPE_SECRET_KEY"),
            (vec![live, pk("pk_test_hunter2")], "STRIPE_PUBLISHABLE_KEY must be of the same mode as STRIPE_SECRET_KEY"),
            (vec![pk("pk_test_hunter2")], "STRIPE_SECRET_KEY is needed because STRIPE_PUBLISHABLE_KEY is set"),
            (vec![live, pk("pk_live_hunter2"), stand_in], "STRIPE_JS must begin with https://"),
            (vec![test, pk("pk_test_hunter2"), ("STRIPE_JS", "stripe.js")], "STRIPE_JS must be an address"),
        ] {
            let error = stripe(&settings).expect_err("wrong").to_string();
            assert!(error.contains(named) && !error.contains("hunter2"), "{named} in {error}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let config = config(&[("DATABASE_URL", "postgres://me:hunter2@db/magentic")]).expect("valid");
        assert!(!format!("{config:?}").contains("hunter2"));
    }

    #[test]
    fn a_file_with_an_unknown_setting_is_refused() {
        let (mut values, mut problems) = (BTreeMap::new(), Vec::new());
        read_file(
            "magentic.toml",
            "listen = \"0.0.0.0:80\"\ncolour = \"red\"\ndemo = false",
            &mut values,
            &mut problems,
        );
        assert_eq!(problems, ["magentic.toml: there is no setting colour"]);
        assert_eq!(values.get("LISTEN").map(String::as_str), Some("0.0.0.0:80"));
        assert_eq!(values.get("DEMO").map(String::as_str), Some("off"));
    }
}
