//! Recording an inspection.

use super::{Findings, FollowUp, Inspection, MAXIMUM_PHOTOS, MAXIMUM_SCORE, repository::InspectionSession};
use crate::{
    application::attach::{parse_attachments, refuse_unattachable},
    obligation::covered_days,
};
use events::{Event, Fact};
use kernel::{
    AccountId, BusinessDay, ContractId, EventId, FieldError, IdSource, InspectionId, Instant, Invalid,
    ReachedAgent, RepositoryError, Validation,
};
use thiserror::Error;

/// How many days ahead an answer may be asked for at most.
pub const MAXIMUM_FOLLOW_UP_DAYS: u64 = 180;

/// Headquarters has inspected an agent.
#[derive(Clone, Debug)]
pub struct RecordInspection {
    /// The agent.
    pub agent: ReachedAgent,
    /// Under which of its contracts.
    pub contract_id: ContractId,
    /// Who records it.
    pub actor: AccountId,
    /// The day of the inspection, `YYYY-MM-DD`.
    pub inspected_on: String,
    /// 0 to [`MAXIMUM_SCORE`].
    pub score: i64,
    /// What was found.
    pub findings: String,
    /// The actor's own pictures, at most [`MAXIMUM_PHOTOS`].
    pub photos: Vec<String>,
    /// Until which day the agent has to answer, if at all.
    pub follow_up_due_on: Option<String>,
}

/// Why an inspection is not recorded.
#[derive(Debug, Error)]
pub enum RecordInspectionError {
    /// The agent has no such contract.
    #[error("the agent has no such contract")]
    NotFound,
    /// Fields are wrong.
    #[error("{} fields are wrong", .0.len())]
    Invalid(Vec<FieldError>),
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Records what was found on a day that the contract covers.
pub fn record_inspection(
    session: &mut (impl InspectionSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &RecordInspection,
) -> Result<Inspection, RecordInspectionError> {
    let agent_id = command.agent.id();
    let found = session.find_contracts(&[(agent_id, command.contract_id)])?;
    let contract = found
        .get(&command.contract_id)
        .ok_or(RecordInspectionError::NotFound)?;
    let today = BusinessDay::of(now);
    let covered = covered_days(contract.terms.validity);
    let mut validation = Validation::default();
    let inspected_on = parse_day(&command.inspected_on).and_then(|day| {
        if covered.contains(day) && day <= today {
            Ok(day)
        } else {
            Err(NOT_INSPECTABLE)
        }
    });
    let inspected_on = validation.take("inspected_on", inspected_on);
    let score = validation.take("score", parse_score(command.score));
    let findings = validation.take("findings", Findings::parse(&command.findings));
    let photos = parse_attachments(&command.photos, MAXIMUM_PHOTOS, &mut validation);
    let due = command.follow_up_due_on.as_deref().map(|text| {
        let day = parse_day(text)?;
        let possible = today..=today.plus_days(MAXIMUM_FOLLOW_UP_DAYS);
        possible
            .contains(&day)
            .then_some(day)
            .ok_or_else(follow_up_out_of_range)
    });
    let due = validation.take_optional("follow_up_due_on", due);
    let value = (|| Some((inspected_on?, score?, findings?, photos?, due?)))();
    let (inspected_on, score, findings, photos, due) = validation
        .finish_with(value)
        .map_err(RecordInspectionError::Invalid)?;
    let refused = refuse_unattachable(session, command.actor, &photos)?;
    if !refused.is_empty() {
        return Err(RecordInspectionError::Invalid(refused));
    }

    let inspection = Inspection {
        id: InspectionId::from_uuid(ids.next_uuid(now)),
        agent_id,
        contract_id: contract.id,
        inspected_on,
        score,
        findings,
        photos,
        recorded_at: now,
        recorded_by: command.actor,
        follow_up: due.map_or(FollowUp::None, |on| FollowUp::Due { on }),
        version: 1,
    };
    session.insert_inspection(&inspection)?;
    session.attach_to_record(
        command.actor,
        agent_id,
        inspection.id.as_uuid(),
        &inspection.photos,
    )?;
    let fact = Fact::InspectionRecorded {
        agent_id,
        contract_id: inspection.contract_id,
        inspection_id: inspection.id,
    };
    tell(session, ids, now, &inspection, fact)?;
    Ok(inspection)
}

/// Tells what happened to an inspection as it is stored now.
pub(super) fn tell(
    session: &mut (impl InspectionSession + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    inspection: &Inspection,
    fact: Fact,
) -> Result<(), RepositoryError> {
    session.insert_events(&[Event {
        id: EventId::from_uuid(ids.next_uuid(now)),
        agent_id: inspection.agent_id,
        aggregate_id: inspection.id.as_uuid(),
        aggregate_version: inspection.version,
        occurred_at: now,
        fact,
    }])
}

const NOT_INSPECTABLE: Invalid = Invalid::new(
    "outside_contract",
    "应在合同期内，且不晚于今天",
    "must be a day of the contract, and not in the future",
);

pub(crate) fn parse_day(text: &str) -> Result<BusinessDay, Invalid> {
    text.trim().parse().map(BusinessDay::from_date).map_err(|_| {
        Invalid::new(
            "invalid_day",
            "应为 YYYY-MM-DD 日期",
            "must be a day written YYYY-MM-DD",
        )
    })
}

fn parse_score(score: i64) -> Result<u8, Invalid> {
    u8::try_from(score)
        .ok()
        .filter(|score| *score <= MAXIMUM_SCORE)
        .ok_or(Invalid::new(
            "out_of_range",
            "应在 0 到 100 之间",
            "must be from 0 to 100",
        ))
}

fn follow_up_out_of_range() -> Invalid {
    Invalid {
        code: "out_of_range",
        message_zh: format!("应为今天起 {MAXIMUM_FOLLOW_UP_DAYS} 天之内").into(),
        message_en: format!("must be within {MAXIMUM_FOLLOW_UP_DAYS} days from today").into(),
    }
}
