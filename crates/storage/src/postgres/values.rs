//! How PostgreSQL keeps ids and instants: natively.

use super::{
    Backend, columns,
    values::{Key, Moment},
};
use chrono::{DateTime, Utc};
use diesel::{
    deserialize::{self, FromSql},
    pg::PgValue,
    serialize::{self, Output, ToSql},
};
use uuid::Uuid;

impl FromSql<columns::Id, Backend> for Key {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        <Uuid as FromSql<columns::Id, Backend>>::from_sql(value).map(Self)
    }
}

impl ToSql<columns::Id, Backend> for Key {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Backend>) -> serialize::Result {
        <Uuid as ToSql<columns::Id, Backend>>::to_sql(&self.0, out)
    }
}

impl FromSql<columns::Moment, Backend> for Moment {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        <DateTime<Utc> as FromSql<columns::Moment, Backend>>::from_sql(value).map(Self)
    }
}

impl ToSql<columns::Moment, Backend> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Backend>) -> serialize::Result {
        <DateTime<Utc> as ToSql<columns::Moment, Backend>>::to_sql(&self.0, out)
    }
}
