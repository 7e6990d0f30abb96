//! All that headquarters looks at about one agent, on one page.

use super::{
    AgentAnswer, ContractAnswer, deposits::DepositAnswer, life::DepartureAnswer,
    obligations::list::ContractObligationsAnswer, reached,
};
use crate::{
    access::Caller,
    extract::PathId,
    language::Language,
    problem::Problem,
    routes::{
        stats::overview::Overview,
        territories::{TerritoryAnswer, coverage::get::CountsAnswer},
    },
    state::State,
};
use ::agents::{Standing, find_departure, find_obligations};
use actix_web::web::{Data, Json};
use insights::{FigureScope, overview};
use kernel::{AgentId, BusinessDay};
use regions::{Coverage, DivisionTree, ExpiringDays};
use serde::Serialize;
use utoipa::ToSchema;

/// 一个代理商的全貌
#[derive(Debug, Serialize, ToSchema)]
pub struct AgentOverview {
    agent: AgentAnswer,
    /// 全部合同，按签订的先后
    contracts: Vec<ContractAnswer>,
    /// 生效中的每份合同的义务
    obligations: Vec<ContractObligationsAnswer>,
    /// 各合同的保证金
    deposits: Vec<DepositAnswer>,
    /// 尚未结束的代理区域
    territories: Vec<CoveredTerritory>,
    /// 经营数据
    figures: Overview,
    /// 终止通知与未了之事
    departure: DepartureAnswer,
}

/// 代理区域及其覆盖情况
#[derive(Debug, Serialize, ToSchema)]
pub struct CoveredTerritory {
    territory: TerritoryAnswer,
    /// 此刻其下各区县，按状态
    counts: CountsAnswer,
}

/// 代理商全貌
///
/// 一次读出：合同、义务、保证金、区域的覆盖、经营数据与离任清单，都在同一时刻。代理商只见自己的。
#[utoipa::path(
    get,
    path = "/agents/{id}/overview",
    responses((status = 200, description = "全貌", body = AgentOverview))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    language: Language,
    PathId(id): PathId<AgentId>,
) -> Result<Json<AgentOverview>, Problem> {
    let scope = caller.scope()?;
    state
        .read(move |session, now| -> Result<_, Problem> {
            let own = reached(session, scope, id)?;
            let agent = session.find_agent(scope, id)?.ok_or_else(Problem::not_found)?;
            let contracts = session.list_contracts(&[own])?;
            let standing = Standing::find(session, &agent, now)?;
            let owed = find_obligations(session, own, BusinessDay::of(now))?;
            let map = session.territory_map()?;
            let holds = session.list_all_holds(now)?;
            let on_hold = holds.iter().map(|hold| hold.division_code);
            let coverage = Coverage::new(DivisionTree::embedded(), &map, now, ExpiringDays::default());
            let coverage = coverage.with_holds(on_hold);
            let territories = session.list_agent_territories(id, now)?.into_iter();
            let figures_of = FigureScope::within(scope, Some(id), None).ok_or_else(Problem::not_found)?;
            Ok(Json(AgentOverview {
                agent: AgentAnswer::of(&agent, &contracts, standing),
                obligations: owed
                    .into_iter()
                    .map(|owed| ContractObligationsAnswer::of(owed, BusinessDay::of(now)))
                    .collect(),
                deposits: DepositAnswer::all(session, own, &contracts, now)?,
                contracts: contracts.into_iter().map(ContractAnswer::from).collect(),
                territories: territories
                    .map(|territory| CoveredTerritory {
                        counts: coverage.counts(Some(territory.division_code)).into(),
                        territory: territory.into(),
                    })
                    .collect(),
                figures: overview(session, &figures_of, now)?.into(),
                departure: DepartureAnswer::of(&find_departure(session, id, now)?, language),
            }))
        })
        .await
}
