//! The deposits of an agent's contracts.

pub mod appeal;
pub mod decide;
pub mod deduct;
pub mod list;
pub mod pay;
pub mod refund;

use crate::problem::Problem;
use ::agents::{
    AgentLifeRepository, Appeal, AppealError, AppealOutcome, ClearanceFacts, Contract, DeductDepositError,
    DepositEntry, DepositEntryKind, DepositRepository, DepositTotals, PayDepositError, RefundDepositError,
    Termination, Unsettled, end_of_contract, find_unsettled,
};
use kernel::{AccountId, AttachmentId, ContractId, DepositEntryId, Instant, Invalid, Money, ReachedAgent};
use serde::Serialize;
use utoipa::ToSchema;

/// 保证金流水
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DepositEntry)]
pub struct DepositEntryAnswer {
    #[schema(value_type = Uuid)]
    id: DepositEntryId,
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
    /// 在该合同流水中的序号，从 1 起
    number: i64,
    /// `paid` 缴纳，`deducted` 扣除，`reversed` 撤销扣除，`refunded` 退还
    kind: &'static str,
    /// 被撤销的扣除
    #[schema(value_type = Option<Uuid>)]
    deduction_id: Option<DepositEntryId>,
    /// 金额（分），总为正
    amount_fen: i64,
    /// 之后的余额（分）
    balance_after_fen: i64,
    /// 缴纳与退还为凭证号，扣除与撤销为理由
    note: String,
    /// 扣除的证据，见 `/agents/{id}/attachments/{attachment_id}`
    #[schema(value_type = Vec<Uuid>)]
    attachments: Vec<AttachmentId>,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    #[schema(value_type = Uuid)]
    actor_id: AccountId,
    /// 扣除可在此之前申诉
    #[schema(value_type = Option<String>, format = DateTime)]
    appealable_until: Option<Instant>,
    /// 申诉
    appeal: Option<AppealAnswer>,
}

/// 对扣除的申诉
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeductionAppeal)]
pub struct AppealAnswer {
    text: String,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    #[schema(value_type = Uuid)]
    actor_id: AccountId,
    /// `upheld` 维持扣除，`reversed` 撤销扣除；未裁定时为空
    outcome: Option<&'static str>,
    /// 裁定的理由
    reason: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    decided_at: Option<Instant>,
}

/// 一份合同的保证金
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContractDeposit)]
pub struct DepositAnswer {
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
    /// 约定的保证金（分）
    agreed_fen: i64,
    /// 累计缴纳（分）
    paid_fen: i64,
    /// 尚应缴纳（分）= 约定 − 累计缴纳
    due_fen: i64,
    /// 余额（分）= 全部流水之和
    balance_fen: i64,
    /// 退还之前尚须了结的：`contract_runs` 合同未到期，`appeal_open` 有申诉未裁定
    unsettled: Vec<&'static str>,
}

impl From<DepositEntry> for DepositEntryAnswer {
    fn from(entry: DepositEntry) -> Self {
        let appealable = entry.kind == DepositEntryKind::Deducted && entry.appeal.is_none();
        Self {
            id: entry.id,
            contract_id: entry.contract_id,
            number: entry.number,
            kind: entry.kind.name(),
            deduction_id: match entry.kind {
                DepositEntryKind::Reversed { deduction_id } => Some(deduction_id),
                DepositEntryKind::Paid | DepositEntryKind::Deducted | DepositEntryKind::Refunded => None,
            },
            amount_fen: entry.amount.fen(),
            balance_after_fen: entry.balance_after.fen(),
            appealable_until: appealable.then(|| entry.appealable_until()),
            note: entry.note.into(),
            attachments: entry.evidence,
            at: entry.at,
            actor_id: entry.actor,
            appeal: entry.appeal.map(AppealAnswer::from),
        }
    }
}

impl From<Appeal> for AppealAnswer {
    fn from(appeal: Appeal) -> Self {
        let decision = appeal.decision;
        Self {
            text: appeal.text.into(),
            at: appeal.at,
            actor_id: appeal.actor,
            outcome: decision
                .as_ref()
                .map(|decision| AppealOutcome::name(decision.outcome)),
            decided_at: decision.as_ref().map(|decision| decision.at),
            reason: decision.map(|decision| decision.reason.into()),
        }
    }
}

