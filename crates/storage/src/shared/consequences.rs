//! What followed from obligations. A tenant table: every statement names the agent.

use super::{
    schema::consequences,
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment},
};
use crate::{RowKey, Vault, sealed_tables::CONSEQUENCES};
use ::agents::{
    Consequence, ConsequenceDecision, ConsequenceRepository, Decided, ObligationKind, Reason, Step,
};
use diesel::prelude::*;
use kernel::{AgentId, ConsequenceId, ContractId, Page, PageRequest, ReachedAgent, RepositoryError};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = consequences, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct ConsequenceRow {
    agent_id: Key,
    id: Key,
    contract_id: Key,
    obligation: String,
    subject: String,
    missed: bool,
    step: String,
    noted_at: Moment,
    confirmed: Option<bool>,
    reason_sealed: Option<Envelope>,
    decided_at: Option<Moment>,
    decided_by: Option<Key>,
}

fn sealed_row(vault: &Vault, agent_id: Key, id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &CONSEQUENCES,
        key: RowKey::ids(agent_id, id),
    }
}

fn to_consequence(vault: &Vault, row: ConsequenceRow) -> Result<Consequence, RepositoryError> {
    let sealed = sealed_row(vault, row.agent_id, row.id);
    let decision = match (row.confirmed, &row.reason_sealed, row.decided_at, row.decided_by) {
        (None, None, None, None) => None,
        (Some(confirmed), Some(reason), Some(at), Some(actor)) => Some(ConsequenceDecision {
            confirmed,
            reason: sealed.open("reason_sealed", reason, Reason::parse)?,
            decided: Decided {
                at: at.0,
                actor: actor.into(),
            },
        }),
        _ => return Err(sealed.corrupt("confirmed", "not whole")),
    };
    Ok(Consequence {
        id: row.id.into(),
        agent_id: row.agent_id.into(),
        contract_id: row.contract_id.into(),
        obligation: ObligationKind::from_name(&row.obligation)
            .ok_or_else(|| sealed.corrupt("obligation", "unknown"))?,
        step: Step::from_name(&row.step).ok_or_else(|| sealed.corrupt("step", "unknown"))?,
        subject: row.subject,
        at: row.noted_at.0,
        decision,
    })
}

impl ConsequenceRepository for Session {
    fn find_consequence(
        &mut self,
        agent: ReachedAgent,
        id: ConsequenceId,
    ) -> Result<Option<Consequence>, RepositoryError> {
        consequences::table
            .find((Key::from(agent.id()), Key::from(id)))
            .select(ConsequenceRow::as_select())
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?
            .map(|row| to_consequence(&self.shared.vault, row))
            .transpose()
    }

    fn list_consequences(
        &mut self,
        agent: ReachedAgent,
        page: &PageRequest<ConsequenceId>,
    ) -> Result<Page<Consequence, ConsequenceId>, RepositoryError> {
        let mut query = consequences::table
            .filter(consequences::agent_id.eq(Key::from(agent.id())))
            .order(consequences::id.desc())
            .limit(page.fetch_limit())
            .select(ConsequenceRow::as_select())
            .into_boxed();
        if let Some(after) = page.after {
            query = query.filter(consequences::id.lt(Key::from(after)));
        }
        let fetched = query
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(|row| to_consequence(&self.shared.vault, row))
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(fetched, page, |consequence: &Consequence| {
            consequence.id
        }))
    }

    fn list_contract_consequences(
        &mut self,
        agent_id: AgentId,
        contract_id: ContractId,
    ) -> Result<Vec<Consequence>, RepositoryError> {
        consequences::table
            .filter(consequences::agent_id.eq(Key::from(agent_id)))
            .filter(consequences::contract_id.eq(Key::from(contract_id)))
            .order(consequences::id)
            .select(ConsequenceRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(|row| to_consequence(&self.shared.vault, row))
            .collect()
    }

    fn insert_consequence(&mut self, consequence: &Consequence) -> Result<(), RepositoryError> {
        let row = ConsequenceRow {
            agent_id: consequence.agent_id.into(),
            id: consequence.id.into(),
            contract_id: consequence.contract_id.into(),
            obligation: consequence.obligation.name().to_owned(),
            subject: consequence.subject.clone(),
            missed: consequence.step != Step::Reminder,
            step: consequence.step.name().to_owned(),
            noted_at: consequence.at.into(),
            confirmed: None,
            reason_sealed: None,
            decided_at: None,
            decided_by: None,
        };
        let written = diesel::insert_into(consequences::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(written, 1, "consequences")
    }

    fn decide_consequence(
        &mut self,
        agent_id: AgentId,
        id: ConsequenceId,
        decision: &ConsequenceDecision,
    ) -> Result<(), RepositoryError> {
        let (agent_id, id) = (Key::from(agent_id), Key::from(id));
        let sealed = sealed_row(&self.shared.vault, agent_id, id);
        let reason = sealed.seal("reason_sealed", decision.reason.as_str())?;
        let written = diesel::update(consequences::table.find((agent_id, id)))
            .filter(consequences::decided_at.is_null())
            .set((
                consequences::confirmed.eq(decision.confirmed),
                consequences::reason_sealed.eq(reason),
                consequences::decided_at.eq(Moment::from(decision.decided.at)),
                consequences::decided_by.eq(Key::from(decision.decided.actor)),
            ))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(written, 1, "consequences")
    }
}
