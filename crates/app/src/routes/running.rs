//! What keeps the service running and explains it.

pub mod docs;
pub mod docs_file;
pub mod healthz;
pub mod metrics;
pub mod openapi;
pub mod readyz;
