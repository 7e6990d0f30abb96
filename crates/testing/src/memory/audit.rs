//! The audit log, and the leases of jobs.

use super::Memory;
use identity::{AuditChainRepository, AuditEntry, AuditFilter, AuditRepository, ChainLink};
use kernel::{AuditEntryId, Instant, LeaseRepository, Page, PageRequest, RepositoryError};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    entries: BTreeMap<AuditEntryId, AuditEntry>,
    chain: Vec<ChainLink>,
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

impl AuditChainRepository for Memory {
    fn find_unchained_entries(&mut self, limit: u16) -> Result<Vec<AuditEntry>, RepositoryError> {
        let chained: BTreeSet<_> = self.audit.chain.iter().map(|link| link.entry_id).collect();
        let waiting = self
            .audit
            .entries
            .values()
            .filter(|entry| !chained.contains(&entry.id));
        Ok(waiting.take(usize::from(limit)).cloned().collect())
    }

    fn find_chain_head(&mut self) -> Result<Option<ChainLink>, RepositoryError> {
        Ok(self.audit.chain.last().copied())
    }

    fn append_chain(&mut self, links: &[ChainLink]) -> Result<(), RepositoryError> {
        for link in links {
            let last = self.audit.chain.last().map_or(0, |head| head.sequence);
            let chained = self
                .audit
                .chain
                .iter()
                .any(|other| other.entry_id == link.entry_id);
            if link.sequence != last + 1 || chained {
                return Err(RepositoryError::LostRace("audit chain"));
            }
            self.audit.chain.push(*link);
        }
        Ok(())
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
