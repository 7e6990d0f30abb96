//! Accepts an invitation.

use crate::{
    access::Caller, extract::Body, problem::Problem, routes::auth::me::MembershipShape, state::State,
};
use ::orders::link_courier_account;
use actix_web::{HttpResponse, web::Data};
use identity::{AuditAction, InvitationDigest, accept_invitation};
use kernel::Scope;
use serde::Deserialize;
use utoipa::ToSchema;

/// 接受邀请
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// 邀请码
    #[schema(max_length = 64)]
    code: String,
}

/// 接受邀请
///
/// 为登录者的账号增加一个身份，用 `/auth/switch` 切换过去。未知、过期、撤回与用过的邀请码同为 404。
#[utoipa::path(
    post,
    path = "/invitations/accept",
    request_body = Acceptance,
    responses(
        (status = 201, description = "已接受", body = MembershipShape),
        (status = 404, description = "没有可接受的邀请"),
        (status = 409, description = "已有这个身份（`already_member`）；送水员已有账号（`courier_has_account`）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    body: Body<Acceptance>,
) -> Result<HttpResponse, Problem> {
    let digest = InvitationDigest::of(&body.value.code).ok_or_else(Problem::not_found)?;
    let membership = state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let (ids, now, principal) = (work.ids, work.now, work.principal);
            let (invitation, membership) = accept_invitation(work.session, ids, now, principal, &digest)?;
            if let Some(courier_id) = membership.position.courier_id() {
                // The invitation names the agent's own courier; it is the right to become it.
                let scope = Scope::Agent(invitation.agent_id);
                link_courier_account(
                    work.session,
                    scope,
                    courier_id,
                    principal.account_id,
                    &principal.name,
                )?;
            }
            work.record(AuditAction::InvitationAccepted, invitation.id.as_uuid(), None)?;
            Ok(membership)
        })
        .await?;
    Ok(HttpResponse::Created().json(MembershipShape::from(&membership)))
}
