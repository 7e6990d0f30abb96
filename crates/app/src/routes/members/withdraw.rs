//! Takes an invitation back.

use super::office;
use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use actix_web::{HttpResponse, web::Data};
use identity::{AuditAction, withdraw_invitation};
use kernel::InvitationId;

/// 撤回邀请
///
/// 邀请码立即失效。
#[utoipa::path(
    delete,
    path = "/members/invitations/{id}",
    responses((status = 204, description = "已撤回"))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<InvitationId>,
) -> Result<HttpResponse, Problem> {
    state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let agent = office(work.scope()?)?;
            withdraw_invitation(work.session, work.now, agent, id)?;
            work.record(AuditAction::InvitationWithdrawn, id.as_uuid(), None)?;
            Ok(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
