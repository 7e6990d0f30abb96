//! Ends the caller's sign-in.

use super::delivery::Delivery;
use crate::{access::Caller, problem::Problem, state::State};
use actix_web::{HttpResponse, web::Data};
use identity::{AuditAction, sign_out};

/// 退出登录
///
/// 本次登录的全部令牌立即失效；以 cookie 登录的浏览器随即忘记它们。
#[utoipa::path(
    post,
    path = "/auth/logout",
    responses((status = 204, description = "已退出"))
)]
pub async fn handle(state: Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let token = caller.token;
    state
        .command(&caller, move |mut work| -> Result<(), Problem> {
            if let Some(id) = sign_out(work.session, work.now, &token)? {
                work.record(AuditAction::SignedOut, id.as_uuid(), None)?;
            }
            Ok(())
        })
        .await?;
    Ok(Delivery::like(&caller).farewell(&state))
}
