//! Shows a customer's personal values in full.

use super::{AddressAnswer, CustomerAnswer};
use crate::{
    access::Caller,
    extract::{Body, PathId},
    masking::Sight,
    problem::Problem,
    reveal::{RevealRequest, reveal},
    state::State,
};
use ::customers::{find_customer_in_scope, list_addresses_in_scope};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::CustomerId;
use regions::DivisionTree;
use serde::Serialize;
use utoipa::ToSchema;

/// 客户的完整信息
#[derive(Debug, Serialize, ToSchema)]
pub struct RevealedCustomer {
    #[serde(flatten)]
    customer: CustomerAnswer,
    /// 地址；代理商只见自己区域内的
    addresses: Vec<AddressAnswer>,
}

/// 查看客户的完整信息
///
/// 须填写理由；先记入审计日志，再显示。
#[utoipa::path(
    post,
    path = "/customers/{id}/reveal",
    request_body = RevealRequest,
    responses((status = 200, description = "完整信息", body = RevealedCustomer))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<CustomerId>,
    body: Body<RevealRequest>,
) -> Result<Json<RevealedCustomer>, Problem> {
    let scope = caller.scope()?;
    let subject = (AuditAction::CustomerRevealed, id.as_uuid());
    reveal(&state, &caller, subject, body.value, move |session, now| {
        let Some(customer) = find_customer_in_scope(session, scope, id)? else {
            return Ok(None);
        };
        let tree = DivisionTree::embedded();
        let addresses = list_addresses_in_scope(session, tree, scope, now, id)?.unwrap_or_default();
        Ok(Some(RevealedCustomer {
            customer: CustomerAnswer::seen(&customer, Sight::Whole),
            addresses: addresses
                .iter()
                .map(|address| AddressAnswer::seen(address, Sight::Whole))
                .collect(),
        }))
    })
    .await
    .map(Json)
}
