//! What the life of an agent looks like from outside: its refusals, and the forms that several commands share.

use crate::{language::Language, problem::Problem, routes::territories::territory_conflict};
use ::agents::{
    Departure, OpenMatter, RenewContractError, SuspendAgentError, TerminateAgentError, Termination,
    TerminationState,
};
use kernel::Instant;
use regions::Suspension;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 理由
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentDecision {
    /// 理由
    #[schema(example = "已结清", max_length = 500)]
    pub reason: String,
}

/// 暂停
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Suspension)]
pub struct SuspensionAnswer {
    /// 从何时起，新订单转由上级或总部负责
    #[schema(value_type = String, format = DateTime)]
    from: Instant,
    /// 到何时（不含）；未定时为 null。与开始相同时，未曾生效
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Instant>,
}

impl From<Suspension> for SuspensionAnswer {
    fn from(suspension: Suspension) -> Self {
        Self {
            from: suspension.from,
            until: suspension.until,
        }
    }
}

/// 终止
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Termination)]
pub struct TerminationAnswer {
    /// 通知于何时
    #[schema(value_type = String, format = DateTime)]
    given_at: Instant,
    /// 从何时起不再持有任何区域
    #[schema(value_type = String, format = DateTime)]
    effective_at: Instant,
    /// 因此提前结束的代理区域数
    ended_territories: usize,
    /// `given` 已通知，`withdrawn` 已撤回，`closed` 已了结
    state: &'static str,
    /// 撤回或了结于何时
    #[schema(value_type = Option<String>, format = DateTime)]
    state_at: Option<Instant>,
}

impl From<&Termination> for TerminationAnswer {
    fn from(termination: &Termination) -> Self {
        Self {
            given_at: termination.given_at,
            effective_at: termination.effective_at,
            ended_territories: termination.ended.len(),
            state: termination.state.name(),
            state_at: match termination.state {
                TerminationState::Given => None,
                TerminationState::Withdrawn { at } | TerminationState::Closed { at } => Some(at),
            },
        }
    }
}

/// 一项未了之事
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OpenMatter)]
pub struct OpenMatterAnswer {
    /// 种类，如 `open_orders`、`stock_on_hand`、`couriers_on_duty`
    matter: &'static str,
    /// 名称
    name: &'static str,
    /// 数量：单、件、人；款项为分
    amount: u64,
}

impl OpenMatterAnswer {
    pub(in crate::routes) fn all(open: &[OpenMatter], language: Language) -> Vec<Self> {
        let answer = |open: &OpenMatter| Self {
            matter: open.matter.name(),
            name: language.pick(open.matter.name_zh(), open.matter.name()),
            amount: open.amount,
        };
        open.iter().map(answer).collect()
    }
}

/// 离任清单
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Departure)]
pub struct DepartureAnswer {
    /// 有效的终止通知；没有时为 null
    termination: Option<TerminationAnswer>,
    /// 未了之事；为空方可了结
    open: Vec<OpenMatterAnswer>,
}

impl DepartureAnswer {
    pub(super) fn of(departure: &Departure, language: Language) -> Self {
        Self {
            termination: departure.termination.as_ref().map(TerminationAnswer::from),
            open: OpenMatterAnswer::all(&departure.open, language),
        }
    }
}

fn agent_terminated() -> Problem {
    Problem::conflict("agent_terminated", "该代理商已离任", "The agent is gone.")
}

impl From<SuspendAgentError> for Problem {
    fn from(error: SuspendAgentError) -> Self {
        match error {
            SuspendAgentError::NotFound => Self::not_found(),
            SuspendAgentError::Invalid(errors) => Self::invalid(errors),
            SuspendAgentError::Terminated => agent_terminated(),
            SuspendAgentError::AlreadySuspended { suspension } => Self::conflict(
                "already_suspended",
                "该代理商在此期间已暂停",
                "The agent is suspended in that time already.",
            )
            .with("suspension", SuspensionAnswer::from(suspension)),
            SuspendAgentError::NotSuspended => Self::conflict(
                "not_suspended",
                "该代理商没有暂停",
                "The agent is not suspended, now or later.",
            ),
            SuspendAgentError::Repository(error) => error.into(),
        }
    }
}

impl From<TerminateAgentError> for Problem {
    fn from(error: TerminateAgentError) -> Self {
        match error {
            TerminateAgentError::NotFound => Self::not_found(),
            TerminateAgentError::Invalid(errors) => Self::invalid(errors),
            TerminateAgentError::AlreadyLeaving { effective_at } => Self::conflict(
                "already_leaving",
                "该代理商已收到终止通知",
                "The agent was given notice already.",
            )
            .with("effective_at", effective_at),
            TerminateAgentError::AlreadyTerminated => agent_terminated(),
            TerminateAgentError::NotLeaving => Self::conflict(
                "not_leaving",
                "该代理商没有有效的终止通知",
                "The agent was given no notice that stands.",
            ),
            TerminateAgentError::AlreadyEffective { effective_at } => Self::conflict(
                "already_effective",
                "终止已生效，不能撤回",
                "The termination has taken effect; there is nothing to take back.",
            )
            .with("effective_at", effective_at),
            TerminateAgentError::NotYetEffective { effective_at } => Self::conflict(
                "not_yet_effective",
                "终止尚未生效，不能了结",
                "The termination has not taken effect; it cannot be closed.",
            )
            .with("effective_at", effective_at),
            TerminateAgentError::OpenMatters { open } => {
                let amount = |open: &OpenMatter| format!("{} {}", open.matter.name_zh(), open.amount);
                let listed: Vec<_> = open.iter().map(amount).collect();
                Self::conflict(
                    "open_matters",
                    format!("尚有未了之事：{}", listed.join("，")),
                    "Something of the agent is open; see `open`.",
                )
                .with("open", OpenMatterAnswer::all(&open, Language::Chinese))
            }
            TerminateAgentError::TerritoryConflict { conflicts } => territory_conflict(&conflicts),
            TerminateAgentError::Repository(error) => error.into(),
        }
    }
}

impl From<RenewContractError> for Problem {
    fn from(error: RenewContractError) -> Self {
        match error {
            RenewContractError::NotFound => Self::not_found(),
            RenewContractError::Invalid(errors) => Self::invalid(errors),
            RenewContractError::Leaving => Self::conflict(
                "agent_leaving",
                "该代理商将离任或已离任",
                "The agent is leaving or gone.",
            ),
            RenewContractError::AlreadyRenewed { by } => Self::conflict(
                "already_renewed",
                "该合同已续约",
                "Another contract follows already.",
            )
            .with("contract_id", by),
            RenewContractError::NothingToRenew => Self::conflict(
                "nothing_to_renew",
                "没有持有到合同结束的代理区域",
                "No territory lasts until the end of the contract.",
            ),
            RenewContractError::TerritoryConflict { conflicts } => territory_conflict(&conflicts),
            RenewContractError::RatesExceedWhole(exceeded) => exceeded.into(),
            RenewContractError::Repository(error) => error.into(),
        }
    }
}
