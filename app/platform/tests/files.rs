//! The file store: the same suite on a folder and, when s3s-fs is here, on a bucket.

#![expect(clippy::expect_used, reason = "these are tests, and so are their helpers")]

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use bytes::Bytes;
use kernel::Problem;
use platform::{
    config::{FilesConfig, Secret},
    files::{FileKey, Files, FilesError},
};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};

fn key(text: &str) -> FileKey {
    text.parse().expect("a key")
}

async fn suite(files: &Files) {
    let (first, second) = (key("media/a/480.jpg"), key("media/a/960.jpg"));
    files.check().await.expect("answers");
    assert!(matches!(files.get(&first).await, Err(FilesError::NotFound(missing)) if missing == first));
    files.put(&first, Bytes::from_static(b"one"), "image/jpeg").await.expect("writes");
    files.put(&first, Bytes::from_static(b"two"), "image/jpeg").await.expect("replaces");
    files.put(&second, Bytes::new(), "image/jpeg").await.expect("writes nothing");
    let large = Bytes::from(vec![7; 3_000_000]);
    files.put(&key("media/b/large.webp"), large.clone(), "image/webp").await.expect("writes much");
    assert_eq!(files.get(&first).await.expect("reads"), "two");
    assert_eq!(files.get(&second).await.expect("reads"), "");
    assert_eq!(files.get(&key("media/b/large.webp")).await.expect("reads"), large);
    files.delete(&first).await.expect("deletes");
    files.delete(&first).await.expect("deletes what is gone");
    assert!(matches!(files.get(&first).await, Err(FilesError::NotFound(_))));
    assert_eq!(files.get(&second).await.expect("its neighbour stays"), "");
    let mut together = tokio::task::JoinSet::new();
    for number in 0..16 {
        let (files, second, bytes) = (files.clone(), second.clone(), Bytes::from(vec![number; 100_000]));
        together.spawn(async move { files.put(&second, bytes, "image/jpeg").await });
    }
    while let Some(written) = together.join_next().await {
        written.expect("no panic").expect("writes");
        let read = files.get(&second).await.expect("reads");
        assert!(read.len() == 100_000 && read.iter().all(|byte| *byte == read[0]), "a mixture, or half of one");
    }
    assert_eq!(Problem::from(FilesError::NotFound(first)).status(), 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keeps_files_in_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    suite(&Files::open(&FilesConfig::Disk, folder.path()).expect("opens")).await;
    let names: Vec<_> = std::fs::read_dir(folder.path().join("files/media/a"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(names, ["960.jpg"], "nothing half-written lies about");
}

#[tokio::test]
async fn says_when_the_folder_cannot_be_used() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("files"), "in the way").expect("writes");
    assert!(matches!(Files::open(&FilesConfig::Disk, folder.path()), Err(FilesError::Folder(_))));
}

struct Bucket {
    process: Child,
    _folder: TempDir,
    port: u16,
}

impl Drop for Bucket {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn program() -> Option<PathBuf> {
    let mut folders: Vec<_> = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect();
    folders.extend(std::env::home_dir().map(|home| home.join(".cache/magentic/tools/bin")));
    folders.into_iter().map(|folder| folder.join("s3s-fs")).find(|path| path.is_file())
}

async fn bucket() -> Option<Bucket> {
    let Some(program) = program() else {
        eprintln!("S3 WAS NOT TESTED: s3s-fs is missing (cargo install s3s-fs@0.14.1 --features binary --locked)");
        return None;
    };
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("pictures")).expect("a bucket");
    let port = TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("an address").port();
    let process = Command::new(program)
        .args(["--host", "127.0.0.1", "--port", &port.to_string(), "--access-key", "me", "--secret-key", "hunter2"])
        .arg(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let bucket = Bucket { process, _folder: folder, port };
    while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Some(bucket)
}

fn settings(port: u16, secret: &str) -> FilesConfig {
    FilesConfig::S3 {
        bucket: "pictures".to_owned(),
        region: "us-east-1".to_owned(),
        endpoint: Some(format!("http://127.0.0.1:{port}").parse().expect("an address")),
        access_key_id: "me".to_owned(),
        secret_access_key: Secret::from(secret),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keeps_files_in_a_bucket() {
    let Some(bucket) = bucket().await else { return };
    let nowhere = std::path::Path::new("/nonexistent");
    suite(&Files::open(&settings(bucket.port, "hunter2"), nowhere).expect("opens")).await;
    let stranger = Files::open(&settings(bucket.port, "wrong"), nowhere).expect("opens");
    let error = stranger.put(&key("a"), Bytes::from_static(b"x"), "image/jpeg").await.expect_err("refused");
    assert!(!error.to_string().contains("hunter2"));
    assert_eq!(Problem::from(error).status(), 503);
}

/// Answers each request with what `answer` says of its number.
async fn faulty(answer: fn(usize) -> &'static str) -> u16 {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        for number in 0.. {
            let Ok((mut stream, _)) = listener.accept().await else { return };
            let mut buffer = vec![0; 4096];
            drop(stream.read(&mut buffer).await);
            drop(stream.write_all(answer(number).as_bytes()).await);
        }
    });
    port
}

#[tokio::test]
async fn tries_again_when_the_bucket_stumbles() {
    let port = faulty(|number| match number {
        0 => "HTTP/1.1 503 Slow Down\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        1 => "",
        _ => "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\nETag: \"a\"\r\nLast-Modified: Sun, 01 Mar 2026 12:00:00 GMT\r\n\r\nhi",
    })
    .await;
    let files = Files::open(&settings(port, "x"), std::path::Path::new("/nonexistent")).expect("opens");
    assert_eq!(files.get(&key("a")).await.expect("reads in the end"), "hi");
    let port = faulty(|_| "HTTP/1.1 500 Broken\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await;
    let files = Files::open(&settings(port, "x"), std::path::Path::new("/nonexistent")).expect("opens");
    assert!(matches!(files.get(&key("a")).await, Err(FilesError::Store(_))), "gives up in the end");
}
