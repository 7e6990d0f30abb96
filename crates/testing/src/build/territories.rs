//! Territories.

use crate::instant;
use kernel::{AgentId, AgentNumber, ContractId, DivisionCode, Period, TerritoryId};
use regions::{DivisionTree, Exclusivity, Territory};
use uuid::Uuid;

/// The period between two instants in their RFC 3339 form.
pub fn period(from: &str, until: &str) -> Period {
    Period::new(instant(from), instant(until)).unwrap()
}

/// The exclusive territory `id` over that division for the year 2026, held by [`agent_id`] `id`.
pub fn territory(id: u16, division_code: &str) -> Territory {
    let code: DivisionCode = division_code.parse().unwrap();
    let uuid = Uuid::from_u128(u128::from(id));
    Territory {
        id: TerritoryId::from_uuid(uuid),
        agent_id: agent_id(id),
        agent_number: AgentNumber::new(id),
        contract_id: ContractId::from_uuid(uuid),
        division_code: code,
        level: DivisionTree::embedded().grantable(code).unwrap().level,
        exclusivity: Exclusivity::Exclusive,
        validity: period("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        consents: Vec::new(),
        revoked_at: None,
        version: 1,
        granted_at: instant("2025-12-01T00:00:00Z"),
    }
}

/// [`territory`], open to agents of lower levels.
pub fn shared_territory(id: u16, division_code: &str) -> Territory {
    Territory {
        exclusivity: Exclusivity::SharedBelow,
        ..territory(id, division_code)
    }
}

/// The id of the agent that holds [`territory`] `id`.
pub fn agent_id(id: u16) -> AgentId {
    AgentId::from_uuid(Uuid::from_u128(u128::from(id)))
}
