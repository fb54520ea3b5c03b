//! Thousands of live sockets that listen to the public feed while posts are published.
//!
//! The posts go in through the product's own service against the server's database, which is what its server functions do, from
//! several accounts; over HTTP the rate limit of each account would stand in the way. The clock of a delivery starts
//! before the post's transaction begins and stops when a socket has read the notice, so all of it is in there:
//! writing, committing, numbering the event, telling everybody, and the client's own reading on the same processors.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use clap::Args;
use futures::{SinkExt, StreamExt, stream};
use kernel::{AccountId, Actor, Via};
use platform::{Database, World, event};
use social_core::{Content, NewPost, service};
use sqlx::postgres::PgConnectOptions;
use tokio::{
    net::TcpStream,
    sync::watch,
    task::JoinSet,
    time::{MissedTickBehavior, interval, sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

use crate::{Failed, process};

/// How many sockets are being opened at a time.
const OPENING: usize = 64;
/// How long what is open may settle before its memory is read.
const SETTLE: Duration = Duration::from_secs(3);
/// How long the last notices may take to arrive.
const PATIENCE: Duration = Duration::from_secs(15);
/// Connections for publishing.
const CONNECTIONS: u32 = 8;

/// What to measure.
#[derive(Debug, Args)]
pub struct Options {
    /// Where the server listens: address and port.
    #[arg(long)]
    server: String,
    /// The server's process.
    #[arg(long)]
    pid: u32,
    /// The server's database.
    #[arg(long)]
    database: PgConnectOptions,
    /// How many sockets.
    #[arg(long)]
    sockets: usize,
    /// Posts per second.
    #[arg(long)]
    rate: u32,
    /// For how long.
    #[arg(long)]
    seconds: u32,
}

type Socket = WebSocketStream<TcpStream>;

/// That a socket heard of a post.
struct Heard {
    post: u128,
    at: Instant,
}

/// When a post was published.
struct Published {
    begun: Instant,
    committed: Instant,
}

/// Opens the sockets, publishes, and prints what came of it.
///
/// # Errors
/// When the server or the database fails, or a socket is refused or closed.
pub async fn measure(options: Options) -> Result<(), Failed> {
    let database = Database::connect(options.database.clone(), CONNECTIONS).await?;
    let position = event::last_position(database.pool()).await?.0;

    let before = process::resident_bytes(options.pid)?;
    let begun = Instant::now();
    let sockets = open_all(&options, position).await?;
    let opened_in = begun.elapsed();
    sleep(SETTLE).await;
    let open = process::resident_bytes(options.pid)?;

    // Each listener goes on until it has heard of as many posts as were published.
    let (expect, expected) = watch::channel(None);
    let mut listeners = JoinSet::new();
    for socket in sockets {
        listeners.spawn(hear(socket, expected.clone()));
    }
    let busy = (process::processor_seconds(options.pid)?, process::processor_seconds(std::process::id())?);
    let begun = Instant::now();
    let published = publish(&options, &database).await?;
    let took = begun.elapsed().as_secs_f64();
    expect.send_replace(Some(published.len()));

    let mut deliveries = Vec::with_capacity(published.len() * options.sockets);
    let mut wrong = 0;
    let mut kept = Vec::with_capacity(options.sockets);
    while let Some(listener) = listeners.join_next().await {
        let (heard, socket) = listener??;
        kept.push(socket);
        wrong += count_wrong(&heard, &published);
        deliveries.extend(heard.iter().filter_map(|heard| Some(heard.at - published.get(&heard.post)?.begun)));
    }
    let busy_after = (process::processor_seconds(options.pid)?, process::processor_seconds(std::process::id())?);
    let heard_in = begun.elapsed().as_secs_f64();
    sleep(SETTLE).await;
    let used = process::resident_bytes(options.pid)?;
    drop(kept);

    deliveries.sort_unstable();
    let mut commits: Vec<Duration> =
        published.values().map(|published| published.committed - published.begun).collect();
    commits.sort_unstable();
    let per_socket = |bytes: u64| bytes.saturating_sub(before) / options.sockets.max(1) as u64;
    println!("opened_in_ms {}", opened_in.as_millis());
    println!("bytes_per_socket {}", per_socket(open));
    println!("bytes_per_socket_used {}", per_socket(used));
    println!("posts {}", published.len());
    println!("posts_per_second {:.1}", published.len() as f64 / took);
    println!("deliveries {}", deliveries.len());
    println!("wrong {wrong}");
    println!("commit_p50_ms {:.1}", percentile(&commits, 50));
    println!("commit_p99_ms {:.1}", percentile(&commits, 99));
    println!("delivery_p50_ms {:.1}", percentile(&deliveries, 50));
    println!("delivery_p99_ms {:.1}", percentile(&deliveries, 99));
    println!("delivery_max_ms {:.1}", percentile(&deliveries, 100));
    println!("server_processors {:.2}", (busy_after.0 - busy.0) / heard_in);
    println!("client_processors {:.2}", (busy_after.1 - busy.1) / heard_in);
    Ok(())
}

async fn open_all(options: &Options, position: i64) -> Result<Vec<Socket>, Failed> {
    let listen = serde_json::json!({ "topics": ["feed.public"], "after": position }).to_string();
    let opening = (0..options.sockets).map(|_| open(&options.server, &listen));
    stream::iter(opening).buffer_unordered(OPENING).collect::<Vec<_>>().await.into_iter().collect()
}

/// Opens a socket, and waits until it listens.
async fn open(server: &str, listen: &str) -> Result<Socket, Failed> {
    let stream = TcpStream::connect(server).await?;
    stream.set_nodelay(true)?;
    let config = WebSocketConfig::default().read_buffer_size(4 << 10).write_buffer_size(0);
    let (mut socket, _) = client_async_with_config(format!("ws://{server}/live"), stream, Some(config)).await?;
    socket.send(Message::text(listen)).await?;
    while let Some(message) = socket.next().await {
        match message? {
            Message::Text(words) if words.starts_with(r#"{"caught""#) => return Ok(socket),
            Message::Close(frame) => return Err(format!("a socket was closed: {frame:?}").into()),
            _ => {}
        }
    }
    Err("a socket was closed before it listened".into())
}

/// Hears of posts until there are as many as expected, or no more come.
async fn hear(
    mut socket: Socket,
    mut expected: watch::Receiver<Option<usize>>,
) -> Result<(Vec<Heard>, Socket), Failed> {
    let mut heard = Vec::new();
    let mut enough = None;
    loop {
        if enough.is_some_and(|enough| heard.len() >= enough) {
            return Ok((heard, socket));
        }
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Text(words))) => {
                    let at = Instant::now();
                    heard.extend(post(&words).map(|post| Heard { post, at }));
                }
                Some(Ok(Message::Close(frame))) => return Err(format!("a socket was closed: {frame:?}").into()),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => return Err("a socket was lost".into()),
            },
            changed = expected.changed(), if enough.is_none() => {
                changed?;
                enough = *expected.borrow();
            }
            () = sleep(PATIENCE), if enough.is_some() => return Ok((heard, socket)),
        }
    }
}

