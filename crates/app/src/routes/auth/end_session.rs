//! Ends one of the caller's sign-ins.

use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use actix_web::{HttpResponse, web::Data};
use identity::AuditAction;
use kernel::SessionId;

/// 结束一个登录
///
/// 其全部令牌立即失效，在所有服务器上。
#[utoipa::path(
    delete,
    path = "/auth/sessions/{id}",
    responses(
        (status = 204, description = "已结束"),
        (status = 404, description = "没有这个登录，不是本人的，或已经结束"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<SessionId>,
) -> Result<HttpResponse, Problem> {
    state
        .command(&caller, move |mut work| -> Result<(), Problem> {
            let account_id = work.principal.account_id;
            if !work.session.end_session(account_id, id, work.now)? {
                return Err(Problem::not_found());
            }
            Ok(work.record(AuditAction::SignInEnded, id.as_uuid(), None)?)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
