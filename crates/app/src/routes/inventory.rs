//! Stock and its ledger.

pub mod list;
pub mod movements;
pub mod receive;
pub mod set_threshold;

use crate::problem::Problem;
use ::inventory::{ReceiveStockError, SetThresholdError, StockMovement, StockView};
use kernel::{AccountId, Instant, MovementId, OrderId, ProductId};
use serde::Serialize;
use utoipa::ToSchema;

/// 库存
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StockItem)]
pub struct StockAnswer {
    #[schema(value_type = Uuid)]
    product_id: ProductId,
    product_name: String,
    /// 在库数量，含已预占
    on_hand: i64,
    /// 已预占数量
    reserved: i64,
    /// 可用数量 = 在库 − 预占
    available: i64,
    /// 预警阈值：可用数量降到此值或以下时预警
    threshold: i64,
    /// 版本，与 `ETag` 相同
    version: i64,
}

impl From<StockView> for StockAnswer {
    fn from(view: StockView) -> Self {
        Self {
            product_id: view.product_id,
            product_name: view.product_name,
            on_hand: view.on_hand,
            reserved: view.reserved,
            available: view.available,
            threshold: view.threshold,
            version: view.version,
        }
    }
}

/// 库存流水
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StockMovement)]
pub struct MovementAnswer {
    #[schema(value_type = Uuid)]
    id: MovementId,
    #[schema(value_type = Uuid)]
    product_id: ProductId,
    /// 类型：`receipt` 入库，`reserve` 预占，`release` 释放，`consume` 出库，`adjust` 调整
    kind: &'static str,
    /// 数量
    quantity: i64,
    on_hand_before: i64,
    on_hand_after: i64,
    reserved_before: i64,
    reserved_after: i64,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    /// 操作的账号；系统自身操作时为 null
    #[schema(value_type = Option<Uuid>)]
    actor_id: Option<AccountId>,
    /// 相关订单
    #[schema(value_type = Option<Uuid>)]
    order_id: Option<OrderId>,
    /// 备注
    reason: Option<String>,
}

impl From<StockMovement> for MovementAnswer {
    fn from(movement: StockMovement) -> Self {
        Self {
            id: movement.note.id,
            product_id: movement.key.product_id,
            kind: movement.kind.name(),
            quantity: movement.quantity,
            on_hand_before: movement.on_hand_before,
            on_hand_after: movement.on_hand_after,
            reserved_before: movement.reserved_before,
            reserved_after: movement.reserved_after,
            at: movement.note.at,
            actor_id: movement.note.actor,
            order_id: movement.note.order_id,
            reason: movement.note.reason.map(String::from),
        }
    }
}

impl From<ReceiveStockError> for Problem {
    fn from(error: ReceiveStockError) -> Self {
        match error {
            ReceiveStockError::Invalid(errors) => Self::invalid(errors),
            ReceiveStockError::Repository(error) => error.into(),
        }
    }
}

impl From<SetThresholdError> for Problem {
    fn from(error: SetThresholdError) -> Self {
        match error {
            SetThresholdError::Invalid(errors) => Self::invalid(errors),
            SetThresholdError::NotFound(_) => Self::not_found(),
            SetThresholdError::Stale { .. } => Self::stale_version(),
            SetThresholdError::Repository(error) => error.into(),
        }
    }
}
