//! Lists the people of the own agent.

use super::office;
use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging},
    problem::Problem,
    routes::auth::shapes::RoleName,
    state::State,
};
use actix_web::{HttpResponse, http::header, web::Data};
use identity::Member;
use kernel::{AccountId, CourierId, Instant, MembershipId};
use serde::Serialize;
use utoipa::ToSchema;

/// 代理商或总部的一名人员
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub struct MemberAnswer {
    #[schema(value_type = Uuid)]
    membership_id: MembershipId,
    #[schema(value_type = Uuid)]
    account_id: AccountId,
    role: RoleName,
    /// 对应的送水员
    #[schema(value_type = Option<Uuid>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    courier_id: Option<CourierId>,
    /// 姓名
    name: String,
    /// 自何时起
    #[schema(value_type = String, format = DateTime)]
    since: Instant,
    /// 账号是否已被总部停用
    disabled: bool,
}

impl From<Member> for MemberAnswer {
    fn from(member: Member) -> Self {
        let membership = member.membership;
        Self {
            membership_id: membership.id,
            account_id: membership.account_id,
            role: membership.position.role().into(),
            courier_id: membership.position.courier_id(),
            // An office knows its own people.
            name: member.name.as_str().to_owned(),
            since: membership.created_at,
            disabled: member.disabled,
        }
    }
}

/// 人员列表
///
/// 本代理商（总部为总部）现有的人员，按加入的先后。
#[utoipa::path(
    get,
    path = "/members",
    params(PageParameters),
    responses((status = 200, description = "一页人员", body = Paged<MemberAnswer>))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    paging: Paging<MembershipId>,
) -> Result<HttpResponse, Problem> {
    let (agent, request) = (office(caller.scope()?)?, paging.request.clone());
    let page = state
        .read(move |session, _| session.list_members(agent, &request))
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(paging.answer(page.map(MemberAnswer::from))?))
}
