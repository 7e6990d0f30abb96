//! Market reports of agents.

pub mod list;
pub mod submit;

use super::deposits::unknown_contract;
use crate::problem::Problem;
use ::agents::{DueReport, MarketReport, ReportSection, SubmitMarketReportError};
use chrono::NaiveDate;
use kernel::{AccountId, AttachmentId, ContractId, Instant, MarketReportId};
use serde::Serialize;
use utoipa::ToSchema;

/// 市场报告
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MarketReport)]
pub struct MarketReportAnswer {
    #[schema(value_type = Uuid)]
    id: MarketReportId,
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
    /// 所报告的月、季或年的第一天
    #[schema(value_type = String, format = Date)]
    period: NaiveDate,
    sections: Vec<SectionAnswer>,
    #[schema(value_type = Vec<Uuid>)]
    attachments: Vec<AttachmentId>,
    #[schema(value_type = String, format = DateTime)]
    submitted_at: Instant,
    #[schema(value_type = Uuid)]
    submitted_by: AccountId,
}

/// 市场报告的一节
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReportSection)]
pub struct SectionAnswer {
    title: String,
    text: String,
}

/// 应交的市场报告
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DueReport)]
pub struct DueReportAnswer {
    /// 所报告的月、季或年的第一天
    #[schema(value_type = String, format = Date)]
    period: NaiveDate,
    /// 其中合同覆盖的第一天
    #[schema(value_type = String, format = Date)]
    from: NaiveDate,
    /// 其中合同覆盖的最后一天；自这一天起可提交
    #[schema(value_type = String, format = Date)]
    until: NaiveDate,
    /// 按时提交的最后一天
    #[schema(value_type = String, format = Date)]
    due_on: NaiveDate,
    /// `met` 已交，`on_track` 本期未结束，`at_risk` 待交，`missed` 逾期
    status: &'static str,
    /// 是否逾期才交
    late: bool,
    /// 报告；未交时为空
    report: Option<MarketReportAnswer>,
}

impl From<MarketReport> for MarketReportAnswer {
    fn from(report: MarketReport) -> Self {
        Self {
            id: report.id,
            contract_id: report.contract_id,
            period: report.period.date(),
            sections: report.sections.into_iter().map(SectionAnswer::from).collect(),
            attachments: report.attachments,
            submitted_at: report.submitted_at,
            submitted_by: report.submitted_by,
        }
    }
}

impl From<ReportSection> for SectionAnswer {
    fn from(section: ReportSection) -> Self {
        Self {
            title: section.title.into(),
            text: section.text.into(),
        }
    }
}

impl From<DueReport> for DueReportAnswer {
    fn from(due: DueReport) -> Self {
        Self {
            period: due.period.calendar.first.date(),
            from: due.period.days.first.date(),
            until: due.period.days.last.date(),
            due_on: due.due_on.date(),
            status: due.status.name(),
            late: due.is_late(),
            report: due.report.map(MarketReportAnswer::from),
        }
    }
}

impl From<SubmitMarketReportError> for Problem {
    fn from(error: SubmitMarketReportError) -> Self {
        match error {
            SubmitMarketReportError::NotFound => unknown_contract(),
            SubmitMarketReportError::Invalid(errors) => Self::invalid(errors),
            SubmitMarketReportError::NoneDue => Self::conflict(
                "no_reports_due",
                "这份合同不要求市场报告",
                "The contract asks for no market reports.",
            ),
            SubmitMarketReportError::PeriodRuns { last } => Self::conflict(
                "period_runs",
                format!("本期尚未结束，自 {last} 起可提交"),
                format!("The period has not ended; it can be reported from {last} on."),
            )
            .with("from", last),
            SubmitMarketReportError::AlreadySubmitted => Self::conflict(
                "already_submitted",
                "本期已提交过报告",
                "The period has been reported.",
            ),
            SubmitMarketReportError::Repository(error) => error.into(),
        }
    }
}
