//! Whether requests should be sent here.

use crate::{problem::Problem, state::State};
use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, block},
};

/// 可否接收请求
///
/// 数据库能应答且表结构为本程序的版本即为 200，否则 503。
#[utoipa::path(
    get,
    path = "/readyz",
    responses((status = 200, description = "就绪", body = String, content_type = "text/plain"))
)]
pub async fn handle(state: Data<State>) -> Result<HttpResponse, Problem> {
    state.read(|_, _| Ok::<_, Problem>(())).await?;
    let database = state.database.clone();
    let pending = block(move || database.pending_migrations())
        .await
        .map_err(Problem::internal)?
        .map_err(unavailable)?;
    if pending.is_empty() {
        Ok(HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .body("ready\n"))
    } else {
        Err(unavailable(format!(
            "migrations have yet to run: {}",
            pending.join(", ")
        )))
    }
}

fn unavailable(cause: impl std::fmt::Display) -> Problem {
    Problem::of_status(StatusCode::SERVICE_UNAVAILABLE)
        .because(cause)
        .retry_after_seconds(5)
}
