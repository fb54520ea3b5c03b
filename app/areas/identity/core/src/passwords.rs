//! How passwords are kept: argon2id, off the async threads, only so many at once.

use std::{
    fmt,
    num::NonZeroUsize,
    sync::{Arc, OnceLock},
    thread,
};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash as Phc, PasswordHasher, PasswordVerifier, SaltString},
};
use kernel::Randomness;
use tokio::sync::Semaphore;
use zxcvbn::{Score, zxcvbn};

use crate::{
    Error,
    password::{Password, PasswordError},
};

/// A password as it is kept: argon2id in PHC form.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Takes a hash from the database.
    pub const fn stored(phc: String) -> Self {
        Self(phc)
    }

    /// The form the database stores.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// What comparing a password with a hash gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is the password.
    Right,
    /// It is the password, and its hash was made with parameters that we no longer use.
    RightButOutdated,
    /// It is not.
    Wrong,
}

/// Hashes and compares passwords. Each takes tens of milliseconds and 19 MB on purpose, so at most as many run at once
/// as there are cores; a bounded number waits, and whoever comes after those is told that we are busy.
#[derive(Clone)]
pub struct Passwords {
    inner: Arc<Inner>,
}

struct Inner {
    argon2: Argon2<'static>,
    /// Everybody inside, running or waiting.
    places: Arc<Semaphore>,
    /// Those that run.
    running: Arc<Semaphore>,
    /// What a password is compared with when there is no account, so that it takes just as long.
    decoy: OnceLock<String>,
}

impl Passwords {
    /// How many may wait for each one that runs.
    const WAITING_PER_CORE: usize = 32;

    /// With the parameters for production, one at a time per core of this machine.
    ///
    /// # Errors
    /// Never, unless argon2 stops knowing these parameters.
    pub fn new() -> Result<Self, Error> {
        // OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane.
        let at_once = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self::with(Params::new(19_456, 2, 1, None), at_once, at_once * Self::WAITING_PER_CORE)
    }

    /// With the cheapest parameters there are, for tests and for the demo world's many accounts.
    ///
    /// # Errors
    /// Never, unless argon2 stops knowing these parameters.
    pub fn cheap() -> Result<Self, Error> {
        Self::with(Params::new(Params::MIN_M_COST, 1, 1, None), 8, 1000)
    }

    fn with(params: Result<Params, argon2::Error>, at_once: usize, waiting: usize) -> Result<Self, Error> {
        let params = params.map_err(|error| Error::Hashing(error.to_string()))?;
        Ok(Self {
            inner: Arc::new(Inner {
                argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
                places: Arc::new(Semaphore::new(at_once + waiting)),
                running: Arc::new(Semaphore::new(at_once)),
                decoy: OnceLock::new(),
            }),
        })
    }

    /// Makes what is kept of a password.
    ///
    /// # Errors
    /// When too many are waiting already.
    pub async fn hash(&self, password: &Password, randomness: &dyn Randomness) -> Result<PasswordHash, Error> {
        let mut salt = [0; 16];
        randomness.fill(&mut salt);
        let password = password.clone();
        self.run(move |inner| inner.hash(password.reveal(), &salt).map(PasswordHash)).await
    }

    /// Compares a password with what is kept. Without either it is wrong, but takes just as long.
    ///
    /// # Errors
    /// When too many are waiting already, or what is kept is damaged.
    pub async fn verify(&self, password: Option<&Password>, hash: Option<&PasswordHash>) -> Result<Verdict, Error> {
        let (password, hash) = (password.cloned(), hash.cloned());
        self.run(move |inner| inner.verify(password.as_ref(), hash.as_ref())).await
    }

    /// Runs `work` on a thread that may block.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let closed = |_| Error::Busy;
        let place = Arc::clone(&self.inner.places).try_acquire_owned().map_err(|_| Error::Busy)?;
        let turn = Arc::clone(&self.inner.running).acquire_owned().await.map_err(closed)?;
        let inner = Arc::clone(&self.inner);
        // Both permits go along: if the request is given up, the work still counts until it is done.
        let done = tokio::task::spawn_blocking(move || {
            let outcome = work(&inner);
            drop((place, turn));
            outcome
        });
        done.await.map_err(|error| Error::Hashing(error.to_string()))?
    }
}

impl Inner {
    fn hash(&self, password: &str, salt: &[u8]) -> Result<String, Error> {
        let salt = SaltString::encode_b64(salt).map_err(|error| Error::Hashing(error.to_string()))?;
        let hash = self.argon2.hash_password(password.as_bytes(), &salt);
        hash.map(|hash| hash.to_string()).map_err(|error| Error::Hashing(error.to_string()))
    }

    fn verify(&self, password: Option<&Password>, hash: Option<&PasswordHash>) -> Result<Verdict, Error> {
        let (Some(password), Some(hash)) = (password, hash) else {
            let decoy = match self.decoy.get() {
                Some(decoy) => decoy,
                None => {
                    let decoy = self.hash("nobody's password", &[0; 16])?;
                    self.decoy.get_or_init(|| decoy)
                }
            };
            let phc = Phc::new(decoy).map_err(|error| Error::Hashing(error.to_string()))?;
            let presented = password.map_or("", Password::reveal);
            // Wrong whatever comes out.
            _ = self.argon2.verify_password(presented.as_bytes(), &phc);
            return Ok(Verdict::Wrong);
        };
        let phc = Phc::new(hash.as_str()).map_err(|error| Error::Hashing(error.to_string()))?;
        // Compares in constant time, with the parameters that the hash names.
        match self.argon2.verify_password(password.reveal().as_bytes(), &phc) {
            Ok(()) if self.is_current(&phc) => Ok(Verdict::Right),
            Ok(()) => Ok(Verdict::RightButOutdated),
            Err(argon2::password_hash::Error::Password) => Ok(Verdict::Wrong),
            Err(error) => Err(Error::Hashing(error.to_string())),
        }
    }

