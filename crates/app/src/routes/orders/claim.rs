//! A courier takes an order from the pool.

use super::{OrderAnswer, change::change};
use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use ::orders::OrderChange;
use actix_web::web::{Data, Json};
use kernel::OrderId;

/// 抢单
///
/// 在班的送水员领取待派的订单；几人同时抢，一人得。
#[utoipa::path(
    post,
    path = "/orders/{id}/claim",
    responses(
        (status = 200, description = "已领取", body = OrderAnswer),
        (status = 409, description = "已不在待派状态（`wrong_state`，含 `state`）；本人不在班（`courier_off_duty`）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(order_id): PathId<OrderId>,
) -> Result<Json<OrderAnswer>, Problem> {
    change(&state, &caller, order_id, OrderChange::Claim).await
}
