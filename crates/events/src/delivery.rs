//! Deliveries: one event on its way to one webhook, until it arrives or is a dead letter.
//!
//! The events of one aggregate go to one webhook in the order of the aggregate's versions: the next is due when those
//! before have arrived or are dead. A dead letter lets its successors pass, and can be replayed.

mod queue;
mod replay;
mod request;

pub use queue::{DUE_AT_ONCE, DUE_OF_A_WEBHOOK_AT_ONCE, choose_due, queue_deliveries};
pub use replay::{ReplayDeliveryError, replay_delivery};
pub use request::{Answer, MAXIMUM_ANSWER_BYTES, SignedRequest, WebhookPort, judge, ping};

use crate::Event;
use kernel::{AgentId, DeliveryId, Instant, Page, PageRequest, RepositoryError, Scope, WebhookId};
use std::time::Duration;
use uuid::Uuid;

/// How often a delivery is tried: over about a day.
pub const MAXIMUM_ATTEMPTS: u16 = 13;
/// The first pause; each further one is three times as long.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_hours(4);

/// Why an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The receiver answered with that status.
    Status(u16),
    /// The robot took the request and answered with an error of its own.
    RobotError,
    /// There was no answer in time.
    Timeout,
    /// The receiver cannot be reached, or what came back is no answer.
    Unreachable,
    /// Its name leads nowhere.
    NoSuchHost,
    /// Its address is not of the public internet.
    PrivateAddress,
    /// The receiver says that it is gone for good (410).
    Gone,
    /// The webhook was disabled.
    Disabled,
}

impl Failure {
    /// The stable name, also the stored and the JSON form.
    pub fn name(self) -> String {
        match self {
            Self::Status(status) => format!("status_{status}"),
            Self::RobotError => "robot_error".to_owned(),
            Self::Timeout => "timeout".to_owned(),
            Self::Unreachable => "unreachable".to_owned(),
            Self::NoSuchHost => "no_such_host".to_owned(),
            Self::PrivateAddress => "private_address".to_owned(),
            Self::Gone => "gone".to_owned(),
            Self::Disabled => "disabled".to_owned(),
        }
    }

    /// The failure of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "robot_error" => Self::RobotError,
            "timeout" => Self::Timeout,
            "unreachable" => Self::Unreachable,
            "no_such_host" => Self::NoSuchHost,
            "private_address" => Self::PrivateAddress,
            "gone" => Self::Gone,
            "disabled" => Self::Disabled,
            name => Self::Status(name.strip_prefix("status_")?.parse().ok()?),
        })
    }
}

/// Where a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is tried at that time, or later where one before it waits.
    Waiting {
        /// When.
        next_attempt_at: Instant,
    },
    /// It is not tried any more.
    Dead {
        /// Since when.
        at: Instant,
    },
}

/// One event on its way to one webhook. What has arrived is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The tenant whose webhook it is for.
    pub agent_id: AgentId,
    /// The webhook.
    pub webhook_id: WebhookId,
    /// The event.
    pub event: Event,
    /// Where it is.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u16,
    /// Why the last attempt failed; absent before the first.
    pub last_failure: Option<Failure>,
}

impl Delivery {
    /// What it is after an attempt that failed: waiting for the next one, or dead after the last.
    #[must_use]
    pub fn failed(self, failure: Failure, now: Instant) -> Self {
        let attempts = self.attempts + 1;
        let state = if attempts >= MAXIMUM_ATTEMPTS {
            DeliveryState::Dead { at: now }
        } else {
            DeliveryState::Waiting {
                next_attempt_at: now + pause_after(attempts, self.id),
            }
        };
        Self {
            state,
            attempts,
            last_failure: Some(failure),
            ..self
        }
    }

    /// What it is where nobody will take it any more.
    #[must_use]
    pub fn ended(self, failure: Failure, now: Instant) -> Self {
        Self {
            state: DeliveryState::Dead { at: now },
            last_failure: Some(failure),
            ..self
        }
    }
}

/// How long to wait after so many failures: 10 s, 30 s, 90 s ... 4 h, each a quarter shorter or longer at most, as the id's
/// random bits have it. So what failed together does not come back together.
pub fn pause_after(failures: u16, id: DeliveryId) -> Duration {
    let pause = FIRST_PAUSE
        .checked_mul(3_u32.saturating_pow(u32::from(failures.saturating_sub(1))))
        .map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE));
    let random = id.as_uuid().as_u128().rotate_right(7 * u32::from(failures)) % 512;
    // From 768 to 1,279 of 1,024 parts.
    let parts = u32::try_from(random).unwrap_or_default() + 768;
    pause * parts / 1_024
}

/// The deliveries that have not arrived.
pub trait DeliveryRepository {
    /// Adds deliveries that wait. One whose webhook has that event already is left as it is.
    fn insert_deliveries(&mut self, deliveries: &[Delivery]) -> Result<(), RepositoryError>;

    /// At most `limit` deliveries that are due and leased to nobody, none for the webhooks `without`, the one that waits for
    /// longest first. Of one webhook and aggregate only the one with the lowest version that waits is ever due.
    fn find_due_deliveries(
        &mut self,
        now: Instant,
        without: &[WebhookId],
        limit: u16,
    ) -> Result<Vec<Delivery>, RepositoryError>;

