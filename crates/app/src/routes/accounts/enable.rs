//! Enables an account again.

use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use actix_web::{HttpResponse, web::Data};
use identity::{AuditAction, enable_account};
use kernel::AccountId;

/// 重新启用账号
///
/// 停用前未失效的令牌重新有效；未停用的不变。
#[utoipa::path(
    post,
    path = "/accounts/{id}/enable",
    responses((status = 204, description = "已启用"))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, Problem> {
    state
        .command(&caller, move |mut work| {
            if enable_account(work.session, id)? {
                work.record(AuditAction::AccountEnabled, id.as_uuid(), None)?;
            }
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
