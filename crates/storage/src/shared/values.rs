//! Values as columns: what a domain value looks like inside a row.

use super::columns;
use chrono::{DateTime, Utc};
use diesel::{deserialize::FromSqlRow, expression::AsExpression};
use uuid::Uuid;

/// An id: native on PostgreSQL, sixteen bytes on SQLite.
#[derive(AsExpression, FromSqlRow, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[diesel(sql_type = columns::Id)]
pub(super) struct Key(pub Uuid);

/// An instant: native on PostgreSQL, microseconds since 1970 on SQLite.
#[derive(AsExpression, FromSqlRow, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[diesel(sql_type = columns::Moment)]
pub(super) struct Moment(pub DateTime<Utc>);

impl Key {
    /// No UUIDv7 made at or after the instant is below this (RFC 9562, 5.7: the first 48 bits are the milliseconds).
    pub(super) fn lowest_at(instant: DateTime<Utc>) -> Self {
        let milliseconds = u128::try_from(instant.timestamp_millis()).unwrap_or_default();
        Self(Uuid::from_u128(milliseconds << 80))
    }
}

macro_rules! keys {
    ($($id:ident)*) => {$(
        impl From<kernel::$id> for Key {
            fn from(id: kernel::$id) -> Self {
                Self(id.as_uuid())
            }
        }

        impl From<Key> for kernel::$id {
            fn from(key: Key) -> Self {
                Self::from_uuid(key.0)
            }
        }
    )*};
}

keys! {
    AccountId AddressId AgentId ApplicationId AttachmentId AuditEntryId ConsentId ConsequenceId ContractId
    CourierId CustomerId DeliveryId DepositEntryId EventId HistoryEntryId HolderConsentId InspectionId
    InvitationId MarketReportId MembershipId MovementId OrderId ProductId SessionId SupportRequestId
    SupportSpendingId TerminationId TerritoryId WebhookId
}

impl From<DateTime<Utc>> for Moment {
    fn from(instant: DateTime<Utc>) -> Self {
        Self(instant)
    }
}

impl From<Key> for Uuid {
    fn from(key: Key) -> Self {
        key.0
    }
}

/// A row holds what no rule allows.
pub(super) fn corrupt(
    table: &'static str,
    column: &'static str,
    row: Key,
    reason: impl std::fmt::Display,
) -> kernel::RepositoryError {
    corrupt_at(table, column, row.0, reason)
}

/// The same of a row whose key is not one id.
pub(super) fn corrupt_at(
    table: &'static str,
    column: &'static str,
    row: impl std::fmt::Display,
    reason: impl std::fmt::Display,
) -> kernel::RepositoryError {
    kernel::RepositoryError::Corrupt {
        table,
        column,
        row: row.to_string(),
        reason: reason.to_string(),
    }
}
