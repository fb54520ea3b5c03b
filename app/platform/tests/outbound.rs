//! Reading pages of others, from servers on this machine that stand for sites.

#![expect(clippy::expect_used, reason = "a test can't go on without; also in what tests share")]

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::future::BoxFuture;
use platform::outbound::{Limits, Lookup, Outbound, OutboundError};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use url::Url;

/// What a site answers at a path: the raw bytes, and how long it waits before each kilobyte of them.
type Answers = HashMap<&'static str, (Vec<u8>, Duration)>;

/// A site, and the requests that came to it.
struct Site {
    at: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Site {
    async fn new(answers: impl IntoIterator<Item = (&'static str, Vec<u8>)>) -> Self {
        Self::slow(answers.into_iter().map(|(path, answer)| (path, (answer, Duration::ZERO))).collect()).await
    }

    async fn slow(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let (at, answers) = (listener.local_addr().expect("an address"), Arc::new(answers));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&answers), Arc::clone(&heard)));
            }
        });
        Self { at, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("requests").clone()
    }
}

async fn serve(mut stream: TcpStream, answers: Arc<Answers>, heard: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut piece = [0; 1024];
        match stream.read(&mut piece).await {
            Ok(read @ 1..) => request.extend_from_slice(&piece[..read]),
            _ => return,
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    heard.lock().expect("requests").push(request);
    let missing = (answer(404, "text/plain", b"nothing here"), Duration::ZERO);
    let (bytes, pause) = answers.get(path.as_str()).unwrap_or(&missing);
    for piece in bytes.chunks(1024) {
        tokio::time::sleep(*pause).await;
        if stream.write_all(piece).await.is_err() {
            return;
        }
    }
}

fn answer(status: u16, content_type: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn redirect(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 X\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").into_bytes()
}

/// Names as a test wants them.
struct Names(HashMap<&'static str, Vec<SocketAddr>>);

impl Lookup for Names {
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
        let found = self.0.get(host.as_str()).cloned().ok_or_else(|| io::ErrorKind::NotFound.into());
        Box::pin(async move { found })
    }
}

fn reader(names: impl IntoIterator<Item = (&'static str, Vec<SocketAddr>)>, limits: Limits) -> Outbound {
    Outbound::for_tests(Arc::new(Names(names.into_iter().collect())), limits).expect("a client")
}

fn url(address: &str) -> Url {
    address.parse().expect("an address")
}

fn socket(address: &str) -> SocketAddr {
    format!("{address}:0").parse().expect("an address")
}

const SHORT: Limits =
    Limits { whole: Duration::from_millis(600), connect: Duration::from_millis(500), bytes: 100 * 1024 };

#[tokio::test]
async fn a_page_is_read_from_where_it_leads_to() {
    let site = Site::new([
        ("/", redirect("/a?b=c")),
        ("/a?b=c", redirect("http://other.example/d")),
        ("/d", answer(200, "Text/HTML; charset=utf-8", "<p>Grüße</p>".as_bytes())),
    ])
    .await;
    let reader = reader([("site.example", vec![site.at]), ("other.example", vec![site.at])], Limits::default());
    let page = reader.get(&url("http://site.example/#top")).await.expect("a page");
    assert_eq!(page.address.as_str(), "http://other.example/d");
    assert_eq!(
        (page.content_type.as_str(), page.bytes.as_ref()),
        ("Text/HTML; charset=utf-8", "<p>Grüße</p>".as_bytes())
    );
    let requests = site.requests();
    assert_eq!(requests.len(), 3, "no rules for robots are asked for when somebody only looks");
    let head = requests[0].to_ascii_lowercase();
    assert!(head.contains("user-agent: magentic/") && head.contains("(+http://magentic.test)"), "{head}");
    assert!(
        head.contains("accept-encoding: identity") && !head.contains("referer") && !head.contains("cookie"),
        "{head}"
    );
}

#[tokio::test]
async fn no_way_leads_to_a_private_address() {
    let site = Site::new([
        ("/metadata", redirect("http://169.254.169.254/latest/meta-data/")),
        ("/inside", redirect("http://inside.example/")),
        ("/file", redirect("file:///etc/passwd")),
        ("/login", redirect("http://ana:secret@site.example/")),
        ("/port", redirect("http://site.example:22/")),
        ("/six", redirect("http://[::ffff:10.0.0.1]/")),
        ("/broken", redirect("http://[")),
    ])
    .await;
    let reader = reader(
        [
            ("site.example", vec![site.at]),
            ("inside.example", vec![socket("10.0.0.7")]),
            ("mixed.example", vec![socket("93.184.216.34"), socket("192.168.0.1")]),
            ("six.example", vec![socket("[fd00:ec2::254]")]),
            ("mapped.example", vec![socket("[::ffff:169.254.169.254]")]),
            ("empty.example", vec![]),
        ],
        Limits::default(),
    );
    use OutboundError::{BrokenRedirect, Credentials, NoSuchHost, NotWeb, Port, Private};
    for (address, expected) in [
        ("http://site.example/metadata", Private),
        ("http://site.example/inside", Private),
        ("http://site.example/file", NotWeb),
        ("http://site.example/login", Credentials),
        ("http://site.example/port", Port),
        ("http://site.example/six", Private),
        ("http://site.example/broken", BrokenRedirect),
        ("http://inside.example/", Private),
        ("http://mixed.example/", Private),
        ("http://six.example/", Private),
        ("http://mapped.example/", Private),
        ("http://empty.example/", NoSuchHost),
        ("http://nowhere.example/", NoSuchHost),
        ("http://localhost/", Private),
        ("http://metadata.google.internal/", Private),
        ("http://2130706433.example/", NoSuchHost),
        ("http://0xA9FEA9FE/", Private),
        ("http://192.168.0.1/", Private),
        ("ftp://site.example/", NotWeb),
    ] {
        assert_eq!(reader.get(&url(address)).await.map(|page| page.address), Err(expected), "{address}");
    }
}

#[tokio::test]
async fn this_machine_is_out_of_reach_of_the_real_one() {
    let site = Site::new([("/", answer(200, "text/plain", b"secret"))]).await;
    let real = Outbound::new(&url("https://magentic.example")).expect("a client");
    let by_address = real.get(&url(&format!("http://{}/", site.at))).await;
    assert_eq!(by_address.map(|page| page.bytes), Err(OutboundError::Private));
    assert_eq!(real.get(&url("http://localhost./")).await.map(|page| page.bytes), Err(OutboundError::Private));
    assert!(site.requests().is_empty());
}

#[tokio::test]
async fn what_is_too_large_too_slow_or_no_text_is_given_up() {
    let huge = vec![b'a'; 200 * 1024];
    let mut endless = b"HTTP/1.1 200 X\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n".to_vec();
    endless.extend_from_slice(&huge);
    let mut packed =
        b"HTTP/1.1 200 X\r\ncontent-type: text/plain\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n".to_vec();
    packed.extend_from_slice(b"\x1f\x8b");
    let cut = b"HTTP/1.1 200 X\r\ncontent-type: text/plain\r\ncontent-length: 100\r\n\r\nonly this".to_vec();
    let quick = |bytes: Vec<u8>| (bytes, Duration::ZERO);
    let site = Site::slow(HashMap::from([
        ("/huge", quick(answer(200, "text/plain", &huge))),
        ("/endless", quick(endless)),
        ("/slow", (answer(200, "text/plain", &huge), Duration::from_millis(50))),
        ("/silent", (answer(200, "text/plain", b"late"), Duration::from_secs(5))),
        ("/picture", quick(answer(200, "image/png", b"\x89PNG"))),
        ("/untyped", quick(b"HTTP/1.1 200 X\r\ncontent-length: 1\r\nconnection: close\r\n\r\na".to_vec())),
        ("/packed", quick(packed)),
        ("/cut", quick(cut)),
        ("/round", quick(redirect("/round"))),
        ("/secret", quick(answer(403, "text/html", b"no"))),
        ("/garbage", quick(b"\0\0\0\r\n\r\n".to_vec())),
    ]))
    .await;
    let reader = reader([("site.example", vec![site.at])], SHORT);
    use OutboundError::{BrokenOff, Packed, Status, TimedOut, TooLarge, TooManyRedirects, Unreachable, WrongType};
    for (path, expected) in [
        ("huge", TooLarge { megabytes: 0 }),
        ("endless", TooLarge { megabytes: 0 }),
        ("slow", TimedOut),
        ("silent", TimedOut),
        ("picture", WrongType("image/png".to_owned())),
        ("untyped", WrongType("of no known kind".to_owned())),
        ("packed", Packed),
        ("cut", BrokenOff),
        ("round", TooManyRedirects),
        ("secret", Status(403)),
        ("missing", Status(404)),
        ("garbage", Unreachable),
    ] {
        let result = reader.get(&url(&format!("http://site.example/{path}"))).await;
        assert_eq!(result.map(|page| page.bytes.len()), Err(expected), "{path}");
    }
}

#[tokio::test]
async fn what_a_site_asks_of_robots_is_respected() {
    let rules = answer(200, "text/plain", b"User-agent: Magentic\nDisallow: /private\n");
    let page = || answer(200, "text/plain", b"text");
    let site =
        Site::new([("/robots.txt", rules), ("/private", page()), ("/open", page()), ("/lead", redirect("/private"))])
            .await;
    let free = Site::new([("/", page())]).await;
    let broken = Site::new([("/robots.txt", answer(500, "text/plain", b"")), ("/", page())]).await;
    let leading = Site::new([("/", redirect("http://site.example/private"))]).await;
    let names =
        [("site.example", &site), ("free.example", &free), ("broken.example", &broken), ("leading.example", &leading)];
    let reader = reader(names.map(|(name, site)| (name, vec![site.at])), Limits::default());
    for (address, expected) in [
        ("http://site.example/open", Ok(())),
        ("http://site.example/private", Err(OutboundError::Robots)),
        ("http://site.example/lead", Err(OutboundError::Robots)),
        ("http://free.example/", Ok(())),
        ("http://broken.example/", Err(OutboundError::RobotsUnknown)),
        ("http://leading.example/", Err(OutboundError::Robots)),
    ] {
        assert_eq!(reader.get_to_keep(&url(address)).await.map(|_| ()), expected, "{address}");
    }
    let asked = site.requests();
    assert!(!asked.iter().any(|request| request.starts_with("GET /private")), "{asked:?}");
    assert!(reader.get(&url("http://site.example/private")).await.is_ok(), "somebody who looks is no robot");
}
