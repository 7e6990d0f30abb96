//! Keeps a customer for headquarters.

use super::{ReservedCustomerAnswer, ReservedCustomerForm};
use crate::{
    access::Caller,
    extract::{Body, PathId},
    problem::Problem,
    state::State,
};
use ::orders::{ReserveCustomer, reserve_customer};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::AgentId;

/// 保留客户
///
/// 此后该客户在此合同的区域内下的订单由总部负责（规则 `reserved_customer`）；已下的订单不变。
#[utoipa::path(
    post,
    path = "/agents/{id}/reserved-customers",
    request_body = ReservedCustomerForm,
    responses(
        (status = 200, description = "已保留", body = ReservedCustomerAnswer),
        (status = 409, description = "已保留（already_reserved），或保留过多（too_many_reserved_customers）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AgentId>,
    body: Body<ReservedCustomerForm>,
) -> Result<Json<ReservedCustomerAnswer>, Problem> {
    let form = body.value;
    let reserved = state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let ReservedCustomerForm {
                contract_id,
                customer_id,
                reason,
            } = form.clone();
            let command = ReserveCustomer {
                agent_id: id,
                contract_id,
                customer_id,
                actor: work.principal.account_id,
                reason,
            };
            let reserved = reserve_customer(&mut *work.session, work.ids, work.now, &command)?;
            // Why is in the agent's own history.
            work.record(AuditAction::CustomerReserved, customer_id.as_uuid(), None)?;
            Ok(reserved)
        })
        .await?;
    Ok(Json(reserved.into()))
}
