//! Handing a market report in.

use super::{
    MAXIMUM_REPORT_PICTURES, MAXIMUM_SECTIONS, MarketReport, ReportSection, repository::MarketReportSession,
};
use crate::{
    application::attach::{parse_attachments, refuse_unattachable},
    inspection::record::parse_day,
    obligation::begun_periods,
};
use events::{Event, Fact};
use kernel::{
    AccountId, BusinessDay, ContractId, EventId, FieldError, IdSource, Instant, Invalid, MarketReportId,
    ReachedAgent, RepositoryError, Text, Validation,
};
use thiserror::Error;

/// An agent hands a report in.
#[derive(Clone, Debug)]
pub struct SubmitMarketReport {
    /// The agent.
    pub agent: ReachedAgent,
    /// The contract that asks for it.
    pub contract_id: ContractId,
    /// Who hands it in.
    pub actor: AccountId,
    /// A day of the period that it is about.
    pub period: String,
    /// Headings and texts, 1 to [`MAXIMUM_SECTIONS`].
    pub sections: Vec<(String, String)>,
    /// The actor's own pictures, at most [`MAXIMUM_REPORT_PICTURES`].
    pub attachments: Vec<String>,
}

/// Why a report is not taken.
#[derive(Debug, Error)]
pub enum SubmitMarketReportError {
    /// The agent has no such contract.
    #[error("the agent has no such contract")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// The contract asks for no reports.
    #[error("the contract asks for no reports")]
    NoneDue,
    /// The period is not over.
    #[error("the period ends on {last}")]
    PeriodRuns {
        /// The last day of it, from which on it can be reported.
        last: BusinessDay,
    },
    /// The period has been reported.
    #[error("the period has been reported")]
    AlreadySubmitted,
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Takes the report about a period whose last day has come, once.
pub fn submit_market_report(
    session: &mut (impl MarketReportSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &SubmitMarketReport,
) -> Result<MarketReport, SubmitMarketReportError> {
    let agent_id = command.agent.id();
    let contract = session
        .lock_contract(agent_id, command.contract_id)?
        .ok_or(SubmitMarketReportError::NotFound)?;
    let mut validation = Validation::default();
    let day = validation.take("period", parse_day(&command.period));
    let sections = parse_sections(&command.sections, &mut validation);
    let attachments = parse_attachments(&command.attachments, MAXIMUM_REPORT_PICTURES, &mut validation);
    let ((day, sections), attachments) = validation
        .finish_with(day.zip(sections).zip(attachments))
        .map_err(SubmitMarketReportError::Invalid)?;
    let refused = refuse_unattachable(session, command.actor, &attachments)?;
    if !refused.is_empty() {
        return Err(SubmitMarketReportError::Invalid(refused));
    }

    let terms = &contract.terms;
    let length = terms.report_period.ok_or(SubmitMarketReportError::NoneDue)?;
    let today = BusinessDay::of(now);
    let mut begun = begun_periods(terms.validity, length, today);
    let Some(period) = begun.find(|period| period.days.contains(day)) else {
        return Err(SubmitMarketReportError::Invalid(outside_contract()));
    };
    if today < period.days.last {
        return Err(SubmitMarketReportError::PeriodRuns {
            last: period.days.last,
        });
    }
    let first = period.calendar.first;
    let there = session.find_market_reports(command.agent, contract.id, &[first])?;
    if !there.is_empty() {
        return Err(SubmitMarketReportError::AlreadySubmitted);
    }
    let report = MarketReport {
        id: MarketReportId::from_uuid(ids.next_uuid(now)),
        agent_id,
        contract_id: contract.id,
        period: first,
        sections,
        attachments,
        submitted_at: now,
        submitted_by: command.actor,
    };
    session.insert_market_report(&report)?;
    session.attach_to_record(command.actor, agent_id, report.id.as_uuid(), &report.attachments)?;
    session.insert_events(&[Event {
        id: EventId::from_uuid(ids.next_uuid(now)),
        agent_id,
        aggregate_id: report.id.as_uuid(),
        aggregate_version: 1,
        occurred_at: now,
        fact: Fact::MarketReportSubmitted {
            agent_id,
            contract_id: report.contract_id,
            report_id: report.id,
        },
    }])?;
    Ok(report)
}

fn parse_sections(sections: &[(String, String)], validation: &mut Validation) -> Option<Vec<ReportSection>> {
    if sections.is_empty() || sections.len() > MAXIMUM_SECTIONS {
        let invalid = Invalid {
            code: "out_of_range",
            message_zh: format!("应有 1 到 {MAXIMUM_SECTIONS} 节").into(),
            message_en: format!("must have from 1 to {MAXIMUM_SECTIONS} sections").into(),
        };
        validation.refuse("sections", invalid);
        return None;
    }
    let mut parsed = Vec::new();
    for (index, (title, text)) in sections.iter().enumerate() {
        let title = validation.take(format!("sections[{index}].title"), Text::parse(title));
        let text = validation.take(format!("sections[{index}].text"), Text::parse(text));
        let section = title.zip(text).map(|(title, text)| ReportSection { title, text });
        parsed.extend(section);
    }
    (parsed.len() == sections.len()).then_some(parsed)
}

fn outside_contract() -> Vec<FieldError> {
    let mut validation = Validation::default();
    validation.refuse(
        "period",
        Invalid::new(
            "outside_contract",
            "不在合同期内，或尚未开始",
            "is no period of the contract that has begun",
        ),
    );
    validation.finish(|| ()).err().unwrap_or_default()
}
