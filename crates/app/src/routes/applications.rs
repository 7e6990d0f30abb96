//! Requests to become an agent, and their review.

pub mod approve;
pub mod availability;
mod filter;
pub mod get;
pub mod hold;
pub mod list;
pub mod next;
pub mod reject;
pub mod release;
pub mod request_supplement;
pub mod reveal;
pub mod review;
pub mod submit;
pub mod supplement;
pub mod withdraw;

use crate::{language::Language, problem::Problem, routes::territories::territory_conflict};
use ::agents::{
    Application, ApplicationState, ApproveApplicationError, AvailabilityError, Finding, HistoryEntry, Hold,
    HoldApplicationError, QueuePlace, ReviewApplicationError, SubmitApplicationError,
    SupplementApplicationError, TransitionError,
};
use kernel::{AccountId, AgentId, ApplicationId, AttachmentId, DivisionCode, Instant};
use serde::Serialize;
use utoipa::ToSchema;

/// 初审意见
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Finding)]
pub struct FindingAnswer {
    /// 意见代码，如 `division_held`、`level_mismatch`、`pending_for_other`
    code: &'static str,
    /// `blocking` 阻碍批准，`advisory` 提示
    severity: &'static str,
    /// 说明
    message: String,
    /// 所指的区划；关于申请人的没有
    #[schema(value_type = Option<String>, example = "330106")]
    #[serde(skip_serializing_if = "Option::is_none")]
    division_code: Option<DivisionCode>,
}

impl FindingAnswer {
    fn of(finding: &Finding, language: Language) -> Self {
        Self {
            code: finding.code.name(),
            severity: finding.code.severity().name(),
            message: language.pick(finding.message_zh(), finding.message_en()),
            division_code: finding.division_code,
        }
    }
}

/// 代理申请
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Application)]
pub struct ApplicationAnswer {
    #[schema(value_type = Uuid)]
    id: ApplicationId,
    /// `submitted`、`reviewing`、`supplement_required`、`approved`、`rejected` 或 `withdrawn`
    state: &'static str,
    /// 初审意见
    findings: Vec<FindingAnswer>,
    /// `person` 个人，`enterprise` 企业
    kind: &'static str,
    /// 姓名（脱敏）
    name: String,
    /// 身份证号码（脱敏）
    identity_number: String,
    /// 企业名称
    company_name: Option<String>,
    /// 统一社会信用代码
    credit_code: Option<String>,
    /// 手机（脱敏）
    mobile: String,
    /// 邮箱（脱敏）
    email: String,
    /// 申请的级别
    level: &'static str,
    /// 申请的区划
    #[schema(value_type = Vec<String>)]
    division_codes: Vec<DivisionCode>,
    /// 已同意的隐私政策版本
    privacy_policy_version: String,
    /// 附件，见 `/attachments/{id}`
    #[schema(value_type = Vec<Uuid>)]
    attachments: Vec<AttachmentId>,
    /// 要求补充的内容
    #[serde(skip_serializing_if = "Option::is_none")]
    requested: Option<String>,
    /// 驳回的理由
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// 批准后的代理商
    #[schema(value_type = Option<Uuid>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<AgentId>,
    #[schema(value_type = String, format = DateTime)]
    submitted_at: Instant,
    /// 等待的一方（总部审核，或申请人补充）须在何时前办理；已结的没有
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<Instant>,
    /// 是否已逾期
    overdue: bool,
    /// 区划为此申请保留至何时；可能已过
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    on_hold_until: Option<Instant>,
    version: i64,
}

impl ApplicationAnswer {
    fn of(application: &Application, now: Instant, language: Language) -> Self {
        let Application { applicant, state, .. } = application;
        let company = applicant.company.as_ref();
        let (requested, reason, agent_id) = match state {
            ApplicationState::SupplementRequired { request } => (Some(request), None, None),
            ApplicationState::Rejected { reason } => (None, Some(reason), None),
            ApplicationState::Approved { agent_id } => (None, None, Some(*agent_id)),
            ApplicationState::Submitted | ApplicationState::Reviewing | ApplicationState::Withdrawn => {
                (None, None, None)
            }
        };
        let text = |text: &kernel::Text<500>| text.as_str().to_owned();
        Self {
            id: application.id,
            state: state.name().name(),
            findings: application
                .findings
                .iter()
                .map(|finding| FindingAnswer::of(finding, language))
                .collect(),
            kind: applicant.kind().name(),
            name: applicant.name.masked(),
            identity_number: applicant.identity_number.masked(),
            company_name: company.map(|company| company.name.as_str().to_owned()),
            credit_code: company.map(|company| company.credit_code.as_str().to_owned()),
            mobile: applicant.mobile.masked(),
            email: applicant.email.masked(),
            level: application.level.name(),
            division_codes: application.division_codes.clone(),
            privacy_policy_version: application.privacy_policy_version.as_str().to_owned(),
            attachments: application.attachments.clone(),
            requested: requested.map(text),
            reason: reason.map(text),
            agent_id,
            submitted_at: application.submitted_at,
            due_at: application.deadline.map(|deadline| deadline.at),
            overdue: application.deadline.is_some_and(|deadline| deadline.is_over(now)),
            on_hold_until: application.on_hold_until,
            version: application.version,
        }
    }
}

/// 申请的一次变更
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApplicationHistoryEntry)]
pub struct HistoryAnswer {
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    /// 操作的账号；由时间或其他申请引起的为 null
    #[schema(value_type = Option<Uuid>)]
    actor: Option<AccountId>,
    /// `submit`、`open_review`、`request_supplement`、`supplement`、`withdraw`、`approve`、`reject`、`hold`、`release`、
    /// `lapse`、`remind` 或 `review_again`
    action: &'static str,
    /// 之前的状态；提交时为 null
    from: Option<&'static str>,
    /// 之后的状态
    to: &'static str,
    /// 区划保留至何时
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    held_until: Option<Instant>,
    /// 理由、要求或答复
    reason: Option<String>,
}

