//! Calls an order off.

use super::{
    OrderAnswer,
    change::{change, optional_text},
};
use crate::{
    access::Caller,
    extract::{OptionalBody, PathId},
    problem::Problem,
    state::State,
};
use ::orders::OrderChange;
use actix_web::web::{Data, Json};
use kernel::OrderId;
use serde::Deserialize;
use utoipa::ToSchema;

/// 取消
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cancellation {
    /// 原因；客户可不写，其他人必填
    #[schema(min_length = 1, max_length = 200)]
    reason: Option<String>,
}

/// 取消订单
///
/// 客户在出发配送前可取消；代理商与总部在送达前可取消。预占的库存随之释放。
#[utoipa::path(
    post,
    path = "/orders/{id}/cancel",
    request_body = Cancellation,
    responses(
        (status = 200, description = "已取消", body = OrderAnswer),
        (status = 409, description = "状态不允许（`wrong_state`，含 `state`）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(order_id): PathId<OrderId>,
    OptionalBody(body): OptionalBody<Cancellation>,
) -> Result<Json<OrderAnswer>, Problem> {
    let reason = optional_text("reason", body.reason.as_deref()).map_err(Problem::invalid)?;
    change(&state, &caller, order_id, OrderChange::Cancel { reason }).await
}
