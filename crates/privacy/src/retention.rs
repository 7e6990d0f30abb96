//! How long what is personal is kept, and what goes when its time is over.

use crate::ErasureRepository;
use chrono::TimeDelta;
use identity::{KNOWN_ADDRESS_LIFETIME, SessionRepository, SignInAttemptRepository};
use kernel::{Instant, RepositoryError};
use orders::Order;

/// How many rows one transaction removes at most, so that nobody waits long for it.
pub const RETENTION_BATCH: u16 = 500;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident $field:ident $setting:literal $default:expr, $least:expr;)*) => {
        /// A kind of rows that are kept for a period.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $($(#[$doc])* $variant,)*
        }

        impl Kind {
            /// Every kind, in the order they are gone through.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => stringify!($field),)* }
            }

            /// The setting that names its period, which ends with the unit.
            pub const fn setting(self) -> &'static str {
                match self { $(Self::$variant => $setting,)* }
            }

            /// How long its rows are kept unless somebody says otherwise.
            pub const fn default_period(self) -> TimeDelta {
                match self { $(Self::$variant => $default,)* }
            }

            /// How long its rows are kept at least.
            pub const fn least_period(self) -> TimeDelta {
                match self { $(Self::$variant => $least,)* }
            }
        }

        /// A period for each kind, none below the least.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct RetentionPeriods {
            $($field: TimeDelta,)*
        }

        impl RetentionPeriods {
            /// The period of a kind.
            pub const fn of(&self, kind: Kind) -> TimeDelta {
                match kind { $(Kind::$variant => self.$field,)* }
            }

            /// The same with another period for a kind; `None` below its least.
            #[must_use]
            pub fn with(mut self, kind: Kind, period: TimeDelta) -> Option<Self> {
                if period < kind.least_period() {
                    return None;
                }
                match kind { $(Kind::$variant => self.$field = period,)* }
                Some(self)
            }
        }

        impl Default for RetentionPeriods {
            fn default() -> Self {
                Self { $($field: Kind::$variant.default_period(),)* }
            }
        }
    };
}

kinds! {
    /// What was answered to requests that may be sent again. A client may try for two days.
    IdempotencyRecords idempotency_records "retention_idempotency_hours" TimeDelta::hours(72), TimeDelta::hours(48);
    /// Tokens that expired.
    Tokens tokens "retention_tokens_days" TimeDelta::days(1), TimeDelta::days(1);
    /// Sign-ins that ended or lapsed.
    SignIns sign_ins "retention_sign_ins_days" TimeDelta::days(90), TimeDelta::days(30);
    /// Counts of failed sign-ins, and with them the addresses that people are known to sign in from.
    SignInAttempts sign_in_attempts "retention_sign_in_attempts_days" KNOWN_ADDRESS_LIFETIME, KNOWN_ADDRESS_LIFETIME;
    /// Invitations, which name whom they were meant for, from their acceptance, withdrawal or expiry on.
    Invitations invitations "retention_invitations_days" TimeDelta::days(90), TimeDelta::days(1);
    /// Events that were delivered.
    Events events "retention_events_days" TimeDelta::days(30), TimeDelta::days(1);
    /// Messages of the inbox, from their reading on.
    ReadMessages read_messages "retention_read_messages_days" TimeDelta::days(90), TimeDelta::days(1);
    /// Messages of the inbox that nobody read, from their event on.
    UnreadMessages unread_messages "retention_unread_messages_days" TimeDelta::days(365), TimeDelta::days(30);
    /// Events that no webhook took, from the last attempt on.
    DeadLetters dead_letters "retention_dead_letters_days" TimeDelta::days(90), TimeDelta::days(1);
    /// Applications that were rejected or withdrawn, from their end on.
    Applications applications "retention_applications_days" TimeDelta::days(180), TimeDelta::days(30);
    /// The personal part of orders, from the order's last change on: as long as a complaint may come. The facts stay.
    Orders orders "retention_orders_days" TimeDelta::days(1_095), TimeDelta::days(1_095);
}

