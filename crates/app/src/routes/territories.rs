//! Divisions granted to agents.

pub mod check;
pub mod consents;
pub mod coverage;
pub mod list;
pub mod outdated;
pub mod transfers;

use self::consents::ConsentAnswer;
use crate::problem::Problem;
use ::regions::{CheckTerritoriesError, Territory};
use agents::{AgentRepository, RatesExceedWhole};
use kernel::{AgentId, ContractId, DivisionCode, Instant, RepositoryError, Scope, TerritoryId};
use regions::DivisionTree;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// How many agents one statement asks for: a report of the country may name each.
const AGENTS_PER_STATEMENT: usize = 500;

/// 代理区域
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Territory)]
pub struct TerritoryAnswer {
    #[schema(value_type = Uuid)]
    id: TerritoryId,
    #[schema(value_type = Uuid)]
    agent_id: AgentId,
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
    #[schema(value_type = String, example = "330106")]
    division_code: DivisionCode,
    /// 区划名称；现行数据已没有时为 null
    division_name: Option<String>,
    /// 区划层级
    level: &'static str,
    /// `exclusive` 独占，`shared_below` 下级可另设代理
    exclusivity: &'static str,
    #[schema(value_type = String, format = DateTime)]
    valid_from: Instant,
    #[schema(value_type = String, format = DateTime)]
    valid_until: Instant,
    /// 其持有者同意另设代理之处
    consents: Vec<ConsentAnswer>,
    /// 尚未开始即被撤销的时间
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Instant>,
    #[schema(value_type = String, format = DateTime)]
    granted_at: Instant,
}

impl From<Territory> for TerritoryAnswer {
    fn from(territory: Territory) -> Self {
        let division = DivisionTree::embedded().find(territory.division_code);
        Self {
            id: territory.id,
            agent_id: territory.agent_id,
            contract_id: territory.contract_id,
            division_code: territory.division_code,
            division_name: division.map(|division| division.name().to_owned()),
            level: territory.level.name(),
            exclusivity: territory.exclusivity.name(),
            valid_from: territory.validity.from(),
            valid_until: territory.validity.until(),
            consents: territory.consents.iter().map(ConsentAnswer::from).collect(),
            revoked_at: territory.revoked_at,
            granted_at: territory.granted_at,
        }
    }
}

/// The public names of those of the agents that are in the scope; headquarters is in everybody's.
fn public_names(
    session: &mut (impl AgentRepository + ?Sized),
    scope: Scope,
    agents: impl IntoIterator<Item = AgentId>,
) -> Result<BTreeMap<AgentId, String>, RepositoryError> {
    let inside = |id: &AgentId| *id == AgentId::HEADQUARTERS || scope.agent(*id).is_some();
    let ids: BTreeSet<_> = agents.into_iter().filter(inside).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let mut names = BTreeMap::new();
    for batch in ids.chunks(AGENTS_PER_STATEMENT) {
        let found = session.find_agents(batch)?.into_iter();
        names.extend(found.map(|(id, agent)| (id, agent.public_name())));
    }
    Ok(names)
}

/// 冲突的代理区域
#[derive(Debug, Serialize, ToSchema)]
pub struct Conflict {
    #[schema(value_type = Uuid)]
    territory_id: TerritoryId,
    #[schema(value_type = Uuid)]
    agent_id: AgentId,
    #[schema(value_type = String, example = "330106")]
    division_code: DivisionCode,
    #[schema(value_type = String, format = DateTime)]
    valid_from: Instant,
    #[schema(value_type = String, format = DateTime)]
    valid_until: Instant,
}

impl From<&Territory> for Conflict {
    fn from(territory: &Territory) -> Self {
        Self {
            territory_id: territory.id,
            agent_id: territory.agent_id,
            division_code: territory.division_code,
            valid_from: territory.validity.from(),
            valid_until: territory.validity.until(),
        }
    }
}

/// 409: territories stand in the way.
pub(in crate::routes) fn territory_conflict(conflicts: &[Territory]) -> Problem {
    Problem::conflict(
        "territory_conflict",
        "与已有的代理区域冲突",
        "Territories that are there stand in the way.",
    )
    .with(
        "conflicts",
        conflicts.iter().map(Conflict::from).collect::<Vec<_>>(),
    )
}

impl From<RatesExceedWhole> for Problem {
    fn from(exceeded: RatesExceedWhole) -> Self {
        let RatesExceedWhole {
            division_code,
            total_bp,
        } = exceeded;
        Self::conflict(
            "rates_exceed_whole",
            format!("区划 {division_code} 上各级分润合计 {total_bp} 个基点，超过 10000"),
            format!(
                "The rates over division {division_code} would reach {total_bp} basis points, above 10000."
            ),
        )
        .with("division_code", division_code)
        .with("total_bp", total_bp)
    }
}

impl From<CheckTerritoriesError> for Problem {
    fn from(error: CheckTerritoriesError) -> Self {
        match error {
            CheckTerritoriesError::Division { index, error } => {
                Self::invalid_field(format!("division_codes[{index}]"), error.into())
            }
            CheckTerritoriesError::Repository(error) => error.into(),
        }
    }
}
