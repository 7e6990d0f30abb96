//! Ends all of the caller's sign-ins but the one that asks.

use crate::{access::Caller, problem::Problem, state::State};
use actix_web::{HttpResponse, web::Data};
use identity::{AuditAction, end_other_sign_ins};

/// 结束其他登录
///
/// 本次登录以外，本人的全部登录立即结束，在所有服务器上。
#[utoipa::path(
    delete,
    path = "/auth/sessions",
    responses((status = 204, description = "已结束"))
)]
pub async fn handle(state: Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let token = caller.token;
    state
        .command(&caller, move |mut work| -> Result<(), Problem> {
            for id in end_other_sign_ins(work.session, work.now, &token)? {
                work.record(AuditAction::SignInEnded, id.as_uuid(), None)?;
            }
            Ok(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
