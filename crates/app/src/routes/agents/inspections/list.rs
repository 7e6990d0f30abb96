//! Lists the inspections of an agent.

use super::InspectionAnswer;
use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging, PathId, Query},
    problem::Problem,
    routes::agents::reached,
    state::State,
};
use actix_web::web::{Data, Json};
use kernel::{AgentId, BusinessDay, ContractId, InspectionId};
use serde::Deserialize;
use utoipa::IntoParams;

/// 检查筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// 只列该合同的
    #[param(value_type = Option<Uuid>)]
    contract_id: Option<ContractId>,
}

/// 代理商的品牌检查
///
/// 最新的在前。
#[utoipa::path(
    get,
    path = "/agents/{id}/inspections",
    params(Filter, PageParameters),
    responses((status = 200, description = "一页检查", body = Paged<InspectionAnswer>))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AgentId>,
    Query(filter): Query<Filter>,
    paging: Paging<InspectionId>,
) -> Result<Json<Paged<InspectionAnswer>>, Problem> {
    let (scope, request) = (caller.scope()?, paging.request.clone());
    let (page, today) = state
        .read(move |session, now| -> Result<_, Problem> {
            let agent = reached(session, scope, id)?;
            let page = session.list_inspections(agent, filter.contract_id, &request)?;
            Ok((page, BusinessDay::of(now)))
        })
        .await?;
    let page = page.map(|inspection| InspectionAnswer::of(inspection, today));
    paging.answer(page).map(Json)
}
