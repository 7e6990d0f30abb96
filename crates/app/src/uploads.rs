//! Uploaded pictures on their way in and out: the places for files in memory, the turns at the decoder, and the store of
//! contents, all of which block or take room, and so are bounded and off the async threads.

use crate::problem::Problem;
use actix_web::{http::StatusCode, web::block};
use attachments::{
    Attachment, ContentError, ContentStore, Picture, PictureError, discard_orphaned_attachments,
};
use kernel::{AccountId, Instant, RepositoryError};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use storage::Database;
use thiserror::Error;
use tokio::sync::Semaphore;

/// How many files may be in memory at once: 160 MiB.
const FILES: usize = 32;
/// How many of them one account may send.
const FILES_OF_AN_ACCOUNT: usize = 2;
/// How many are decoded at once: each takes up to some 300 MB while it is.
const DECODERS: usize = 2;
const RETRY_AFTER_SECONDS: u16 = 2;

/// The bounds, and the store of contents behind them.
pub struct Uploads {
    contents: Arc<dyn ContentStore>,
    files: Arc<Mutex<BTreeMap<AccountId, usize>>>,
    decoders: Arc<Semaphore>,
}

/// A place for a file in memory, until it is dropped.
pub struct Place {
    account_id: AccountId,
    files: Arc<Mutex<BTreeMap<AccountId, usize>>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        match files.get_mut(&self.account_id) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                files.remove(&self.account_id);
            }
        }
    }
}

impl Uploads {
    /// Before that store of contents.
    pub fn new(contents: Arc<dyn ContentStore>) -> Self {
        Self {
            contents,
            files: Arc::default(),
            decoders: Arc::new(Semaphore::new(DECODERS)),
        }
    }

    /// The store of contents.
    pub fn contents(&self) -> Arc<dyn ContentStore> {
        Arc::clone(&self.contents)
    }

    /// A place for one file of the account: 429 while it sends others, 503 where too many files are in memory.
    pub fn enter(&self, account_id: AccountId) -> Result<Place, Problem> {
        let refused = |status| Problem::of_status(status).retry_after_seconds(RETRY_AFTER_SECONDS);
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let own = files.get(&account_id).copied().unwrap_or_default();
        if own >= FILES_OF_AN_ACCOUNT {
            return Err(refused(StatusCode::TOO_MANY_REQUESTS).called("too_many_uploads"));
        }
        if files.values().sum::<usize>() >= FILES {
            return Err(refused(StatusCode::SERVICE_UNAVAILABLE));
        }
        files.insert(account_id, own + 1);
        let files = Arc::clone(&self.files);
        Ok(Place { account_id, files })
    }

    /// Reads a file as a picture, when it is its turn. Reading that has begun goes on though nobody waits for it any more,
    /// and keeps its turn, and its place, until it is done.
    pub async fn read(
        &self,
        file: impl AsRef<[u8]> + Send + 'static,
        place: Place,
    ) -> Result<Result<(Picture, Place), PictureError>, Problem> {
        let turn = Arc::clone(&self.decoders).acquire_owned();
        let turn = turn.await.map_err(Problem::internal)?;
        block(move || {
            let _held = turn;
            Picture::read(file.as_ref()).map(|picture| (picture, place))
        })
        .await
        .map_err(Problem::internal)
    }

    /// Keeps the picture as the attachment's content, and gives its place back then.
    pub async fn keep(&self, attachment: &Attachment, picture: Picture, place: Place) -> Result<(), Problem> {
        let (contents, id, key) = (self.contents(), attachment.id, attachment.content_key.clone());
        block(move || {
            let _held = place;
            contents.put_content(id, &key, picture.content())
        })
        .await
        .map_err(Problem::internal)?
        .map_err(Problem::from)
    }

    /// The attachment's content.
    pub async fn content(&self, attachment: &Attachment) -> Result<Vec<u8>, Problem> {
        let (contents, id, key) = (self.contents(), attachment.id, attachment.content_key.clone());
        block(move || contents.get_content(id, &key))
            .await
            .map_err(Problem::internal)?
            .map_err(Problem::from)
    }
}

/// Why a clean-up stopped. What it did until then is done; the next one goes on.
#[derive(Debug, Error)]
pub enum CleanUpError {
    /// The database failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// A content could not be deleted.
    #[error(transparent)]
    Content(#[from] ContentError),
}

/// Deletes at most `limit` pictures that are discarded, or that nobody attached in a day: they are discarded in one
/// transaction, then their contents go, then their rows. Answers how many went. It blocks; several at once do no harm, and
/// one that was broken off is taken up by the next.
pub fn delete_orphaned_attachments(
    database: &Database,
    contents: &dyn ContentStore,
    now: Instant,
    limit: u16,
) -> Result<usize, CleanUpError> {
    let discarded =
        database.write::<_, RepositoryError>(|session| discard_orphaned_attachments(session, now, limit))?;
    let (mut gone, mut failure) = (Vec::new(), None);
    for id in discarded {
        match contents.delete_content(id) {
            Ok(()) => gone.push(id),
            Err(error) => failure = Some(error),
        }
    }
    let deleted = database.write::<_, RepositoryError>(|session| session.delete_discarded(&gone))?;
    failure.map_or(Ok(deleted), |error| Err(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::ResponseError;
    use std::{sync::mpsc, time::Duration};
    use testing::build::{agents::account_id, attachments::MemoryContents};
    use tokio::time::{sleep, timeout};

    #[test]
    fn files_in_memory_are_bounded_for_each_account_and_in_all() {
        let uploads = Uploads::new(Arc::new(MemoryContents::default()));
        let status = |account| {
            let refused = uploads.enter(account_id(account)).err();
            refused.map(|problem| problem.status_code().as_u16())
        };
        let first = uploads.enter(account_id(1)).unwrap();
        let second = uploads.enter(account_id(1)).unwrap();
        assert_eq!((status(1), status(2)), (Some(429), None));
        drop(first);
        assert_eq!(status(1), None);
        let others: Vec<_> = (2..)
            .map_while(|account| uploads.enter(account_id(account)).ok())
            .collect();
        assert_eq!((others.len(), status(99)), (FILES - 1, Some(503)));
        drop(others);
        drop(second);
        assert!(uploads.files.lock().unwrap().is_empty());
    }

    /// A file whose bytes come when it is told so.
    struct Late(mpsc::Receiver<()>);

    impl AsRef<[u8]> for Late {
        fn as_ref(&self) -> &[u8] {
            self.0.recv().unwrap();
            b""
        }
    }

    #[actix_web::test]
    async fn reading_that_nobody_waits_for_any_more_keeps_its_turn_and_its_place() {
        let uploads = Uploads::new(Arc::new(MemoryContents::default()));
        let place = uploads.enter(account_id(1)).unwrap();
        let (come, comes) = mpsc::channel();
        let waiting = uploads.read(Late(comes), place);
        assert!(timeout(Duration::from_millis(50), waiting).await.is_err());
        assert_eq!(uploads.decoders.available_permits(), DECODERS - 1);
        assert_eq!(uploads.files.lock().unwrap().len(), 1);
        come.send(()).unwrap();
        while uploads.decoders.available_permits() < DECODERS || !uploads.files.lock().unwrap().is_empty() {
            sleep(Duration::from_millis(1)).await;
        }
    }
}
