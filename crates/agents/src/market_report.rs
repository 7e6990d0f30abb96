//! Market reports (市场报告): what an agent writes about its market, once for each period of its contract.

pub(crate) mod repository;
pub(crate) mod submit;

use crate::{ObligationPeriod, ObligationStatus};
use kernel::{AccountId, AgentId, AttachmentId, BusinessDay, ContractId, Instant, MarketReportId, Text};
use serde::{Deserialize, Serialize};

/// The most sections of one report.
pub const MAXIMUM_SECTIONS: usize = 10;
/// The most pictures of one report.
pub const MAXIMUM_REPORT_PICTURES: usize = 9;

/// A part of a report under its heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportSection {
    /// The heading.
    pub title: Text<60>,
    /// What it says.
    pub text: Text<2000>,
}

/// What an agent wrote about its market.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketReport {
    /// Its id.
    pub id: MarketReportId,
    /// The agent.
    pub agent_id: AgentId,
    /// The contract that asks for it.
    pub contract_id: ContractId,
    /// The first day of the month, quarter or year that it is about.
    pub period: BusinessDay,
    /// What it says, 1 to [`MAXIMUM_SECTIONS`] parts.
    pub sections: Vec<ReportSection>,
    /// Pictures, in the order in which they were named.
    pub attachments: Vec<AttachmentId>,
    /// When it was handed in.
    pub submitted_at: Instant,
    /// By whom.
    pub submitted_by: AccountId,
}

/// A report that a contract asks for, handed in or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueReport {
    /// What it is about.
    pub period: ObligationPeriod,
    /// The last day on which it is in time.
    pub due_on: BusinessDay,
    /// The report, once it is handed in.
    pub report: Option<MarketReport>,
    /// How it stands.
    pub status: ObligationStatus,
}

impl DueReport {
    /// What is due for a period today. Once the period is over the report is waited for; after the days of grace it is
    /// missed, until it comes.
    pub fn of(
        period: ObligationPeriod,
        grace_days: u16,
        report: Option<MarketReport>,
        today: BusinessDay,
    ) -> Self {
        let due_on = period.due_on(grace_days);
        let status = match &report {
            Some(_) => ObligationStatus::Met,
            None if due_on < today => ObligationStatus::Missed,
            None if period.days.last < today => ObligationStatus::AtRisk,
            None => ObligationStatus::OnTrack,
        };
        Self {
            period,
            due_on,
            report,
            status,
        }
    }

    /// Whether it was handed in after its time.
    pub fn is_late(&self) -> bool {
        let submitted = self
            .report
            .as_ref()
            .map(|report| BusinessDay::of(report.submitted_at));
        submitted.is_some_and(|day| self.due_on < day)
    }
}
