//! Inspections and market reports.

use super::Memory;
use agents::{Inspection, InspectionRepository, MarketReport, MarketReportRepository};
use attachments::AttachmentRepository;
use kernel::{
    AgentId, AttachmentId, BusinessDay, ContractId, InspectionId, MarketReportId, Page, PageRequest,
    ReachedAgent, RepositoryError,
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What is kept, without pictures, which are the attachments' to know.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    inspections: BTreeMap<InspectionId, Inspection>,
    reports: BTreeMap<MarketReportId, MarketReport>,
}

impl Memory {
    /// How many of the agent's inspections have a follow-up that is not closed.
    pub(super) fn open_follow_ups(&self, agent_id: AgentId) -> usize {
        let own = self
            .obligations
            .inspections
            .values()
            .filter(|one| one.agent_id == agent_id);
        own.filter(|one| matches!(one.follow_up.name(), "due" | "answered"))
            .count()
    }

    fn pictures_of(&mut self, agent_id: AgentId, record: Uuid) -> Result<Vec<AttachmentId>, RepositoryError> {
        let mut attached = self.list_attached_to_records(agent_id, &[record])?;
        Ok(attached.remove(&record).unwrap_or_default())
    }
}

impl InspectionRepository for Memory {
    fn find_inspection(
        &mut self,
        agent: ReachedAgent,
        id: InspectionId,
    ) -> Result<Option<Inspection>, RepositoryError> {
        let found = self.obligations.inspections.get(&id);
        let Some(own) = found.filter(|found| found.agent_id == agent.id()).cloned() else {
            return Ok(None);
        };
        let photos = self.pictures_of(own.agent_id, id.as_uuid())?;
        Ok(Some(Inspection { photos, ..own }))
    }

    fn list_inspections(
        &mut self,
        agent: ReachedAgent,
        contract_id: Option<ContractId>,
        page: &PageRequest<InspectionId>,
    ) -> Result<Page<Inspection, InspectionId>, RepositoryError> {
        let inspections = self.obligations.inspections.values().rev();
        let ids: Vec<_> = inspections
            .filter(|inspection| inspection.agent_id == agent.id())
            .filter(|inspection| contract_id.is_none_or(|id| inspection.contract_id == id))
            .filter(|inspection| page.after.is_none_or(|after| inspection.id < after))
            .take(usize::from(page.limit) + 1)
            .map(|inspection| inspection.id)
            .collect();
        let mut fetched = Vec::new();
        for id in ids {
            fetched.extend(self.find_inspection(agent, id)?);
        }
        Ok(Page::cut(fetched, page, |inspection: &Inspection| inspection.id))
    }

    fn insert_inspection(&mut self, inspection: &Inspection) -> Result<(), RepositoryError> {
        let rows = &mut self.obligations.inspections;
        rows.insert(inspection.id, inspection.clone());
        Ok(())
    }

    fn save_inspection(&mut self, inspection: &Inspection) -> Result<(), RepositoryError> {
        let stored = self.obligations.inspections.get_mut(&inspection.id);
        let key = |of: &Inspection| (of.agent_id, of.version);
        let stored = stored.filter(|stored| key(stored) == key(inspection));
        let stored = stored.ok_or(RepositoryError::LostRace("inspections"))?;
        stored.follow_up = inspection.follow_up.clone();
        stored.version += 1;
        Ok(())
    }
}

impl MarketReportRepository for Memory {
    fn find_market_reports(
        &mut self,
        agent: ReachedAgent,
        contract_id: ContractId,
        periods: &[BusinessDay],
    ) -> Result<BTreeMap<BusinessDay, MarketReport>, RepositoryError> {
        let all = self.list_market_reports(agent)?;
        Ok(all
            .into_iter()
            .filter(|report| report.contract_id == contract_id && periods.contains(&report.period))
            .map(|report| (report.period, report))
            .collect())
    }

    fn list_market_reports(&mut self, agent: ReachedAgent) -> Result<Vec<MarketReport>, RepositoryError> {
        let reports = self.obligations.reports.values();
        let own: Vec<_> = reports
            .filter(|report| report.agent_id == agent.id())
            .cloned()
            .collect();
        own.into_iter()
            .map(|report| {
                let attachments = self.pictures_of(report.agent_id, report.id.as_uuid())?;
                Ok(MarketReport {
                    attachments,
                    ..report
                })
            })
            .collect()
    }

    fn insert_market_report(&mut self, report: &MarketReport) -> Result<(), RepositoryError> {
        let place = |report: &MarketReport| (report.agent_id, report.contract_id, report.period);
        let mut reports = self.obligations.reports.values();
        if reports.any(|held| place(held) == place(report)) {
            return Err(RepositoryError::LostRace("market_reports"));
        }
        self.obligations.reports.insert(report.id, report.clone());
        Ok(())
    }
}
