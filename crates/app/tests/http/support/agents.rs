//! Agents with a territory, and what they sell.

use super::{Client, TestApp};
use agents::AgentRepository;
use identity::Position;
use inventory::ProductRepository;
use kernel::RepositoryError;
use regions::TerritoryRepository;
use testing::build::{
    agents::agent,
    inventory::product,
    territories::{agent_id, territory},
};

impl TestApp {
    /// A client of the owner of agent `number`, who holds the division for this year.
    pub fn agent(&self, number: u16, division_code: &str) -> Client {
        self.state
            .database
            .write::<_, RepositoryError>(|session| {
                session.insert_agents(&[agent(number)])?;
                session.insert_territories(&[territory(number, division_code)])
            })
            .unwrap();
        self.account(&format!("agent-{number}"), Position::AgentOwner(agent_id(number)))
    }

    /// Products of those ids, for sale.
    pub fn products(&self, ids: &[u128]) {
        let products: Vec<_> = ids.iter().map(|&id| product(id)).collect();
        self.state
            .database
            .write::<_, RepositoryError>(|session| session.insert_products(&products))
            .unwrap();
    }
}
