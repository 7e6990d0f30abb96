//! Lists couriers.

use super::CourierAnswer;
use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging, Query},
    problem::Problem,
    state::State,
};
use actix_web::web::{Data, Json};
use kernel::{AgentId, CourierId, Scope};
use serde::Deserialize;
use utoipa::IntoParams;

/// 送水员筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// 代理商；总部缺省为全部，代理商只能是自己
    #[param(value_type = Option<Uuid>)]
    agent_id: Option<AgentId>,
}

/// 送水员列表
///
/// 按加入的先后。
#[utoipa::path(
    get,
    path = "/couriers",
    params(Filter, PageParameters),
    responses((status = 200, description = "一页送水员", body = Paged<CourierAnswer>))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    Query(filter): Query<Filter>,
    paging: Paging<CourierId>,
) -> Result<Json<Paged<CourierAnswer>>, Problem> {
    let scope = caller.scope()?;
    if let (Scope::Agent(own), Some(named)) = (scope, filter.agent_id)
        && named != own
    {
        return Err(Problem::not_found());
    }
    let request = paging.request.clone();
    let page = state
        .read(move |session, _| session.list_couriers(scope, filter.agent_id, &request))
        .await?;
    paging
        .answer(page.map(|courier| CourierAnswer::seen(&courier, scope)))
        .map(Json)
}
