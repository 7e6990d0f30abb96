//! Lists what followed from an agent's obligations.

use super::ConsequenceAnswer;
use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging, PathId},
    problem::Problem,
    routes::agents::reached,
    state::State,
};
use actix_web::web::{Data, Json};
use kernel::{AgentId, ConsequenceId};

/// 代理商的履约后果
///
/// 提醒、警告、通告与建议，最新的在前。
#[utoipa::path(
    get,
    path = "/agents/{id}/consequences",
    params(PageParameters),
    responses((status = 200, description = "一页后果", body = Paged<ConsequenceAnswer>))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AgentId>,
    paging: Paging<ConsequenceId>,
) -> Result<Json<Paged<ConsequenceAnswer>>, Problem> {
    let (scope, request) = (caller.scope()?, paging.request.clone());
    let page = state
        .read(move |session, _| -> Result<_, Problem> {
            let agent = reached(session, scope, id)?;
            Ok(session.list_consequences(agent, &request)?)
        })
        .await?;
    paging.answer(page.map(ConsequenceAnswer::from)).map(Json)
}
