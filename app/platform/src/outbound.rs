//! Requests to addresses that somebody typed, or that a page led to. They reach the public web and nothing else: not this
//! machine, not the network it stands in, not what a cloud tells its machines about themselves.
//!
//! An address is judged before each request, those that redirects lead to like the first. A name is looked up by us, for the
//! connection itself: every address that it has must be public, and the connection goes to one of those that were judged, so
//! that a name can't have another meaning a moment later. Everything has a limit: redirects, bytes, and the time for all of it.

mod address;
mod robots;

use std::{error::Error as _, io, net::SocketAddr, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use futures::future::BoxFuture;
use kernel::{Problem, ProblemKind};
use reqwest::{
    Client, ClientBuilder, Response,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, LOCATION},
    redirect,
};
use tokio::time;
use url::{Host, Url};

pub use self::address::is_public;
use self::robots::Robots;

/// How often a page may lead to another address.
const REDIRECTS: usize = 5;
/// So much of a site's rules for robots is read (RFC 9309 §2.5 asks for at least 500 KiB).
const LONGEST_ROBOTS: usize = 512 * 1024;
/// What is read. Everything else is pictures, programs and archives.
const TYPES: &[&str] = &[
    "text/html",
    "application/xhtml+xml",
    "text/plain",
    "text/markdown",
    "text/x-markdown",
    "text/csv",
    "application/csv",
    "application/pdf",
];

/// How much one reading may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// In all, from the first look-up to the last byte.
    pub whole: Duration,
    /// To connect, of that.
    pub connect: Duration,
    /// The largest answer.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { whole: Duration::from_secs(15), connect: Duration::from_secs(5), bytes: 5 * 1024 * 1024 }
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Where it was in the end.
    pub address: Url,
    /// What it says it is, such as `text/html; charset=utf-8`.
    pub content_type: String,
    /// All of it.
    pub bytes: Bytes,
}

/// Why an address was not read, in words for whoever typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// Neither `http` nor `https`, or no host.
    #[error("Only pages on the web can be read: the address has to begin with https:// or http://.")]
    NotWeb,
    /// A user or a password in the address.
    #[error("The address has a user name or a password in it. Only pages that everybody can read are read.")]
    Credentials,
    /// Not one of the web's ports.
    #[error("The address names a port that is not the web's. Leave the port out.")]
    Port,
    /// It is not on the public internet, or leads to what isn't.
    #[error("This address leads to a private network. Only pages that everybody can reach are read.")]
    Private,
    /// No such name.
    #[error("There is no site of this name. Check how it is spelt.")]
    NoSuchHost,
    /// No connection, or none that can be trusted.
    #[error("The site can't be reached, or its certificate is not valid. Try again later.")]
    Unreachable,
    /// It leads on and on.
    #[error("The page leads from one address to another without an end.")]
    TooManyRedirects,
    /// It leads nowhere.
    #[error("The page leads to an address that makes no sense.")]
    BrokenRedirect,
    /// It is not there, or not for everybody.
    #[error("{}", status_words(*.0))]
    Status(u16),
    /// More bytes than are read.
    #[error("The page has more than {megabytes} MB.")]
    TooLarge {
        /// How many are read.
        megabytes: usize,
    },
    /// Not all of it came in time.
    #[error("The site took too long to answer. Try again later.")]
    TimedOut,
    /// No text.
    #[error("This is no page, text, Markdown, CSV or PDF, but {0}.")]
    WrongType(String),
    /// It came packed although it was asked for as it is.
    #[error("The site sends the page in a packed form that is not read.")]
    Packed,
    /// The site doesn't want programs to read it.
    #[error("The site asks programs not to read this page (in its robots.txt). Ask its owner, or paste the text.")]
    Robots,
    /// The site's wishes can't be learnt.
    #[error("The site doesn't say at the moment whether programs may read it (its robots.txt fails). Try again later.")]
    RobotsUnknown,
    /// It ended before its end.
    #[error("The page broke off before its end. Try again later.")]
    BrokenOff,
}

fn status_words(status: u16) -> String {
    match status {
        401 | 402 | 403 | 407 | 451 => format!("The page is not open to everybody (the site answers {status})."),
        404 | 410 => format!("There is no such page (the site answers {status})."),
        429 | 500..=599 => format!("The site has trouble at the moment (it answers {status}). Try again later."),
        _ => format!("The site does not give the page out (it answers {status})."),
    }
}

