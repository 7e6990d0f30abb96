//! Lists the budgets of an agent's contracts, and what it asked for.

use super::{BudgetAnswer, SupportRequestAnswer};
use crate::{
    access::Caller,
    extract::{PageParameters, Paging, PathId, Query},
    problem::Problem,
    routes::agents::reached,
    state::State,
};
use actix_web::web::{Data, Json};
use kernel::{AgentId, ContractId, SupportRequestId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// 市场支持筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// 只列该合同的申请
    #[param(value_type = Option<Uuid>)]
    contract_id: Option<ContractId>,
}

/// 市场支持预算与一页申请
#[derive(Debug, Serialize, ToSchema)]
pub struct Support {
    /// 每份合同的预算
    contracts: Vec<BudgetAnswer>,
    /// 申请，最新的在前
    items: Vec<SupportRequestAnswer>,
    /// 下一页的游标；最后一页为空
    next_cursor: Option<String>,
}

/// 代理商的市场支持
///
/// 各合同的预算与全部申请。代理商只见自己的。
#[utoipa::path(
    get,
    path = "/agents/{id}/support",
    params(Filter, PageParameters),
    responses((status = 200, description = "市场支持", body = Support))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AgentId>,
    Query(filter): Query<Filter>,
    paging: Paging<SupportRequestId>,
) -> Result<Json<Support>, Problem> {
    let (scope, request) = (caller.scope()?, paging.request.clone());
    let (contracts, page) = state
        .read(move |session, _| -> Result<_, Problem> {
            let agent = reached(session, scope, id)?;
            let totals = session.list_support_totals(agent)?;
            let contracts: Vec<_> = session
                .list_contracts(&[agent])?
                .iter()
                .map(|contract| {
                    BudgetAnswer::of(contract, totals.get(&contract.id).copied().unwrap_or_default())
                })
                .collect();
            let page = session.list_support_requests(agent, filter.contract_id, &request)?;
            Ok((contracts, page))
        })
        .await?;
    let page = paging.answer(page.map(SupportRequestAnswer::from))?;
    Ok(Json(Support {
        contracts,
        items: page.items,
        next_cursor: page.next_cursor,
    }))
}
