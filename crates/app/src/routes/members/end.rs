//! Ends somebody's membership.

use super::office;
use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use ::orders::leave_courier;
use actix_web::{HttpResponse, web::Data};
use identity::{AuditAction, end_membership};
use kernel::MembershipId;

/// 终止人员的身份
///
/// 立即生效。送水员的记录保留，之后可再邀请他人。负责人与总部管理员不能在此终止。
#[utoipa::path(
    delete,
    path = "/members/{membership_id}",
    responses(
        (status = 204, description = "已终止"),
        (status = 403, description = "不能终止这个身份（`role_not_appointable`）"),
        (status = 409, description = "自己当前的身份（`own_membership`）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<MembershipId>,
) -> Result<HttpResponse, Problem> {
    state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let scope = work.scope()?;
            let ended = end_membership(work.session, work.now, work.principal, office(scope)?, id)?;
            if let Some(courier_id) = ended.membership.position.courier_id() {
                leave_courier(work.session, scope, courier_id)?;
            }
            work.record(AuditAction::MembershipEnded, id.as_uuid(), None)?;
            Ok(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