impl From<OutboundError> for Problem {
    fn from(error: OutboundError) -> Self {
        Self::new(ProblemKind::Invalid, error.to_string())
    }
}

/// Looks names up.
pub trait Lookup: Send + Sync {
    /// The addresses of a name. A port other than 0 takes the place of the scheme's own.
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>>;
}

/// As the operating system does.
struct System;

impl Lookup for System {
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.collect()) })
    }
}

/// What a look-up ends in instead of addresses; the client hands it on inside its own error.
#[derive(Debug, Clone, Copy, thiserror::Error)]
enum NotFound {
    #[error("an address of the name is not public")]
    Private,
    #[error("the name has no address")]
    NoSuchHost,
}

/// Looks a name up for a connection, and gives out nothing but addresses that may be connected to.
struct Judged {
    lookup: Arc<dyn Lookup>,
    this_machine: bool,
}

impl Resolve for Judged {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, this_machine) = (self.lookup.lookup(name.as_str().to_owned()), self.this_machine);
        Box::pin(async move {
            let found = judged(found.await.map_err(|_| NotFound::NoSuchHost), this_machine)?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The addresses of a name, if all of them may be connected to: a name with one private address is up to something.
fn judged(found: Result<Vec<SocketAddr>, NotFound>, this_machine: bool) -> Result<Vec<SocketAddr>, NotFound> {
    let found = found?;
    if found.is_empty() {
        return Err(NotFound::NoSuchHost);
    }
    if !found.iter().all(|it| is_public(it.ip()) || (this_machine && it.ip().is_loopback())) {
        return Err(NotFound::Private);
    }
    Ok(found)
}

/// Reads what stands at public addresses.
#[derive(Clone)]
pub struct Outbound {
    client: Client,
    /// Goes to private addresses as well: for hosts that the operator named.
    trusting: Client,
    lookup: Arc<dyn Lookup>,
    limits: Limits,
    this_machine: bool,
}

impl Outbound {
    /// Prepares to read; nothing is asked yet. Sites are told who asks: `site` is where they learn more.
    ///
    /// # Errors
    /// When the certificates that are trusted can't be loaded.
    pub fn new(site: &Url) -> Result<Self, reqwest::Error> {
        Self::build(site.as_str(), Arc::new(System), Limits::default(), false)
    }

    /// For tests: looks names up in its own way, and may be led to this machine, but to no other private address.
    ///
    /// # Errors
    /// As [`Outbound::new`].
    pub fn for_tests(lookup: Arc<dyn Lookup>, limits: Limits) -> Result<Self, reqwest::Error> {
        Self::build("http://magentic.test", lookup, limits, true)
    }

    fn build(site: &str, lookup: Arc<dyn Lookup>, limits: Limits, this_machine: bool) -> Result<Self, reqwest::Error> {
        // The client is built without a crypto library of its own and takes the process's. It is no error when
        // somebody has set one already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let agent = format!("{}/{} (+{site})", robots::NAME, env!("CARGO_PKG_VERSION"));
        let judged = Judged { lookup: Arc::clone(&lookup), this_machine };
        let client = careful(&agent, limits).dns_resolver(Arc::new(judged)).build()?;
        Ok(Self { client, trusting: careful(&agent, limits).build()?, lookup, limits, this_machine })
    }

    /// A client for somebody who is spoken with at this address, rather than read. It follows no redirects, and connects to
    /// nothing that is not public, unless the operator trusts the host. How long it may take, and how much may come, is for
    /// the caller to say.
    ///
    /// # Errors
    /// When nothing that may be spoken with is there.
    pub async fn client_for(&self, address: &Url, trusted: bool) -> Result<Client, OutboundError> {
        if trusted && matches!(address.scheme(), "http" | "https") {
            return Ok(self.trusting.clone());
        }
        self.refuse(address)?;
        if let Some(Host::Domain(name)) = address.host() {
            // The client judges each look-up again. This one is for the words: whoever uses it may hide the client's.
            let found = self.lookup.lookup(name.to_owned());
            let found = time::timeout(self.limits.connect, found).await.map_err(|_| OutboundError::TimedOut)?;
            judged(found.map_err(|_| NotFound::NoSuchHost), self.this_machine).map_err(OutboundError::from)?;
        }
        Ok(self.client.clone())
    }

    /// Refuses an address at which nobody who may be spoken with can be, as far as that can be told from the address alone.
    ///
    /// # Errors
    /// When nobody can.
    pub fn may_be_at(&self, address: &Url) -> Result<(), OutboundError> {
        self.refuse(address)
    }

    /// Reads a page, because somebody looks at it now.
    ///
    /// # Errors
    /// See [`OutboundError`].
    pub async fn get(&self, address: &Url) -> Result<Fetched, OutboundError> {
        self.in_time(self.follow(address, &self.page(false))).await
    }

    /// Reads something of one kind that sites call by many names, such as a calendar: whatever it is said to be, up to so many
    /// bytes.
    ///
    /// # Errors
    /// See [`OutboundError`].
    pub async fn get_kind(&self, address: &Url, kind: &str, most: usize) -> Result<Fetched, OutboundError> {
        let accept = format!("{kind}, */*;q=0.5");
        self.in_time(self.follow(address, &Wanted { to_keep: false, accept, types: &[], most })).await
    }

    /// Reads a page in order to keep what it says: only where the site's rules for robots (RFC 9309) allow it, and those of
    /// each site that it leads to.
    ///
    /// # Errors
    /// See [`OutboundError`].
    pub async fn get_to_keep(&self, address: &Url) -> Result<Fetched, OutboundError> {
        self.in_time(self.follow(address, &self.page(true))).await
    }

    fn page(&self, to_keep: bool) -> Wanted {
        Wanted { to_keep, accept: TYPES.join(", "), types: TYPES, most: self.limits.bytes }
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T, OutboundError>>) -> Result<T, OutboundError> {
        time::timeout(self.limits.whole, work).await.unwrap_or(Err(OutboundError::TimedOut))
    }

    async fn follow(&self, start: &Url, wanted: &Wanted) -> Result<Fetched, OutboundError> {
        let mut address = start.clone();
        let mut rules: Option<(url::Origin, Robots)> = None;
        for _ in 0..=REDIRECTS {
            self.refuse(&address)?;
            if wanted.to_keep {
                if rules.as_ref().is_none_or(|(origin, _)| *origin != address.origin()) {
                    rules = Some((address.origin(), self.robots(&address).await?));
                }
                if rules.as_ref().is_some_and(|(_, robots)| !robots.allow(&address)) {
                    return Err(OutboundError::Robots);
                }
            }
            let response = self.send(&address, &wanted.accept).await?;
            match next(&address, &response)? {
                Some(next) => address = next,
                None => return take(address, response, wanted).await,
            }
        }
        Err(OutboundError::TooManyRedirects)
    }

    /// What can be told from an address alone; names are judged when they are looked up.
    fn refuse(&self, address: &Url) -> Result<(), OutboundError> {
        match refuse_outright(address) {
            Err(OutboundError::Private | OutboundError::Port) if self.this_machine && is_loopback(address) => Ok(()),
            other => other,
        }
    }

    async fn send(&self, address: &Url, accept: &str) -> Result<Response, OutboundError> {
        let request = self.client.get(address.clone()).header(ACCEPT, accept);
        // As it is: so what was packed to be small can't become endless.
        let response = request.header(ACCEPT_ENCODING, "identity").send().await.map_err(|error| unsent(&error))?;
        tracing::debug!(host = address.host_str(), status = response.status().as_u16(), "read an address");
        Ok(response)
    }

    /// What a site wants robots to leave alone. No rules are no wishes; rules that can't be had are taken for a no.
    async fn robots(&self, page: &Url) -> Result<Robots, OutboundError> {
        let mut address = page.join("/robots.txt").map_err(|_| OutboundError::NotWeb)?;
        for _ in 0..=REDIRECTS {
            self.refuse(&address)?;
            let response = self.send(&address, &TYPES.join(", ")).await?;
            if let Some(next) = next(&address, &response)? {
                address = next;
                continue;
            }
            return match response.status().as_u16() {
                200..=299 => {
                    let (bytes, _) = body(response, LONGEST_ROBOTS).await?;
                    Ok(Robots::parse(&String::from_utf8_lossy(&bytes)))
                }
                400..=499 => Ok(Robots::default()),
                _ => Err(OutboundError::RobotsUnknown),
            };
        }
        // More redirects than anybody has to follow count as no rules (RFC 9309 §2.3.1.2).
        Ok(Robots::default())
    }
}

/// What somebody wants to read.
struct Wanted {
    /// Whether it is to be kept, which a site may not like.
    to_keep: bool,
    /// What the site is asked for.
    accept: String,
    /// What it may be; anything, if there is nothing here.
    types: &'static [&'static str],
    /// The largest answer, in bytes.
    most: usize,
}

async fn take(address: Url, response: Response, wanted: &Wanted) -> Result<Fetched, OutboundError> {
    if !response.status().is_success() {
        return Err(OutboundError::Status(response.status().as_u16()));
    }
    let content_type = header(&response, CONTENT_TYPE.as_str()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !wanted.types.is_empty() && !wanted.types.contains(&essence.as_str()) {
        let what: String = essence.chars().filter(|c| !c.is_control()).take(100).collect();
        return Err(OutboundError::WrongType(if what.is_empty() { "of no known kind".to_owned() } else { what }));
    }
    if header(&response, CONTENT_ENCODING.as_str()).is_some_and(|it| !it.eq_ignore_ascii_case("identity")) {
        return Err(OutboundError::Packed);
    }
    let (bytes, whole) = body(response, wanted.most).await?;
    if !whole {
        return Err(OutboundError::TooLarge { megabytes: wanted.most / (1024 * 1024) });
    }
    Ok(Fetched { address, content_type, bytes })
}

/// Refuses what can be seen in an address itself, before anything is looked up: for forms, so that somebody learns it at
/// once, and before each request.
///
/// # Errors
/// When nothing public can be there.
pub fn refuse_outright(address: &Url) -> Result<(), OutboundError> {
    if !matches!(address.scheme(), "http" | "https") {
        return Err(OutboundError::NotWeb);
    }
    if !address.username().is_empty() || address.password().is_some() {
        return Err(OutboundError::Credentials);
    }
    let public = match address.host().ok_or(OutboundError::NotWeb)? {
        Host::Ipv4(ip) => is_public(ip.into()),
        Host::Ipv6(ip) => is_public(ip.into()),
        Host::Domain(name) => address::may_be_public(name),
    };
    if !public {
        return Err(OutboundError::Private);
    }
    if !matches!(address.port_or_known_default(), Some(80 | 443)) {
        return Err(OutboundError::Port);
    }
    Ok(())
}

/// Whether an address says by number that it is on this machine. Names are not believed here: they lead where they like.
pub(crate) fn is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        _ => false,
    }
}

