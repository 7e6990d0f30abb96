//! How SQLite keeps ids and instants: sixteen bytes, and whole microseconds since 1970 in UTC.

use super::{
    Backend, columns,
    values::{Key, Moment},
};
use chrono::DateTime;
use diesel::{
    deserialize::{self, FromSql},
    serialize::{self, IsNull, Output, ToSql},
    sqlite::SqliteValue,
};
use uuid::Uuid;

impl FromSql<columns::Id, Backend> for Key {
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<columns::Id, Backend>>::from_sql(value)?;
        Ok(Self(Uuid::from_slice(&bytes)?))
    }
}

impl ToSql<columns::Id, Backend> for Key {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Backend>) -> serialize::Result {
        <[u8] as ToSql<columns::Id, Backend>>::to_sql(self.0.as_bytes(), out)
    }
}

impl FromSql<columns::Moment, Backend> for Moment {
    fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        let microseconds = <i64 as FromSql<columns::Moment, Backend>>::from_sql(value)?;
        DateTime::from_timestamp_micros(microseconds)
            .map(Self)
            .ok_or_else(|| "an instant out of range".into())
    }
}

impl ToSql<columns::Moment, Backend> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Backend>) -> serialize::Result {
        out.set_value(self.0.timestamp_micros());
        Ok(IsNull::No)
    }
}
