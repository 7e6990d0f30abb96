//! Adds a product.

use super::ProductAnswer;
use crate::{
    access::Caller,
    extract::{Body, OptionalKey, OptionalKeyParameter},
    once::Made,
    problem::Problem,
    state::State,
};
use ::inventory::{AddProduct, add_product};
use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;

/// 新产品
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProduct {
    /// 名称
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// 计量单位，如 桶、箱、瓶
    #[schema(min_length = 1, max_length = 10)]
    unit: String,
    /// 单价（分）
    #[schema(minimum = 1, maximum = 1_000_000)]
    unit_price_fen: i64,
    /// 包装：`returnable_bucket` 可回收桶装，`disposable` 一次性包装
    container: String,
    /// 是否立即在售，缺省为 true
    listed: Option<bool>,
}

/// 添加产品
#[utoipa::path(
    post,
    path = "/products",
    params(OptionalKeyParameter),
    request_body = NewProduct,
    responses((status = 201, description = "已添加", body = ProductAnswer))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    OptionalKey(key): OptionalKey,
    Body { value, digest }: Body<NewProduct>,
) -> Result<HttpResponse, Problem> {
    let command = AddProduct {
        name: value.name,
        unit: value.unit,
        unit_price_fen: value.unit_price_fen,
        container: value.container,
        listed: value.listed.unwrap_or(true),
    };
    state
        .once(&caller, key, digest, move |work| {
            let product = add_product(work.session, work.ids, work.now, &command)?;
            Ok::<_, Problem>(Made::created(product.id.as_uuid(), ProductAnswer::from(product)))
        })
        .await
}
