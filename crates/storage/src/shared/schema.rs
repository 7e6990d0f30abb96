//! Every table, once for both databases. Each aggregate has a section of its own.

// -- outbox

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use super::super::columns::{Document, Id, Moment};

    outbox (agent_id, id) {
        agent_id -> Id,
        id -> Id,
        aggregate_id -> Id,
        aggregate_version -> BigInt,
        occurred_at -> Moment,
        fact_name -> Text,
        fact -> Document,
        delivered_at -> Nullable<Moment>,
    }
}
