//! By when somebody has to act, and what follows from the clock alone: a reminder before a deadline, and the end of a hold.
//!
//! Neither changes what anybody is told: who looks sees a deadline that is over and no hold that is. But those who do not
//! look hear of it by an event, which is why a job asks for both.

use super::finding::ReviewSession;
use super::rivals::lock_rivals;
use super::submit::save_advanced;
use super::{Act, Application, ApplicationAction, ApplicationRepository};

use events::{Fact, OutboxRepository};
use kernel::{BusinessDay, IdSource, Instant, RepositoryError};
use regions::DivisionTree;
use std::time::Duration;

/// The longest that anybody is given.
pub const MAXIMUM_DEADLINE_DAYS: u16 = 365;
/// How long before its deadline somebody is reminded.
const REMINDED_AHEAD: Duration = Duration::from_hours(24);

/// How many days those for whom an application waits are given, the rest of the day it begins on not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    review_days: u16,
    supplement_days: u16,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            review_days: 7,
            supplement_days: 14,
        }
    }
}

impl Deadlines {
    /// So many days for headquarters to decide, and so many for an applicant to answer; `None` unless both are 1 to
    /// [`MAXIMUM_DEADLINE_DAYS`].
    pub fn new(review_days: u16, supplement_days: u16) -> Option<Self> {
        let possible = 1..=MAXIMUM_DEADLINE_DAYS;
        (possible.contains(&review_days) && possible.contains(&supplement_days)).then_some(Self {
            review_days,
            supplement_days,
        })
    }

    /// How many days headquarters is given.
    pub const fn review_days(self) -> u16 {
        self.review_days
    }

    /// How many days an applicant is given.
    pub const fn supplement_days(self) -> u16 {
        self.supplement_days
    }

    /// Until when headquarters has, from now on. Opening the review gives no further time.
    pub(super) fn of_review(self, now: Instant) -> Deadline {
        Deadline::after(now, self.review_days)
    }

    /// Until when the applicant has, from now on.
    pub(super) fn of_supplement(self, now: Instant) -> Deadline {
        Deadline::after(now, self.supplement_days)
    }
}

/// By when somebody has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The first instant that is too late.
    pub at: Instant,
    /// Whether they were reminded.
    pub reminded: bool,
}

impl Deadline {
    /// The end of the last of so many days after today.
    fn after(now: Instant, days: u16) -> Self {
        Self {
            at: BusinessDay::of(now).plus_days(u64::from(days) + 1).start(),
            reminded: false,
        }
    }

    /// Whether it is over.
    pub fn is_over(self, now: Instant) -> bool {
        self.at <= now
    }
}

/// Reminds of deadlines that come near or are over, at most `limit` of them and of each once, and answers how many.
pub fn remind_of_deadlines(
    session: &mut (impl ApplicationRepository + OutboxRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    limit: u16,
) -> Result<usize, RepositoryError> {
    let near = session.find_unreminded_applications(now + REMINDED_AHEAD, limit)?;
    let mut reminded = 0;
    for application in near {
        let Some(deadline) = application.deadline else {
            continue;
        };
        let fact = Fact::ApplicationReminder {
            application_id: application.id,
            due_at: deadline.at,
        };
        let told = Application {
            deadline: Some(Deadline {
                reminded: true,
                ..deadline
            }),
            ..application
        };
        let act = Act::of_nobody(now, ApplicationAction::Remind);
        save_advanced(session, ids, told.remain(act), Some(fact))?;
        reminded += 1;
    }
    Ok(reminded)
}

/// Notes that the hold that has been over for the longest time is over, and reviews those that waited behind it; answers
/// whether there was one. One a transaction, so that applications are locked in their order.
pub fn note_lapsed_hold(
    session: &mut (impl ReviewSession + OutboxRepository + ?Sized),
    ids: &dyn IdSource,
    tree: &DivisionTree,
    now: Instant,
) -> Result<bool, RepositoryError> {
    let Some(application) = session.find_lapsed_holds(now, 1)?.pop() else {
        return Ok(false);
    };
    let spans = application.own_spans();
    let (application, rivals) = lock_rivals(session, application, &spans)?;
    // Somebody who was faster has renewed it, or noted the same.
    if application.on_hold_until.is_none_or(|until| now < until) {
        return Ok(true);
    }
    let fact = Fact::ApplicationHoldLapsed {
        application_id: application.id,
    };
    let lapsed = Application {
        on_hold_until: None,
        ..application
    };
    let act = Act::of_nobody(now, ApplicationAction::Lapse);
    save_advanced(session, ids, lapsed.remain(act), Some(fact))?;
    rivals.review_again(session, ids, tree, now)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_the_end_of_a_day_and_within_a_year() {
        // The evening of the 22nd in Shanghai; the 29th is the seventh day after.
        let now = "2026-11-22T15:59:59Z".parse().unwrap();
        let deadline = Deadlines::default().of_review(now);
        assert_eq!(deadline.at, "2026-11-29T16:00:00Z".parse::<Instant>().unwrap());
        assert!(!deadline.is_over(now) && deadline.is_over(deadline.at));
        for (review, supplement, possible) in [
            (1, 1, true),
            (MAXIMUM_DEADLINE_DAYS, MAXIMUM_DEADLINE_DAYS, true),
            (0, 1, false),
            (1, MAXIMUM_DEADLINE_DAYS + 1, false),
        ] {
            assert_eq!(Deadlines::new(review, supplement).is_some(), possible);
        }
    }
}
