//! Tells what an agent owes today.

use super::QuotaProgressAnswer;
use crate::{
    access::Caller,
    extract::PathId,
    problem::Problem,
    routes::agents::{inspections::InspectionAnswer, market_reports::DueReportAnswer, reached},
    state::State,
};
use ::agents::{ContractObligations, find_obligations};
use actix_web::web::{Data, Json};
use kernel::{AgentId, BusinessDay, ContractId};
use serde::Serialize;
use utoipa::ToSchema;

/// 代理商现在的义务
#[derive(Debug, Serialize, ToSchema)]
pub struct Obligations {
    /// 生效中的每份合同一项
    items: Vec<ContractObligationsAnswer>,
}

/// 一份合同现在的义务
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ContractObligations)]
pub struct ContractObligationsAnswer {
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
    /// 本期的销售任务；没有任务时为空
    quota: Option<QuotaProgressAnswer>,
    /// 等得最久的市场报告，都已交时为本期的；不要求报告时为空
    market_report: Option<DueReportAnswer>,
    /// 最近一次品牌检查
    inspection: Option<InspectionAnswer>,
}

/// 代理商现在的义务
///
/// 每份生效中的合同：本期的销售任务、市场报告与最近一次品牌检查，各有状态与数字。
#[utoipa::path(
    get,
    path = "/agents/{id}/obligations",
    responses((status = 200, description = "义务", body = Obligations))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AgentId>,
) -> Result<Json<Obligations>, Problem> {
    let scope = caller.scope()?;
    state
        .read(move |session, now| -> Result<_, Problem> {
            let agent = reached(session, scope, id)?;
            let today = BusinessDay::of(now);
            let owed = find_obligations(session, agent, today)?;
            let items = owed.into_iter();
            let items = items.map(|owed| ContractObligationsAnswer::of(owed, today));
            Ok(Json(Obligations {
                items: items.collect(),
            }))
        })
        .await
}

impl ContractObligationsAnswer {
    pub(in crate::routes::agents) fn of(owed: ContractObligations, today: BusinessDay) -> Self {
        Self {
            contract_id: owed.contract_id,
            quota: owed.quota.map(QuotaProgressAnswer::from),
            market_report: owed.report.map(DueReportAnswer::from),
            inspection: owed
                .inspection
                .map(|inspection| InspectionAnswer::of(inspection, today)),
        }
    }
}
