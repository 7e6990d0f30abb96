//! Rates a delivered order.

use super::{RatingAnswer, actor, only};
use crate::{
    access::Caller,
    extract::{Body, OptionalKey, OptionalKeyParameter, PathId},
    once::Made,
    problem::Problem,
    state::State,
};
use ::orders::{RatingDraft, rate_orders};
use actix_web::{HttpResponse, http::StatusCode, web::Data};
use kernel::OrderId;
use serde::Deserialize;
use utoipa::ToSchema;

/// 评价
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRating {
    /// 1 到 5
    #[schema(minimum = 1, maximum = 5)]
    score: i64,
    #[schema(min_length = 1, max_length = 500)]
    comment: Option<String>,
    /// 最多 10 个，每个最多 20 字
    #[schema(max_items = 10)]
    tags: Option<Vec<String>>,
}

/// 评价订单
///
/// 客户为送达的订单评价一次。
#[utoipa::path(
    post,
    path = "/orders/{id}/rating",
    params(OptionalKeyParameter),
    request_body = NewRating,
    responses(
        (status = 201, description = "已评价", body = RatingAnswer),
        (status = 409, description = "尚未送达（`wrong_state`，含 `state`）；已评价（`already_rated`）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(order_id): PathId<OrderId>,
    OptionalKey(key): OptionalKey,
    body: Body<NewRating>,
) -> Result<HttpResponse, Problem> {
    let (body, digest) = (body.value, body.digest);
    state
        .once(&caller, key, digest, move |work| {
            let draft = RatingDraft {
                score: body.score,
                comment: body.comment.clone(),
                tags: body.tags.clone().unwrap_or_default(),
            };
            let command = draft
                .check(actor(work.principal, work.scope()?), work.now, order_id)
                .map_err(Problem::invalid)?;
            let rating = only(rate_orders(work.session, work.ids, &[command])?)?;
            Ok::<_, Problem>(Made {
                id: Some(order_id.as_uuid()),
                status: StatusCode::CREATED,
                body: RatingAnswer::from(&rating),
            })
        })
        .await
}
