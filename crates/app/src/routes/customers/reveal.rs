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
use ::customers::find_customer_in_scope;
use actix_web::{HttpResponse, web::Data};
use identity::AuditAction;
use kernel::CustomerId;
use serde::Serialize;
use utoipa::ToSchema;

/// 客户的完整信息
#[derive(Debug, Serialize, ToSchema)]
pub struct RevealedCustomer {
    #[serde(flatten)]
    customer: CustomerAnswer,
    /// 全部地址
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
) -> Result<HttpResponse, Problem> {
    let scope = caller.scope()?;
    let subject = (AuditAction::CustomerRevealed, id.as_uuid());
    reveal(&state, &caller, subject, body.value, move |session| {
        let Some(customer) = find_customer_in_scope(session, scope, id)? else {
            return Ok(None);
        };
        let addresses = session.list_addresses(&customer)?;
        Ok(Some(RevealedCustomer {
            customer: CustomerAnswer::seen(&customer, Sight::Whole),
            addresses: addresses
                .iter()
                .map(|address| AddressAnswer::seen(address, Sight::Whole))
                .collect(),
        }))
    })
    .await
}
