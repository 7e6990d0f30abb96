//! Takes a request for market support back.

use super::SupportRequestAnswer;
use crate::{access::Caller, extract::PathIds, problem::Problem, routes::agents::reached, state::State};
use ::agents::{CancelSupport, cancel_support};
use actix_web::web::{Data, Json};
use kernel::{AgentId, SupportRequestId};

/// 撤回市场支持申请
///
/// 只在审批之前。
#[utoipa::path(
    post,
    path = "/agents/{id}/support/{request_id}/cancel",
    responses(
        (status = 200, description = "已撤回", body = SupportRequestAnswer),
        (status = 409, description = "当前状态不允许（invalid_state）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathIds(id, request_id): PathIds<AgentId, SupportRequestId>,
) -> Result<Json<SupportRequestAnswer>, Problem> {
    state
        .command(&caller, move |work| -> Result<_, Problem> {
            let scope = work.scope()?;
            let command = CancelSupport {
                agent: reached(work.session, scope, id)?,
                request_id,
                actor: work.principal.account_id,
            };
            let request = cancel_support(work.session, work.ids, work.now, &command)?;
            Ok(Json(request.into()))
        })
        .await
}
