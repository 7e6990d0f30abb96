//! Lists an agent's stock.

use super::StockAnswer;
use crate::{
    access::Caller,
    extract::{AgentParameter, PageParameters, Paged, Paging, Query},
    problem::Problem,
    state::State,
};
use actix_web::web::{Data, Json};
use kernel::ProductId;

/// 库存列表
#[utoipa::path(
    get,
    path = "/inventory",
    params(AgentParameter, PageParameters),
    responses((status = 200, description = "一页库存", body = Paged<StockAnswer>))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    Query(agent): Query<AgentParameter>,
    paging: Paging<ProductId>,
) -> Result<Json<Paged<StockAnswer>>, Problem> {
    let agent = agent.within(caller.scope()?)?;
    let request = paging.request.clone();
    let page = state
        .read(move |session, _| session.list_stock(agent, &request))
        .await?;
    paging.answer(page.map(StockAnswer::from)).map(Json)
}
