//! Lists the periods of a contract's quota.

use super::{ContractParameter, QuotaProgressAnswer, empty};
use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging, PathId, Query},
    problem::Problem,
    state::State,
};
use ::agents::list_quota_progress;
use actix_web::web::{Data, Json};
use kernel::{AgentId, BusinessDay};

/// 代理商的销售任务
///
/// 已开始的每一期，最新的在前。
#[utoipa::path(
    get,
    path = "/agents/{id}/quotas",
    params(ContractParameter, PageParameters),
    responses((status = 200, description = "一页任务", body = Paged<QuotaProgressAnswer>))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AgentId>,
    Query(contract): Query<ContractParameter>,
    paging: Paging<BusinessDay>,
) -> Result<Json<Paged<QuotaProgressAnswer>>, Problem> {
    let (scope, request) = (caller.scope()?, paging.request.clone());
    let page = state
        .read(move |session, now| -> Result<_, Problem> {
            match contract.of_agent(session, scope, id)? {
                (_, Some(contract)) => Ok(list_quota_progress(
                    session,
                    &contract,
                    BusinessDay::of(now),
                    &request,
                )?),
                (_, None) => Ok(empty()),
            }
        })
        .await?;
    paging.answer(page.map(QuotaProgressAnswer::from)).map(Json)
}
