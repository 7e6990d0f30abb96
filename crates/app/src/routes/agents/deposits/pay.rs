//! Notes a payment into a deposit.

use super::DepositEntryAnswer;
use crate::{
    access::Caller,
    extract::{Body, PathId, RequiredKey, RequiredKeyParameter},
    once::Made,
    problem::Problem,
    routes::agents::reached,
    state::State,
};
use ::agents::{PayDeposit, pay_deposit};
use actix_web::{HttpResponse, web::Data};
use identity::AuditAction;
use kernel::{AgentId, ContractId};
use serde::Deserialize;
use utoipa::ToSchema;

/// 缴纳或退还保证金
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DepositTransfer)]
pub struct Transfer {
    #[schema(value_type = Uuid)]
    pub(super) contract_id: ContractId,
    /// 金额（分）
    #[schema(minimum = 1, maximum = 10_000_000_000_i64)]
    pub(super) amount_fen: i64,
    /// 凭证号，如银行流水号
    #[schema(example = "工行 20260105-0017", max_length = 500)]
    pub(super) reference: String,
}

/// 登记保证金缴纳
///
/// 余额不超过约定的保证金；被扣除之后可以补足。
#[utoipa::path(
    post,
    path = "/agents/{id}/deposits/payments",
    params(RequiredKeyParameter),
    request_body = Transfer,
    responses(
        (status = 201, description = "已登记", body = DepositEntryAnswer),
        (status = 409, description = "超过约定的保证金（deposit_above_agreed）"),
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
                let command = PayDeposit {
                    agent_id: reached(work.session, scope, id)?.id(),
                    contract_id: value.contract_id,
                    actor: work.principal.account_id,
                    amount_fen: value.amount_fen,
                    reference: value.reference.clone(),
                };
                let entry = pay_deposit(work.session, work.ids, work.now, &command)?;
                work.record(AuditAction::DepositPaid, entry.id.as_uuid(), None)?;
                Ok(Made::created(entry.id.as_uuid(), DepositEntryAnswer::from(entry)))
            },
        )
        .await
}
