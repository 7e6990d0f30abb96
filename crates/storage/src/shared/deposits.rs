//! Ledgers of deposits, and appeals. Tenant tables: every statement names the agent.

use super::{
    schema::{deposit_appeals, deposit_entries},
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment},
};
use crate::{
    RowKey, Vault,
    sealed_tables::{DEPOSIT_APPEALS, DEPOSIT_ENTRIES},
};
use ::agents::{
    Appeal, AppealDecision, AppealOutcome, DepositEntry, DepositEntryKind, DepositRepository, DepositTotals,
    Reason,
};
use ::attachments::AttachmentRepository;
use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::BigInt,
};
use kernel::{
    AgentId, AttachmentId, ContractId, DepositEntryId, Money, Page, PageRequest, ReachedAgent,
    RepositoryError,
};
use std::collections::BTreeMap;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = deposit_entries, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct EntryRow {
    agent_id: Key,
    id: Key,
    contract_id: Key,
    number: i64,
    kind: String,
    deduction_id: Option<Key>,
    amount_fen: i64,
    balance_after_fen: i64,
    note_sealed: Envelope,
    entered_at: Moment,
    actor_id: Key,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = deposit_appeals, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct AppealRow {
    agent_id: Key,
    entry_id: Key,
    text_sealed: Envelope,
    appealed_at: Moment,
    actor_id: Key,
    outcome: Option<String>,
    reason_sealed: Option<Envelope>,
    decided_at: Option<Moment>,
    decided_by: Option<Key>,
}

fn sealed_entry(vault: &Vault, agent_id: Key, id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &DEPOSIT_ENTRIES,
        key: RowKey::ids(agent_id, id),
    }
}

fn sealed_appeal(vault: &Vault, agent_id: Key, entry_id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &DEPOSIT_APPEALS,
        key: RowKey::ids(agent_id, entry_id),
    }
}

fn to_row(vault: &Vault, entry: &DepositEntry) -> Result<EntryRow, RepositoryError> {
    let (agent_id, id) = (entry.agent_id.into(), entry.id.into());
    let deduction_id = match entry.kind {
        DepositEntryKind::Reversed { deduction_id } => Some(deduction_id.into()),
        DepositEntryKind::Paid | DepositEntryKind::Deducted | DepositEntryKind::Refunded => None,
    };
    Ok(EntryRow {
        agent_id,
        id,
        contract_id: entry.contract_id.into(),
        number: entry.number,
        kind: entry.kind.name().to_owned(),
        deduction_id,
        amount_fen: entry.amount.fen(),
        balance_after_fen: entry.balance_after.fen(),
        note_sealed: sealed_entry(vault, agent_id, id).seal("note_sealed", entry.note.as_str())?,
        entered_at: entry.at.into(),
        actor_id: entry.actor.into(),
    })
}

fn to_entry(
    vault: &Vault,
    row: &EntryRow,
    evidence: Vec<AttachmentId>,
    appeal: Option<Appeal>,
) -> Result<DepositEntry, RepositoryError> {
    let sealed = sealed_entry(vault, row.agent_id, row.id);
    let deduction_id = row.deduction_id.map(DepositEntryId::from);
    Ok(DepositEntry {
        id: row.id.into(),
        agent_id: row.agent_id.into(),
        contract_id: row.contract_id.into(),
        number: row.number,
        kind: DepositEntryKind::from_parts(&row.kind, deduction_id)
            .ok_or_else(|| sealed.corrupt("kind", "unknown, or not whole"))?,
        amount: Money::from_fen(row.amount_fen),
        balance_after: Money::from_fen(row.balance_after_fen),
        note: sealed.open("note_sealed", &row.note_sealed, Reason::parse)?,
        evidence,
        at: row.entered_at.0,
        actor: row.actor_id.into(),
        appeal,
    })
}

