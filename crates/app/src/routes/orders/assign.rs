//! Gives an order to a courier.

use super::{OrderAnswer, change::change};
use crate::{
    access::Caller,
    extract::{Body, PathId},
    problem::Problem,
    state::State,
};
use ::orders::OrderChange;
use actix_web::web::{Data, Json};
use kernel::{CourierId, OrderId};
use serde::Deserialize;
use utoipa::ToSchema;

/// 派单
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// 订单所属代理商的在班送水员
    #[schema(value_type = Uuid)]
    courier_id: CourierId,
}

/// 派单
///
/// 待派的订单，或配送失败后重新派单。
#[utoipa::path(
    post,
    path = "/orders/{id}/assign",
    request_body = Assignment,
    responses(
        (status = 200, description = "已派单", body = OrderAnswer),
        (status = 409, description = "状态不允许（`wrong_state`，含 `state`）；送水员不在班（`courier_off_duty`）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(order_id): PathId<OrderId>,
    body: Body<Assignment>,
) -> Result<Json<OrderAnswer>, Problem> {
    let courier_id = body.value.courier_id;
    change(&state, &caller, order_id, OrderChange::Assign { courier_id }).await
}
