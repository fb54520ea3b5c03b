//! The live socket.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use kernel::PostId;
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::support::{Server, Visitor};

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn open(server: &Server, visitor: &Visitor) -> Self {
        let mut request = format!("ws://{}/live", server.address).into_client_request().expect("a request");
        if let Some(cookie) = &visitor.cookie {
            request.headers_mut().insert("cookie", cookie.parse().expect("a header"));
        }
        Self(connect_async(request).await.expect("a socket").0)
    }

    /// Listens, and waits until all that was missed has been told. What was missed, and the position after it.
    async fn listen(&mut self, topics: &[&str], after: i64) -> (Vec<Value>, i64) {
        self.0.send(Message::text(json!({ "topics": topics, "after": after }).to_string())).await.expect("it is sent");
        let mut missed = Vec::new();
        loop {
            let told = self.next().await.expect("an answer");
            if let Some(position) = told["caught"]["position"].as_i64() {
                return (missed, position);
            }
            missed.push(told);
        }
    }

    /// The next thing that is told; nothing when the socket ends.
    async fn next(&mut self) -> Option<Value> {
        loop {
            match timeout(Duration::from_secs(10), self.0.next()).await.expect("something is told in time") {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return None,
            }
        }
    }
}

fn posts(told: &[Value]) -> Vec<String> {
    told.iter().filter_map(|it| Some(it["notice"]["notice"]["post"].as_str()?.to_owned())).collect()
}

fn written(ids: &[PostId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn new_posts_are_told_in_order_and_once_also_across_a_lost_connection() {
    let server = Server::start().await;
    let ana = server.app.person("ana").await;
    let visitor = server.visitor();
    let mut socket = Socket::open(&server, &visitor).await;
    let (missed, position) = socket.listen(&["feed.public"], 0).await;
    assert!(posts(&missed).is_empty());

    let first = server.post(&ana, "One").await;
    let told = socket.next().await.expect("a notice");
    assert_eq!(posts(std::slice::from_ref(&told)), written(&[first]));
    let seen = told["notice"]["position"].as_i64().expect("a position");
    assert!(seen > position);

    drop(socket);
    let (second, third) = (server.post(&ana, "Two").await, server.post(&ana, "Three").await);
    let mut socket = Socket::open(&server, &visitor).await;
    let (mut told, _) = socket.listen(&["feed.public"], seen).await;
    while told.len() < 2 {
        told.push(socket.next().await.expect("a notice"));
    }
    assert_eq!(posts(&told), written(&[second, third]));

    let fourth = server.post(&ana, "Four").await;
    assert_eq!(posts(&[socket.next().await.expect("a notice")]), written(&[fourth]), "and nothing comes twice");
}

#[tokio::test]
async fn the_home_feed_tells_of_those_who_are_followed() {
    let server = Server::start().await;
    let (ana, ben, eve) =
        (server.app.person("ana").await, server.app.person("ben").await, server.app.person("eve").await);
    let as_ana = server.signed_in(&ana).await;
    let follow = [("account", ben.actor.account.to_string()), ("following", "true".to_owned())];
    let follow: Vec<(&str, &str)> = follow.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(as_ana.call("social/follow", &follow).await.0, 200);

    let mut socket = Socket::open(&server, &as_ana).await;
    let (_, position) = socket.listen(&["feed.home"], 0).await;
    server.post(&eve, "By a stranger").await;
    let by_ben = server.post(&ben, "By somebody Ana follows").await;
    let by_ana = server.post(&ana, "By herself").await;
    let told = [socket.next().await.expect("a notice"), socket.next().await.expect("a notice")];
    assert_eq!(posts(&told), written(&[by_ben, by_ana]));

    let mut again = Socket::open(&server, &as_ana).await;
    let (missed, _) = again.listen(&["feed.home"], position).await;
    assert_eq!(posts(&missed), written(&[by_ben, by_ana]), "what was missed obeys the same rule");
}

#[tokio::test]
async fn what_is_not_for_this_account_is_refused() {
    let server = Server::start().await;
    let mut socket = Socket::open(&server, &server.visitor()).await;
    let (told, _) = socket.listen(&["feed.home", "nonsense", "feed.public"], 0).await;
    let refused: Vec<&str> = told.iter().filter_map(|it| it["refused"]["topic"].as_str()).collect();
    assert_eq!(refused, ["feed.home", "nonsense"]);

    let mut socket = Socket::open(&server, &server.visitor()).await;
    socket.0.send(Message::text("not JSON")).await.expect("it is sent");
    assert!(socket.next().await.is_none(), "what is not understood ends the conversation");

    let mut foreign = format!("ws://{}/live", server.address).into_client_request().expect("a request");
    foreign.headers_mut().insert("origin", "https://evil.example".parse().expect("a header"));
    assert!(connect_async(foreign).await.is_err(), "another site's page may not listen");
}

#[tokio::test]
async fn the_rooms_of_others_are_not_heard() {
    let server = Server::start().await;
    let ana = server.app.person("ana").await;
    let room = "room:bkg_00000000000000000000000000000007";
    for visitor in [server.signed_in(&ana).await, server.visitor()] {
        let mut socket = Socket::open(&server, &visitor).await;
        let (told, _) = socket.listen(&["feed.public", room, "room:nonsense"], 0).await;
        let refused: Vec<&str> = told.iter().filter_map(|it| it["refused"]["topic"].as_str()).collect();
        assert_eq!(refused, [room, "room:nonsense"]);
    }
}

#[tokio::test]
async fn a_device_that_is_signed_out_hears_no_more() {
    let server = Server::start().await;
    let ana = server.app.person("ana").await;
    let (phone, laptop) = (server.signed_in(&ana).await, server.signed_in(&ana).await);
    let mut socket = Socket::open(&server, &phone).await;
    socket.listen(&["feed.home"], 0).await;
    assert_eq!(laptop.call("identity/revoke_other_sessions", &[]).await.0, 200);
    while let Some(told) = socket.next().await {
        assert!(told["notice"].is_null(), "{told}");
    }
    assert_eq!(phone.ask("social/home_feed", &[]).await.0, 401);
}