fn to_appeal(vault: &Vault, row: &AppealRow) -> Result<Appeal, RepositoryError> {
    let sealed = sealed_appeal(vault, row.agent_id, row.entry_id);
    let decision = match (&row.outcome, &row.reason_sealed, row.decided_at, row.decided_by) {
        (None, None, None, None) => None,
        (Some(outcome), Some(reason), Some(at), Some(actor)) => Some(AppealDecision {
            outcome: AppealOutcome::from_name(outcome).ok_or_else(|| sealed.corrupt("outcome", "unknown"))?,
            reason: sealed.open("reason_sealed", reason, Reason::parse)?,
            at: at.0,
            actor: actor.into(),
        }),
        _ => return Err(sealed.corrupt("outcome", "not whole")),
    };
    Ok(Appeal {
        text: sealed.open("text_sealed", &row.text_sealed, Reason::parse)?,
        at: row.appealed_at.0,
        actor: row.actor_id.into(),
        decision,
    })
}

impl Session {
    /// The entries of one agent's rows, with their evidence and appeals.
    fn deposit_entries_of(
        &mut self,
        agent_id: AgentId,
        rows: &[EntryRow],
    ) -> Result<Vec<DepositEntry>, RepositoryError> {
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let appeals: Vec<AppealRow> = deposit_appeals::table
            .filter(deposit_appeals::agent_id.eq(Key::from(agent_id)))
            .filter(deposit_appeals::entry_id.eq_any(&ids))
            .select(AppealRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let records: Vec<_> = ids.iter().map(|id| id.0).collect();
        let mut evidence = self.list_attached_to_records(agent_id, &records)?;
        let vault = &self.shared.vault;
        rows.iter()
            .map(|row| {
                let appeal = appeals.iter().find(|appeal| appeal.entry_id == row.id);
                let appeal = appeal.map(|appeal| to_appeal(vault, appeal)).transpose()?;
                let evidence = evidence.remove(&row.id.0).unwrap_or_default();
                to_entry(vault, row, evidence, appeal)
            })
            .collect()
    }

    /// What the ledgers of an agent sum to; of one contract where it is named.
    fn deposit_totals(
        &mut self,
        agent_id: AgentId,
        contract_id: Option<ContractId>,
    ) -> Result<BTreeMap<ContractId, DepositTotals>, RepositoryError> {
        let mut sums = deposit_entries::table
            .filter(deposit_entries::agent_id.eq(Key::from(agent_id)))
            .group_by((deposit_entries::contract_id, deposit_entries::kind))
            .select((
                deposit_entries::contract_id,
                deposit_entries::kind,
                count_star(),
                sql::<BigInt>("CAST(SUM(amount_fen) AS bigint)"),
            ))
            .into_boxed();
        let mut open = deposit_appeals::table
            .inner_join(
                deposit_entries::table.on(deposit_entries::agent_id
                    .eq(deposit_appeals::agent_id)
                    .and(deposit_entries::id.eq(deposit_appeals::entry_id))),
            )
            .filter(deposit_appeals::agent_id.eq(Key::from(agent_id)))
            .filter(deposit_appeals::decided_at.is_null())
            .group_by(deposit_entries::contract_id)
            .select((deposit_entries::contract_id, count_star()))
            .into_boxed();
        if let Some(contract_id) = contract_id.map(Key::from) {
            sums = sums.filter(deposit_entries::contract_id.eq(contract_id));
            open = open.filter(deposit_entries::contract_id.eq(contract_id));
        }
        let sums: Vec<(Key, String, i64, i64)> = sums
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let open: Vec<(Key, i64)> = open
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let mut totals: BTreeMap<ContractId, DepositTotals> = BTreeMap::new();
        for (contract_id, kind, entries, sum) in sums {
            let totals = totals.entry(contract_id.into()).or_default();
            totals.entries += entries;
            let sum = Money::from_fen(sum);
            match kind.as_str() {
                "paid" => totals.paid = sum,
                "deducted" => totals.deducted = sum,
                "reversed" => totals.reversed = sum,
                "refunded" => totals.refunded = sum,
                _ => {
                    return Err(super::values::corrupt(
                        "deposit_entries",
                        "kind",
                        contract_id,
                        "unknown",
                    ));
                }
            }
        }
        for (contract_id, appeals) in open {
            totals.entry(contract_id.into()).or_default().open_appeals = appeals;
        }
        Ok(totals)
    }
}

impl DepositRepository for Session {
    fn find_deposit_totals(
        &mut self,
        agent_id: AgentId,
        contract_id: ContractId,
    ) -> Result<DepositTotals, RepositoryError> {
        let mut totals = self.deposit_totals(agent_id, Some(contract_id))?;
        Ok(totals.remove(&contract_id).unwrap_or_default())
    }

