//! The intake of orders: gathers whatever arrived while the last set was being saved, and places it as one set.
//!
//! It waits for nothing: an order that comes alone is placed alone. It is an optimisation only. What is right is decided by
//! the transaction of each set, so that several servers run their intakes on one database at once.

mod set;

use crate::{access::Caller, metrics, once::Answer, problem::Problem};
use actix_web::http::StatusCode;
use identity::{IdempotencyKey, RequestDigest};
use kernel::{Clock, CustomerId, IdSource, RepositoryError};
use orders::PlaceOrder;
use std::{
    collections::VecDeque,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
};
use storage::Database;
use tokio::sync::{mpsc, oneshot};

/// The most orders of one set.
const MAXIMUM_SET: usize = 64;
/// How many orders may wait before each lane: eight sets. Whoever comes then is told to come again.
const QUEUE: usize = 8 * MAXIMUM_SET;
const RETRY_AFTER_SECONDS: u16 = 1;

/// An order that somebody signed in wants to place, once for each key.
#[derive(Clone)]
pub struct Placement {
    /// Who, as the request was let in.
    pub caller: Caller,
    /// The caller's name for the request.
    pub key: IdempotencyKey,
    /// What was asked.
    pub digest: RequestDigest,
    /// The order, in the scope of the caller.
    pub order: PlaceOrder,
}

impl Placement {
    /// Whether the same account asked for something else under the same key. Only one of the two can be in a set: what
    /// becomes of the second depends on whether the first leaves a record.
    fn clashes_with(&self, other: &Self) -> bool {
        self.key == other.key
            && self.caller.principal.account_id == other.caller.principal.account_id
            && self.digest != other.digest
    }
}

/// A placement and who waits for its answer.
struct Waiting {
    placement: Placement,
    reply: oneshot::Sender<Result<Answer, Problem>>,
}

/// The lanes, each a thread that places one set after another.
pub struct Intake {
    lanes: Vec<mpsc::Sender<Waiting>>,
}

impl Intake {
    /// Opens as many lanes as there are cores, yet no more than can write at once. They end with the last handle.
    pub fn open(database: &Database, clock: &Arc<dyn Clock>, ids: &Arc<dyn IdSource>) -> io::Result<Self> {
        let writers = usize::try_from(database.writers()).unwrap_or(usize::MAX);
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let lanes = (0..cores.min(writers).max(1)).map(|number| {
            let (sender, queue) = mpsc::channel(QUEUE);
            let lane = Lane {
                database: database.clone(),
                clock: Arc::clone(clock),
                ids: Arc::clone(ids),
            };
            thread::Builder::new()
                .name(format!("order-lane-{number}"))
                .spawn(move || lane.run(queue))?;
            Ok(sender)
        });
        Ok(Self {
            lanes: lanes.collect::<io::Result<_>>()?,
        })
    }

    /// Places an order together with whoever came at the same time. 503 at once where the lane is full.
    pub(crate) async fn place(&self, placement: Placement) -> Result<Answer, Problem> {
        let lane = self.lane_of(placement.order.customer_id)?;
        let (reply, answer) = oneshot::channel();
        lane.try_send(Waiting { placement, reply })
            .map_err(|refused| match refused {
                mpsc::error::TrySendError::Full(_) => Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "queue_full",
                    "下单的人太多，请稍后再试",
                    "Too many orders are waiting; try again.",
                )
                .retry_after_seconds(RETRY_AFTER_SECONDS),
                mpsc::error::TrySendError::Closed(_) => Problem::internal("a lane of the intake ended"),
            })?;
        metrics::record_intake_arrival();
        answer
            .await
            .unwrap_or_else(|_| Err(Problem::internal("a lane of the intake ended")))
    }

    /// A customer's orders keep to one lane, so that they do not wait for each other's locks.
    fn lane_of(&self, customer_id: CustomerId) -> Result<&mpsc::Sender<Waiting>, Problem> {
        let [.., last] = *customer_id.as_uuid().as_bytes();
        usize::from(last)
            .checked_rem(self.lanes.len())
            .and_then(|index| self.lanes.get(index))
            .ok_or_else(|| Problem::internal("the intake has no lane"))
    }
}

/// What a lane works with.
struct Lane {
    database: Database,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
}

impl Lane {
    fn run(&self, mut queue: mpsc::Receiver<Waiting>) {
        let mut deferred = VecDeque::new();
        while let Some(first) = deferred.pop_front().or_else(|| queue.blocking_recv()) {
            deferred.push_front(first);
            let set = gather(&mut deferred, || queue.try_recv().ok());
            self.place(set);
        }
    }

    fn place(&self, set: Vec<Waiting>) {
        let placements: Vec<_> = set.iter().map(|waiting| waiting.placement.clone()).collect();
        if placements.is_empty() {
            return;
        }
        match self.try_place(&placements) {
            Ok(answers) => {
                for (waiting, answer) in set.into_iter().zip(answers) {
                    waiting.answer(answer);
                }
            }
            Err(error) if set.len() == 1 || befalls_all(&error) => {
                let problem = Problem::from(error);
                for waiting in set {
                    waiting.answer(Err(problem.clone()));
                }
            }
            // Whichever of them made the set fail, the others are not to suffer for it.
            Err(error) => {
                tracing::warn!(%error, orders = set.len(), "a set of orders failed; each is placed alone");
                for waiting in set {
                    self.place(vec![waiting]);
                }
            }
        }
    }

    fn try_place(&self, placements: &[Placement]) -> Result<Vec<Result<Answer, Problem>>, RepositoryError> {
        let write = || {
            self.database
                .write(|session| set::place_set(session, self.ids.as_ref(), self.clock.now(), placements))
        };
        // A panic rolls the transaction back; the lane goes on.
        let answers = catch_unwind(AssertUnwindSafe(write))
            .unwrap_or_else(|_| Err(RepositoryError::Refused("placing orders panicked".to_owned())))?;
        let placed = answers.iter().flatten().filter(|answer| !answer.replayed).count();
        metrics::record_intake_set(placements.len(), placed);
        Ok(answers)
    }
}

impl Waiting {
    fn answer(self, answer: Result<Answer, Problem>) {
        metrics::record_intake_departure();
        // A client that has gone hears nothing; its order is placed all the same, and its key tells so.
        let _ = self.reply.send(answer);
    }
}

/// Whether a failure says nothing about any one order: placing each alone would only fail as often.
const fn befalls_all(error: &RepositoryError) -> bool {
    matches!(error, RepositoryError::Unavailable(_) | RepositoryError::DiskFull)
}

/// The next set: what was deferred, then whatever has arrived, without those whose client has gone. What clashes with one
/// of the set is deferred to the next.
fn gather(deferred: &mut VecDeque<Waiting>, mut arrived: impl FnMut() -> Option<Waiting>) -> Vec<Waiting> {
    let mut candidates = std::mem::take(deferred);
    let mut set: Vec<Waiting> = Vec::new();
    while set.len() < MAXIMUM_SET && deferred.len() < MAXIMUM_SET {
        let Some(next) = candidates.pop_front().or_else(&mut arrived) else {
            break;
        };
        if next.reply.is_closed() {
            metrics::record_intake_departure();
        } else if set
            .iter()
            .any(|waiting| waiting.placement.clashes_with(&next.placement))
        {
            deferred.push_back(next);
        } else {
            set.push(next);
        }
    }
    deferred.append(&mut candidates);
    set
}

#[cfg(test)]
mod tests;