    /// Leases a delivery that is still due to a holder. Answers whether it was.
    fn lease_delivery(
        &mut self,
        delivery: &Delivery,
        holder: Uuid,
        now: Instant,
        until: Instant,
    ) -> Result<bool, RepositoryError>;

    /// Removes a delivery that has arrived, where the holder still has its lease.
    fn remove_delivery(&mut self, delivery: &Delivery, holder: Uuid) -> Result<(), RepositoryError>;

    /// Saves state, attempts and failure of a delivery and gives its lease back, where the holder still has it.
    fn save_delivery(&mut self, delivery: &Delivery, holder: Uuid) -> Result<(), RepositoryError>;

    /// Makes dead letters of all that waits for a webhook.
    fn end_deliveries(
        &mut self,
        agent_id: AgentId,
        webhook_id: WebhookId,
        at: Instant,
        failure: Failure,
    ) -> Result<(), RepositoryError>;

    /// A page of the dead letters inside the scope, newest first.
    fn list_dead_letters(
        &mut self,
        scope: Scope,
        page: &PageRequest<DeliveryId>,
    ) -> Result<Page<Delivery, DeliveryId>, RepositoryError>;

    /// The dead letter of that id, inside the scope.
    fn find_dead_letter(&mut self, scope: Scope, id: DeliveryId)
    -> Result<Option<Delivery>, RepositoryError>;

    /// Lets a dead letter wait again, as if it had never been tried. [`RepositoryError::LostRace`] where it is dead no more.
    fn revive_dead_letter(&mut self, letter: &Delivery, at: Instant) -> Result<(), RepositoryError>;

    /// How many deliveries wait, and how many are dead.
    fn count_deliveries(&mut self) -> Result<(u64, u64), RepositoryError>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fact;
    use kernel::{EventId, OrderId};

    fn delivery() -> Delivery {
        Delivery {
            id: DeliveryId::from_uuid(Uuid::from_u128(0x0194_0000_0000_7000_8000_1234_5678_9abc)),
            agent_id: AgentId::HEADQUARTERS,
            webhook_id: WebhookId::from_uuid(Uuid::from_u128(1)),
            event: Event {
                id: EventId::from_uuid(Uuid::from_u128(2)),
                agent_id: AgentId::HEADQUARTERS,
                aggregate_id: Uuid::from_u128(3),
                aggregate_version: 1,
                occurred_at: now(),
                fact: Fact::OrderPlaced {
                    order_id: OrderId::from_uuid(Uuid::from_u128(3)),
                },
            },
            state: DeliveryState::Waiting {
                next_attempt_at: now(),
            },
            attempts: 0,
            last_failure: None,
        }
    }

    fn now() -> Instant {
        "2026-11-22T08:00:00Z".parse().unwrap()
    }

    #[test]
    fn pauses_grow_from_seconds_to_hours_and_are_a_quarter_off_at_most() {
        for (failures, seconds) in [
            (1, 10),
            (2, 30),
            (3, 90),
            (8, 14_400),
            (11, 14_400),
            (u16::MAX, 14_400),
        ] {
            let whole = Duration::from_secs(seconds);
            for bits in [0, 1, 0x1234_5678_9abc, u128::MAX] {
                let pause = pause_after(failures, DeliveryId::from_uuid(Uuid::from_u128(bits)));
                assert!(
                    whole * 3 / 4 <= pause && pause < whole * 5 / 4,
                    "{failures}: {pause:?}"
                );
            }
        }
        let other = DeliveryId::from_uuid(Uuid::from_u128(7));
        assert_ne!(pause_after(1, delivery().id), pause_after(1, other));
    }

    #[test]
    fn a_delivery_that_keeps_failing_is_dead_after_about_a_day() {
        let (mut failing, mut at) = (delivery(), now());
        for attempt in 1..MAXIMUM_ATTEMPTS {
            failing = failing.failed(Failure::Status(500), at);
            assert_eq!(failing.attempts, attempt);
            let DeliveryState::Waiting { next_attempt_at } = failing.state else {
                panic!("dead after {attempt}");
            };
            at = next_attempt_at;
        }
        let hours = (at - now()).num_hours();
        assert!((17..30).contains(&hours), "{hours} h");
        let dead = failing.failed(Failure::Timeout, at);
        assert_eq!(dead.state, DeliveryState::Dead { at });
        assert_eq!(dead.last_failure, Some(Failure::Timeout));
    }

    #[test]
    fn failures_come_back_by_their_names() {
        for failure in [
            Failure::Status(503),
            Failure::RobotError,
            Failure::Timeout,
            Failure::Unreachable,
            Failure::NoSuchHost,
            Failure::PrivateAddress,
            Failure::Gone,
            Failure::Disabled,
        ] {
            assert_eq!(Failure::from_name(&failure.name()), Some(failure));
        }
        for name in ["", "other", "status_", "status_x"] {
            assert_eq!(Failure::from_name(name), None);
        }
    }
}
