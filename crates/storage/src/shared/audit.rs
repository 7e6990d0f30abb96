//! The audit log.

use super::{
    BATCH_ROWS,
    schema::{audit_entries, audit_pending},
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment, corrupt},
};
use crate::{RowKey, Vault, sealed_tables::AUDIT_ENTRIES};
use chrono::TimeDelta;
use diesel::prelude::*;
use identity::{
    AuditAction, AuditActor, AuditEntry, AuditFilter, AuditReason, AuditRepository, Origin, Role,
};
use kernel::{AuditEntryId, Invalid, Page, PageRequest, RepositoryError};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = audit_entries, check_for_backend(super::Backend), treat_none_as_default_value = false)]
pub(super) struct EntryRow {
    id: Key,
    at: Moment,
    action: String,
    actor_account_id: Option<Key>,
    actor_role: Option<String>,
    actor_agent_id: Option<Key>,
    subject_id: Option<Key>,
    request_id: Option<String>,
    personal_sealed: Option<Envelope>,
}

/// What is sealed of an entry: one envelope for both.
#[derive(Serialize, Deserialize, PartialEq, Eq)]
struct Personal {
    reason: Option<AuditReason>,
    address: Option<IpAddr>,
}

fn sealed_row(vault: &Vault, id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &AUDIT_ENTRIES,
        key: RowKey::id(id),
    }
}

fn to_row(vault: &Vault, entry: &AuditEntry) -> Result<EntryRow, RepositoryError> {
    let id = Key::from(entry.id);
    let personal = Personal {
        reason: entry.reason.clone(),
        address: entry.origin.address,
    };
    let personal_sealed = if personal.reason.is_some() || personal.address.is_some() {
        let text =
            serde_json::to_string(&personal).map_err(|error| RepositoryError::Refused(error.to_string()))?;
        Some(sealed_row(vault, id).seal("personal_sealed", &text)?)
    } else {
        None
    };
    Ok(EntryRow {
        id,
        at: entry.at.into(),
        action: entry.action.name().to_owned(),
        actor_account_id: entry.actor.map(|actor| actor.account_id.into()),
        actor_role: entry.actor.map(|actor| actor.role.name().to_owned()),
        actor_agent_id: entry.actor.and_then(|actor| actor.agent_id).map(Key::from),
        subject_id: entry.subject.map(Key),
        request_id: entry.origin.request_id.clone(),
        personal_sealed,
    })
}

pub(super) fn to_entry(vault: &Vault, row: EntryRow) -> Result<AuditEntry, RepositoryError> {
    let unusable = |column, reason: &'static str| corrupt("audit_entries", column, row.id, reason);
    let actor = match (row.actor_account_id, row.actor_role.as_deref()) {
        (None, None) => None,
        (Some(account_id), Some(role)) => Some(AuditActor {
            account_id: account_id.into(),
            role: Role::from_name(role).ok_or_else(|| unusable("actor_role", "unknown"))?,
            agent_id: row.actor_agent_id.map(Into::into),
        }),
        _ => return Err(unusable("actor_role", "not whole")),
    };
    let personal = row
        .personal_sealed
        .as_ref()
        .map(|sealed| sealed_row(vault, row.id).open("personal_sealed", sealed, parse_personal))
        .transpose()?;
    let (reason, address) = personal.map_or((None, None), |personal| (personal.reason, personal.address));
    Ok(AuditEntry {
        id: row.id.into(),
        at: row.at.0,
        action: AuditAction::from_name(&row.action).ok_or_else(|| unusable("action", "unknown"))?,
        actor,
        subject: row.subject_id.map(|key| key.0),
        reason,
        origin: Origin {
            request_id: row.request_id,
            address,
        },
    })
}

fn parse_personal(text: &str) -> Result<Personal, Invalid> {
    serde_json::from_str(text)
        .map_err(|_| Invalid::new("malformed_json", "格式错误", "is not what was sealed"))
}

impl AuditRepository for Session {
    fn insert_audit_entries(&mut self, entries: &[AuditEntry]) -> Result<(), RepositoryError> {
        for batch in entries.chunks(BATCH_ROWS) {
            let rows = batch
                .iter()
                .map(|entry| to_row(&self.shared.vault, entry))
                .collect::<Result<Vec<_>, _>>()?;
            diesel::insert_into(audit_entries::table)
                .values(&rows)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            let pending: Vec<_> = rows
                .iter()
                .map(|row| audit_pending::entry_id.eq(row.id))
                .collect();
            diesel::insert_into(audit_pending::table)
                .values(pending)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    fn list_audit_entries(
        &mut self,
        filter: &AuditFilter,
        page: &PageRequest<AuditEntryId>,
    ) -> Result<Page<AuditEntry, AuditEntryId>, RepositoryError> {
        let mut query = audit_entries::table
            .order(audit_entries::id.desc())
            .limit(page.fetch_limit())
            .select(EntryRow::as_select())
            .into_boxed();
        if let Some(after) = page.after {
            query = query.filter(audit_entries::id.lt(Key::from(after)));
        }
        if let Some(action) = filter.action {
            query = query.filter(audit_entries::action.eq(action.name()));
        }
        if let Some(actor) = filter.actor {
            query = query.filter(audit_entries::actor_account_id.eq(Key::from(actor)));
        }
        if let Some(subject) = filter.subject {
            query = query.filter(audit_entries::subject_id.eq(Key(subject)));
        }
        if let Some(period) = filter.period {
            // An entry's id is made when it happens: the bounds of the ids spare looking at the rest of the log.
            query = query
                .filter(audit_entries::id.ge(Key::lowest_at(period.from())))
                .filter(audit_entries::id.lt(Key::lowest_at(period.until() + TimeDelta::milliseconds(1))))
                .filter(audit_entries::at.ge(Moment(period.from())))
                .filter(audit_entries::at.lt(Moment(period.until())));
        }
        let fetched = query
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(|row| to_entry(&self.shared.vault, row))
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(fetched, page, |entry: &AuditEntry| entry.id))
    }
}
