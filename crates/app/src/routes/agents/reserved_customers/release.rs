//! Keeps a customer for headquarters no longer.

use super::{ReservedCustomerAnswer, ReservedCustomerForm};
use crate::{
    access::Caller,
    extract::{Body, PathId},
    problem::Problem,
    state::State,
};
use ::orders::{ReserveCustomer, release_customer};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::AgentId;

/// 不再保留客户
///
/// 此后该客户的订单按区域归属。
#[utoipa::path(
    post,
    path = "/agents/{id}/reserved-customers/release",
    request_body = ReservedCustomerForm,
    responses(
        (status = 200, description = "不再保留", body = ReservedCustomerAnswer),
        (status = 409, description = "没有保留（not_reserved）"),
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
            let reserved = release_customer(&mut *work.session, work.ids, work.now, &command)?;
            // Why is in the agent's own history.
            work.record(AuditAction::CustomerReleased, customer_id.as_uuid(), None)?;
            Ok(reserved)
        })
        .await?;
    Ok(Json(reserved.into()))
}
