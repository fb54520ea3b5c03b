//! The web as a test has it: names that lead to servers on this machine.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Mutex, PoisonError},
};

use platform::outbound::Lookup;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// Sites by their names.
#[derive(Default)]
pub struct Sites(Mutex<HashMap<String, SocketAddr>>);

impl Sites {
    /// Lets a name lead to an address.
    pub fn put(&self, name: &str, at: SocketAddr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), at);
    }

    /// A site that answers each path with a status, a media type and a body as the test says.
    ///
    /// # Panics
    /// When there is no port for it: a test can't go on then.
    #[expect(clippy::expect_used, reason = "a test can't go on without")]
    pub async fn serve(
        &self,
        name: &str,
        answer: impl Fn(&str) -> (u16, &'static str, String) + Send + Sync + 'static,
    ) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        self.put(name, listener.local_addr().expect("an address"));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") && stream.read_buf(&mut request).await.is_ok_and(|read| read > 0)
                {
                }
                let request = String::from_utf8_lossy(&request).into_owned();
                let (status, content_type, body) = answer(request.split(' ').nth(1).unwrap_or_default());
                let head = format!(
                    "HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                    body.len()
                );
                // Whoever asked may have gone.
                _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
            }
        });
    }
}

impl Lookup for Sites {
    fn lookup(&self, host: String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>> {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&host).copied();
        Box::pin(async move { found.map(|it| vec![it]).ok_or_else(|| io::ErrorKind::NotFound.into()) })
    }
}
