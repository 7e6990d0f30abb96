//! Market reports. A tenant table: every statement names the agent.

use super::{
    schema::market_reports,
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment},
};
use crate::{RowKey, Vault, sealed_tables::MARKET_REPORTS};
use ::agents::{MarketReport, MarketReportRepository};
use ::attachments::AttachmentRepository;
use chrono::NaiveDate;
use diesel::prelude::*;
use kernel::{AgentId, AttachmentId, BusinessDay, ContractId, ReachedAgent, RepositoryError};
use std::collections::BTreeMap;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = market_reports, check_for_backend(super::Backend))]
struct ReportRow {
    agent_id: Key,
    id: Key,
    contract_id: Key,
    period: NaiveDate,
    sections_sealed: Envelope,
    submitted_at: Moment,
    submitted_by: Key,
}

fn sealed_row(vault: &Vault, agent_id: Key, id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &MARKET_REPORTS,
        key: RowKey::ids(agent_id, id),
    }
}

fn to_report(
    vault: &Vault,
    row: &ReportRow,
    attachments: Vec<AttachmentId>,
) -> Result<MarketReport, RepositoryError> {
    let sealed = sealed_row(vault, row.agent_id, row.id);
    let sections = sealed.open_bytes("sections_sealed", &row.sections_sealed)?;
    Ok(MarketReport {
        id: row.id.into(),
        agent_id: row.agent_id.into(),
        contract_id: row.contract_id.into(),
        period: BusinessDay::from_date(row.period),
        // What a parser says of a report may repeat a piece of it.
        sections: serde_json::from_slice(&sections)
            .map_err(|_| sealed.corrupt("sections_sealed", "no sections"))?,
        attachments,
        submitted_at: row.submitted_at.0,
        submitted_by: row.submitted_by.into(),
    })
}

impl Session {
    /// The reports of one agent's rows, with their pictures.
    fn market_reports_of(
        &mut self,
        agent_id: AgentId,
        rows: &[ReportRow],
    ) -> Result<Vec<MarketReport>, RepositoryError> {
        let records: Vec<_> = rows.iter().map(|row| row.id.0).collect();
        let mut attached = self.list_attached_to_records(agent_id, &records)?;
        rows.iter()
            .map(|row| {
                let attachments = attached.remove(&row.id.0).unwrap_or_default();
                to_report(&self.shared.vault, row, attachments)
            })
            .collect()
    }
}

impl MarketReportRepository for Session {
    fn find_market_reports(
        &mut self,
        agent: ReachedAgent,
        contract_id: ContractId,
        periods: &[BusinessDay],
    ) -> Result<BTreeMap<BusinessDay, MarketReport>, RepositoryError> {
        let rows: Vec<ReportRow> = market_reports::table
            .filter(market_reports::agent_id.eq(Key::from(agent.id())))
            .filter(market_reports::contract_id.eq(Key::from(contract_id)))
            .filter(market_reports::period.eq_any(periods.iter().map(|day| day.date())))
            .select(ReportRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let reports = self.market_reports_of(agent.id(), &rows)?;
        Ok(reports
            .into_iter()
            .map(|report| (report.period, report))
            .collect())
    }

    fn list_market_reports(&mut self, agent: ReachedAgent) -> Result<Vec<MarketReport>, RepositoryError> {
        let rows: Vec<ReportRow> = market_reports::table
            .filter(market_reports::agent_id.eq(Key::from(agent.id())))
            .order(market_reports::id)
            .select(ReportRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.market_reports_of(agent.id(), &rows)
    }

    fn insert_market_report(&mut self, report: &MarketReport) -> Result<(), RepositoryError> {
        let (agent_id, id) = (report.agent_id.into(), report.id.into());
        let sections = serde_json::to_vec(&report.sections)
            .map_err(|error| RepositoryError::Refused(error.to_string()))?;
        let sealed = sealed_row(&self.shared.vault, agent_id, id);
        let row = ReportRow {
            agent_id,
            id,
            contract_id: report.contract_id.into(),
            period: report.period.date(),
            sections_sealed: sealed.seal_bytes("sections_sealed", &sections)?,
            submitted_at: report.submitted_at.into(),
            submitted_by: report.submitted_by.into(),
        };
        let written = diesel::insert_into(market_reports::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(written, 1, "market_reports")
    }
}
