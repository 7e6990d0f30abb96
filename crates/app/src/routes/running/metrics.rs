//! The numbers that a Prometheus server collects.

use crate::{
    metrics::{record_connections, record_erasure_log},
    state::State,
};
use actix_web::{HttpResponse, web::Data};
use metrics_exporter_prometheus::PrometheusHandle;

/// 运行指标
///
/// Prometheus 文本格式：请求数与耗时、数据库连接、下单批次大小、订单数、注销日志是否落后。
#[utoipa::path(
    get,
    path = "/metrics",
    responses((status = 200, description = "指标", body = String, content_type = "text/plain"))
)]
pub async fn handle(state: Data<State>, numbers: Data<PrometheusHandle>) -> HttpResponse {
    let (in_use, open) = state.database.connections();
    record_connections(in_use, open);
    if let Some(log) = &state.erasure_log {
        record_erasure_log(log.is_behind());
    }
    numbers.run_upkeep();
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(numbers.render())
}
