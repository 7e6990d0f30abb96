//! Requests for market support, and what they were spent on. Tenant tables: every statement names the agent.

use super::{
    schema::{support_requests, support_spendings},
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment},
};
use crate::{
    RowKey, Vault,
    sealed_tables::{SUPPORT_REQUESTS, SUPPORT_SPENDINGS},
};
use ::agents::{
    Decided, Reason, SupportRepository, SupportRequest, SupportSpending, SupportState, SupportStateName,
    SupportTotals,
};
use ::attachments::AttachmentRepository;
use diesel::{dsl::sql, prelude::*, sql_types::BigInt};
use kernel::{
    AgentId, AttachmentId, ContractId, Money, Page, PageRequest, ReachedAgent, RepositoryError,
    SupportRequestId,
};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = support_requests, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct RequestRow {
    agent_id: Key,
    id: Key,
    contract_id: Key,
    amount_fen: i64,
    purpose_sealed: Envelope,
    requested_at: Moment,
    requested_by: Key,
    state: String,
    approved_fen: i64,
    spent_fen: i64,
    note_sealed: Option<Envelope>,
    decided_at: Option<Moment>,
    decided_by: Option<Key>,
    version: i64,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = support_spendings, check_for_backend(super::Backend))]
struct SpendingRow {
    agent_id: Key,
    id: Key,
    request_id: Key,
    amount_fen: i64,
    purpose_sealed: Envelope,
    spent_at: Moment,
    actor_id: Key,
}

fn sealed_request(vault: &Vault, agent_id: Key, id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &SUPPORT_REQUESTS,
        key: RowKey::ids(agent_id, id),
    }
}

fn sealed_spending(vault: &Vault, agent_id: Key, id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &SUPPORT_SPENDINGS,
        key: RowKey::ids(agent_id, id),
    }
}

fn to_row(vault: &Vault, request: &SupportRequest) -> Result<RequestRow, RepositoryError> {
    let (agent_id, id) = (request.agent_id.into(), request.id.into());
    let sealed = sealed_request(vault, agent_id, id);
    let (approved, note, decided) = match &request.state {
        SupportState::Requested => (Money::ZERO, None, None),
        SupportState::Approved {
            amount,
            note,
            decided,
        } => (*amount, note.as_ref(), Some(decided)),
        SupportState::Rejected { reason, decided } => (Money::ZERO, Some(reason), Some(decided)),
        SupportState::Cancelled { decided } => (Money::ZERO, None, Some(decided)),
    };
    let spent = request.spent();
    let spent = spent.ok_or_else(|| RepositoryError::Refused("what was spent does not fit".to_owned()))?;
    Ok(RequestRow {
        agent_id,
        id,
        contract_id: request.contract_id.into(),
        amount_fen: request.amount.fen(),
        purpose_sealed: sealed.seal("purpose_sealed", request.purpose.as_str())?,
        requested_at: request.requested_at.into(),
        requested_by: request.requested_by.into(),
        state: request.state.name().name().to_owned(),
        approved_fen: approved.fen(),
        spent_fen: spent.fen(),
        note_sealed: note
            .map(|note| sealed.seal("note_sealed", note.as_str()))
            .transpose()?,
        decided_at: decided.map(|decided| decided.at.into()),
        decided_by: decided.map(|decided| decided.actor.into()),
        version: request.version,
    })
}

fn to_state(row: &RequestRow, sealed: &SealedRow<'_>) -> Result<SupportState, RepositoryError> {
    let note = row
        .note_sealed
        .as_ref()
        .map(|note| sealed.open("note_sealed", note, Reason::parse))
        .transpose()?;
    let decided = row.decided_at.zip(row.decided_by);
    let decided = decided.map(|(at, actor)| Decided {
        at: at.0,
        actor: actor.into(),
    });
    match (SupportStateName::from_name(&row.state), note, decided) {
        (Some(SupportStateName::Requested), None, None) => Ok(SupportState::Requested),
        (Some(SupportStateName::Approved), note, Some(decided)) => Ok(SupportState::Approved {
            amount: Money::from_fen(row.approved_fen),
            note,
            decided,
        }),
        (Some(SupportStateName::Rejected), Some(reason), Some(decided)) => {
            Ok(SupportState::Rejected { reason, decided })
        }
        (Some(SupportStateName::Cancelled), None, Some(decided)) => Ok(SupportState::Cancelled { decided }),
        _ => Err(sealed.corrupt("state", "unknown, or not whole")),
    }
}

/// A request without its spendings.
fn to_request(
    vault: &Vault,
    row: &RequestRow,
    attachments: Vec<AttachmentId>,
) -> Result<SupportRequest, RepositoryError> {
    let sealed = sealed_request(vault, row.agent_id, row.id);
    Ok(SupportRequest {
        id: row.id.into(),
        agent_id: row.agent_id.into(),
        contract_id: row.contract_id.into(),
        amount: Money::from_fen(row.amount_fen),
        purpose: sealed.open("purpose_sealed", &row.purpose_sealed, Reason::parse)?,
        attachments,
        requested_at: row.requested_at.0,
        requested_by: row.requested_by.into(),
        state: to_state(row, &sealed)?,
        spendings: Vec::new(),
        version: row.version,
    })
}

fn to_spending(
    vault: &Vault,
    row: &SpendingRow,
    attachments: Vec<AttachmentId>,
) -> Result<SupportSpending, RepositoryError> {
    let sealed = sealed_spending(vault, row.agent_id, row.id);
    Ok(SupportSpending {
        id: row.id.into(),
        amount: Money::from_fen(row.amount_fen),
        purpose: sealed.open("purpose_sealed", &row.purpose_sealed, Reason::parse)?,
        attachments,
        at: row.spent_at.0,
        actor: row.actor_id.into(),
    })
}

