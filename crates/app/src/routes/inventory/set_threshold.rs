//! Sets the number at which an agent is warned.

use super::StockAnswer;
use crate::{
    access::Caller,
    extract::{AgentParameter, Body, IfMatch, PathId, Query, entity_tag},
    problem::Problem,
    state::State,
};
use ::inventory::{SetThreshold, StockKey, set_threshold};
use actix_web::{HttpResponse, web::Data};
use kernel::ProductId;
use serde::Deserialize;
use utoipa::ToSchema;

/// 预警阈值
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// 可用数量降到此值或以下时预警
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    threshold: i64,
}

/// 设置预警阈值
///
/// 每笔订单都会产生新版本，通常不带 `If-Match`。
#[utoipa::path(
    patch,
    path = "/inventory/{product_id}",
    params(
        AgentParameter,
        ("If-Match" = Option<String>, Header, description = "读取时得到的 `ETag`"),
    ),
    request_body = Threshold,
    responses(
        (status = 200, description = "已设置", body = StockAnswer, headers(("ETag" = String, description = "版本"))),
        (status = 412, description = "库存已变"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(product_id): PathId<ProductId>,
    Query(agent): Query<AgentParameter>,
    IfMatch(version): IfMatch,
    body: Body<Threshold>,
) -> Result<HttpResponse, Problem> {
    let threshold = body.value.threshold;
    let view = state
        .command(&caller, move |work| {
            let scope = work.scope()?;
            let command = SetThreshold {
                key: StockKey {
                    agent_id: agent.existing_within(scope, work.session)?,
                    product_id,
                },
                threshold,
                version,
            };
            Ok::<_, Problem>(set_threshold(work.session, &command)?)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(entity_tag(view.version))
        .json(StockAnswer::from(view)))
}
