//! The program around the domain: configuration, wiring, sign-in, routes, the mapping of refusals to HTTP, the OpenAPI
//! document and the command line.
//!
//! This crate is the only one that knows HTTP. It holds no rule and no SQL.

pub mod access;
pub mod allowed_origins;
mod answer_clock;
mod audit_sealer;
pub mod cli;
pub mod client_address;
pub mod configuration;
pub mod cookies;
mod cross_site;
mod csv_file;
pub mod deadlines;
mod demo;
pub mod edge;
pub mod erasure_log;
pub mod erasures;
pub mod extract;
pub mod floods;
mod gate;
pub mod intake;
mod keys;
pub mod language;
pub mod live;
pub mod masking;
pub mod metrics;
mod months;
pub mod once;
pub mod openapi;
pub mod origin;
pub mod outgoing;
pub mod passwords;
pub mod places;
pub mod policy;
pub mod presented;
pub mod problem;
pub mod reach;
pub mod relay;
pub mod request_id;
pub mod retention;
mod reveal;
mod route_table;
mod routes;
pub mod secrets;
mod security_headers;
pub mod server;
pub mod state;
pub mod telemetry;
pub mod tls;
pub mod uploads;
pub mod webhooks;
pub mod wechat;

pub use route_table::Entry;
pub use routes::ROUTES;
