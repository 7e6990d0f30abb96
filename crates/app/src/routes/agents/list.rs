//! Lists agents.

use super::AgentAnswer;
use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging, Query},
    problem::Problem,
    state::State,
};
use ::agents::{AgentFilter, AgentLevel, Standing, parse_level};
use actix_web::web::{Data, Json};
use kernel::{AgentId, Validation};
use serde::Deserialize;
use utoipa::IntoParams;

/// 代理商筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// 只列有此级别合同的：`province`、`city` 或 `county`
    level: Option<String>,
}

/// 代理商列表
///
/// 按成为代理商的先后，不含总部。代理商只见自己。
#[utoipa::path(
    get,
    path = "/agents",
    params(Filter, PageParameters),
    responses((status = 200, description = "一页代理商", body = Paged<AgentAnswer>))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    Query(filter): Query<Filter>,
    paging: Paging<AgentId>,
) -> Result<Json<Paged<AgentAnswer>>, Problem> {
    let mut validation = Validation::default();
    let level = validation.take_optional("level", filter.level.as_deref().map(parse_level));
    let level: Option<AgentLevel> = validation.finish_with(level).map_err(Problem::invalid)?;
    let (scope, request) = (caller.scope()?, paging.request.clone());
    let (page, contracts, standings) = state
        .read(move |session, now| -> Result<_, Problem> {
            let page = session.list_agents(scope, &AgentFilter { level }, &request)?;
            let shown = page.items.iter().filter_map(|agent| scope.agent(agent.id));
            let contracts = session.list_contracts(&shown.collect::<Vec<_>>())?;
            let listed: Vec<_> = page.items.iter().map(|agent| agent.id).collect();
            let standings = Standing::find_all(session, &listed, now)?;
            Ok((page, contracts, standings))
        })
        .await?;
    paging
        .answer(page.map(|agent| {
            let standing = standings.get(&agent.id).copied().unwrap_or(Standing::Active);
            AgentAnswer::of(&agent, &contracts, standing)
        }))
        .map(Json)
}
