//! A picture on its way to a client. It keeps its place in memory until its last part is handed on, and is let go of when
//! the client takes too long: one who takes a byte now and again is never cut for standing still.

use crate::places::Place;
use actix_web::{
    body::{BodySize, MessageBody},
    rt::task::JoinHandle,
    web::Bytes,
};
use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};
use thiserror::Error;

/// How much is handed on at once; the server holds about as much again for the connection.
const PART_BYTES: usize = 64 * 1024;

/// The client took too long, and the rest is gone: its connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the client took too long for its answer")]
pub struct TooSlow;

/// A picture as a body.
#[derive(Debug)]
pub struct Outgoing {
    rest: Arc<Mutex<Option<Rest>>>,
    bytes: u64,
    unsent_bytes: u64,
    letting_go: JoinHandle<()>,
}

/// What is still to be sent. Never empty.
#[derive(Debug)]
struct Rest {
    content: Bytes,
    _place: Place,
}

impl Outgoing {
    /// The content, which is let go of after that time, sent or not.
    pub fn new(content: Vec<u8>, place: Place, time: Duration) -> Self {
        let bytes = u64::try_from(content.len()).unwrap_or(u64::MAX);
        let rest = (!content.is_empty()).then(|| Rest {
            content: content.into(),
            _place: place,
        });
        let rest = Arc::new(Mutex::new(rest));
        let held = Arc::clone(&rest);
        let letting_go = actix_web::rt::spawn(async move {
            actix_web::rt::time::sleep(time).await;
            held.lock().unwrap_or_else(PoisonError::into_inner).take();
        });
        Self {
            rest,
            bytes,
            unsent_bytes: bytes,
            letting_go,
        }
    }
}

impl Outgoing {
    /// The next part; `None` where the rest was let go of.
    fn take_part(&self) -> Option<Bytes> {
        let mut held = self.rest.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rest = held.take()?;
        let part = rest.content.split_to(rest.content.len().min(PART_BYTES));
        if !rest.content.is_empty() {
            *held = Some(rest);
        }
        Some(Bytes::copy_from_slice(&part))
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        // The task that would let go of it ends only when it is its turn.
        self.rest.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.letting_go.abort();
    }
}

impl MessageBody for Outgoing {
    type Error = TooSlow;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.bytes)
    }

    /// The next part, as a copy: a view would keep the whole in memory for as long as it lives.
    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, TooSlow>>> {
        if self.unsent_bytes == 0 {
            return Poll::Ready(None);
        }
        let Some(part) = self.take_part() else {
            return Poll::Ready(Some(Err(TooSlow)));
        };
        self.unsent_bytes -= u64::try_from(part.len()).unwrap_or(self.unsent_bytes);
        Poll::Ready(Some(Ok(part)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::Places;
    use actix_web::rt::time::sleep;
    use std::future::poll_fn;
    use testing::build::agents::account_id;

    async fn next(body: &mut Outgoing) -> Option<Result<Bytes, TooSlow>> {
        poll_fn(|context| Pin::new(&mut *body).poll_next(context)).await
    }

    #[actix_web::test]
    async fn a_picture_is_sent_in_parts_and_keeps_its_place_until_the_last_is_taken() {
        let places = Places::new(1, 1);
        let content: Vec<u8> = (0_u8..=255).cycle().take(PART_BYTES * 2 + 7).collect();
        let place = places.take(account_id(1)).unwrap();
        let mut body = Outgoing::new(content.clone(), place, Duration::from_mins(1));
        assert_eq!(
            body.size(),
            BodySize::Sized(u64::try_from(content.len()).unwrap())
        );
        let mut sent = Vec::new();
        for (bytes, taken) in [(PART_BYTES, 1), (PART_BYTES, 1), (7, 0)] {
            let part = next(&mut body).await.unwrap().unwrap();
            assert_eq!((part.len(), places.taken()), (bytes, taken));
            sent.extend_from_slice(&part);
        }
        assert_eq!(next(&mut body).await, None);
        assert!(sent == content);
    }

    #[actix_web::test]
    async fn a_picture_is_let_go_of_when_it_is_dropped_or_its_client_takes_too_long() {
        let places = Places::new(2, 2);
        let taken = || places.take(account_id(1)).unwrap();
        let content = vec![7; PART_BYTES + 1];
        drop(Outgoing::new(content.clone(), taken(), Duration::from_mins(1)));
        assert_eq!(places.taken(), 0);
        let mut body = Outgoing::new(content, taken(), Duration::from_millis(20));
        assert!(next(&mut body).await.unwrap().is_ok());
        sleep(Duration::from_millis(100)).await;
        assert_eq!(places.taken(), 0, "though nobody asked for the next part");
        assert_eq!(next(&mut body).await, Some(Err(TooSlow)));
    }
}
