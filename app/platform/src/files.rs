//! The file store: a folder on this machine, or a bucket. What we put there is never changed afterwards, only deleted.

use std::{fmt, fs, io, path::Path, str::FromStr, sync::Arc, time::Duration};

pub use bytes::Bytes;
use kernel::{Problem, ProblemKind};
use object_store::{
    Attribute, Attributes, BackoffConfig, ClientOptions, ObjectStore, ObjectStoreExt, PutOptions, RetryConfig,
    aws::AmazonS3Builder, local::LocalFileSystem,
};
use serde::{Deserialize, Serialize};
use tokio::time;

use crate::{
    Tx,
    config::FilesConfig,
    job::{self, Job, JobError, Tools, WorkerContext},
};

/// How long one request to a bucket may take, and how long a connection to it.
const REQUEST: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(3);
/// How long an operation may take in all, its retries included.
const OPERATION: Duration = Duration::from_secs(30);
const RETRIES: usize = 3;

/// Where a file stands: segments of `a-z`, `0-9`, `.`, `_` and `-`, separated by `/`. None of them begins with a dot,
/// so a key can't lead out of the store, and means the same on every file system.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileKey(String);

/// Not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key has segments of a-z, 0-9, '.', '_' and '-' that don't begin with a dot, up to 200 characters in all")]
pub struct FileKeyError;

impl FileKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FileKey {
    type Err = FileKeyError;

    fn from_str(text: &str) -> Result<Self, FileKeyError> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-');
        let good = |segment: &str| !segment.is_empty() && !segment.starts_with('.') && segment.bytes().all(fits);
        if text.len() <= 200 && text.split('/').all(good) { Ok(Self(text.to_owned())) } else { Err(FileKeyError) }
    }
}

impl TryFrom<String> for FileKey {
    type Error = FileKeyError;

    fn try_from(text: String) -> Result<Self, FileKeyError> {
        text.parse()
    }
}

impl From<FileKey> for String {
    fn from(key: FileKey) -> Self {
        key.0
    }
}

impl fmt::Display for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// There is no file under this key.
    #[error("there is no file {0}")]
    NotFound(FileKey),
    /// No answer in time, with all retries.
    #[error("the file store did not answer in {} seconds", OPERATION.as_secs())]
    TimedOut,
    /// The folder can't be made or written to.
    #[error("cannot use the folder for files: {0}")]
    Folder(#[source] io::Error),
    /// Anything else; retries that made sense have been made.
    #[error("the file store failed: {0}")]
    Store(#[source] object_store::Error),
}

impl From<FilesError> for Problem {
    fn from(error: FilesError) -> Self {
        if let FilesError::NotFound(_) = error {
            return Self::not_found("file");
        }
        tracing::error!(%error, "file store");
        let message = "Files can't be reached at the moment. Please try again in a minute.";
        Self { retry_after: Some(60), ..Self::new(ProblemKind::Unavailable, message) }
    }
}

/// The file store.
#[derive(Clone)]
pub struct Files {
    store: Arc<dyn ObjectStore>,
    /// A bucket keeps the media type with the file; a folder can't.
    keeps_types: bool,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Files({})", self.store)
    }
}

impl Files {
    /// Opens the store that the configuration names. A bucket isn't spoken to yet.
    ///
    /// # Errors
    /// When the folder can't be used, or the bucket's settings make no sense.
    pub fn open(config: &FilesConfig, data_folder: &Path) -> Result<Self, FilesError> {
        match config {
            FilesConfig::Disk => Self::on_disk(&data_folder.join("files")),
            FilesConfig::S3 { .. } => Self::in_bucket(config),
        }
    }

    fn on_disk(folder: &Path) -> Result<Self, FilesError> {
        fs::create_dir_all(folder).map_err(FilesError::Folder)?;
        // A file is written beside its place and then moved there, so nobody sees half of one.
        let store = LocalFileSystem::new_with_prefix(folder).map_err(FilesError::Store)?;
        let store = store.with_fsync(true).with_automatic_cleanup(true);
        Ok(Self { store: Arc::new(store), keeps_types: false })
    }