impl DepositAnswer {
    /// Those of the agent's contracts.
    pub(super) fn all(
        session: &mut (impl DepositRepository + AgentLifeRepository + ?Sized),
        agent: ReachedAgent,
        contracts: &[Contract],
        now: Instant,
    ) -> Result<Vec<Self>, Problem> {
        let mut totals = session.list_deposit_totals(agent)?;
        let terminations = session.list_terminations(&[agent.id()])?;
        let deposits = contracts.iter().map(|contract| {
            let totals = totals.remove(&contract.id).unwrap_or_default();
            Self::of(contract, &terminations, &totals, now)
        });
        deposits.collect()
    }

    fn of(
        contract: &Contract,
        terminations: &[Termination],
        totals: &DepositTotals,
        now: Instant,
    ) -> Result<Self, Problem> {
        let balance = totals.balance();
        let balance = balance.ok_or_else(|| Problem::internal("a deposit does not fit"))?;
        let facts = ClearanceFacts {
            ended_at: end_of_contract(contract, terminations),
            deposit: totals,
            now,
        };
        Ok(Self {
            contract_id: contract.id,
            agreed_fen: contract.terms.deposit.fen(),
            paid_fen: totals.paid.fen(),
            due_fen: totals.due(contract.terms.deposit).fen(),
            balance_fen: balance.fen(),
            unsettled: find_unsettled(&facts).into_iter().map(Unsettled::name).collect(),
        })
    }
}

impl From<PayDepositError> for Problem {
    fn from(error: PayDepositError) -> Self {
        match error {
            PayDepositError::NotFound => unknown_contract(),
            PayDepositError::Invalid(errors) => Self::invalid(errors),
            PayDepositError::AboveAgreed { missing } => Self::conflict(
                "deposit_above_agreed",
                format!("超过约定的保证金，最多还可缴纳 {} 分", missing.fen()),
                format!("More than was agreed: only {} fen are missing.", missing.fen()),
            )
            .with("missing_fen", missing.fen()),
            PayDepositError::Repository(error) => error.into(),
        }
    }
}

impl From<DeductDepositError> for Problem {
    fn from(error: DeductDepositError) -> Self {
        match error {
            DeductDepositError::NotFound => unknown_contract(),
            DeductDepositError::Invalid(errors) => Self::invalid(errors),
            DeductDepositError::BalanceTooSmall { balance } => balance_too_small(balance),
            DeductDepositError::Repository(error) => error.into(),
        }
    }
}

impl From<RefundDepositError> for Problem {
    fn from(error: RefundDepositError) -> Self {
        match error {
            RefundDepositError::NotFound => unknown_contract(),
            RefundDepositError::Invalid(errors) => Self::invalid(errors),
            RefundDepositError::NotCleared { unsettled } => Self::conflict(
                "not_cleared",
                "尚有未了结的事项，不能退还保证金",
                "Not everything is settled, so the deposit cannot go back.",
            )
            .with(
                "unsettled",
                unsettled.into_iter().map(Unsettled::name).collect::<Vec<_>>(),
            ),
            RefundDepositError::BalanceTooSmall { balance } => balance_too_small(balance),
            RefundDepositError::Repository(error) => error.into(),
        }
    }
}

impl From<AppealError> for Problem {
    fn from(error: AppealError) -> Self {
        match error {
            AppealError::NotFound => Self::not_found(),
            AppealError::Invalid(errors) => Self::invalid(errors),
            AppealError::NotADeduction => Self::conflict(
                "not_a_deduction",
                "只能对扣除提出申诉",
                "Only a deduction can be appealed against.",
            ),
            AppealError::TooLate { until } => {
                Self::conflict("appeal_too_late", "申诉期限已过", "The time to appeal is over.")
                    .with("until", until)
            }
            AppealError::AlreadyAppealed => Self::conflict(
                "already_appealed",
                "已对此扣除提出过申诉",
                "The deduction has been appealed against before.",
            ),
            AppealError::NoOpenAppeal => Self::conflict(
                "no_open_appeal",
                "没有待裁定的申诉",
                "No appeal waits for a decision.",
            ),
            AppealError::Repository(error) => error.into(),
        }
    }
}

fn balance_too_small(balance: Money) -> Problem {
    Problem::conflict(
        "deposit_too_small",
        format!("保证金余额只有 {} 分", balance.fen()),
        format!("Only {} fen of the deposit are there.", balance.fen()),
    )
    .with("balance_fen", balance.fen())
}

/// 422: the body names a contract that is not the agent's.
pub(super) fn unknown_contract() -> Problem {
    Problem::invalid_field(
        "contract_id",
        Invalid::new(
            "unknown_contract",
            "该代理商没有这份合同",
            "is no contract of the agent",
        ),
    )
}
