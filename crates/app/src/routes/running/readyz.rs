//! Whether requests should be sent here.

use crate::{problem::Problem, state::State};
use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{Data, block},
};
use chrono::TimeDelta;

/// How far this machine's clock may be from the database's: orders are sorted by the time in their ids, whichever node made
/// them.
const MAXIMUM_CLOCK_DIFFERENCE: TimeDelta = TimeDelta::seconds(2);

/// 可否接收请求
///
/// 数据库能应答、表结构为本程序的版本、本机与数据库的时钟相差不超过 2 秒即为 200，否则 503。
#[utoipa::path(
    get,
    path = "/readyz",
    responses((status = 200, description = "就绪", body = String, content_type = "text/plain"))
)]
pub async fn handle(state: Data<State>) -> Result<HttpResponse, Problem> {
    let state = state.into_inner();
    block(move || check(&state)).await.map_err(Problem::internal)??;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ready\n"))
}

fn check(state: &State) -> Result<(), Problem> {
    state.database.ping()?;
    let pending = state.database.pending_migrations().map_err(unready)?;
    if !pending.is_empty() {
        return Err(unready(format!(
            "migrations have yet to run: {}",
            pending.join(", ")
        )));
    }
    let difference = state
        .database
        .now()?
        .map(|there| (there - state.clock.now()).abs());
    match difference {
        Some(difference) if difference > MAXIMUM_CLOCK_DIFFERENCE => Err(unready(format!(
            "the clock is {} ms away from the database's",
            difference.num_milliseconds()
        ))),
        _ => Ok(()),
    }
}

fn unready(cause: impl std::fmt::Display) -> Problem {
    Problem::of_status(StatusCode::SERVICE_UNAVAILABLE)
        .because(cause)
        .retry_after_seconds(5_u16)
}
