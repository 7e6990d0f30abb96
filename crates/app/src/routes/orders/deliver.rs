//! The courier hands an order over.

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

/// 送达
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Delivered {
    /// 收回的空桶数，缺省为 0
    buckets_returned: Option<u16>,
    /// 签收凭证：照片编号或签收码
    #[schema(min_length = 1, max_length = 200)]
    proof: Option<String>,
}

/// 送达
///
/// 预占的库存随之出库。可以没有请求体。
#[utoipa::path(
    post,
    path = "/orders/{id}/deliver",
    request_body = Delivered,
    responses(
        (status = 200, description = "已送达", body = OrderAnswer),
        (status = 409, description = "状态不允许（`wrong_state`，含 `state`）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(order_id): PathId<OrderId>,
    OptionalBody(body): OptionalBody<Delivered>,
) -> Result<Json<OrderAnswer>, Problem> {
    let delivered = OrderChange::Deliver {
        buckets_returned: body.buckets_returned.unwrap_or_default(),
        proof: optional_text("proof", body.proof.as_deref()).map_err(Problem::invalid)?,
    };
    change(&state, &caller, order_id, delivered).await
}
