//! Gives a deposit back.

use super::{DepositEntryAnswer, pay::Transfer};
use crate::{
    access::Caller,
    extract::{Body, PathId, RequiredKey, RequiredKeyParameter},
    once::Made,
    problem::Problem,
    routes::agents::reached,
    state::State,
};
use ::agents::{RefundDeposit, refund_deposit};
use actix_web::{HttpResponse, web::Data};
use identity::AuditAction;
use kernel::AgentId;

/// 登记保证金退还
///
/// 合同到期、申诉均已裁定之后才能退还，见 `GET /agents/{id}/deposits` 的 `unsettled`。
#[utoipa::path(
    post,
    path = "/agents/{id}/deposits/refunds",
    params(RequiredKeyParameter),
    request_body = Transfer,
    responses(
        (status = 201, description = "已登记", body = DepositEntryAnswer),
        (status = 409, description = "尚有未了结的事项（not_cleared），或余额不足（deposit_too_small）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    RequiredKey(key): RequiredKey,
    PathId(id): PathId<AgentId>,
    Body { value, digest }: Body<Transfer>,
) -> Result<HttpResponse, Problem> {
    state
        .once(
            &caller,
            Some(key),
            digest,
            move |mut work| -> Result<_, Problem> {
                let scope = work.scope()?;
                let command = RefundDeposit {
                    agent_id: reached(work.session, scope, id)?.id(),
                    contract_id: value.contract_id,
                    actor: work.principal.account_id,
                    amount_fen: value.amount_fen,
                    reference: value.reference.clone(),
                };
                let entry = refund_deposit(work.session, work.ids, work.now, &command)?;
                work.record(AuditAction::DepositRefunded, entry.id.as_uuid(), None)?;
                Ok(Made::created(entry.id.as_uuid(), DepositEntryAnswer::from(entry)))
            },
        )
        .await
}
