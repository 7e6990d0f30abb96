//! What agents ask headquarters to pay for in their markets.

pub mod approve;
pub mod cancel;
pub mod list;
pub mod reject;
pub mod request;
pub mod spend;

use super::deposits::unknown_contract;
use crate::problem::Problem;
use ::agents::{
    ChangeSupportError, Contract, RequestSupportError, SupportRequest, SupportSpending, SupportState,
    SupportTotals,
};
use kernel::{AccountId, AttachmentId, ContractId, Instant, SupportRequestId, SupportSpendingId};
use serde::Serialize;
use utoipa::ToSchema;

/// 市场支持申请
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SupportRequest)]
pub struct SupportRequestAnswer {
    #[schema(value_type = Uuid)]
    id: SupportRequestId,
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
    /// `requested` 待审批，`approved` 已批准，`rejected` 已拒绝，`cancelled` 已撤回
    state: &'static str,
    /// 申请的金额（分）
    amount_fen: i64,
    /// 用途
    purpose: String,
    #[schema(value_type = Vec<Uuid>)]
    attachments: Vec<AttachmentId>,
    #[schema(value_type = String, format = DateTime)]
    requested_at: Instant,
    #[schema(value_type = Uuid)]
    requested_by: AccountId,
    /// 批准的金额（分），可少于申请的
    approved_fen: i64,
    /// 已用的金额（分）
    spent_fen: i64,
    /// 审批的说明或拒绝的理由
    note: Option<String>,
    /// 审批或撤回的时间
    #[schema(value_type = Option<String>, format = DateTime)]
    decided_at: Option<Instant>,
    /// 使用情况，按先后
    spendings: Vec<SpendingAnswer>,
    version: i64,
}

/// 市场支持的一笔使用
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SupportSpending)]
pub struct SpendingAnswer {
    #[schema(value_type = Uuid)]
    id: SupportSpendingId,
    /// 金额（分）
    amount_fen: i64,
    /// 用于何处
    purpose: String,
    #[schema(value_type = Vec<Uuid>)]
    attachments: Vec<AttachmentId>,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    #[schema(value_type = Uuid)]
    actor_id: AccountId,
}

/// 一份合同的市场支持预算
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SupportBudget)]
pub struct BudgetAnswer {
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
    /// 整个合同期的预算（分）
    budget_fen: i64,
    /// 待审批（分）
    requested_fen: i64,
    /// 已批准（分）
    approved_fen: i64,
    /// 已用（分）
    spent_fen: i64,
    /// 尚可批准（分）= 预算 − 已批准
    left_fen: i64,
}

impl From<SupportRequest> for SupportRequestAnswer {
    fn from(request: SupportRequest) -> Self {
        let (approved, note, decided) = match &request.state {
            SupportState::Requested => (None, None, None),
            SupportState::Approved {
                amount,
                note,
                decided,
            } => (Some(*amount), note.as_ref(), Some(decided)),
            SupportState::Rejected { reason, decided } => (None, Some(reason), Some(decided)),
            SupportState::Cancelled { decided } => (None, None, Some(decided)),
        };
        Self {
            id: request.id,
            contract_id: request.contract_id,
            state: request.state.name().name(),
            amount_fen: request.amount.fen(),
            approved_fen: approved.unwrap_or_default().fen(),
            spent_fen: request.spent().unwrap_or_default().fen(),
            note: note.map(|note| note.as_str().to_owned()),
            decided_at: decided.map(|decided| decided.at),
            purpose: request.purpose.into(),
            attachments: request.attachments,
            requested_at: request.requested_at,
            requested_by: request.requested_by,
            spendings: request.spendings.into_iter().map(SpendingAnswer::from).collect(),
            version: request.version,
        }
    }
}

impl From<SupportSpending> for SpendingAnswer {
    fn from(spending: SupportSpending) -> Self {
        Self {
            id: spending.id,
            amount_fen: spending.amount.fen(),
            purpose: spending.purpose.into(),
            attachments: spending.attachments,
            at: spending.at,
            actor_id: spending.actor,
        }
    }
}

impl BudgetAnswer {
    fn of(contract: &Contract, totals: SupportTotals) -> Self {
        let budget = contract.terms.support_budget;
        Self {
            contract_id: contract.id,
            budget_fen: budget.fen(),
            requested_fen: totals.requested.fen(),
            approved_fen: totals.approved.fen(),
            spent_fen: totals.spent.fen(),
            left_fen: totals.left(budget).fen(),
        }
    }
}

impl From<RequestSupportError> for Problem {
    fn from(error: RequestSupportError) -> Self {
        match error {
            RequestSupportError::NotFound => unknown_contract(),
            RequestSupportError::Invalid(errors) => Self::invalid(errors),
            RequestSupportError::ContractOver => {
                Self::conflict("contract_over", "合同已到期", "The contract is over.")
            }
            RequestSupportError::Repository(error) => error.into(),
        }
    }
}

impl From<ChangeSupportError> for Problem {
    fn from(error: ChangeSupportError) -> Self {
        match error {
            ChangeSupportError::NotFound => Self::not_found(),
            ChangeSupportError::Invalid(errors) => Self::invalid(errors),
            ChangeSupportError::Transition(error) => Self::conflict(
                "invalid_state",
                format!("申请现为 {}，不能如此处理", error.from.name()),
                format!("The request is {}, which does not allow it.", error.from.name()),
            )
            .with("state", error.from.name()),
            ChangeSupportError::BudgetExceeded { left } => Self::conflict(
                "support_budget_exceeded",
                format!("超过合同的市场支持预算，尚可批准 {} 分", left.fen()),
                format!(
                    "More than the contract's support budget: only {} fen are left.",
                    left.fen()
                ),
            )
            .with("left_fen", left.fen()),
            ChangeSupportError::Overspent { left } => Self::conflict(
                "support_overspent",
                format!("超过批准的金额，尚可使用 {} 分", left.fen()),
                format!("More than was approved: only {} fen are left.", left.fen()),
            )
            .with("left_fen", left.fen()),
            ChangeSupportError::TooManySpendings => Self::conflict(
                "too_many_spendings",
                "这份申请登记的使用已达上限",
                "The request has as many spendings as it may.",
            ),
            ChangeSupportError::Repository(error) => error.into(),
        }
    }
}