/// Where an answer leads, if it leads on.
fn next(from: &Url, response: &Response) -> Result<Option<Url>, OutboundError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let to = header(response, LOCATION.as_str()).ok_or(OutboundError::BrokenRedirect)?;
    from.join(&to).map(Some).map_err(|_| OutboundError::BrokenRedirect)
}

fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// Reads a body as it comes, up to a limit, and says whether that was all of it.
async fn body(mut response: Response, most: usize) -> Result<(Bytes, bool), OutboundError> {
    let mut bytes = BytesMut::new();
    while let Some(piece) = response.chunk().await.map_err(|_| OutboundError::BrokenOff)? {
        let room = most - bytes.len();
        bytes.extend_from_slice(&piece[..piece.len().min(room)]);
        if piece.len() > room {
            return Ok((bytes.freeze(), false));
        }
    }
    Ok((bytes.freeze(), true))
}

impl From<NotFound> for OutboundError {
    fn from(not_found: NotFound) -> Self {
        match not_found {
            NotFound::Private => Self::Private,
            NotFound::NoSuchHost => Self::NoSuchHost,
        }
    }
}

/// A client that goes where it is sent, and nowhere else.
fn careful(agent: &str, limits: Limits) -> ClientBuilder {
    Client::builder()
        .user_agent(agent)
        // A proxy would look names up itself, and reach what we don't.
        .no_proxy()
        .redirect(redirect::Policy::none())
        .connect_timeout(limits.connect)
        // A connection that is kept was judged for another moment.
        .pool_max_idle_per_host(0)
}

fn unsent(error: &reqwest::Error) -> OutboundError {
    let mut cause = error.source();
    while let Some(inner) = cause {
        match inner.downcast_ref::<NotFound>() {
            Some(not_found) => return (*not_found).into(),
            None => cause = inner.source(),
        }
    }
    if error.is_timeout() { OutboundError::TimedOut } else { OutboundError::Unreachable }
}
