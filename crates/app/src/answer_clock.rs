//! How long a handler has had for its answer. The time in which its client still sends the body does not count: that has a
//! bound of its own, which may be longer.

use crate::problem::Problem;
use actix_web::{HttpMessage, HttpRequest, http::StatusCode};
use std::{cell::Cell, future::Future, future::poll_fn, pin::pin, rc::Rc, task::Poll, time::Duration};
use tokio::time::{Instant, sleep_until};

/// The clock of one request, which the gate starts and the extractors of bodies stop. Clones are the same clock.
#[derive(Clone, Debug)]
pub(crate) struct AnswerClock {
    timeout: Duration,
    /// `None` while it stands still.
    deadline: Rc<Cell<Option<Instant>>>,
}

/// There is no answer, and it is time for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLate;

impl AnswerClock {
    /// It runs from now on.
    pub(crate) fn start(timeout: Duration) -> Self {
        let clock = Self {
            timeout,
            deadline: Rc::default(),
        };
        clock.start_anew();
        clock
    }

    fn start_anew(&self) {
        self.deadline.set(Some(Instant::now() + self.timeout));
    }

    fn stop(&self) {
        self.deadline.set(None);
    }

    /// Does the work, unless the clock runs out before.
    pub(crate) async fn time<T>(&self, work: impl Future<Output = T>) -> Result<T, TooLate> {
        let mut work = pin!(work);
        let mut sleep = pin!(sleep_until(Instant::now()));
        poll_fn(|context| {
            if let Poll::Ready(done) = work.as_mut().poll(context) {
                return Poll::Ready(Ok(done));
            }
            // Only the work itself stops the clock and starts it, so that it is looked at after each of its turns.
            let Some(deadline) = self.deadline.get() else {
                return Poll::Pending;
            };
            if sleep.deadline() != deadline {
                sleep.as_mut().reset(deadline);
            }
            sleep.as_mut().poll(context).map(|()| Err(TooLate))
        })
        .await
    }
}

/// Receives a body, which may take so long; longer is 408. The handler's own time begins when it is there.
pub(crate) async fn receive<T>(
    request: &HttpRequest,
    timeout: Duration,
    body: impl Future<Output = Result<T, Problem>>,
) -> Result<T, Problem> {
    let clock = request.extensions().get::<AnswerClock>().cloned();
    if let Some(clock) = &clock {
        clock.stop();
    }
    let received = tokio::time::timeout(timeout, body).await;
    if let Some(clock) = &clock {
        clock.start_anew();
    }
    received.map_err(|_| Problem::of_status(StatusCode::REQUEST_TIMEOUT))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::{ResponseError, test::TestRequest};
    use std::future::pending;
    use tokio::time::sleep;

    const TIMEOUT: Duration = Duration::from_millis(100);

    #[actix_web::test]
    async fn work_that_takes_longer_is_too_late() {
        let clock = AnswerClock::start(TIMEOUT);
        assert_eq!(clock.time(async { 7 }).await, Ok(7));
        assert_eq!(clock.time(pending::<()>()).await, Err(TooLate));
    }

    #[actix_web::test]
    async fn the_time_of_the_body_is_not_the_handlers() {
        let request = TestRequest::default().to_http_request();
        let clock = AnswerClock::start(TIMEOUT);
        request.extensions_mut().insert(clock.clone());
        let body = async {
            sleep(TIMEOUT * 3).await;
            Ok(7)
        };
        let received = clock.time(receive(&request, TIMEOUT * 50, body)).await;
        assert_eq!(received.unwrap().unwrap(), 7);
        // The handler then has all of its own time, and no more.
        let handled = async {
            receive(&request, TIMEOUT, async { Ok(()) }).await.unwrap();
            sleep(TIMEOUT / 2).await;
        };
        assert_eq!(clock.time(handled).await, Ok(()));
        let stuck = async {
            receive(&request, TIMEOUT, async { Ok(()) }).await.unwrap();
            pending::<()>().await;
        };
        assert_eq!(clock.time(stuck).await, Err(TooLate));
    }

    #[actix_web::test]
    async fn a_body_that_never_ends_is_a_408() {
        let request = TestRequest::default().to_http_request();
        let refused = receive(&request, TIMEOUT, pending::<Result<(), Problem>>()).await;
        assert_eq!(refused.unwrap_err().status_code(), 408);
    }
}
