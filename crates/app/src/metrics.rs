//! The numbers that `GET /metrics` tells (Prometheus text format). Labels are bounded: methods and paths come from the route
//! table, never from a request.

use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use std::{
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

const REQUESTS: &str = "http_requests_total";
const REQUEST_SECONDS: &str = "http_request_duration_seconds";
const CONNECTIONS_IN_USE: &str = "database_connections_in_use";
const CONNECTIONS_OPEN: &str = "database_connections_open";
const INTAKE_SET_SIZE: &str = "intake_set_size";
const INTAKE_QUEUE_DEPTH: &str = "intake_queue_depth";
const EVENTS_WAITING: &str = "outbox_events_waiting";
const ORDERS_PLACED: &str = "orders_placed_total";
const WEBHOOK_DELIVERIES_WAITING: &str = "webhook_deliveries_waiting";
const DEAD_LETTERS: &str = "dead_letters";
const ERASURE_LOG_BEHIND: &str = "erasure_log_behind";

const LATENCY_SECONDS: [f64; 12] = [
    0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];
const SET_SIZES: [f64; 7] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0];

/// Begins to count, once for the process: later calls, as tests make them, share the first one's numbers.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    static INSTALLED: OnceLock<PrometheusHandle> = OnceLock::new();
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = INSTALLED.get() {
        return Ok(handle.clone());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(REQUEST_SECONDS.to_owned()), &LATENCY_SECONDS)?
        .set_buckets_for_metric(Matcher::Full(INTAKE_SET_SIZE.to_owned()), &SET_SIZES)?
        .install_recorder()?;
    describe_counter!(REQUESTS, "Requests answered, by method, path and status");
    describe_histogram!(
        REQUEST_SECONDS,
        Unit::Seconds,
        "Time to answer, by method and path"
    );
    describe_gauge!(CONNECTIONS_IN_USE, "Database connections in use");
    describe_gauge!(CONNECTIONS_OPEN, "Database connections open");
    describe_histogram!(
        INTAKE_SET_SIZE,
        "Orders that one transaction of the intake placed together"
    );
    describe_gauge!(
        EVENTS_WAITING,
        "Events that waited for delivery when last looked, counted up to one batch"
    );
    describe_gauge!(
        INTAKE_QUEUE_DEPTH,
        "Orders that came to the intake and have no answer yet"
    );
    describe_counter!(ORDERS_PLACED, "Orders placed");
    describe_gauge!(
        WEBHOOK_DELIVERIES_WAITING,
        "Deliveries to webhooks that have not arrived yet"
    );
    describe_gauge!(DEAD_LETTERS, "Deliveries to webhooks that are tried no more");
    describe_gauge!(
        ERASURE_LOG_BEHIND,
        "1 while erasures are committed that the erasure log could not be told"
    );
    Ok(INSTALLED.get_or_init(|| handle).clone())
}

/// One request was answered.
pub fn record_request(method: &'static str, path: &'static str, status: u16, latency: Duration) {
    counter!(REQUESTS, "method" => method, "path" => path, "status" => status.to_string()).increment(1);
    histogram!(REQUEST_SECONDS, "method" => method, "path" => path).record(latency);
}

/// The state of the connection pool.
pub fn record_connections(in_use: u32, open: u32) {
    gauge!(CONNECTIONS_IN_USE).set(in_use);
    gauge!(CONNECTIONS_OPEN).set(open);
}

/// Whether the erasure log lacks what the database has.
pub fn record_erasure_log(behind: bool) {
    gauge!(ERASURE_LOG_BEHIND).set(u8::from(behind));
}

/// An order came to the intake.
pub fn record_intake_arrival() {
    gauge!(INTAKE_QUEUE_DEPTH).increment(1);
}

/// An order that had come to the intake has its answer, or nobody waits for one.
pub fn record_intake_departure() {
    gauge!(INTAKE_QUEUE_DEPTH).decrement(1);
}

/// The intake carried out one set of that size, and so many of it were new orders that were placed.
pub fn record_intake_set(size: usize, placed: usize) {
    histogram!(INTAKE_SET_SIZE).record(u32::try_from(size).unwrap_or(u32::MAX));
    counter!(ORDERS_PLACED).increment(u64::try_from(placed).unwrap_or(u64::MAX));
}

/// So many deliveries to webhooks wait, and so many are dead.
pub fn record_deliveries(waiting: u64, dead: u64) {
    gauge!(WEBHOOK_DELIVERIES_WAITING).set(u32::try_from(waiting).unwrap_or(u32::MAX));
    gauge!(DEAD_LETTERS).set(u32::try_from(dead).unwrap_or(u32::MAX));
}

/// So many events waited for delivery.
pub fn record_waiting_events(waiting: usize) {
    gauge!(EVENTS_WAITING).set(u32::try_from(waiting).unwrap_or(u32::MAX));
}
