//! Shows in full where an order goes and whom to ask for there.

use super::OrderAddress;
use crate::{
    access::Caller,
    extract::{Body, PathId},
    masking::Sight,
    problem::Problem,
    reveal::{RevealRequest, reveal},
    state::State,
};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::OrderId;
use serde::Serialize;
use utoipa::ToSchema;

/// 订单的完整收货信息
#[derive(Debug, Serialize, ToSchema)]
pub struct RevealedOrder {
    /// 收货地址与联系人
    address: OrderAddress,
    /// 备注
    note: Option<String>,
}

/// 查看订单的完整收货信息
///
/// 须填写理由；先记入审计日志，再显示。
#[utoipa::path(
    post,
    path = "/orders/{id}/reveal",
    request_body = RevealRequest,
    responses((status = 200, description = "完整信息", body = RevealedOrder))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<OrderId>,
    body: Body<RevealRequest>,
) -> Result<Json<RevealedOrder>, Problem> {
    let scope = caller.scope()?;
    let subject = (AuditAction::OrderRevealed, id.as_uuid());
    reveal(&state, &caller, subject, body.value, move |session, _| {
        let order = session.find_order(scope, id)?;
        Ok(order.map(|order| RevealedOrder {
            address: OrderAddress::seen(&order, Sight::Whole, Sight::Whole),
            note: order.note.map(String::from),
        }))
    })
    .await
    .map(Json)
}
