//! The port of couriers.

use crate::Courier;
use kernel::{AgentId, CourierId, Page, PageRequest, RepositoryError, Scope};
use std::collections::{BTreeMap, BTreeSet};

/// Couriers, each under its agent.
pub trait CourierRepository {
    /// Adds couriers.
    fn insert_couriers(&mut self, couriers: &[Courier]) -> Result<(), RepositoryError>;

    /// The couriers of those keys; one that is not there, or works for another agent, is absent. For commands over sets,
    /// whose orders' agents are the scope.
    fn find_couriers(
        &mut self,
        keys: &BTreeSet<(AgentId, CourierId)>,
    ) -> Result<BTreeMap<CourierId, Courier>, RepositoryError>;

    /// The courier, `None` where it is not there or outside the scope.
    fn find_courier(&mut self, scope: Scope, id: CourierId) -> Result<Option<Courier>, RepositoryError>;

    /// A page of the couriers inside the scope, of one agent where `agent_id` names it, in the order they joined.
    fn list_couriers(
        &mut self,
        scope: Scope,
        agent_id: Option<AgentId>,
        page: &PageRequest<CourierId>,
    ) -> Result<Page<Courier, CourierId>, RepositoryError>;

    /// Saves a courier under its new version, one above the stored one; [`RepositoryError::LostRace`] where it is not.
    fn save_courier(&mut self, courier: &Courier) -> Result<(), RepositoryError>;
}
