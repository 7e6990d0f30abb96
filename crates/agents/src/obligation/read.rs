//! What an agent owes today, each with how it stands.

use super::{
    ObligationPeriod, ObligationStatus, begun_periods, covered_days,
    quota::{QuotaProgress, measure_quota},
};
use crate::{
    AgentLifeRepository, AgentRepository, Contract, DueReport, Inspection, InspectionRepository,
    MarketReportRepository, life::contracts::list_contracts_in_force,
};
use insights::FigureRepository;
use kernel::{BusinessDay, ContractId, Page, PageRequest, ReachedAgent, RepositoryError};

/// What reading obligations needs.
pub trait ObligationSession:
    AgentLifeRepository + AgentRepository + FigureRepository + InspectionRepository + MarketReportRepository
{
}

impl<S> ObligationSession for S where
    S: AgentLifeRepository
        + AgentRepository
        + FigureRepository
        + InspectionRepository
        + MarketReportRepository
        + ?Sized
{
}

/// What one contract asks for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractObligations {
    /// The contract.
    pub contract_id: ContractId,
    /// The present period of its quota.
    pub quota: Option<QuotaProgress>,
    /// The market report that is waited for longest, else that about the newest period.
    pub report: Option<DueReport>,
    /// The inspection that was recorded last.
    pub inspection: Option<Inspection>,
}

/// How many periods back a report is still asked for.
const REPORTS_LOOKED_AT: usize = 12;

/// What an agent owes today under each contract that has begun and is not over, its grace included.
pub fn find_obligations(
    session: &mut (impl ObligationSession + ?Sized),
    agent: ReachedAgent,
    today: BusinessDay,
) -> Result<Vec<ContractObligations>, RepositoryError> {
    let mut found = Vec::new();
    for contract in list_contracts_in_force(session, agent)? {
        let terms = &contract.terms;
        let covered = covered_days(terms.validity);
        if today < covered.first || covered.last.plus_days(terms.grace_days.into()) < today {
            continue;
        }
        let page = PageRequest {
            limit: 1,
            after: None,
        };
        let inspections = session.list_inspections(agent, Some(contract.id), &page)?;
        found.push(ContractObligations {
            contract_id: contract.id,
            quota: quota_now(session, &contract, today)?,
            report: report_waited_for(session, agent, &contract, today)?,
            inspection: inspections.items.into_iter().next(),
        });
    }
    Ok(found)
}

fn quota_now(
    session: &mut (impl ObligationSession + ?Sized),
    contract: &Contract,
    today: BusinessDay,
) -> Result<Option<QuotaProgress>, RepositoryError> {
    let Some(quota) = contract.terms.quota else {
        return Ok(None);
    };
    let begun = begun_periods(contract.terms.validity, quota.period, today);
    let newest: Vec<_> = begun.take(1).collect();
    Ok(measure_quota(session, contract, &newest, today)?.pop())
}

fn report_waited_for(
    session: &mut (impl ObligationSession + ?Sized),
    agent: ReachedAgent,
    contract: &Contract,
    today: BusinessDay,
) -> Result<Option<DueReport>, RepositoryError> {
    let due = due_reports(session, agent, contract, today, None, REPORTS_LOOKED_AT)?;
    let waited_for = due
        .iter()
        .rposition(|due| matches!(due.status, ObligationStatus::Missed | ObligationStatus::AtRisk));
    Ok(due.into_iter().nth(waited_for.unwrap_or_default()))
}

/// The reports that a contract asks for, about the newest period first, `limit` of them after the period that begins on
/// `after`.
pub(crate) fn due_reports(
    session: &mut (impl MarketReportRepository + ?Sized),
    agent: ReachedAgent,
    contract: &Contract,
    today: BusinessDay,
    after: Option<BusinessDay>,
    limit: usize,
) -> Result<Vec<DueReport>, RepositoryError> {
    let Some(length) = contract.terms.report_period else {
        return Ok(Vec::new());
    };
    let periods: Vec<_> = begun_periods(contract.terms.validity, length, today)
        .skip_while(|period| !is_after(*period, after))
        .take(limit)
        .collect();
    let days: Vec<_> = periods.iter().map(|period| period.calendar.first).collect();
    let mut reports = session.find_market_reports(agent, contract.id, &days)?;
    let grace = contract.terms.grace_days;
    Ok(periods
        .into_iter()
        .map(|period| DueReport::of(period, grace, reports.remove(&period.calendar.first), today))
        .collect())
}

fn is_after(period: ObligationPeriod, after: Option<BusinessDay>) -> bool {
    after.is_none_or(|after| period.calendar.first < after)
}

/// A page of the reports that a contract asks for, about the newest period first.
pub fn list_due_reports(
    session: &mut (impl ObligationSession + ?Sized),
    agent: ReachedAgent,
    contract: &Contract,
    today: BusinessDay,
    page: &PageRequest<BusinessDay>,
) -> Result<Page<DueReport, BusinessDay>, RepositoryError> {
    let limit = usize::from(page.limit) + 1;
    let fetched = due_reports(session, agent, contract, today, page.after, limit)?;
    Ok(Page::cut(fetched, page, |due| due.period.calendar.first))
}

/// A page of the periods of a contract's quota, the newest first.
pub fn list_quota_progress(
    session: &mut (impl ObligationSession + ?Sized),
    contract: &Contract,
    today: BusinessDay,
    page: &PageRequest<BusinessDay>,
) -> Result<Page<QuotaProgress, BusinessDay>, RepositoryError> {
    let Some(quota) = contract.terms.quota else {
        return Ok(Page {
            items: Vec::new(),
            next: None,
        });
    };
    let periods: Vec<_> = begun_periods(contract.terms.validity, quota.period, today)
        .skip_while(|period| !is_after(*period, page.after))
        .take(usize::from(page.limit) + 1)
        .collect();
    let fetched = measure_quota(session, contract, &periods, today)?;
    Ok(Page::cut(fetched, page, |progress| {
        progress.period.calendar.first
    }))
}
