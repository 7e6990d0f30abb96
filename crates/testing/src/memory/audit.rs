//! The audit log, and the leases of jobs.

use super::Memory;
use identity::{AuditEntry, AuditFilter, AuditRepository};
use kernel::{AuditEntryId, Instant, LeaseRepository, Page, PageRequest, RepositoryError};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    entries: BTreeMap<AuditEntryId, AuditEntry>,
    leases: BTreeMap<&'static str, (Uuid, Instant)>,
}

impl Memory {
    /// The whole log, oldest first, for assertions.
    pub fn audit_entries(&self) -> impl Iterator<Item = &AuditEntry> {
        self.audit.entries.values()
    }
}

impl AuditRepository for Memory {
    fn insert_audit_entries(&mut self, entries: &[AuditEntry]) -> Result<(), RepositoryError> {
        let rows = entries.iter().map(|entry| (entry.id, entry.clone()));
        self.audit.entries.extend(rows);
        Ok(())
    }

    fn list_audit_entries(
        &mut self,
        filter: &AuditFilter,
        page: &PageRequest<AuditEntryId>,
    ) -> Result<Page<AuditEntry, AuditEntryId>, RepositoryError> {
        let passes = |entry: &&AuditEntry| {
            page.after.is_none_or(|after| entry.id < after)
                && filter.action.is_none_or(|action| entry.action == action)
                && filter
                    .actor
                    .is_none_or(|actor| entry.actor.is_some_and(|by| by.account_id == actor))
                && filter
                    .subject
                    .is_none_or(|subject| entry.subject == Some(subject))
                && filter.period.is_none_or(|period| period.contains(entry.at))
        };
        let limit = usize::from(page.limit) + 1;
        let fetched = self.audit.entries.values().rev().filter(passes).take(limit);
        Ok(Page::cut(
            fetched.cloned().collect(),
            page,
            |entry: &AuditEntry| entry.id,
        ))
    }
}

impl LeaseRepository for Memory {
    fn acquire_lease(
        &mut self,
        job: &'static str,
        holder: Uuid,
        now: Instant,
        until: Instant,
    ) -> Result<bool, RepositoryError> {
        let held_by_another = self
            .audit
            .leases
            .get(job)
            .is_some_and(|(other, ends)| *other != holder && *ends > now);
        if !held_by_another {
            self.audit.leases.insert(job, (holder, until));
        }
        Ok(!held_by_another)
    }
}
