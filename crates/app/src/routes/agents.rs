//! Agents and their contracts.

pub mod attachment;
pub mod close_termination;
pub mod consequences;
pub mod contract;
pub mod departure;
pub mod deposits;
pub mod get;
pub mod history;
pub mod inspections;
pub(in crate::routes) mod life;
pub mod list;
pub mod market_reports;
pub mod obligations;
pub mod overview;
pub mod renew;
pub mod reserved_customers;
pub mod resume;
pub mod reveal;
pub mod support;
pub mod suspend;
pub mod terminate;
pub mod withdraw_termination;

use crate::problem::Problem;
use ::agents::{Agent, AgentLevel, AgentRepository, Contract, Quota, QuotaPeriod, Standing};
use kernel::{AgentId, ApplicationId, ContractId, Instant, ReachedAgent, Scope};
use serde::Serialize;
use utoipa::ToSchema;

/// The agent of a path, for whoever reaches its rows; whoever does not is told what is told of one that is not there.
pub(in crate::routes) fn reached(
    session: &mut (impl AgentRepository + ?Sized),
    scope: Scope,
    id: AgentId,
) -> Result<ReachedAgent, Problem> {
    let agent = scope.agent(id).ok_or_else(Problem::not_found)?;
    session.find_agent(scope, id)?.ok_or_else(Problem::not_found)?;
    Ok(agent)
}

/// 代理商
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Agent)]
pub struct AgentAnswer {
    #[schema(value_type = Uuid)]
    id: AgentId,
    /// 编号，订单号以之开头
    number: u16,
    /// `person`、`enterprise`，总部为 `headquarters`
    kind: &'static str,
    /// 企业名称；个人为脱敏的姓名
    name: String,
    /// 各合同中最高的级别；总部没有
    level: Option<&'static str>,
    /// 联系人（脱敏）
    contact_name: Option<String>,
    /// 手机（脱敏）
    mobile: Option<String>,
    /// 邮箱（脱敏）
    email: Option<String>,
    /// `active` 在任，`suspended` 暂停，`leaving` 将离任，`terminated` 已离任
    standing: &'static str,
    /// 暂停到何时（不含）
    #[schema(value_type = Option<String>, format = DateTime)]
    suspended_until: Option<Instant>,
    /// 何时离任，或已于何时离任
    #[schema(value_type = Option<String>, format = DateTime)]
    leaves_at: Option<Instant>,
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
}

impl AgentAnswer {
    fn of(agent: &Agent, contracts: &[Contract], standing: Standing) -> Self {
        let own = contracts.iter().filter(|contract| contract.agent_id == agent.id);
        let holder = agent.holder.as_ref();
        Self {
            id: agent.id,
            number: agent.number.get(),
            kind: holder.map_or("headquarters", |holder| holder.kind().name()),
            name: agent.public_name(),
            level: own.map(|contract| contract.level).min().map(AgentLevel::name),
            contact_name: holder.map(|holder| holder.name.masked()),
            mobile: holder.map(|holder| holder.mobile.masked()),
            email: holder.map(|holder| holder.email.masked()),
            standing: standing.name(),
            suspended_until: match standing {
                Standing::Suspended { until } => until,
                _ => None,
            },
            leaves_at: match standing {
                Standing::Leaving { effective_at: at } | Standing::Terminated { at } => Some(at),
                _ => None,
            },
            version: agent.version,
            created_at: agent.created_at,
        }
    }
}

/// 销售任务
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Quota)]
pub struct QuotaAnswer {
    /// `month`、`quarter` 或 `year`
    period: &'static str,
    /// `buckets` 桶数，`amount` 金额（分）
    measure: &'static str,
    /// 首年每期的任务
    target: i64,
    /// 每年递增（基点）
    yearly_growth_bp: u16,
}

/// 代理合同
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Contract)]
pub struct ContractAnswer {
    #[schema(value_type = Uuid)]
    id: ContractId,
    #[schema(value_type = Uuid)]
    agent_id: AgentId,
    #[schema(value_type = Uuid)]
    application_id: ApplicationId,
    /// 续自哪一份合同
    #[schema(value_type = Option<Uuid>)]
    renews: Option<ContractId>,
    /// 级别
    level: &'static str,
    /// `exclusive` 独占，`shared_below` 下级可另设代理
    exclusivity: &'static str,
    /// 自营销售的分润（基点）
    share_rate_bp: u16,
    /// 下级销售的分润（基点）
    override_rate_bp: u16,
    /// 销售任务
    quota: Option<QuotaAnswer>,
    /// 保证金（分）
    deposit_fen: i64,
    /// 整个合同期的市场支持预算（分）
    support_budget_fen: i64,
    /// 市场报告的周期：`month`、`quarter` 或 `year`；不要求时为空
    report_period: Option<&'static str>,
    /// 到期前多少天起优先续约
    renewal_window_days: u16,
    /// 任务或报告期结束后的宽限天数
    grace_days: u16,
    #[schema(value_type = String, format = DateTime)]
    valid_from: Instant,
    #[schema(value_type = String, format = DateTime)]
    valid_until: Instant,
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    signed_at: Instant,
}

impl From<Quota> for QuotaAnswer {
    fn from(quota: Quota) -> Self {
        Self {
            period: quota.period.name(),
            measure: quota.measure.name(),
            target: quota.target,
            yearly_growth_bp: quota.yearly_growth.basis_points(),
        }
    }
}

impl From<Contract> for ContractAnswer {
    fn from(contract: Contract) -> Self {
        let terms = contract.terms;
        Self {
            id: contract.id,
            agent_id: contract.agent_id,
            application_id: contract.application_id,
            renews: contract.renews,
            level: contract.level.name(),
            exclusivity: terms.exclusivity.name(),
            share_rate_bp: terms.share_rate.basis_points(),
            override_rate_bp: terms.override_rate.basis_points(),
            quota: terms.quota.map(QuotaAnswer::from),
            deposit_fen: terms.deposit.fen(),
            support_budget_fen: terms.support_budget.fen(),
            report_period: terms.report_period.map(QuotaPeriod::name),
            renewal_window_days: terms.renewal_window_days,
            grace_days: terms.grace_days,
            valid_from: terms.validity.from(),
            valid_until: terms.validity.until(),
            version: contract.version,
            signed_at: contract.signed_at,
        }
    }
}
