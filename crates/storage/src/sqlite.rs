//! SQLite: its connection, its column types, and the shared query files compiled for it.

mod agent_customer_sets;
mod dialect;
mod engine;
#[path = "sqlite/values.rs"]
mod native_values;
mod stock_sets;

// The query files that both databases share, in alphabetical order.
#[path = "shared/accounts.rs"]
mod accounts;
#[path = "shared/agent_customers.rs"]
mod agent_customers;
#[path = "shared/agent_life.rs"]
mod agent_life;
#[path = "shared/agents.rs"]
mod agents;
#[path = "shared/applicants.rs"]
mod applicants;
#[path = "shared/applications.rs"]
mod applications;
#[path = "shared/attachments.rs"]
mod attachments;
#[path = "shared/audit.rs"]
mod audit;
#[path = "shared/audit_chain.rs"]
mod audit_chain;
#[path = "shared/consents.rs"]
mod consents;
#[path = "shared/consequences.rs"]
mod consequences;
#[path = "shared/consistency.rs"]
mod consistency;
#[path = "shared/consistency_figures.rs"]
mod consistency_figures;
#[path = "shared/consistency_queries.rs"]
mod consistency_queries;
#[path = "shared/contracts.rs"]
mod contracts;
#[path = "shared/couriers.rs"]
mod couriers;
#[path = "shared/customer_addresses.rs"]
mod customer_addresses;
#[path = "shared/customers.rs"]
mod customers;
#[path = "shared/deposits.rs"]
mod deposits;
#[path = "shared/erasures.rs"]
mod erasures;
#[path = "shared/faults.rs"]
mod faults;
#[path = "shared/figures.rs"]
mod figures;
#[path = "shared/idempotency.rs"]
mod idempotency;
#[path = "shared/inbox.rs"]
mod inbox;
#[path = "shared/inspections.rs"]
mod inspections;
#[path = "shared/invitations.rs"]
mod invitations;
#[path = "shared/leases.rs"]
mod leases;
#[path = "shared/market_reports.rs"]
mod market_reports;
#[path = "shared/matters.rs"]
mod matters;
#[path = "shared/memberships.rs"]
mod memberships;
#[path = "shared/order_records.rs"]
mod order_records;
#[path = "shared/order_rows.rs"]
mod order_rows;
#[path = "shared/order_tables.rs"]
mod order_tables;
#[path = "shared/outbox.rs"]
mod outbox;
#[path = "shared/products.rs"]
mod products;
#[path = "shared/resealing.rs"]
mod resealing;
#[path = "shared/reserved_customers.rs"]
mod reserved_customers;
#[path = "shared/retention.rs"]
mod retention;
#[path = "shared/schema.rs"]
mod schema;
#[path = "shared/sealed_person.rs"]
mod sealed_person;
#[path = "shared/sealing.rs"]
mod sealing;
#[path = "shared/session.rs"]
mod session;
#[path = "shared/sessions.rs"]
mod sessions;
#[path = "shared/sign_in_attempts.rs"]
mod sign_in_attempts;
#[path = "shared/stock.rs"]
mod stock;
#[path = "shared/support.rs"]
mod support;
#[path = "shared/suspensions.rs"]
mod suspensions;
#[path = "shared/territories.rs"]
mod territories;
#[path = "shared/territory_claims.rs"]
mod territory_claims;
#[path = "shared/values.rs"]
mod values;
#[path = "shared/waiting.rs"]
mod waiting;
#[path = "shared/webhook_deliveries.rs"]
mod webhook_deliveries;
#[path = "shared/webhooks.rs"]
mod webhooks;

pub(crate) use engine::Engine;

type Backend = diesel::sqlite::Sqlite;
type Connection = diesel::SqliteConnection;

/// How many rows one statement inserts: SQLite takes 32,766 parameters, and the widest table has fewer than 40 columns.
const BATCH_ROWS: usize = 500;

/// What the shared schema's column types are here.
mod columns {
    pub(super) use diesel::sql_types::{BigInt as Moment, Binary as Id, Json as Document};
}
