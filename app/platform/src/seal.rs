//! Secrets of others that have to be read again, such as the key of a service that somebody connects: they are sealed before
//! they come into the database, with a key that is not in it.
//!
//! ChaCha20-Poly1305 (RFC 8439), with a nonce of 96 random bits for each secret. What a secret belongs to is bound to it, so
//! that it can't be moved to another row.

use std::{
    fmt, fs,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use kernel::Randomness;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::config::Secret;

/// The name of the key's file in the data folder.
const FILE: &str = "seal.key";

/// Seals secrets, and opens them.
pub struct Sealer(LessSafeKey);

/// Why secrets can't be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The file of the key fails.
    #[error("the key that secrets are sealed with can't be read or written at {}: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The key is none.
    #[error(
        "the key that secrets are sealed with must be 64 hexadecimal digits (setting SEAL_KEY, or the file seal.key)"
    )]
    Key,
    /// It was sealed with another key, or for something else.
    #[error("a secret was sealed with another key")]
    Sealed,
}

impl Sealer {
    /// Takes the key of the settings, or that of the data folder, which is made when there is none.
    ///
    /// # Errors
    /// When there is no key to be had.
    pub fn open(setting: Option<&Secret>, data_folder: &Path, randomness: &dyn Randomness) -> Result<Self, SealError> {
        match setting {
            Some(key) => Self::from_hex(key.reveal()),
            None => Self::from_hex(&kept(&data_folder.join(FILE), randomness)?),
        }
    }

    /// One with a key that nobody keeps: for tests.
    ///
    /// # Errors
    /// Never, with 32 bytes.
    pub fn with_key(key: &[u8; 32]) -> Result<Self, SealError> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, key).map_err(|_| SealError::Key)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    pub(crate) fn from_hex(text: &str) -> Result<Self, SealError> {
        let bytes = hex::decode(text.trim()).map_err(|_| SealError::Key)?;
        Self::with_key(&bytes.try_into().map_err(|_| SealError::Key)?)
    }

    /// Seals a secret for something: its id, for instance.
    ///
    /// # Errors
    /// When it is longer than anything that can be sealed.
    pub fn seal(&self, secret: &str, about: &[u8], randomness: &dyn Randomness) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE_LEN];
        randomness.fill(&mut nonce);
        let mut sealed = secret.as_bytes().to_vec();
        let unique = Nonce::assume_unique_for_key(nonce);
        self.0.seal_in_place_append_tag(unique, Aad::from(about), &mut sealed).map_err(|_| SealError::Sealed)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed for this.
    ///
    /// # Errors
    /// When it was sealed with another key, or for something else.
    pub fn open_sealed(&self, sealed: &[u8], about: &[u8]) -> Result<Secret, SealError> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN).ok_or(SealError::Sealed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Sealed)?;
        let mut rest = rest.to_vec();
        let opened = self.0.open_in_place(nonce, Aad::from(about), &mut rest).map_err(|_| SealError::Sealed)?;
        std::str::from_utf8(opened).map(Secret::from).map_err(|_| SealError::Sealed)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer")
    }
}

/// The key in a file, which is made when there is none; of two that make it at once, one takes the other's.
fn kept(path: &Path, randomness: &dyn Randomness) -> Result<String, SealError> {
    let failed = |source| SealError::File { path: path.to_owned(), source };
    match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        read => return read.map_err(failed),
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut key = [0; 32];
    randomness.fill(&mut key);
    let key = hex::encode(key);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => file.write_all(key.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return fs::read_to_string(path).map_err(failed),
        Err(error) => return Err(failed(error)),
    }
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::World;

    #[test]
    fn a_secret_is_opened_with_its_key_and_for_what_it_is_only() {
        let world = World::real();
        let sealer = Sealer::with_key(&[7; 32]).expect("a key");
        let sealed = sealer.seal("sk-123", b"one", world.randomness.as_ref()).expect("sealed");
        assert!(!sealed.windows(6).any(|part| part == b"sk-123"));
        assert_eq!(sealer.open_sealed(&sealed, b"one").expect("opened").reveal(), "sk-123");
        assert_ne!(sealer.seal("sk-123", b"one", world.randomness.as_ref()).expect("sealed"), sealed);
        let other = Sealer::with_key(&[8; 32]).expect("a key");
        for (sealer, sealed, about) in [
            (&other, sealed.as_slice(), b"one"),
            (&sealer, &sealed, b"two"),
            (&sealer, &sealed[..20], b"one"),
            (&sealer, &[], b"one"),
        ] {
            assert!(matches!(sealer.open_sealed(sealed, about), Err(SealError::Sealed)));
        }
    }

    #[test]
    fn a_key_is_made_once_and_kept_from_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let world = World::real();
        let open = || Sealer::open(None, folder.path(), world.randomness.as_ref()).expect("a key");
        let sealed = open().seal("secret", b"", world.randomness.as_ref()).expect("sealed");
        assert_eq!(open().open_sealed(&sealed, b"").expect("opened").reveal(), "secret");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(FILE)).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let wrong = Secret::from("too short");
        assert!(matches!(Sealer::open(Some(&wrong), folder.path(), world.randomness.as_ref()), Err(SealError::Key)));
    }
}
