//! Lists the deposits of an agent, and their ledgers.

use super::{DepositAnswer, DepositEntryAnswer};
use crate::{
    access::Caller,
    extract::{PageParameters, Paging, PathId, Query},
    problem::Problem,
    routes::agents::reached,
    state::State,
};
use actix_web::web::{Data, Json};
use kernel::{AgentId, ContractId, DepositEntryId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// 保证金筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// 只列该合同的流水
    #[param(value_type = Option<Uuid>)]
    contract_id: Option<ContractId>,
}

/// 保证金与一页流水
#[derive(Debug, Serialize, ToSchema)]
pub struct Deposits {
    /// 每份合同的保证金
    contracts: Vec<DepositAnswer>,
    /// 流水，最新的在前
    items: Vec<DepositEntryAnswer>,
    /// 下一页的游标；最后一页为空
    next_cursor: Option<String>,
}

/// 代理商的保证金
///
/// 各合同的余额与全部流水。代理商只见自己的。
#[utoipa::path(
    get,
    path = "/agents/{id}/deposits",
    params(Filter, PageParameters),
    responses((status = 200, description = "保证金", body = Deposits))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AgentId>,
    Query(filter): Query<Filter>,
    paging: Paging<DepositEntryId>,
) -> Result<Json<Deposits>, Problem> {
    let (scope, request) = (caller.scope()?, paging.request.clone());
    let (contracts, page) = state
        .read(move |session, now| -> Result<_, Problem> {
            let agent = reached(session, scope, id)?;
            let contracts = session.list_contracts(&[agent])?;
            let contracts = DepositAnswer::all(session, agent, &contracts, now)?;
            let page = session.list_deposit_entries(agent, filter.contract_id, &request)?;
            Ok((contracts, page))
        })
        .await?;
    let page = paging.answer(page.map(DepositEntryAnswer::from))?;
    Ok(Json(Deposits {
        contracts,
        items: page.items,
        next_cursor: page.next_cursor,
    }))
}
