//! Ends the caller's sign-in.

use crate::{access::Caller, problem::Problem, state::State};
use actix_web::{HttpResponse, web::Data};
use identity::sign_out;

/// 退出登录
///
/// 本次登录的全部令牌立即失效。
#[utoipa::path(
    post,
    path = "/auth/logout",
    responses((status = 204, description = "已退出"))
)]
pub async fn handle(state: Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    state
        .write(move |session, now| sign_out(session, now, &caller.token))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
