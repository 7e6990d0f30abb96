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

// -- identity

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use super::super::columns::{Id, Moment};

    accounts (id) {
        id -> Id,
        username -> Nullable<Binary>,
        name -> Binary,
        password_hash -> Nullable<Text>,
        privacy_policy_version -> Nullable<Text>,
        disabled_at -> Nullable<Moment>,
        created_at -> Moment,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Text};
    use super::super::columns::Id;

    login_keys (digest, kind) {
        digest -> Binary,
        kind -> Text,
        account_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use super::super::columns::{Id, Moment};

    memberships (account_id, id) {
        account_id -> Id,
        id -> Id,
        role -> Text,
        agent_id -> Nullable<Id>,
        courier_id -> Nullable<Id>,
        customer_id -> Nullable<Id>,
        created_at -> Moment,
        ended_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::Nullable;
    use super::super::columns::{Id, Moment};

    sessions (account_id, id) {
        account_id -> Id,
        id -> Id,
        started_at -> Moment,
        ended_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use super::super::columns::{Id, Moment};

    tokens (account_id, digest) {
        account_id -> Id,
        digest -> Binary,
        session_id -> Id,
        membership_id -> Id,
        kind -> Text,
        expires_at -> Moment,
        used_at -> Nullable<Moment>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(accounts, memberships, sessions, tokens);

// -- idempotency

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
    use super::super::columns::{Id, Moment};

    idempotency_keys (account_id, key) {
        account_id -> Id,
        key -> Text,
        request_digest -> Binary,
        status -> Integer,
        answer -> Binary,
        resource_id -> Nullable<Id>,
        created_at -> Moment,
    }
}