/// The post that a notice is about. Not read as JSON: a hundred thousand come each second, and what the listener spends is
/// taken from the server.
fn post(words: &str) -> Option<u128> {
    let (_, from) = words.split_once(r#""post":"post_"#)?;
    u128::from_str_radix(from.get(..32)?, 16).ok()
}

/// How many posts a socket missed or heard of twice.
fn count_wrong(heard: &[Heard], published: &HashMap<u128, Published>) -> usize {
    let mut posts: Vec<u128> =
        heard.iter().map(|heard| heard.post).filter(|post| published.contains_key(post)).collect();
    posts.sort_unstable();
    let all = posts.len();
    posts.dedup();
    (all - posts.len()) + (published.len() - posts.len())
}

/// Publishes at a steady rate, as several accounts.
async fn publish(options: &Options, database: &Database) -> Result<HashMap<u128, Published>, Failed> {
    let authors: Vec<sqlx::types::Uuid> =
        sqlx::query_scalar("select id from accounts where kind = 'person' order by id limit 100")
            .fetch_all(database.pool())
            .await?;
    let world = World::real();
    let mut tick = interval(Duration::from_secs(1) / options.rate);
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut posts = JoinSet::new();
    let number = usize::try_from(options.rate * options.seconds)?;
    for (number, author) in authors.iter().cycle().take(number).enumerate() {
        tick.tick().await;
        let cx = world.cx(Actor::human(AccountId::from_uuid(*author), Via::System));
        let database = database.clone();
        posts.spawn(async move {
            let body = format!(
                "Post number {number} of a measurement, about as long as posts are when somebody has something to say."
            );
            let new = NewPost { content: Content::parse::<&str>(&body, &[])?, submission: None };
            let begun = Instant::now();
            let mut tx = database.begin().await?;
            let id = service::publish_post(&mut tx, &cx, &new).await?;
            tx.commit().await?;
            Ok::<_, Failed>((id.uuid().as_u128(), Published { begun, committed: Instant::now() }))
        });
    }
    let mut published = HashMap::new();
    while let Some(post) = timeout(PATIENCE, posts.join_next()).await? {
        let (id, post) = post??;
        published.insert(id, post);
    }
    Ok(published)
}

/// The value that so many percent do not exceed, in milliseconds.
fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    crate::percentile(sorted, percent).as_secs_f64() * 1000.0
}
