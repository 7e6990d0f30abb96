//! Applications and their review, agents, and the contracts under which they hold their territories.
//!
//! This crate knows no order, no stock and no database; divisions and territories are `regions`'.
//!
//! ```
//! use agents::{ApplicationForm, Deadlines, FindingCode, SubmitApplication, submit_application};
//! use identity::PolicyInForce;
//! use kernel::{AccountId, Text};
//! use regions::DivisionTree;
//! use testing::{Memory, SeededIds, instant};
//!
//! let (mut session, ids) = (Memory::default(), SeededIds::new(1));
//! let form = ApplicationForm {
//!     kind: "person".into(),
//!     name: "张三".into(),
//!     identity_number: "11010519491231002X".into(),
//!     mobile: "138 0013 8000".into(),
//!     email: "zhang@example.com".into(),
//!     level: "county".into(),
//!     division_codes: vec!["330106".into()],
//!     privacy_policy_version: "2026-11".into(),
//!     ..ApplicationForm::default()
//! };
//! let account_id = AccountId::from_uuid(uuid::Uuid::from_u128(7));
//! let now = instant("2026-11-22T08:00:00Z");
//!
//! let policy = PolicyInForce::new(Text::parse("2026-11").unwrap());
//! let command = SubmitApplication { account_id, form, policy, deadlines: Deadlines::default() };
//! let application =
//!     submit_application(&mut session, &ids, DivisionTree::embedded(), now, &command).unwrap();
//! let found: Vec<_> = application.findings.iter().map(|finding| finding.code).collect();
//! assert_eq!(found, [FindingCode::RegionDiffers, FindingCode::AttachmentMissing]);
//! ```

mod agent;
mod applicant;
mod application;
mod consequence;
mod contract;
mod deposit;
mod inspection;
mod life;
mod market_report;
mod obligation;
mod rates;
mod repository;
mod support;
mod territory;

