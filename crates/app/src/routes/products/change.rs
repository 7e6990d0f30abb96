//! Changes a product.

use super::ProductAnswer;
use crate::{
    access::Caller,
    extract::{Body, IfMatch, PathId, entity_tag},
    problem::Problem,
    state::State,
};
use ::inventory::{ChangeProduct, change_product};
use actix_web::{HttpResponse, web::Data};
use kernel::ProductId;
use serde::Deserialize;
use utoipa::ToSchema;

/// 产品的修改；缺省的项不变
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductChange {
    /// 名称
    #[schema(min_length = 1, max_length = 60)]
    name: Option<String>,
    /// 计量单位
    #[schema(min_length = 1, max_length = 10)]
    unit: Option<String>,
    /// 单价（分）；已下的订单不变
    #[schema(minimum = 1, maximum = 1_000_000)]
    unit_price_fen: Option<i64>,
    /// 是否在售
    listed: Option<bool>,
}

/// 修改产品
///
/// 带 `If-Match` 时只修改该版本。
#[utoipa::path(
    patch,
    path = "/products/{id}",
    request_body = ProductChange,
    params(("If-Match" = Option<String>, Header, description = "读取时得到的 `ETag`")),
    responses(
        (status = 200, description = "已修改", body = ProductAnswer, headers(("ETag" = String, description = "版本"))),
        (status = 412, description = "他人已先修改"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(product_id): PathId<ProductId>,
    IfMatch(version): IfMatch,
    body: Body<ProductChange>,
) -> Result<HttpResponse, Problem> {
    let body = body.value;
    let command = ChangeProduct {
        product_id,
        version,
        name: body.name,
        unit: body.unit,
        unit_price_fen: body.unit_price_fen,
        listed: body.listed,
    };
    let product = state
        .command(&caller, move |work| change_product(work.session, &command))
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(entity_tag(product.version))
        .json(ProductAnswer::from(product)))
}
