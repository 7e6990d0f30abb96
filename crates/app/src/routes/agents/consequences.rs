//! What followed from the obligations of agents.

pub mod decide;
pub mod list;

use crate::problem::Problem;
use ::agents::{Consequence, ConsequenceDecision, DecideConsequenceError};
use kernel::{ConsequenceId, ContractId, Instant};
use serde::Serialize;
use utoipa::ToSchema;

/// 履约后果
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Consequence)]
pub struct ConsequenceAnswer {
    #[schema(value_type = Uuid)]
    id: ConsequenceId,
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
    /// `quota` 销售任务，`market_report` 市场报告，`inspection` 品牌检查
    obligation: &'static str,
    /// 哪一期（其第一天），或哪一次检查（其编号）
    subject: String,
    /// `reminder` 提醒，`warning` 警告，`notice` 通告，`demotion_proposed` 建议降级，`termination_proposed` 建议解约
    step: &'static str,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    /// `confirm` 采纳，`dismiss` 不采纳；只有建议须决定，未决定时为空
    decision: Option<&'static str>,
    /// 决定的理由
    reason: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    decided_at: Option<Instant>,
}

impl From<Consequence> for ConsequenceAnswer {
    fn from(consequence: Consequence) -> Self {
        let decision = consequence.decision;
        Self {
            id: consequence.id,
            contract_id: consequence.contract_id,
            obligation: consequence.obligation.name(),
            subject: consequence.subject,
            step: consequence.step.name(),
            at: consequence.at,
            decision: decision.as_ref().map(name),
            decided_at: decision.as_ref().map(|decision| decision.decided.at),
            reason: decision.map(|decision| decision.reason.into()),
        }
    }
}

const fn name(decision: &ConsequenceDecision) -> &'static str {
    if decision.confirmed { "confirm" } else { "dismiss" }
}

impl From<DecideConsequenceError> for Problem {
    fn from(error: DecideConsequenceError) -> Self {
        match error {
            DecideConsequenceError::NotFound => Self::not_found(),
            DecideConsequenceError::Invalid(errors) => Self::invalid(errors),
            DecideConsequenceError::NotAProposal => Self::conflict(
                "not_a_proposal",
                "只有建议须由总部决定",
                "Only a proposal is decided by headquarters.",
            ),
            DecideConsequenceError::AlreadyDecided => Self::conflict(
                "already_decided",
                "这项建议已决定过",
                "The proposal was decided before.",
            ),
            DecideConsequenceError::Repository(error) => error.into(),
        }
    }
}