impl Session {
    /// The requests of one agent's rows, with their pictures and spendings.
    fn support_requests_of(
        &mut self,
        agent_id: AgentId,
        rows: &[RequestRow],
    ) -> Result<Vec<SupportRequest>, RepositoryError> {
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let spendings: Vec<SpendingRow> = support_spendings::table
            .filter(support_spendings::agent_id.eq(Key::from(agent_id)))
            .filter(support_spendings::request_id.eq_any(&ids))
            .order(support_spendings::id)
            .select(SpendingRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let records: Vec<Uuid> = ids
            .iter()
            .copied()
            .chain(spendings.iter().map(|spending| spending.id))
            .map(Uuid::from)
            .collect();
        let mut attached = self.list_attached_to_records(agent_id, &records)?;
        let mut attachments = |id: Key| attached.remove(&id.0).unwrap_or_default();
        let vault = &self.shared.vault;
        let mut requests = Vec::new();
        for row in rows {
            let mut request = to_request(vault, row, attachments(row.id))?;
            for spending in spendings.iter().filter(|spending| spending.request_id == row.id) {
                let spending = to_spending(vault, spending, attachments(spending.id))?;
                request.spendings.push(spending);
            }
            requests.push(request);
        }
        Ok(requests)
    }
}

impl SupportRepository for Session {
    fn list_support_totals(
        &mut self,
        agent: ReachedAgent,
    ) -> Result<BTreeMap<ContractId, SupportTotals>, RepositoryError> {
        let sums: Vec<(Key, i64, i64, i64)> = support_requests::table
            .filter(support_requests::agent_id.eq(Key::from(agent.id())))
            .group_by(support_requests::contract_id)
            .select((
                support_requests::contract_id,
                sql::<BigInt>("CAST(SUM(CASE state WHEN 'requested' THEN amount_fen ELSE 0 END) AS bigint)"),
                sql::<BigInt>("CAST(SUM(approved_fen) AS bigint)"),
                sql::<BigInt>("CAST(SUM(spent_fen) AS bigint)"),
            ))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(sums
            .into_iter()
            .map(|(contract_id, requested, approved, spent)| {
                let totals = SupportTotals {
                    requested: Money::from_fen(requested),
                    approved: Money::from_fen(approved),
                    spent: Money::from_fen(spent),
                };
                (contract_id.into(), totals)
            })
            .collect())
    }

    fn find_support_request(
        &mut self,
        agent: ReachedAgent,
        id: SupportRequestId,
    ) -> Result<Option<SupportRequest>, RepositoryError> {
        let row: Option<RequestRow> = support_requests::table
            .find((Key::from(agent.id()), Key::from(id)))
            .select(RequestRow::as_select())
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?;
        Ok(self.support_requests_of(agent.id(), row.as_slice())?.pop())
    }

    fn list_support_requests(
        &mut self,
        agent: ReachedAgent,
        contract_id: Option<ContractId>,
        page: &PageRequest<SupportRequestId>,
    ) -> Result<Page<SupportRequest, SupportRequestId>, RepositoryError> {
        let mut query = support_requests::table
            .filter(support_requests::agent_id.eq(Key::from(agent.id())))
            .order(support_requests::id.desc())
            .limit(page.fetch_limit())
            .select(RequestRow::as_select())
            .into_boxed();
        if let Some(contract_id) = contract_id {
            query = query.filter(support_requests::contract_id.eq(Key::from(contract_id)));
        }
        if let Some(after) = page.after {
            query = query.filter(support_requests::id.lt(Key::from(after)));
        }
        let rows: Vec<RequestRow> = query
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let fetched = self.support_requests_of(agent.id(), &rows)?;
        Ok(Page::cut(fetched, page, |request: &SupportRequest| request.id))
    }

    fn insert_support_request(&mut self, request: &SupportRequest) -> Result<(), RepositoryError> {
        let row = to_row(&self.shared.vault, request)?;
        diesel::insert_into(support_requests::table)
            .values(row)
            .execute(&mut self.connection)
            .map(drop)
            .map_err(|error| self.faults.of(error))
    }

    fn save_support_request(&mut self, request: &SupportRequest) -> Result<(), RepositoryError> {
        let row = to_row(&self.shared.vault, request)?;
        let written = diesel::update(support_requests::table.find((row.agent_id, row.id)))
            .filter(support_requests::version.eq(row.version))
            .set((
                support_requests::state.eq(row.state),
                support_requests::approved_fen.eq(row.approved_fen),
                support_requests::spent_fen.eq(row.spent_fen),
                support_requests::note_sealed.eq(row.note_sealed),
                support_requests::decided_at.eq(row.decided_at),
                support_requests::decided_by.eq(row.decided_by),
                support_requests::version.eq(row.version + 1),
            ))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(written, 1, "support_requests")
    }

    fn insert_support_spending(
        &mut self,
        agent_id: AgentId,
        request_id: SupportRequestId,
        spending: &SupportSpending,
    ) -> Result<(), RepositoryError> {
        let (agent_id, id) = (agent_id.into(), spending.id.into());
        let sealed = sealed_spending(&self.shared.vault, agent_id, id);
        let row = SpendingRow {
            agent_id,
            id,
            request_id: request_id.into(),
            amount_fen: spending.amount.fen(),
            purpose_sealed: sealed.seal("purpose_sealed", spending.purpose.as_str())?,
            spent_at: spending.at.into(),
            actor_id: spending.actor.into(),
        };
        diesel::insert_into(support_spendings::table)
            .values(row)
            .execute(&mut self.connection)
            .map(drop)
            .map_err(|error| self.faults.of(error))
    }
}
