//! Lists the market reports that a contract asks for.

use super::DueReportAnswer;
use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging, PathId, Query},
    problem::Problem,
    routes::agents::obligations::{ContractParameter, empty},
    state::State,
};
use ::agents::list_due_reports;
use actix_web::web::{Data, Json};
use kernel::{AgentId, BusinessDay};

/// 代理商应交的市场报告
///
/// 已开始的每一期，最新的在前，无论是否已交。
#[utoipa::path(
    get,
    path = "/agents/{id}/market-reports",
    params(ContractParameter, PageParameters),
    responses((status = 200, description = "一页报告", body = Paged<DueReportAnswer>))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AgentId>,
    Query(contract): Query<ContractParameter>,
    paging: Paging<BusinessDay>,
) -> Result<Json<Paged<DueReportAnswer>>, Problem> {
    let (scope, request) = (caller.scope()?, paging.request.clone());
    let page = state
        .read(move |session, now| -> Result<_, Problem> {
            let today = BusinessDay::of(now);
            match contract.of_agent(session, scope, id)? {
                (agent, Some(contract)) => Ok(list_due_reports(session, agent, &contract, today, &request)?),
                (_, None) => Ok(empty()),
            }
        })
        .await?;
    paging.answer(page.map(DueReportAnswer::from)).map(Json)
}
