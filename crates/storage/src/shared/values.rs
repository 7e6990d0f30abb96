//! Values as columns: what a domain value looks like inside a row.

use super::{Backend, columns};
use crate::vault::Sealed;
use chrono::{DateTime, Utc};
use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, Output, ToSql},
};
use uuid::Uuid;

/// An id: native on PostgreSQL, sixteen bytes on SQLite.
#[derive(AsExpression, FromSqlRow, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[diesel(sql_type = columns::Id)]
pub(super) struct Key(pub Uuid);

/// An instant: native on PostgreSQL, microseconds since 1970 on SQLite.
#[derive(AsExpression, FromSqlRow, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[diesel(sql_type = columns::Moment)]
pub(super) struct Moment(pub DateTime<Utc>);

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
    AccountId AddressId AgentId ApplicationId AuditEntryId ContractId CourierId CustomerId EventId MembershipId MovementId
    OrderId ProductId SessionId TerritoryId
}

impl From<DateTime<Utc>> for Moment {
    fn from(instant: DateTime<Utc>) -> Self {
        Self(instant)
    }
}

/// A sealed column on either database.
#[derive(AsExpression, FromSqlRow, Clone, Debug)]
#[diesel(sql_type = diesel::sql_types::Binary)]
pub(super) struct Envelope(pub Sealed);

impl FromSql<diesel::sql_types::Binary, Backend> for Envelope {
    fn from_sql(value: <Backend as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <Vec<u8> as FromSql<diesel::sql_types::Binary, Backend>>::from_sql(value)
            .map(|bytes| Self(Sealed::from_column(bytes)))
    }
}

impl ToSql<diesel::sql_types::Binary, Backend> for Envelope {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Backend>) -> serialize::Result {
        <[u8] as ToSql<diesel::sql_types::Binary, Backend>>::to_sql(self.0.as_column(), out)
    }
}

/// A row holds what no rule allows.
pub(super) fn corrupt(
    table: &'static str,
    column: &'static str,
    row: Key,
    reason: impl std::fmt::Display,
) -> kernel::RepositoryError {
    kernel::RepositoryError::Corrupt {
        table,
        column,
        row: row.0.to_string(),
        reason: reason.to_string(),
    }
}
