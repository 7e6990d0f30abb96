//! Uploaded pictures on their way in and out: the places for files in memory, the turns at the decoder, and the store of
//! contents, all of which block or take room, and so are bounded and off the async threads.

use crate::{
    outgoing::Outgoing,
    places::{Full, Place, Places},
    problem::Problem,
};
use actix_web::{http::StatusCode, web::block};
use attachments::{
    Attachment, ContentError, ContentStore, Picture, PictureError, discard_orphaned_attachments,
};
use kernel::{AccountId, Instant, RepositoryError};
use privacy::RETENTION_BATCH;
use std::{sync::Arc, time::Duration};
use storage::Database;
use thiserror::Error;
use tokio::sync::Semaphore;

/// How many files that are sent to us may be in memory at once: 160 MiB.
const INCOMING: usize = 32;
/// How many of them one account may send.
const INCOMING_OF_AN_ACCOUNT: usize = 2;
/// How many contents that are read may be in memory at once: at most 20 MiB each, and twice that while one is opened.
const OUTGOING: usize = 16;
/// How many of them one account may read: as many as a browser asks for at once.
const OUTGOING_OF_AN_ACCOUNT: usize = 6;
/// How long a client may take for a content: 20 MiB at 1.4 Mbit/s.
const SENDING_TIME: Duration = Duration::from_mins(2);
/// How many are decoded at once: each takes up to some 300 MB while it is.
const DECODERS: usize = 2;
const RETRY_AFTER_SECONDS: u16 = 2;

/// The bounds, and the store of contents behind them.
pub struct Uploads {
    contents: Arc<dyn ContentStore>,
    incoming: Places,
    outgoing: Places,
    decoders: Arc<Semaphore>,
}

impl Uploads {
    /// Before that store of contents.
    pub fn new(contents: Arc<dyn ContentStore>) -> Self {
        Self {
            contents,
            incoming: Places::new(INCOMING, INCOMING_OF_AN_ACCOUNT),
            outgoing: Places::new(OUTGOING, OUTGOING_OF_AN_ACCOUNT),
            decoders: Arc::new(Semaphore::new(DECODERS)),
        }
    }

    /// The store of contents.
    pub fn contents(&self) -> Arc<dyn ContentStore> {
        Arc::clone(&self.contents)
    }

    /// A place for one file that the account sends: 429 while it sends others, 503 where too many files are in memory.
    pub fn enter(&self, account_id: AccountId) -> Result<Place, Problem> {
        self.incoming
            .take(account_id)
            .map_err(|full| refused(full, "too_many_uploads"))
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

    /// The attachment's content, for an account to read: 429 while it reads many others, 503 where too many are in memory. It
    /// keeps its place until it is sent, or until it should have been.
    pub async fn content(&self, reader: AccountId, attachment: &Attachment) -> Result<Outgoing, Problem> {
        let place = self.outgoing.take(reader);
        let place = place.map_err(|full| refused(full, "too_many_downloads"))?;
        let (contents, id, key) = (self.contents(), attachment.id, attachment.content_key.clone());
        let (content, place) = block(move || contents.get_content(id, &key).map(|content| (content, place)))
            .await
            .map_err(Problem::internal)??;
        Ok(Outgoing::new(content, place, SENDING_TIME))
    }
}

fn refused(full: Full, code: &'static str) -> Problem {
    let problem = match full {
        Full::Account => Problem::of_status(StatusCode::TOO_MANY_REQUESTS).called(code),
        Full::All => Problem::of_status(StatusCode::SERVICE_UNAVAILABLE),
    };
    problem.retry_after_seconds(RETRY_AFTER_SECONDS)
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

/// The same until none is left. One that cannot be deleted ends it, and the next run tries it again.
pub fn delete_all_orphaned_attachments(
    database: &Database,
    contents: &dyn ContentStore,
    now: Instant,
) -> Result<u64, CleanUpError> {
    let mut deleted = 0;
    loop {
        let batch = delete_orphaned_attachments(database, contents, now, RETENTION_BATCH)?;
        deleted += u64::try_from(batch).unwrap_or(u64::MAX);
        if batch < usize::from(RETENTION_BATCH) {
            return Ok(deleted);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::ResponseError;
    use std::sync::mpsc;
    use testing::build::{
        agents::account_id,
        attachments::{MemoryContents, attachment},
    };
    use tokio::time::{sleep, timeout};

    fn code<T>(result: Result<T, Problem>) -> (u16, &'static str) {
        let problem = result.err().unwrap();
        (problem.status_code().as_u16(), problem.code())
    }

    #[test]
    fn who_sends_too_much_is_told_to_wait() {
        let uploads = Uploads::new(Arc::new(MemoryContents::default()));
        let own: Vec<_> = (0..INCOMING_OF_AN_ACCOUNT)
            .map(|_| uploads.enter(account_id(1)).unwrap())
            .collect();
        assert_eq!(code(uploads.enter(account_id(1))), (429, "too_many_uploads"));
        let others: Vec<_> = (2..)
            .map_while(|account| uploads.enter(account_id(account)).ok())
            .collect();
        assert_eq!(own.len() + others.len(), INCOMING);
        assert_eq!(code(uploads.enter(account_id(99))), (503, "unavailable"));
    }

    #[actix_web::test]
    async fn who_reads_too_much_is_told_to_wait() {
        let uploads = Uploads::new(Arc::new(MemoryContents::default()));
        let attachment = attachment(1, 1);
        uploads
            .contents()
            .put_content(attachment.id, &attachment.content_key, b"a picture")
            .unwrap();
        let mut reading = Vec::new();
        for account in (1..=3)
            .flat_map(|account| [account; OUTGOING_OF_AN_ACCOUNT])
            .take(OUTGOING)
        {
            reading.push(uploads.content(account_id(account), &attachment).await.unwrap());
        }
        let refused = |account| uploads.content(account_id(account), &attachment);
        assert_eq!(code(refused(1).await), (429, "too_many_downloads"));
        assert_eq!(code(refused(9).await), (503, "unavailable"));
        reading.clear();
        assert!(refused(9).await.is_ok());
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
        assert_eq!(uploads.incoming.taken(), 1);
        come.send(()).unwrap();
        while uploads.decoders.available_permits() < DECODERS || uploads.incoming.taken() > 0 {
            sleep(Duration::from_millis(1)).await;
        }
    }
}
