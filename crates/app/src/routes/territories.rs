//! Divisions granted to agents.

pub mod check;
pub mod coverage;
pub mod list;

use crate::problem::Problem;
use ::regions::{CheckTerritoriesError, Territory};
use agents::AgentRepository;
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
