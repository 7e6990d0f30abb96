//! Disables an account.

use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use actix_web::{HttpResponse, web::Data};
use identity::{AuditAction, disable_account};
use kernel::AccountId;

/// 停用账号
///
/// 其全部身份与令牌立即失效；已停用的不变。
#[utoipa::path(
    post,
    path = "/accounts/{id}/disable",
    responses(
        (status = 204, description = "已停用"),
        (status = 409, description = "自己的账号（`own_account`）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AccountId>,
) -> Result<HttpResponse, Problem> {
    state
        .command(&caller, move |mut work| {
            if disable_account(work.session, work.now, work.principal, id)? {
                work.record(AuditAction::AccountDisabled, id.as_uuid(), None)?;
            }
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
