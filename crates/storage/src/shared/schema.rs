//! Every table, once for both databases. Each aggregate has a section of its own.

// -- identity

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use super::super::columns::{Id, Moment};

    accounts (id) {
        id -> Id,
        username_sealed -> Nullable<Binary>,
        name_sealed -> Binary,
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
    use diesel::sql_types::Text;
    use super::super::columns::{Id, Moment};

    consents (account_id, id) {
        account_id -> Id,
        id -> Id,
        version -> Text,
        at -> Moment,
        occasion -> Text,
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
    use diesel::sql_types::{Binary, Nullable};
    use super::super::columns::{Id, Moment};

    sessions (account_id, id) {
        account_id -> Id,
        id -> Id,
        started_at -> Moment,
        ended_at -> Nullable<Moment>,
        refreshed_at -> Moment,
        client_sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable};
    use super::super::columns::Moment;

    sign_in_attempts (digest) {
        digest -> Binary,
        failures -> Integer,
        counted_at -> Moment,
        succeeded_at -> Nullable<Moment>,
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

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
    use super::super::columns::{Id, Moment};

    idempotency_keys (account_id, key) {
        account_id -> Id,
        key -> Text,
        request_digest -> Binary,
        status -> Integer,
        answer_sealed -> Binary,
        resource_id -> Nullable<Id>,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use super::super::columns::{Id, Moment};

    audit_entries (id) {
        id -> Id,
        at -> Moment,
        action -> Text,
        actor_account_id -> Nullable<Id>,
        actor_role -> Nullable<Text>,
        actor_agent_id -> Nullable<Id>,
        subject_id -> Nullable<Id>,
        request_id -> Nullable<Text>,
        personal_sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary};
    use super::super::columns::Id;

    audit_chain (sequence) {
        sequence -> BigInt,
        entry_id -> Id,
        digest -> Binary,
    }
}

diesel::table! {
    use super::super::columns::Id;

    audit_pending (entry_id) {
        entry_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use super::super::columns::{Id, Moment};

    invitations (agent_id, id) {
        agent_id -> Id,
        id -> Id,
        role -> Text,
        courier_id -> Nullable<Id>,
        name_sealed -> Binary,
        code_digest -> Binary,
        invited_by -> Id,
        created_at -> Moment,
        expires_at -> Moment,
        closed_at -> Nullable<Moment>,
        accepted_by -> Nullable<Id>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(accounts, memberships, sessions, tokens);
diesel::allow_tables_to_appear_in_same_query!(audit_entries, audit_chain, audit_pending);

// -- privacy

diesel::table! {
    use diesel::sql_types::Text;
    use super::super::columns::{Id, Moment};

    erasures (subject_id) {
        subject_id -> Id,
        kind -> Text,
        erased_at -> Moment,
    }
}

// -- jobs

diesel::table! {
    use diesel::sql_types::Text;
    use super::super::columns::{Id, Moment};

    leases (job) {
        job -> Text,
        holder -> Id,
        until -> Moment,
    }
}

// -- inventory

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Text};
    use super::super::columns::{Id, Moment};

    products (id) {
        id -> Id,
        name -> Text,
        unit -> Text,
        unit_price_fen -> BigInt,
        container -> Text,
        listed -> Bool,
        version -> BigInt,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::BigInt;
    use super::super::columns::Id;

    stock_items (agent_id, product_id) {
        agent_id -> Id,
        product_id -> Id,
        on_hand -> BigInt,
        reserved -> BigInt,
        threshold -> BigInt,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use super::super::columns::{Id, Moment};

    stock_movements (agent_id, id) {
        agent_id -> Id,
        id -> Id,
        product_id -> Id,
        kind -> Text,
        quantity -> BigInt,
        on_hand_before -> BigInt,
        on_hand_after -> BigInt,
        reserved_before -> BigInt,
        reserved_after -> BigInt,
        moved_at -> Moment,
        actor_id -> Nullable<Id>,
        order_id -> Nullable<Id>,
        reason_sealed -> Nullable<Binary>,
    }
}

diesel::joinable!(stock_items -> products (product_id));

diesel::allow_tables_to_appear_in_same_query!(products, stock_items);

// -- customers

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable};
    use super::super::columns::{Id, Moment};

    customers (id) {
        id -> Id,
        account_id -> Nullable<Id>,
        name_sealed -> Binary,
        name_index -> Binary,
        surname_index -> Binary,
        phone_sealed -> Nullable<Binary>,
        phone_index -> Nullable<Binary>,
        last_four_index -> Nullable<Binary>,
        created_at -> Moment,
        erased_at -> Nullable<Moment>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable};
    use super::super::columns::{Id, Moment};

    customer_addresses (customer_id, id) {
        customer_id -> Id,
        id -> Id,
        division_code -> Integer,
        detail_sealed -> Binary,
        contact_name_sealed -> Binary,
        contact_phone_sealed -> Binary,
        position_sealed -> Nullable<Binary>,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable};
    use super::super::columns::{Id, Moment};

    agent_customers (agent_id, customer_id) {
        agent_id -> Id,
        customer_id -> Id,
        name_sealed -> Binary,
        name_index -> Binary,
        surname_index -> Binary,
        phone_sealed -> Nullable<Binary>,
        phone_index -> Nullable<Binary>,
        last_four_index -> Nullable<Binary>,
        first_order_id -> Nullable<Id>,
        first_ordered_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use super::super::columns::Id;

    customer_agents (customer_id, agent_id) {
        customer_id -> Id,
        agent_id -> Id,
    }
}

// -- orders

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable};
    use super::super::columns::{Id, Moment};

    couriers (agent_id, id) {
        agent_id -> Id,
        id -> Id,
        account_id -> Nullable<Id>,
        name_sealed -> Binary,
        phone_sealed -> Binary,
        on_duty -> Bool,
        created_at -> Moment,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Date, Integer};
    use super::super::columns::Id;

    order_counters (agent_id, day) {
        agent_id -> Id,
        day -> Date,
        last -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::{Date, Integer};
    use super::super::columns::Id;

    order_numbers (agent_id, day, day_count) {
        agent_id -> Id,
        day -> Date,
        day_count -> Integer,
        order_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Date, Integer, Nullable, Text};
    use super::super::columns::{Id, Moment};

    orders (agent_id, id) {
        agent_id -> Id,
        id -> Id,
        day -> Date,
        day_count -> Integer,
        customer_id -> Id,
        address_id -> Nullable<Id>,
        division_code -> Integer,
        county_code -> Integer,
        personal_sealed -> Binary,
        routing_rule -> Text,
        territory_id -> Nullable<Id>,
        map_version -> BigInt,
        total_fen -> BigInt,
        wanted_from -> Nullable<Moment>,
        wanted_until -> Nullable<Moment>,
        payment_method -> Text,
        placed_at -> Moment,
        placed_by -> Nullable<Id>,
        state -> Text,
        courier_id -> Nullable<Id>,
        delivered_at -> Nullable<Moment>,
        buckets_returned -> Nullable<Integer>,
        state_note_sealed -> Nullable<Binary>,
        version -> BigInt,
        erased_at -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, SmallInt, Text};
    use super::super::columns::Id;

    order_lines (agent_id, order_id, line) {
        agent_id -> Id,
        order_id -> Id,
        line -> SmallInt,
        product_id -> Id,
        product_name -> Text,
        quantity -> BigInt,
        unit_price_fen -> BigInt,
        container -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use super::super::columns::{Id, Moment};

    order_history (agent_id, order_id, version) {
        agent_id -> Id,
        order_id -> Id,
        version -> BigInt,
        at -> Moment,
        actor -> Nullable<Id>,
        from_state -> Nullable<Text>,
        to_state -> Text,
        reason_sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, SmallInt};
    use super::super::columns::{Id, Moment};

    order_ratings (agent_id, order_id) {
        agent_id -> Id,
        order_id -> Id,
        customer_id -> Id,
        courier_id -> Id,
        score -> SmallInt,
        words_sealed -> Nullable<Binary>,
        rated_at -> Moment,
    }
}

diesel::allow_tables_to_appear_in_same_query!(agents, order_history, order_numbers, orders);

// -- figures

diesel::table! {
    use diesel::sql_types::{BigInt, Date};
    use super::super::columns::Id;

    daily_figures (agent_id, day) {
        agent_id -> Id,
        day -> Date,
        orders -> BigInt,
        delivered -> BigInt,
        cancelled -> BigInt,
        sales_fen -> BigInt,
        buckets -> BigInt,
        new_customers -> BigInt,
        ratings_1 -> BigInt,
        ratings_2 -> BigInt,
        ratings_3 -> BigInt,
        ratings_4 -> BigInt,
        ratings_5 -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Date, Integer};
    use super::super::columns::Id;

    daily_county_figures (agent_id, day, county_code) {
        agent_id -> Id,
        day -> Date,
        county_code -> Integer,
        orders -> BigInt,
        delivered -> BigInt,
        cancelled -> BigInt,
        sales_fen -> BigInt,
        buckets -> BigInt,
        new_customers -> BigInt,
        ratings_1 -> BigInt,
        ratings_2 -> BigInt,
        ratings_3 -> BigInt,
        ratings_4 -> BigInt,
        ratings_5 -> BigInt,
    }
}

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

// -- inboxes

diesel::table! {
    use diesel::sql_types::BigInt;
    use super::super::columns::Id;

    inbox_heads (account_id) {
        account_id -> Id,
        last_number -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable};
    use super::super::columns::{Document, Id, Moment};

    inbox (account_id, number) {
        account_id -> Id,
        number -> BigInt,
        event_id -> Id,
        agent_id -> Id,
        occurred_at -> Moment,
        fact -> Document,
        read_at -> Nullable<Moment>,
    }
}

// -- webhooks

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Text};
    use super::super::columns::{Document, Id, Moment};

    webhooks (agent_id, id) {
        agent_id -> Id,
        id -> Id,
        url_sealed -> Binary,
        secret_sealed -> Binary,
        format -> Text,
        topics -> Document,
        enabled -> Bool,
        created_at -> Moment,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use super::super::columns::{Document, Id, Moment};

    webhook_deliveries (agent_id, id) {
        agent_id -> Id,
        id -> Id,
        webhook_id -> Id,
        event_id -> Id,
        event_agent_id -> Id,
        aggregate_id -> Id,
        aggregate_version -> BigInt,
        occurred_at -> Moment,
        fact -> Document,
        attempts -> Integer,
        last_failure -> Nullable<Text>,
        next_attempt_at -> Nullable<Moment>,
        dead_at -> Nullable<Moment>,
        leased_by -> Nullable<Id>,
        leased_until -> Nullable<Moment>,
    }
}

// -- agents and contracts

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
    use super::super::columns::{Id, Moment};

    agents (id) {
        id -> Id,
        number -> Integer,
        kind -> Text,
        name_sealed -> Nullable<Binary>,
        identity_number_sealed -> Nullable<Binary>,
        identity_number_index -> Nullable<Binary>,
        company_name -> Nullable<Text>,
        credit_code -> Nullable<Text>,
        mobile_sealed -> Nullable<Binary>,
        email_sealed -> Nullable<Binary>,
        version -> BigInt,
        created_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use super::super::columns::{Id, Moment};

    contracts (agent_id, id) {
        agent_id -> Id,
        id -> Id,
        renews_id -> Nullable<Id>,
        application_id -> Id,
        level -> Text,
        exclusivity -> Text,
        share_rate_bp -> Integer,
        override_rate_bp -> Integer,
        quota_period -> Nullable<Text>,
        quota_measure -> Nullable<Text>,
        quota_target -> Nullable<BigInt>,
        quota_yearly_growth_bp -> Nullable<Integer>,
        deposit_fen -> BigInt,
        support_budget_fen -> BigInt,
        report_period -> Nullable<Text>,
        renewal_window_days -> Integer,
        grace_days -> Integer,
        valid_from -> Moment,
        valid_until -> Moment,
        version -> BigInt,
        signed_at -> Moment,
    }
}

diesel::allow_tables_to_appear_in_same_query!(agents, contracts);

// -- deposits

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use super::super::columns::{Id, Moment};

    deposit_entries (agent_id, id) {
        agent_id -> Id,
        id -> Id,
        contract_id -> Id,
        number -> BigInt,
        kind -> Text,
        deduction_id -> Nullable<Id>,
        amount_fen -> BigInt,
        balance_after_fen -> BigInt,
        note_sealed -> Binary,
        entered_at -> Moment,
        actor_id -> Id,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use super::super::columns::{Id, Moment};

    deposit_appeals (agent_id, entry_id) {
        agent_id -> Id,
        entry_id -> Id,
        text_sealed -> Binary,
        appealed_at -> Moment,
        actor_id -> Id,
        outcome -> Nullable<Text>,
        reason_sealed -> Nullable<Binary>,
        decided_at -> Nullable<Moment>,
        decided_by -> Nullable<Id>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(deposit_appeals, deposit_entries);

// -- market support

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use super::super::columns::{Id, Moment};

    support_requests (agent_id, id) {
        agent_id -> Id,
        id -> Id,
        contract_id -> Id,
        amount_fen -> BigInt,
        purpose_sealed -> Binary,
        requested_at -> Moment,
        requested_by -> Id,
        state -> Text,
        approved_fen -> BigInt,
        spent_fen -> BigInt,
        note_sealed -> Nullable<Binary>,
        decided_at -> Nullable<Moment>,
        decided_by -> Nullable<Id>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary};
    use super::super::columns::{Id, Moment};

    support_spendings (agent_id, id) {
        agent_id -> Id,
        id -> Id,
        request_id -> Id,
        amount_fen -> BigInt,
        purpose_sealed -> Binary,
        spent_at -> Moment,
        actor_id -> Id,
    }
}

// -- inspections and market reports

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Date, Nullable, SmallInt, Text};
    use super::super::columns::{Id, Moment};

    inspections (agent_id, id) {
        agent_id -> Id,
        id -> Id,
        contract_id -> Id,
        inspected_on -> Date,
        score -> SmallInt,
        findings_sealed -> Binary,
        recorded_at -> Moment,
        recorded_by -> Id,
        follow_up -> Text,
        follow_up_due_on -> Nullable<Date>,
        answer_sealed -> Nullable<Binary>,
        answered_at -> Nullable<Moment>,
        answered_by -> Nullable<Id>,
        closed_at -> Nullable<Moment>,
        closed_by -> Nullable<Id>,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Date};
    use super::super::columns::{Id, Moment};

    market_reports (agent_id, id) {
        agent_id -> Id,
        id -> Id,
        contract_id -> Id,
        period -> Date,
        sections_sealed -> Binary,
        submitted_at -> Moment,
        submitted_by -> Id,
    }
}

// -- consequences

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Nullable, Text};
    use super::super::columns::{Id, Moment};

    consequences (agent_id, id) {
        agent_id -> Id,
        id -> Id,
        contract_id -> Id,
        obligation -> Text,
        subject -> Text,
        missed -> Bool,
        step -> Text,
        noted_at -> Moment,
        confirmed -> Nullable<Bool>,
        reason_sealed -> Nullable<Binary>,
        decided_at -> Nullable<Moment>,
        decided_by -> Nullable<Id>,
    }
}

// -- territories

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use super::super::columns::{Id, Moment};

    territories (id) {
        id -> Id,
        agent_id -> Id,
        agent_number -> Integer,
        contract_id -> Id,
        division_code -> Integer,
        level -> Text,
        exclusivity -> Text,
        valid_from -> Moment,
        valid_until -> Moment,
        revoked_at -> Nullable<Moment>,
        version -> BigInt,
        granted_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::BigInt;
    use super::super::columns::{Id, Moment};

    territory_claims (territory_id, range_first, valid_from) {
        territory_id -> Id,
        range_first -> BigInt,
        range_end -> BigInt,
        valid_from -> Moment,
        valid_until -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Text};
    use super::super::columns::{Id, Moment};

    territory_consents (territory_id, id) {
        territory_id -> Id,
        id -> Id,
        division_code -> Integer,
        level -> Text,
        valid_from -> Moment,
        valid_until -> Moment,
        given_at -> Moment,
    }
}

diesel::table! {
    use diesel::sql_types::Nullable;
    use super::super::columns::{Id, Moment};

    agent_suspensions (agent_id, suspended_from) {
        agent_id -> Id,
        suspended_from -> Moment,
        suspended_until -> Nullable<Moment>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};

    change_versions (name) {
        name -> Text,
        version -> BigInt,
    }
}

// -- applications

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text};
    use super::super::columns::{Document, Id, Moment};

    applications (id) {
        id -> Id,
        account_id -> Id,
        kind -> Text,
        name_sealed -> Binary,
        identity_number_sealed -> Binary,
        company_name -> Nullable<Text>,
        credit_code -> Nullable<Text>,
        mobile_sealed -> Binary,
        email_sealed -> Binary,
        level -> Text,
        privacy_policy_version -> Text,
        state -> Text,
        state_reason_sealed -> Nullable<Binary>,
        agent_id -> Nullable<Id>,
        findings -> Document,
        blocking_findings -> Integer,
        advisory_findings -> Integer,
        submitted_at -> Moment,
        on_hold_until -> Nullable<Moment>,
        due_at -> Nullable<Moment>,
        reminded -> Bool,
        version -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Integer};
    use super::super::columns::Id;

    application_divisions (application_id, division_code) {
        application_id -> Id,
        division_code -> Integer,
        position -> Integer,
        identity_number_index -> Binary,
        open -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use super::super::columns::{Id, Moment};

    application_history (application_id, version) {
        application_id -> Id,
        version -> BigInt,
        at -> Moment,
        actor -> Nullable<Id>,
        action -> Text,
        from_state -> Nullable<Text>,
        to_state -> Text,
        held_until -> Nullable<Moment>,
        reason_sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::Integer;
    use super::super::columns::{Id, Moment};

    division_holds (division_code) {
        division_code -> Integer,
        application_id -> Id,
        until -> Moment,
    }
}

// -- keys

diesel::table! {
    use diesel::sql_types::{BigInt, Text};

    key_rotations (version, table_name, column_name) {
        version -> BigInt,
        table_name -> Text,
        column_name -> Text,
        last_key -> Text,
    }
}

diesel::allow_tables_to_appear_in_same_query!(application_divisions, application_history, applications);

// -- the life of agents

diesel::table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use super::super::columns::{Document, Id, Moment};

    agent_history (agent_id, id) {
        agent_id -> Id,
        id -> Id,
        at -> Moment,
        actor -> Nullable<Id>,
        action -> Text,
        effective_at -> Moment,
        reason_sealed -> Nullable<Binary>,
        contract_id -> Nullable<Id>,
        division_codes -> Document,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use super::super::columns::{Document, Id, Moment};

    agent_terminations (agent_id, id) {
        agent_id -> Id,
        id -> Id,
        given_at -> Moment,
        effective_at -> Moment,
        ended -> Document,
        state -> Text,
        state_at -> Nullable<Moment>,
        version -> BigInt,
    }
}

diesel::table! {
    use super::super::columns::{Id, Moment};

    reserved_customers (agent_id, contract_id, customer_id) {
        agent_id -> Id,
        contract_id -> Id,
        customer_id -> Id,
        reserved_at -> Moment,
    }
}

// -- attachments

diesel::table! {
    use diesel::sql_types::{Binary, Integer, Nullable, Text};
    use super::super::columns::{Id, Moment};

    attachments (id) {
        id -> Id,
        account_id -> Id,
        media_type -> Text,
        bytes -> Integer,
        width -> Integer,
        height -> Integer,
        content_key_sealed -> Nullable<Binary>,
        state -> Text,
        application_id -> Nullable<Id>,
        agent_id -> Nullable<Id>,
        record_id -> Nullable<Id>,
        position -> Nullable<Integer>,
        created_at -> Moment,
    }
}
