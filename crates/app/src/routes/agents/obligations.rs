//! What an agent owes under its contracts, and how that stands.

pub mod list;
pub mod quotas;

use super::reached;
use crate::problem::Problem;
use ::agents::{AgentRepository, Contract, QuotaProgress};
use chrono::NaiveDate;
use kernel::{AgentId, BusinessDay, ContractId, Page, ReachedAgent, Scope};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// 合同参数
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ContractParameter {
    /// 合同；不填则为最新的一份
    #[param(value_type = Option<Uuid>)]
    contract_id: Option<ContractId>,
}

impl ContractParameter {
    /// The agent of the path, and the contract of it that is meant: the one that is named, else the newest.
    pub(super) fn of_agent(
        self,
        session: &mut (impl AgentRepository + ?Sized),
        scope: Scope,
        id: AgentId,
    ) -> Result<(ReachedAgent, Option<Contract>), Problem> {
        let agent = reached(session, scope, id)?;
        let mut contracts = session.list_contracts(&[agent])?;
        if let Some(named) = self.contract_id {
            contracts.retain(|contract| contract.id == named);
        }
        Ok((agent, contracts.pop()))
    }
}

/// A page of what no contract asks for.
pub(super) const fn empty<Item>() -> Page<Item, BusinessDay> {
    Page {
        items: Vec::new(),
        next: None,
    }
}

/// 销售任务的一期
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QuotaProgress)]
pub struct QuotaProgressAnswer {
    /// 月、季或年的第一天
    #[schema(value_type = String, format = Date)]
    period: NaiveDate,
    /// 其中合同覆盖的第一天
    #[schema(value_type = String, format = Date)]
    from: NaiveDate,
    /// 其中合同覆盖的最后一天
    #[schema(value_type = String, format = Date)]
    until: NaiveDate,
    /// `buckets` 桶数，`amount` 金额（分）
    measure: &'static str,
    /// 本期任务：按合同年度递增，首尾不足一期的按天数折算
    target: i64,
    /// 已完成
    done: i64,
    /// `met` 已完成，`on_track` 进度正常，`at_risk` 落后于时间进度，`missed` 未完成
    status: &'static str,
}

impl From<QuotaProgress> for QuotaProgressAnswer {
    fn from(progress: QuotaProgress) -> Self {
        let QuotaProgress {
            period,
            measure,
            target,
            done,
            status,
        } = progress;
        Self {
            period: period.calendar.first.date(),
            from: period.days.first.date(),
            until: period.days.last.date(),
            measure: measure.name(),
            target,
            done,
            status: status.name(),
        }
    }
}