    fn in_bucket(config: &FilesConfig) -> Result<Self, FilesError> {
        let FilesConfig::S3 { bucket, region, endpoint, access_key_id, secret_access_key } = config else {
            return Err(FilesError::Folder(io::ErrorKind::InvalidInput.into()));
        };
        // The client is built without a crypto library of its own and takes the process's. It is no error when
        // somebody has set one already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let plain = endpoint.as_ref().is_some_and(|url| url.scheme() == "http");
        let options = ClientOptions::new().with_timeout(REQUEST).with_connect_timeout(CONNECT).with_allow_http(plain);
        let backoff =
            BackoffConfig { init_backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(3), base: 2.0 };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_region(region)
            .with_access_key_id(access_key_id)
            .with_secret_access_key(secret_access_key.reveal())
            .with_client_options(options)
            .with_allow_http(plain)
            .with_retry(RetryConfig { backoff, max_retries: RETRIES, retry_timeout: OPERATION });
        if let Some(endpoint) = endpoint {
            builder = builder.with_endpoint(endpoint.as_str().trim_end_matches('/'));
        }
        let store = builder.build().map_err(FilesError::Store)?;
        Ok(Self { store: Arc::new(store), keeps_types: true })
    }

    /// Writes a file, whole or not at all. One that is there under the same key is replaced.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn put(&self, key: &FileKey, bytes: Bytes, content_type: &'static str) -> Result<(), FilesError> {
        let mut options = PutOptions::default();
        if self.keeps_types {
            options.attributes = Attributes::from_iter([(Attribute::ContentType, content_type)]);
        }
        let path = path(key);
        in_time(key, self.store.put_opts(&path, bytes.into(), options)).await?;
        Ok(())
    }

    /// Reads a whole file.
    ///
    /// # Errors
    /// When it isn't there, or the store fails.
    pub async fn get(&self, key: &FileKey) -> Result<Bytes, FilesError> {
        let path = path(key);
        in_time(key, async { self.store.get(&path).await?.bytes().await }).await
    }

    /// Deletes a file. One that isn't there is deleted already.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete(&self, key: &FileKey) -> Result<(), FilesError> {
        let path = path(key);
        match in_time(key, self.store.delete(&path)).await {
            Err(FilesError::NotFound(_)) => Ok(()),
            other => other,
        }
    }

    /// Whether the store can be read at all: asks for a file that isn't there.
    ///
    /// # Errors
    /// When it can't.
    pub async fn check(&self) -> Result<(), FilesError> {
        let key = FileKey("health/check".to_owned());
        let path = path(&key);
        match in_time(&key, self.store.head(&path)).await {
            Ok(_) | Err(FilesError::NotFound(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// A key has no character that a path would have to escape.
fn path(key: &FileKey) -> object_store::path::Path {
    object_store::path::Path::from(key.as_str())
}

async fn in_time<T>(key: &FileKey, work: impl Future<Output = object_store::Result<T>>) -> Result<T, FilesError> {
    match time::timeout(OPERATION, work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(object_store::Error::NotFound { .. })) => Err(FilesError::NotFound(key.clone())),
        Ok(Err(error)) => Err(FilesError::Store(error)),
        Err(_) => Err(FilesError::TimedOut),
    }
}

/// The job that deletes files whose last mention a transaction has removed.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteFiles {
    /// Which files.
    pub keys: Vec<FileKey>,
}

impl DeleteFiles {
    /// Deletes the files once the caller's transaction, which removes what refers to them, is committed: neither is a
    /// file lost that is still shown, nor one kept that nobody knows of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn after(tx: &mut Tx, keys: Vec<FileKey>) -> Result<(), sqlx::Error> {
        if keys.is_empty() {
            return Ok(());
        }
        job::enqueue(tx, &Self { keys }, job::When::default()).await
    }

    /// Deletes the files now. Doing it twice does no harm.
    ///
    /// # Errors
    /// With the first file that could not be deleted.
    pub async fn work(&self, files: &Files) -> Result<(), FilesError> {
        for key in &self.keys {
            files.delete(key).await?;
        }
        Ok(())
    }
}

impl Job for DeleteFiles {
    const IDENTIFIER: &'static str = "delete_files";

    async fn run(self, context: WorkerContext) -> impl job::IntoTaskHandlerResult {
        let tools: &Tools = job::shared(&context)?;
        self.work(&tools.files).await.map_err(|error| JobError::Other(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_inside() {
        for good in ["a", "media/0198c5/480.jpg", "a-b_c/1.2.3"] {
            let key: FileKey = good.parse().expect("a key");
            assert_eq!(path(&key).as_ref(), good);
        }
        let long = "a".repeat(201);
        for bad in [
            "", "/", "/a", "a/", "a//b", "..", "a/../b", ".a", "a/.b", "A", "a b", "a\\b", "a%2fb", "a#1", "ä", "a\0",
            &long,
        ] {
            assert!(bad.parse::<FileKey>().is_err(), "{bad:?}");
        }
        assert!(serde_json::from_str::<FileKey>(r#""../a""#).is_err());
    }
}
