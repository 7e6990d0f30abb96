//! Inspections of agents. A tenant table: every statement names the agent.

use super::{
    schema::inspections,
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment},
};
use crate::{RowKey, Vault, sealed_tables::INSPECTIONS};
use ::agents::{Answer, Decided, Findings, FollowUp, Inspection, InspectionRepository};
use ::attachments::AttachmentRepository;
use chrono::NaiveDate;
use diesel::prelude::*;
use kernel::{
    AgentId, AttachmentId, BusinessDay, ContractId, InspectionId, Page, PageRequest, ReachedAgent,
    RepositoryError,
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = inspections, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct InspectionRow {
    agent_id: Key,
    id: Key,
    contract_id: Key,
    inspected_on: NaiveDate,
    score: i16,
    findings_sealed: Envelope,
    recorded_at: Moment,
    recorded_by: Key,
    follow_up: String,
    follow_up_due_on: Option<NaiveDate>,
    answer_sealed: Option<Envelope>,
    answered_at: Option<Moment>,
    answered_by: Option<Key>,
    closed_at: Option<Moment>,
    closed_by: Option<Key>,
    version: i64,
}

fn sealed_row(vault: &Vault, agent_id: Key, id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &INSPECTIONS,
        key: RowKey::ids(agent_id, id),
    }
}

fn to_row(vault: &Vault, inspection: &Inspection) -> Result<InspectionRow, RepositoryError> {
    let (agent_id, id) = (inspection.agent_id.into(), inspection.id.into());
    let sealed = sealed_row(vault, agent_id, id);
    let answer = inspection.follow_up.answer();
    let closed = match &inspection.follow_up {
        FollowUp::Closed { closed, .. } => Some(*closed),
        FollowUp::None | FollowUp::Due { .. } | FollowUp::Answered { .. } => None,
    };
    Ok(InspectionRow {
        agent_id,
        id,
        contract_id: inspection.contract_id.into(),
        inspected_on: inspection.inspected_on.date(),
        score: inspection.score.into(),
        findings_sealed: sealed.seal("findings_sealed", inspection.findings.as_str())?,
        recorded_at: inspection.recorded_at.into(),
        recorded_by: inspection.recorded_by.into(),
        follow_up: inspection.follow_up.name().to_owned(),
        follow_up_due_on: inspection.follow_up.due_on().map(BusinessDay::date),
        answer_sealed: answer
            .map(|answer| sealed.seal("answer_sealed", answer.text.as_str()))
            .transpose()?,
        answered_at: answer.map(|answer| answer.at.into()),
        answered_by: answer.map(|answer| answer.actor.into()),
        closed_at: closed.map(|closed| closed.at.into()),
        closed_by: closed.map(|closed| closed.actor.into()),
        version: inspection.version,
    })
}

fn to_follow_up(row: &InspectionRow, sealed: &SealedRow<'_>) -> Result<FollowUp, RepositoryError> {
    let answer = match (&row.answer_sealed, row.answered_at, row.answered_by) {
        (None, None, None) => None,
        (Some(text), Some(at), Some(actor)) => Some(Answer {
            text: sealed.open("answer_sealed", text, Findings::parse)?,
            at: at.0,
            actor: actor.into(),
        }),
        _ => return Err(sealed.corrupt("answer_sealed", "not whole")),
    };
    let closed = row.closed_at.zip(row.closed_by).map(|(at, actor)| Decided {
        at: at.0,
        actor: actor.into(),
    });
    let on = row.follow_up_due_on.map(BusinessDay::from_date);
    match (row.follow_up.as_str(), on, answer, closed) {
        ("none", None, None, None) => Ok(FollowUp::None),
        ("due", Some(on), None, None) => Ok(FollowUp::Due { on }),
        ("answered", Some(on), Some(answer), None) => Ok(FollowUp::Answered { on, answer }),
        ("closed", Some(on), Some(answer), Some(closed)) => Ok(FollowUp::Closed { on, answer, closed }),
        _ => Err(sealed.corrupt("follow_up", "unknown, or not whole")),
    }
}