impl From<HistoryEntry> for HistoryAnswer {
    fn from(entry: HistoryEntry) -> Self {
        Self {
            at: entry.at,
            actor: entry.actor,
            action: entry.action.name(),
            from: entry.from.map(::agents::StateName::name),
            to: entry.to.name(),
            held_until: entry.held_until,
            reason: entry.reason.map(String::from),
        }
    }
}

/// 在一个区划的排队名次
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QueuePlace)]
pub struct QueuePlaceAnswer {
    #[schema(value_type = String, example = "330106")]
    division_code: DivisionCode,
    /// 名次，按提交先后，从 1 起
    #[schema(minimum = 1)]
    position: u64,
    /// 共有几份申请在排队，含本申请
    #[schema(minimum = 1)]
    waiting: u64,
}

impl From<QueuePlace> for QueuePlaceAnswer {
    fn from(place: QueuePlace) -> Self {
        Self {
            division_code: place.division_code,
            position: place.position,
            waiting: place.waiting,
        }
    }
}

/// What a division is kept by, as a refusal tells it.
#[derive(Debug, Serialize)]
struct HoldConflict {
    application_id: ApplicationId,
    division_code: DivisionCode,
    until: Instant,
}

impl From<&Hold> for HoldConflict {
    fn from(hold: &Hold) -> Self {
        Self {
            application_id: hold.application_id,
            division_code: hold.division_code,
            until: hold.until,
        }
    }
}

impl From<HoldApplicationError> for Problem {
    fn from(error: HoldApplicationError) -> Self {
        match error {
            HoldApplicationError::NotFound => Self::not_found(),
            HoldApplicationError::Invalid(errors) => Self::invalid(errors),
            HoldApplicationError::Decided(state) => Self::conflict(
                "invalid_state",
                format!("申请现为 {}，不再等待", state.name()),
                format!("The application is {} and waits no longer.", state.name()),
            )
            .with("state", state.name()),
            HoldApplicationError::OnHoldForOther { holds } => Self::conflict(
                "on_hold_for_other",
                "其中的区划已为另一份申请保留",
                "Divisions are on hold for another application.",
            )
            .with(
                "conflicts",
                holds.iter().map(HoldConflict::from).collect::<Vec<_>>(),
            ),
            HoldApplicationError::NotOnHold => Self::conflict(
                "not_on_hold",
                "区划没有为此申请保留",
                "The divisions are not on hold for the application.",
            ),
            HoldApplicationError::Repository(error) => error.into(),
        }
    }
}

impl From<TransitionError> for Problem {
    fn from(error: TransitionError) -> Self {
        Self::conflict(
            "invalid_state",
            format!("申请现为 {}，不能变为 {}", error.from.name(), error.to.name()),
            format!(
                "The application is {} and cannot become {}.",
                error.from.name(),
                error.to.name()
            ),
        )
        .with("state", error.from.name())
    }
}

impl From<SubmitApplicationError> for Problem {
    fn from(error: SubmitApplicationError) -> Self {
        match error {
            SubmitApplicationError::Invalid(errors) => Self::invalid(errors),
            SubmitApplicationError::DuplicateOpen { .. } => Self::conflict(
                "duplicate_application",
                "同一身份对其中的区划已有未结的申请",
                "An open application of the same identity wants one of the divisions.",
            ),
            SubmitApplicationError::Repository(error) => error.into(),
        }
    }
}

impl From<ReviewApplicationError> for Problem {
    fn from(error: ReviewApplicationError) -> Self {
        match error {
            ReviewApplicationError::NotFound => Self::not_found(),
            ReviewApplicationError::Invalid(errors) => Self::invalid(errors),
            ReviewApplicationError::Transition(error) => error.into(),
            ReviewApplicationError::Repository(error) => error.into(),
        }
    }
}

impl From<SupplementApplicationError> for Problem {
    fn from(error: SupplementApplicationError) -> Self {
        match error {
            SupplementApplicationError::NotFound => Self::not_found(),
            SupplementApplicationError::Invalid(errors) => Self::invalid(errors),
            SupplementApplicationError::Transition(error) => error.into(),
            SupplementApplicationError::Repository(error) => error.into(),
        }
    }
}

impl From<ApproveApplicationError> for Problem {
    fn from(error: ApproveApplicationError) -> Self {
        match error {
            ApproveApplicationError::NotFound => Self::not_found(),
            ApproveApplicationError::Invalid(errors) => Self::invalid(errors),
            ApproveApplicationError::Transition(error) => error.into(),
            ApproveApplicationError::TerritoryConflict { conflicts } => territory_conflict(&conflicts),
            ApproveApplicationError::BlockedByFindings { findings } => Self::conflict(
                "blocking_findings",
                "初审意见阻碍批准，须填写 override_reason",
                "Findings stand in the way and need an override_reason.",
            )
            .with(
                "findings",
                findings
                    .iter()
                    .map(|finding| FindingAnswer::of(finding, Language::Chinese))
                    .collect::<Vec<_>>(),
            ),
            ApproveApplicationError::RatesExceedWhole(exceeded) => exceeded.into(),
            ApproveApplicationError::Repository(error) => error.into(),
        }
    }
}

impl From<AvailabilityError> for Problem {
    fn from(error: AvailabilityError) -> Self {
        match error {
            AvailabilityError::Division(error) => Self::invalid_field("division", error.into()),
            AvailabilityError::Repository(error) => error.into(),
        }
    }
}
