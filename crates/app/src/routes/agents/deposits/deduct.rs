//! Takes from a deposit.

use super::DepositEntryAnswer;
use crate::{
    access::Caller,
    extract::{Body, PathId, RequiredKey, RequiredKeyParameter},
    once::Made,
    problem::Problem,
    routes::agents::reached,
    state::State,
};
use ::agents::{DeductDeposit, deduct_deposit};
use actix_web::{HttpResponse, web::Data};
use identity::AuditAction;
use kernel::{AgentId, ContractId};
use serde::Deserialize;
use utoipa::ToSchema;

/// 扣除保证金
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DepositDeduction)]
pub struct Deduction {
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
    /// 金额（分）
    #[schema(minimum = 1, maximum = 10_000_000_000_i64)]
    amount_fen: i64,
    /// 理由
    #[schema(example = "跨区销售", max_length = 500)]
    reason: String,
    /// 证据：本人上传的图片
    #[schema(value_type = Vec<Uuid>, min_items = 1, max_items = 5)]
    attachments: Vec<String>,
}

/// 扣除保证金
///
/// 须有理由与证据；代理商可在 15 天内申诉。
#[utoipa::path(
    post,
    path = "/agents/{id}/deposits/deductions",
    params(RequiredKeyParameter),
    request_body = Deduction,
    responses(
        (status = 201, description = "已扣除", body = DepositEntryAnswer),
        (status = 409, description = "余额不足（deposit_too_small）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    RequiredKey(key): RequiredKey,
    PathId(id): PathId<AgentId>,
    Body { value, digest }: Body<Deduction>,
) -> Result<HttpResponse, Problem> {
    state
        .once(
            &caller,
            Some(key),
            digest,
            move |mut work| -> Result<_, Problem> {
                let scope = work.scope()?;
                let command = DeductDeposit {
                    agent_id: reached(work.session, scope, id)?.id(),
                    contract_id: value.contract_id,
                    actor: work.principal.account_id,
                    amount_fen: value.amount_fen,
                    reason: value.reason.clone(),
                    evidence: value.attachments.clone(),
                };
                let entry = deduct_deposit(work.session, work.ids, work.now, &command)?;
                work.record(AuditAction::DepositDeducted, entry.id.as_uuid(), None)?;
                Ok(Made::created(entry.id.as_uuid(), DepositEntryAnswer::from(entry)))
            },
        )
        .await
}
