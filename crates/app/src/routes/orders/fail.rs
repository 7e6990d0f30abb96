//! The courier cannot hand an order over.

use super::{OrderAnswer, change::change};
use crate::{
    access::Caller,
    extract::{Body, PathId},
    problem::Problem,
    state::State,
};
use ::orders::OrderChange;
use actix_web::web::{Data, Json};
use kernel::{OrderId, Text};
use serde::Deserialize;
use utoipa::ToSchema;

/// 配送失败
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Failed {
    /// 原因
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

/// 配送失败
///
/// 库存仍为订单预占，之后重新派单或取消。
#[utoipa::path(
    post,
    path = "/orders/{id}/fail",
    request_body = Failed,
    responses(
        (status = 200, description = "已记为配送失败", body = OrderAnswer),
        (status = 409, description = "状态不允许（`wrong_state`，含 `state`）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(order_id): PathId<OrderId>,
    body: Body<Failed>,
) -> Result<Json<OrderAnswer>, Problem> {
    let reason =
        Text::parse(&body.value.reason).map_err(|error| Problem::invalid_field("reason", error.into()))?;
    change(&state, &caller, order_id, OrderChange::Fail { reason }).await
}
