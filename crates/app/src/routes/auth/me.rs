//! Who the caller is, and what else it may be.

use super::shapes::{PrincipalShape, RoleName};
use crate::{access::Caller, cross_site::csrf_token, presented::PresentedBy, problem::Problem, state::State};
use actix_web::{HttpResponse, http::header, web::Data};
use identity::Membership;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 登录者
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// 登录者及其当前身份
    principal: PrincipalShape,
    /// 可切换的全部身份，含当前身份
    memberships: Vec<MembershipShape>,
    /// 仅以 cookie 登录时：会改变内容的请求在 `X-CSRF-Token` 中携带
    #[serde(skip_serializing_if = "Option::is_none")]
    csrf_token: Option<String>,
}

/// 一个身份
#[derive(Serialize, ToSchema)]
#[schema(as = Membership)]
pub struct MembershipShape {
    /// 编号，用于 `POST /auth/switch`
    id: Uuid,
    /// 身份
    role: RoleName,
    /// 所属代理商
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<Uuid>,
}

impl From<&Membership> for MembershipShape {
    fn from(membership: &Membership) -> Self {
        Self {
            id: membership.id.as_uuid(),
            role: membership.position.role().into(),
            agent_id: membership.position.agent_id().map(kernel::AgentId::as_uuid),
        }
    }
}

/// 我是谁
#[utoipa::path(
    get,
    path = "/me",
    responses((status = 200, description = "登录者及其身份", body = Me))
)]
pub async fn handle(state: Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let account_id = caller.principal.account_id;
    let memberships = state
        .read(move |session, _| session.list_memberships(account_id))
        .await?;
    let lasting = memberships
        .iter()
        .filter(|membership| membership.ended_at.is_none());
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Me {
            principal: PrincipalShape::from(&caller.principal),
            memberships: lasting.map(MembershipShape::from).collect(),
            csrf_token: (caller.presented_by == PresentedBy::Cookie)
                .then(|| csrf_token(state.database.vault(), &caller.token)),
        }))
}
