//! Lists an agent's stock movements.

use super::MovementAnswer;
use crate::{
    access::Caller,
    extract::{AgentParameter, PageParameters, Paged, Paging, Query},
    problem::Problem,
    state::State,
};
use actix_web::web::{Data, Json};
use kernel::{MovementId, ProductId};
use serde::Deserialize;
use utoipa::IntoParams;

/// 流水筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// 只列该产品
    #[param(value_type = Option<Uuid>)]
    product_id: Option<ProductId>,
}

/// 库存流水
///
/// 最新的在前。
#[utoipa::path(
    get,
    path = "/inventory/movements",
    params(AgentParameter, Filter, PageParameters),
    responses((status = 200, description = "一页流水", body = Paged<MovementAnswer>))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    Query(agent): Query<AgentParameter>,
    Query(filter): Query<Filter>,
    paging: Paging<MovementId>,
) -> Result<Json<Paged<MovementAnswer>>, Problem> {
    let agent = agent.within(caller.scope()?)?;
    let request = paging.request.clone();
    let page = state
        .read(move |session, _| session.list_movements(agent, filter.product_id, &request))
        .await?;
    paging.answer(page.map(MovementAnswer::from)).map(Json)
}