/// What is due. Before an instant means strictly: a row at the edge stays.
pub trait RetentionRepository {
    /// How many rows of the kind are due before that instant.
    fn count_due(&mut self, kind: Kind, before: Instant) -> Result<u64, RepositoryError>;

    /// Removes idempotency records that were made before that instant, at most `limit`; answers how many.
    fn remove_due_idempotency_records(
        &mut self,
        before: Instant,
        limit: u16,
    ) -> Result<usize, RepositoryError>;

    /// Removes invitations that were closed, or expired unclosed, before that instant, at most `limit`; answers how many.
    fn remove_due_invitations(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError>;

    /// Removes events that were delivered before that instant, at most `limit`; answers how many.
    fn remove_due_events(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError>;

    /// Removes messages of inboxes that were read before that instant, at most `limit`; answers how many.
    fn remove_due_read_messages(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError>;

    /// Removes messages of inboxes that nobody read, of events before that instant, at most `limit`; answers how many.
    fn remove_due_unread_messages(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError>;

    /// Removes dead letters that died before that instant, at most `limit`; answers how many.
    fn remove_due_dead_letters(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError>;

    /// Removes applications that were rejected or withdrawn before that instant, with all that belongs to them, at most
    /// `limit`; answers how many.
    fn remove_due_applications(&mut self, before: Instant, limit: u16) -> Result<usize, RepositoryError>;

    /// Orders that last changed before that instant, are not on their way, and still have their personal part; at most
    /// `limit`.
    fn find_due_orders(&mut self, before: Instant, limit: u16) -> Result<Vec<Order>, RepositoryError>;
}

/// How many rows of a kind are due now.
pub fn count_due(
    session: &mut (impl RetentionRepository + ?Sized),
    now: Instant,
    periods: &RetentionPeriods,
    kind: Kind,
) -> Result<u64, RepositoryError> {
    session.count_due(kind, now - periods.of(kind))
}

/// Removes at most [`RETENTION_BATCH`] rows of a kind that are due now, and answers how many. Fewer than that
/// many says that there are no more.
pub fn remove_due_batch(
    session: &mut (
             impl RetentionRepository + ErasureRepository + SessionRepository + SignInAttemptRepository + ?Sized
         ),
    now: Instant,
    periods: &RetentionPeriods,
    kind: Kind,
) -> Result<usize, RepositoryError> {
    let (before, limit) = (now - periods.of(kind), u32::from(RETENTION_BATCH));
    match kind {
        Kind::IdempotencyRecords => session.remove_due_idempotency_records(before, RETENTION_BATCH),
        Kind::Tokens => session.purge_expired_tokens(before, limit),
        Kind::SignIns => session.purge_sessions(before, limit),
        Kind::SignInAttempts => session.purge_attempt_counters(before, limit),
        Kind::Invitations => session.remove_due_invitations(before, RETENTION_BATCH),
        Kind::Events => session.remove_due_events(before, RETENTION_BATCH),
        Kind::ReadMessages => session.remove_due_read_messages(before, RETENTION_BATCH),
        Kind::UnreadMessages => session.remove_due_unread_messages(before, RETENTION_BATCH),
        Kind::DeadLetters => session.remove_due_dead_letters(before, RETENTION_BATCH),
        Kind::Applications => session.remove_due_applications(before, RETENTION_BATCH),
        Kind::Orders => {
            let due = session.find_due_orders(before, RETENTION_BATCH)?;
            let blank: Vec<_> = due.into_iter().map(Order::without_person).collect();
            session.save_erased_orders(&blank, now)?;
            Ok(blank.len())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_period_is_shorter_than_its_least() {
        for &kind in Kind::ALL {
            let (periods, least) = (RetentionPeriods::default(), kind.least_period());
            assert!(periods.of(kind) >= least);
            assert_eq!(periods.with(kind, least).unwrap().of(kind), least);
            assert_eq!(periods.with(kind, least - TimeDelta::seconds(1)), None);
        }
    }
}