fn to_inspection(
    vault: &Vault,
    row: &InspectionRow,
    photos: Vec<AttachmentId>,
) -> Result<Inspection, RepositoryError> {
    let sealed = sealed_row(vault, row.agent_id, row.id);
    Ok(Inspection {
        id: row.id.into(),
        agent_id: row.agent_id.into(),
        contract_id: row.contract_id.into(),
        inspected_on: BusinessDay::from_date(row.inspected_on),
        score: u8::try_from(row.score).map_err(|_| sealed.corrupt("score", "out of range"))?,
        findings: sealed.open("findings_sealed", &row.findings_sealed, Findings::parse)?,
        photos,
        recorded_at: row.recorded_at.0,
        recorded_by: row.recorded_by.into(),
        follow_up: to_follow_up(row, &sealed)?,
        version: row.version,
    })
}

impl Session {
    /// The inspections of one agent's rows, with their photos.
    fn inspections_of(
        &mut self,
        agent_id: AgentId,
        rows: &[InspectionRow],
    ) -> Result<Vec<Inspection>, RepositoryError> {
        let records: Vec<_> = rows.iter().map(|row| row.id.0).collect();
        let mut photos = self.list_attached_to_records(agent_id, &records)?;
        rows.iter()
            .map(|row| {
                let photos = photos.remove(&row.id.0).unwrap_or_default();
                to_inspection(&self.shared.vault, row, photos)
            })
            .collect()
    }
}

impl InspectionRepository for Session {
    fn find_inspection(
        &mut self,
        agent: ReachedAgent,
        id: InspectionId,
    ) -> Result<Option<Inspection>, RepositoryError> {
        let row: Option<InspectionRow> = inspections::table
            .find((Key::from(agent.id()), Key::from(id)))
            .select(InspectionRow::as_select())
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?;
        Ok(self.inspections_of(agent.id(), row.as_slice())?.pop())
    }

    fn list_inspections(
        &mut self,
        agent: ReachedAgent,
        contract_id: Option<ContractId>,
        page: &PageRequest<InspectionId>,
    ) -> Result<Page<Inspection, InspectionId>, RepositoryError> {
        let mut query = inspections::table
            .filter(inspections::agent_id.eq(Key::from(agent.id())))
            .order(inspections::id.desc())
            .limit(page.fetch_limit())
            .select(InspectionRow::as_select())
            .into_boxed();
        if let Some(contract_id) = contract_id {
            query = query.filter(inspections::contract_id.eq(Key::from(contract_id)));
        }
        if let Some(after) = page.after {
            query = query.filter(inspections::id.lt(Key::from(after)));
        }
        let rows: Vec<InspectionRow> = query
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let fetched = self.inspections_of(agent.id(), &rows)?;
        Ok(Page::cut(fetched, page, |inspection: &Inspection| inspection.id))
    }

    fn insert_inspection(&mut self, inspection: &Inspection) -> Result<(), RepositoryError> {
        let row = to_row(&self.shared.vault, inspection)?;
        diesel::insert_into(inspections::table)
            .values(row)
            .execute(&mut self.connection)
            .map(drop)
            .map_err(|error| self.faults.of(error))
    }

    fn save_inspection(&mut self, inspection: &Inspection) -> Result<(), RepositoryError> {
        let row = to_row(&self.shared.vault, inspection)?;
        let written = diesel::update(inspections::table.find((row.agent_id, row.id)))
            .filter(inspections::version.eq(row.version))
            .set((
                inspections::follow_up.eq(row.follow_up),
                inspections::answer_sealed.eq(row.answer_sealed),
                inspections::answered_at.eq(row.answered_at),
                inspections::answered_by.eq(row.answered_by),
                inspections::closed_at.eq(row.closed_at),
                inspections::closed_by.eq(row.closed_by),
                inspections::version.eq(row.version + 1),
            ))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(written, 1, "inspections")
    }
}