    fn is_current(&self, phc: &Phc<'_>) -> bool {
        let current = self.argon2.params();
        phc.algorithm == Algorithm::Argon2id.ident()
            && Params::try_from(phc).is_ok_and(|used| {
                (used.m_cost(), used.t_cost(), used.p_cost()) == (current.m_cost(), current.t_cost(), current.p_cost())
            })
    }
}

/// Refuses a new password that is easy to guess, above all for somebody who knows whose it is: `about` holds the
/// handle, the address and the name.
///
/// # Errors
/// With what makes it easy to guess and what would be better.
pub fn judge(password: &Password, about: &[&str]) -> Result<(), PasswordError> {
    const SEPARATORS: [char; 4] = ['@', '.', ' ', '_'];
    // Also in their parts, and run together, which is how people use them: `ana`, `costa`, `anacosta`.
    let joined: Vec<String> = about.iter().map(|text| text.replace(SEPARATORS, "")).collect();
    let parts = about.iter().flat_map(|text| text.split(SEPARATORS)).chain(joined.iter().map(String::as_str));
    let inputs: Vec<&str> = about.iter().copied().chain(parts).filter(|input| input.len() > 2).collect();
    let estimate = zxcvbn(password.reveal(), &inputs);
    if estimate.score() >= Score::Three {
        return Ok(());
    }
    let mut advice = Vec::new();
    if let Some(feedback) = estimate.feedback() {
        advice.extend(feedback.warning().map(|warning| warning.to_string()));
        advice.extend(feedback.suggestions().iter().map(ToString::to_string));
    }
    if advice.is_empty() {
        advice.push("Use a few words that don't belong together.".to_owned());
    }
    Err(PasswordError::Weak(advice.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;
    impl Randomness for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn password(text: &str) -> Password {
        Password::chosen(text).expect("valid")
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_only() {
        let passwords = Passwords::cheap().expect("valid parameters");
        let hash = passwords.hash(&password("glass otter parade"), &Fixed).await.expect("hashed");
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        let verify = async |text: &str| passwords.verify(Some(&password(text)), Some(&hash)).await.expect("compared");
        assert_eq!(verify("glass otter parade").await, Verdict::Right);
        assert_eq!(verify("glass otter parad").await, Verdict::Wrong);
        let nobody = passwords.verify(Some(&password("nobody's password")), None).await.expect("compared");
        assert_eq!(nobody, Verdict::Wrong);
        assert_eq!(passwords.verify(None, Some(&hash)).await.expect("compared"), Verdict::Wrong);
    }

    #[tokio::test]
    async fn hashes_of_other_parameters_still_fit_and_are_renewed() {
        let old = Passwords::with(Params::new(16, 1, 1, None), 1, 1).expect("valid parameters");
        let hash = old.hash(&password("glass otter parade"), &Fixed).await.expect("hashed");
        let now = Passwords::cheap().expect("valid parameters");
        let verdict = now.verify(Some(&password("glass otter parade")), Some(&hash)).await.expect("compared");
        assert_eq!(verdict, Verdict::RightButOutdated);
    }

    #[tokio::test]
    async fn production_parameters_are_those_of_owasp() {
        let passwords = Passwords::new().expect("valid parameters");
        let hash = passwords.hash(&password("glass otter parade"), &Fixed).await.expect("hashed");
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
    }

    #[tokio::test]
    async fn a_full_queue_says_so_at_once() {
        let passwords = Passwords::with(Params::new(19_456, 2, 1, None), 1, 2).expect("valid parameters");
        let tries: Vec<_> = (0..20)
            .map(|_| {
                let passwords = passwords.clone();
                tokio::spawn(async move { passwords.hash(&password("glass otter parade"), &Fixed).await.is_ok() })
            })
            .collect();
        let mut served = 0;
        for outcome in tries {
            served += usize::from(outcome.await.expect("no panic"));
        }
        assert!((3..20).contains(&served), "{served}");
        // And the queue empties again.
        assert!(passwords.hash(&password("glass otter parade"), &Fixed).await.is_ok());
    }

    #[test]
    fn guessable_passwords_are_refused_with_advice() {
        let about = ["ana_costa", "ana.costa@example.org", "Ana Costa"];
        for weak in ["password123", "1234567890", "qwertyuiop", "ana_costa1", "AnaCosta2024", "ana.costa@example.org"] {
            let Err(PasswordError::Weak(advice)) = judge(&password(weak), &about) else { panic!("{weak} was taken") };
            assert!(!advice.is_empty());
        }
        for strong in ["glass otter parade", "tr0mbone-Lagoon-88", "vKq8#zPw!m2"] {
            assert_eq!(judge(&password(strong), &about), Ok(()), "{strong}");
        }
    }
}
