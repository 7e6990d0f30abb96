//! Inspections of agents.

pub mod answer;
pub mod close;
pub mod list;
pub mod record;

use super::deposits::unknown_contract;
use crate::problem::Problem;
use ::agents::{Answer, FollowInspectionError, FollowUp, Inspection, RecordInspectionError};
use chrono::NaiveDate;
use kernel::{AccountId, AttachmentId, BusinessDay, ContractId, InspectionId, Instant};
use serde::Serialize;
use utoipa::ToSchema;

/// 品牌检查
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Inspection)]
pub struct InspectionAnswer {
    #[schema(value_type = Uuid)]
    id: InspectionId,
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
    #[schema(value_type = String, format = Date)]
    inspected_on: NaiveDate,
    /// 0 到 100 分
    score: u8,
    /// `met` 合格，`at_risk` 待整改，`missed` 低于 60 分或整改逾期
    status: &'static str,
    /// 检查所见
    findings: String,
    /// 照片，见 `/agents/{id}/attachments/{attachment_id}`
    #[schema(value_type = Vec<Uuid>)]
    photos: Vec<AttachmentId>,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Instant,
    #[schema(value_type = Uuid)]
    recorded_by: AccountId,
    /// 整改：`none` 无须，`due` 待答复，`answered` 已答复，`closed` 已结
    follow_up: &'static str,
    /// 整改答复的最后一天
    #[schema(value_type = Option<String>, format = Date)]
    follow_up_due_on: Option<NaiveDate>,
    /// 代理商的答复
    answer: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    answered_at: Option<Instant>,
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<Instant>,
    version: i64,
}

impl InspectionAnswer {
    pub(in crate::routes) fn of(inspection: Inspection, today: BusinessDay) -> Self {
        let follow_up = &inspection.follow_up;
        let answer = follow_up.answer().cloned();
        Self {
            id: inspection.id,
            contract_id: inspection.contract_id,
            inspected_on: inspection.inspected_on.date(),
            score: inspection.score,
            status: inspection.status(today).name(),
            recorded_at: inspection.recorded_at,
            recorded_by: inspection.recorded_by,
            follow_up: follow_up.name(),
            follow_up_due_on: follow_up.due_on().map(BusinessDay::date),
            answered_at: answer.as_ref().map(|answer| answer.at),
            answer: answer.map(|Answer { text, .. }| text.into()),
            closed_at: match follow_up {
                FollowUp::Closed { closed, .. } => Some(closed.at),
                FollowUp::None | FollowUp::Due { .. } | FollowUp::Answered { .. } => None,
            },
            findings: inspection.findings.into(),
            photos: inspection.photos,
            version: inspection.version,
        }
    }
}

impl From<RecordInspectionError> for Problem {
    fn from(error: RecordInspectionError) -> Self {
        match error {
            RecordInspectionError::NotFound => unknown_contract(),
            RecordInspectionError::Invalid(errors) => Self::invalid(errors),
            RecordInspectionError::Repository(error) => error.into(),
        }
    }
}

impl From<FollowInspectionError> for Problem {
    fn from(error: FollowInspectionError) -> Self {
        match error {
            FollowInspectionError::NotFound => Self::not_found(),
            FollowInspectionError::Invalid(errors) => Self::invalid(errors),
            FollowInspectionError::State { follow_up } => Self::conflict(
                "invalid_state",
                format!("整改现为 {follow_up}，不能如此处理"),
                format!("The follow-up is {follow_up}, which does not allow it."),
            )
            .with("follow_up", follow_up),
            FollowInspectionError::Repository(error) => error.into(),
        }
    }
}