    fn list_deposit_totals(
        &mut self,
        agent: ReachedAgent,
    ) -> Result<BTreeMap<ContractId, DepositTotals>, RepositoryError> {
        self.deposit_totals(agent.id(), None)
    }

    fn find_deposit_entry(
        &mut self,
        agent: ReachedAgent,
        id: DepositEntryId,
    ) -> Result<Option<DepositEntry>, RepositoryError> {
        let row: Option<EntryRow> = deposit_entries::table
            .find((Key::from(agent.id()), Key::from(id)))
            .select(EntryRow::as_select())
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?;
        Ok(self.deposit_entries_of(agent.id(), row.as_slice())?.pop())
    }

    fn list_deposit_entries(
        &mut self,
        agent: ReachedAgent,
        contract_id: Option<ContractId>,
        page: &PageRequest<DepositEntryId>,
    ) -> Result<Page<DepositEntry, DepositEntryId>, RepositoryError> {
        let mut query = deposit_entries::table
            .filter(deposit_entries::agent_id.eq(Key::from(agent.id())))
            .order(deposit_entries::id.desc())
            .limit(page.fetch_limit())
            .select(EntryRow::as_select())
            .into_boxed();
        if let Some(contract_id) = contract_id {
            query = query.filter(deposit_entries::contract_id.eq(Key::from(contract_id)));
        }
        if let Some(after) = page.after {
            query = query.filter(deposit_entries::id.lt(Key::from(after)));
        }
        let rows: Vec<EntryRow> = query
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let fetched = self.deposit_entries_of(agent.id(), &rows)?;
        Ok(Page::cut(fetched, page, |entry: &DepositEntry| entry.id))
    }

    fn insert_deposit_entry(&mut self, entry: &DepositEntry) -> Result<(), RepositoryError> {
        let row = to_row(&self.shared.vault, entry)?;
        let written = diesel::insert_into(deposit_entries::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(written, 1, "deposit_entries")
    }

    fn insert_deposit_appeal(
        &mut self,
        agent_id: AgentId,
        id: DepositEntryId,
        appeal: &Appeal,
    ) -> Result<(), RepositoryError> {
        let (agent_id, entry_id) = (agent_id.into(), id.into());
        let sealed = sealed_appeal(&self.shared.vault, agent_id, entry_id);
        let row = AppealRow {
            agent_id,
            entry_id,
            text_sealed: sealed.seal("text_sealed", appeal.text.as_str())?,
            appealed_at: appeal.at.into(),
            actor_id: appeal.actor.into(),
            outcome: None,
            reason_sealed: None,
            decided_at: None,
            decided_by: None,
        };
        let written = diesel::insert_into(deposit_appeals::table)
            .values(row)
            .on_conflict_do_nothing()
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(written, 1, "deposit_appeals")
    }

    fn decide_deposit_appeal(
        &mut self,
        agent_id: AgentId,
        id: DepositEntryId,
        decision: &AppealDecision,
    ) -> Result<(), RepositoryError> {
        let (agent_id, entry_id) = (Key::from(agent_id), Key::from(id));
        let sealed = sealed_appeal(&self.shared.vault, agent_id, entry_id);
        let reason = sealed.seal("reason_sealed", decision.reason.as_str())?;
        let written = diesel::update(deposit_appeals::table.find((agent_id, entry_id)))
            .filter(deposit_appeals::decided_at.is_null())
            .set((
                deposit_appeals::outcome.eq(decision.outcome.name()),
                deposit_appeals::reason_sealed.eq(reason),
                deposit_appeals::decided_at.eq(Moment::from(decision.at)),
                deposit_appeals::decided_by.eq(Key::from(decision.actor)),
            ))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(written, 1, "deposit_appeals")
    }
}
