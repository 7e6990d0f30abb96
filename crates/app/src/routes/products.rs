//! What is sold.

pub mod add;
pub mod change;
pub mod list;

use crate::problem::Problem;
use ::inventory::{AddProductError, ChangeProductError, Product};
use kernel::{Instant, ProductId};
use serde::Serialize;
use utoipa::ToSchema;

/// 产品
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Product)]
pub struct ProductAnswer {
    #[schema(value_type = Uuid)]
    id: ProductId,
    /// 名称
    name: String,
    /// 计量单位，如 桶、箱、瓶
    unit: String,
    /// 单价（分）
    unit_price_fen: i64,
    /// 包装：`returnable_bucket` 可回收桶装，`disposable` 一次性包装
    container: &'static str,
    /// 是否在售
    listed: bool,
    /// 版本，与 `ETag` 相同
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
}

impl From<Product> for ProductAnswer {
    fn from(product: Product) -> Self {
        Self {
            id: product.id,
            name: product.name.into(),
            unit: product.unit.into(),
            unit_price_fen: product.unit_price.fen(),
            container: product.container.name(),
            listed: product.listed,
            version: product.version,
            created_at: product.created_at,
        }
    }
}

impl From<AddProductError> for Problem {
    fn from(error: AddProductError) -> Self {
        match error {
            AddProductError::Invalid(errors) => Self::invalid(errors),
            AddProductError::Repository(error) => error.into(),
        }
    }
}

impl From<ChangeProductError> for Problem {
    fn from(error: ChangeProductError) -> Self {
        match error {
            ChangeProductError::Invalid(errors) => Self::invalid(errors),
            ChangeProductError::NotFound(_) => Self::not_found(),
            ChangeProductError::Stale { .. } => Self::stale_version(),
            ChangeProductError::Repository(error) => error.into(),
        }
    }
}
