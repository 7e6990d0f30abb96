//! Shows what happened to an order.

use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use ::orders::OrderHistoryEntry;
use actix_web::web::{Data, Json};
use kernel::{AccountId, Instant, OrderId};
use serde::Serialize;
use utoipa::ToSchema;

/// 订单的全部变更，最早的在前
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderHistory {
    items: Vec<HistoryItem>,
}

/// 订单的一次变更
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderHistoryItem)]
pub struct HistoryItem {
    /// 变更后的版本
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    /// 操作的账号；系统自身操作时为 null
    #[schema(value_type = Option<Uuid>)]
    actor_id: Option<AccountId>,
    /// 变更前的状态；下单时为 null
    from_state: Option<&'static str>,
    /// 变更后的状态
    to_state: &'static str,
    /// 原因
    reason: Option<String>,
}

/// 订单历史
#[utoipa::path(
    get,
    path = "/orders/{id}/history",
    responses((status = 200, description = "全部变更", body = OrderHistory))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(order_id): PathId<OrderId>,
) -> Result<Json<OrderHistory>, Problem> {
    let scope = caller.scope()?;
    let entries = state
        .read(move |session, _| {
            let order = session
                .find_order(scope, order_id)?
                .ok_or_else(Problem::not_found)?;
            Ok::<_, Problem>(session.list_order_history(&order)?)
        })
        .await?;
    Ok(Json(OrderHistory {
        items: entries.into_iter().map(HistoryItem::from).collect(),
    }))
}

impl From<OrderHistoryEntry> for HistoryItem {
    fn from(entry: OrderHistoryEntry) -> Self {
        Self {
            version: entry.version,
            at: entry.at,
            actor_id: entry.actor,
            from_state: entry.from_state,
            to_state: entry.to_state,
            reason: entry.reason.map(String::from),
        }
    }
}
