//! Lists territories.

use super::TerritoryAnswer;
use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging, Query},
    problem::Problem,
    state::State,
};
use actix_web::web::{Data, Json};
use kernel::{AgentId, DivisionCode, Invalid, TerritoryId, Validation};
use regions::TerritoryFilter;
use serde::Deserialize;
use utoipa::IntoParams;

/// 代理区域筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// 只列此代理商的
    #[param(format = Uuid)]
    agent_id: Option<String>,
    /// 只列此区划之内的
    #[param(example = "330000")]
    division: Option<String>,
    /// 为 true 时只列此刻有效的
    active: Option<bool>,
}

/// 代理区域列表
///
/// 按授予的先后。总部可见全部，代理商只见自己的。
#[utoipa::path(
    get,
    path = "/territories",
    params(Filter, PageParameters),
    responses((status = 200, description = "一页代理区域", body = Paged<TerritoryAnswer>))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    Query(filter): Query<Filter>,
    paging: Paging<TerritoryId>,
) -> Result<Json<Paged<TerritoryAnswer>>, Problem> {
    let mut validation = Validation::default();
    let malformed = Invalid::new("invalid_id", "不是有效的 id", "is not an id");
    let wanted_agent = validation.take_optional(
        "agent_id",
        filter
            .agent_id
            .map(|id| id.parse::<AgentId>().map_err(|_| malformed.clone())),
    );
    let span = validation.take_optional(
        "division",
        filter
            .division
            .map(|code| DivisionCode::parse(&code).map(DivisionCode::span)),
    );
    let (wanted_agent, span) = validation
        .finish_with(wanted_agent.zip(span))
        .map_err(Problem::invalid)?;
    let scope = caller.scope()?;
    if wanted_agent.is_some_and(|named| scope.agent(named).is_none()) {
        return Err(Problem::not_found());
    }
    let request = paging.request.clone();
    let page = state
        .read(move |session, now| {
            let filter = TerritoryFilter {
                agent_id: wanted_agent,
                span,
                active_at: filter.active.unwrap_or_default().then_some(now),
            };
            session.list_territories(scope, &filter, &request)
        })
        .await?;
    paging.answer(page.map(TerritoryAnswer::from)).map(Json)
}
