//! Hashing of passwords: Argon2id (RFC 9106), and a queue before it, because each hash takes 19 MiB and a core for some
//! tens of milliseconds.

use crate::{problem::Problem, secrets::SystemSecrets};
use actix_web::{http::StatusCode, web::block};
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier as _},
};
use identity::{Password, PasswordHash, PasswordHasher, SecretSource};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Parameters of the OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1_024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT_BYTES: usize = 16;

/// How many may wait to have a password hashed; further ones are turned away at once.
const QUEUE: usize = 64;
const RETRY_AFTER_SECONDS: u16 = 2;

/// Argon2id.
pub struct Argon2Passwords {
    argon2: Argon2<'static>,
    /// What a password is verified against where there is no account.
    decoy: PasswordHash,
}

impl Argon2Passwords {
    /// Ready to hash; it hashes one password to begin with.
    pub fn new() -> Self {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or(Params::DEFAULT);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = hash(&argon2, b"nobody's password");
        Self { argon2, decoy }
    }
}

impl Default for Argon2Passwords {
    fn default() -> Self {
        Self::new()
    }
}

fn hash(argon2: &Argon2<'_>, password: &[u8]) -> PasswordHash {
    let mut salt = [0; SALT_BYTES];
    SystemSecrets.fill(&mut salt);
    match argon2.hash_password_with_salt(password, &salt) {
        Ok(hash) => PasswordHash::from_text(hash.to_string()),
        // Only parameters and lengths can be refused, and they are constant or checked.
        Err(error) => unreachable!("Argon2 refuses a password: {error}"),
    }
}

impl PasswordHasher for Argon2Passwords {
    fn hash(&self, password: &Password) -> PasswordHash {
        hash(&self.argon2, password.expose().as_bytes())
    }

    fn verify(&self, password: &Password, kept: Option<&PasswordHash>) -> bool {
        let against = kept.unwrap_or(&self.decoy).as_str();
        let right = self
            .argon2
            .verify_password(password.expose().as_bytes(), against)
            .is_ok();
        right && kept.is_some()
    }
}

/// Hashes off the async threads, as many at a time as there are cores.
pub struct Passwords {
    hasher: Arc<dyn PasswordHasher>,
    queue: Arc<Semaphore>,
    cores: Arc<Semaphore>,
}

impl Passwords {
    /// A queue before that hasher.
    pub fn new(hasher: Arc<dyn PasswordHasher>) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            hasher,
            queue: Arc::new(Semaphore::new(cores + QUEUE)),
            cores: Arc::new(Semaphore::new(cores)),
        }
    }

    /// Runs work with the hasher; 503 at once where too many wait already. Work that has begun goes on though nobody waits
    /// for it any more, and keeps its place until it is done.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn PasswordHasher) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let place = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| {
            Problem::of_status(StatusCode::SERVICE_UNAVAILABLE).retry_after_seconds(RETRY_AFTER_SECONDS)
        })?;
        let core = Arc::clone(&self.cores).acquire_owned();
        let core = core.await.map_err(Problem::internal)?;
        let hasher = Arc::clone(&self.hasher);
        block(move || {
            let _held = (place, core);
            work(hasher.as_ref())
        })
        .await
        .map_err(Problem::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::ResponseError;
    use std::{sync::mpsc, time::Duration};
    use tokio::time::{sleep, timeout};

    fn password(text: &str) -> Password {
        Password::parse(text.to_owned()).unwrap()
    }

    #[test]
    fn a_password_is_verified_against_its_own_hash_only() {
        let passwords = Argon2Passwords::new();
        let hash = passwords.hash(&password("correct horse"));
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_ne!(
            passwords.hash(&password("correct horse")),
            hash,
            "the salt is random"
        );
        assert!(passwords.verify(&password("correct horse"), Some(&hash)));
        assert!(!passwords.verify(&password("wrong horse"), Some(&hash)));
        let broken = PasswordHash::from_text("not a hash".to_owned());
        assert!(!passwords.verify(&password("correct horse"), Some(&broken)));
    }

    #[test]
    fn nobodys_password_opens_nothing() {
        assert!(!Argon2Passwords::new().verify(&password("nobody's password"), None));
    }

    #[actix_web::test]
    async fn a_full_queue_turns_away_at_once() {
        let passwords = Passwords::new(Arc::new(testing::PlainPasswords));
        let all = passwords.queue.available_permits();
        let places = passwords
            .queue
            .try_acquire_many(u32::try_from(all).unwrap())
            .unwrap();
        let refused = passwords.run(|_| ()).await.unwrap_err();
        assert_eq!(refused.status_code(), StatusCode::SERVICE_UNAVAILABLE);
        drop(places);
        assert!(passwords.run(|_| ()).await.is_ok());
    }

    #[actix_web::test]
    async fn work_that_nobody_waits_for_any_more_keeps_its_places_until_it_is_done() {
        let passwords = Passwords::new(Arc::new(testing::PlainPasswords));
        let free = || {
            (
                passwords.queue.available_permits(),
                passwords.cores.available_permits(),
            )
        };
        let (queue, cores) = free();
        let (finish, finished) = mpsc::channel::<()>();
        let waiting = passwords.run(move |_| finished.recv().unwrap());
        assert!(timeout(Duration::from_millis(50), waiting).await.is_err());
        assert_eq!(free(), (queue - 1, cores - 1));
        finish.send(()).unwrap();
        while free() != (queue, cores) {
            sleep(Duration::from_millis(1)).await;
        }
    }
}
