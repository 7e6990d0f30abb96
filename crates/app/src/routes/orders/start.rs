//! The courier sets out with an order.

use super::{OrderAnswer, change::change};
use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use ::orders::OrderChange;
use actix_web::web::{Data, Json};
use kernel::OrderId;

/// 出发配送
#[utoipa::path(
    post,
    path = "/orders/{id}/start",
    responses(
        (status = 200, description = "配送中", body = OrderAnswer),
        (status = 409, description = "状态不允许（`wrong_state`，含 `state`）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(order_id): PathId<OrderId>,
) -> Result<Json<OrderAnswer>, Problem> {
    change(&state, &caller, order_id, OrderChange::Start).await
}
