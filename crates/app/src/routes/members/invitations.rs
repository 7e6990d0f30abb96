//! Lists the invitations that wait.

use super::{InvitationAnswer, office};
use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging},
    problem::Problem,
    state::State,
};
use actix_web::{HttpResponse, http::header, web::Data};
use kernel::InvitationId;

/// 等待接受的邀请
///
/// 本代理商（总部为总部）的，最新的在前。不含邀请码：邀请码只在邀请时给出一次。
#[utoipa::path(
    get,
    path = "/members/invitations",
    params(PageParameters),
    responses((status = 200, description = "一页邀请", body = Paged<InvitationAnswer>))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    paging: Paging<InvitationId>,
) -> Result<HttpResponse, Problem> {
    let (agent, request) = (office(caller.scope()?)?, paging.request.clone());
    let page = state
        .read(move |session, now| session.list_open_invitations(agent, now, &request))
        .await?;
    let page = page.map(|invitation| InvitationAnswer::from(&invitation));
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(paging.answer(page)?))
}
