//! The port of market reports.

use super::MarketReport;
use crate::AgentRepository;
use attachments::AttachmentRepository;
use events::OutboxRepository;
use kernel::{BusinessDay, ContractId, ReachedAgent, RepositoryError};
use std::collections::BTreeMap;

/// Market reports, one for each period of a contract.
pub trait MarketReportRepository {
    /// The reports of a contract of an agent's about the periods that begin on those days; one that is not there is
    /// absent.
    fn find_market_reports(
        &mut self,
        agent: ReachedAgent,
        contract_id: ContractId,
        periods: &[BusinessDay],
    ) -> Result<BTreeMap<BusinessDay, MarketReport>, RepositoryError>;

    /// Every report of an agent, oldest first.
    fn list_market_reports(&mut self, agent: ReachedAgent) -> Result<Vec<MarketReport>, RepositoryError>;

    /// Adds a report, without its pictures. [`RepositoryError::LostRace`] where its period has one.
    fn insert_market_report(&mut self, report: &MarketReport) -> Result<(), RepositoryError>;
}

/// What everything about market reports works with.
pub trait MarketReportSession:
    AgentRepository + AttachmentRepository + MarketReportRepository + OutboxRepository
{
}

impl<S> MarketReportSession for S where
    S: AgentRepository + AttachmentRepository + MarketReportRepository + OutboxRepository + ?Sized
{
}