pub use agent::{Agent, AgentLevel, parse_level};
pub use applicant::{Applicant, ApplicantKind, Company, CompanyName};
pub use application::{
    Application, ApplicationAction, ApplicationState, HistoryEntry, Reason, StateName, TransitionError,
    approve::{ApproveApplication, ApproveApplicationError, ApprovedApplication, approve_application},
    availability::{Availability, AvailabilityError, FoundAvailability, find_availability},
    deadline::{Deadline, Deadlines, MAXIMUM_DEADLINE_DAYS, note_lapsed_hold, remind_of_deadlines},
    finding::{Finding, FindingCode, ReviewSession, Severity},
    form::{ApplicationForm, CheckedForm, MAXIMUM_ATTACHMENTS, MAXIMUM_DIVISIONS, parse_divisions},
    hold::{
        HoldApplication, HoldApplicationError, MAXIMUM_HOLD_DAYS, ReleaseApplication, hold_application,
        release_application,
    },
    read::{
        QueuePlace, ReviewedApplication, find_next_application, find_reviewed_application,
        list_reviewed_applications,
    },
    repository::{
        ApplicationFilter, ApplicationKey, ApplicationOrder, ApplicationRepository, ApplicationScope, Hold,
    },
    review::{
        OpenReview, RejectApplication, RequestSupplement, ReviewApplicationError, open_review,
        reject_application, request_supplement,
    },
    rivals::MAXIMUM_REVIEWED_AGAIN,
    submit::{SubmitApplication, SubmitApplicationError, submit_application},
    supplement::{
        SupplementApplication, SupplementApplicationError, WithdrawApplication, supplement_application,
        withdraw_application,
    },
};
pub use consequence::{
    COUNTED_PERIOD, Consequence, ConsequenceDecision, ObligationKind, Step,
    decide::{DecideConsequence, DecideConsequenceError, decide_consequence},
    note::{LOOK_BACK_DAYS, note_consequences},
    repository::ConsequenceRepository,
};
pub use contract::{
    Contract, ContractTerms, DEFAULT_GRACE_DAYS, DEFAULT_RENEWAL_WINDOW_DAYS, MAXIMUM_CONTRACT_DAYS,
    MAXIMUM_GRACE_DAYS, MAXIMUM_RENEWAL_WINDOW_DAYS, ProposedQuota, ProposedTerms, Quota, QuotaMeasure,
    QuotaPeriod, parse_exclusivity, parse_validity,
};
pub use deposit::{
    APPEAL_PERIOD, Appeal, AppealDecision, AppealOutcome, DepositEntry, DepositEntryKind, DepositTotals,
    MAXIMUM_DEPOSIT_AMOUNT, MAXIMUM_EVIDENCE,
    appeal::{AppealDeduction, AppealError, DecideAppeal, appeal_deduction, decide_appeal},
    deduct::{DeductDeposit, DeductDepositError, deduct_deposit},
    pay::{PayDeposit, PayDepositError, pay_deposit},
    refund::{ClearanceFacts, RefundDeposit, RefundDepositError, Unsettled, find_unsettled, refund_deposit},
    repository::{DepositRepository, DepositSession},
};
pub use inspection::{
    Answer, Findings, FollowUp, Inspection, MAXIMUM_PHOTOS, MAXIMUM_SCORE, PASSING_SCORE,
    follow_up::{
        AnswerInspection, CloseInspection, FollowInspectionError, answer_inspection, close_inspection,
    },
    record::{MAXIMUM_FOLLOW_UP_DAYS, RecordInspection, RecordInspectionError, record_inspection},
    repository::{InspectionRepository, InspectionSession},
};
pub use life::{
    AgentLifeSession, Deed,
    contracts::{end_of_contract, list_contracts_in_force},
    find_agent_of_contract,
    history::{AgentAction, AgentHistoryEntry},
    matters::{Concerned, Matter, MatterRepository, MatterSession, OpenMatter, find_open_matters},
    record_deed,
    repository::AgentLifeRepository,
    standing::Standing,
    suspend::{ResumeAgent, SuspendAgent, SuspendAgentError, resume_agent, suspend_agent},
    terminate::{
        Departure, EndTermination, EndedTerritory, TerminateAgent, TerminateAgentError, Termination,
        TerminationState, close_termination, find_departure, terminate_agent, withdraw_termination,
    },
};
pub use market_report::{
    DueReport, MAXIMUM_REPORT_PICTURES, MAXIMUM_SECTIONS, MarketReport, ReportSection,
    repository::{MarketReportRepository, MarketReportSession},
    submit::{SubmitMarketReport, SubmitMarketReportError, submit_market_report},
};
pub use obligation::{
    ObligationPeriod, ObligationStatus, begun_periods, covered_days,
    quota::{PACE_TOLERANCE_BP, QuotaProgress, judge_quota, measure_quota, target_of},
    read::{ContractObligations, ObligationSession, find_obligations, list_due_reports, list_quota_progress},
};
pub use rates::RatesExceedWhole;
pub use repository::{AgentFilter, AgentRepository};
pub use support::{
    Decided, MAXIMUM_SPENDINGS, MAXIMUM_SUPPORT_PICTURES, SupportRequest, SupportSpending, SupportState,
    SupportStateName, SupportTotals, SupportTransitionError,
    decide::{ApproveSupport, ChangeSupportError, RejectSupport, approve_support, reject_support},
    repository::{SupportRepository, SupportSession},
    request::{CancelSupport, RequestSupport, RequestSupportError, cancel_support, request_support},
    spend::{SpendSupport, spend_support},
};
pub use territory::{
    consent::{
        GiveConsent, HolderConsentError, MAXIMUM_HOLDER_CONSENTS, WithdrawConsent, give_consent,
        withdraw_consent,
    },
    renew::{RenewContract, RenewContractError, RenewedContract, renew_contract},
    transfer::{
        ConcernedAgent, TransferPlan, TransferTarget, TransferTerritories, TransferTerritoriesError,
        plan_transfer, transfer_territories,
    },
};
