//! The port of inspections.

use super::Inspection;
use crate::AgentRepository;
use attachments::AttachmentRepository;
use events::OutboxRepository;
use kernel::{ContractId, InspectionId, Page, PageRequest, ReachedAgent, RepositoryError};

/// Inspections of agents.
pub trait InspectionRepository {
    /// An agent's inspection, `None` where it is not there or another agent's.
    fn find_inspection(
        &mut self,
        agent: ReachedAgent,
        id: InspectionId,
    ) -> Result<Option<Inspection>, RepositoryError>;

    /// An agent's inspections, the last recorded first, of one contract where it is named.
    fn list_inspections(
        &mut self,
        agent: ReachedAgent,
        contract_id: Option<ContractId>,
        page: &PageRequest<InspectionId>,
    ) -> Result<Page<Inspection, InspectionId>, RepositoryError>;

    /// Adds an inspection, without its photos.
    fn insert_inspection(&mut self, inspection: &Inspection) -> Result<(), RepositoryError>;

    /// Saves what follows an inspection under its next version. [`RepositoryError::LostRace`] where it was changed since.
    fn save_inspection(&mut self, inspection: &Inspection) -> Result<(), RepositoryError>;
}

/// What everything about inspections works with.
pub trait InspectionSession:
    AgentRepository + AttachmentRepository + InspectionRepository + OutboxRepository
{
}

impl<S> InspectionSession for S where
    S: AgentRepository + AttachmentRepository + InspectionRepository + OutboxRepository + ?Sized
{
}
