//! The chain over the audit log, and whether it holds.

use super::{
    audit::{EntryRow, to_entry},
    schema::{audit_chain, audit_entries, audit_pending},
    session::Session,
    values::Key,
};
use crate::{Checked, Difference};
use diesel::prelude::*;
use identity::{AuditChainRepository, AuditEntry, ChainLink};
use kernel::RepositoryError;

/// How many links are checked at a time.
const PAGE_LINKS: i64 = 1_000;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = audit_chain, check_for_backend(super::Backend))]
struct LinkRow {
    sequence: i64,
    entry_id: Key,
    digest: Vec<u8>,
}

fn to_link(row: &LinkRow) -> Result<ChainLink, RepositoryError> {
    let digest = row
        .digest
        .as_slice()
        .try_into()
        .map_err(|_| RepositoryError::Corrupt {
            table: "audit_chain",
            column: "digest",
            row: row.sequence.to_string(),
            reason: "not 32 bytes".to_owned(),
        })?;
    Ok(ChainLink {
        sequence: row.sequence,
        entry_id: row.entry_id.into(),
        digest,
    })
}

impl AuditChainRepository for Session {
    fn find_unchained_entries(&mut self, limit: u16) -> Result<Vec<AuditEntry>, RepositoryError> {
        audit_entries::table
            .inner_join(audit_pending::table.on(audit_pending::entry_id.eq(audit_entries::id)))
            .order(audit_entries::id)
            .limit(i64::from(limit))
            .select(EntryRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(|row| to_entry(&self.shared.vault, row))
            .collect()
    }

    fn find_chain_head(&mut self) -> Result<Option<ChainLink>, RepositoryError> {
        audit_chain::table
            .order(audit_chain::sequence.desc())
            .select(LinkRow::as_select())
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?
            .as_ref()
            .map(to_link)
            .transpose()
    }

    fn append_chain(&mut self, links: &[ChainLink]) -> Result<(), RepositoryError> {
        let rows: Vec<_> = links
            .iter()
            .map(|link| LinkRow {
                sequence: link.sequence,
                entry_id: link.entry_id.into(),
                digest: link.digest.to_vec(),
            })
            .collect();
        for batch in rows.chunks(super::BATCH_ROWS) {
            let taken = diesel::delete(audit_pending::table)
                .filter(audit_pending::entry_id.eq_any(batch.iter().map(|row| row.entry_id)))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            self.faults.expect_rows(taken, batch.len(), "audit chain")?;
            diesel::insert_into(audit_chain::table)
                .values(batch)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }
}

impl Session {
    /// Walks the chain from its first link, and looks for entries that are neither chained nor waiting for it.
    pub(super) fn check_audit_chain(&mut self) -> Result<Checked, RepositoryError> {
        let mut checked = Checked::default();
        let mut previous: Option<ChainLink> = None;
        loop {
            let page: Vec<(LinkRow, Option<EntryRow>)> = audit_chain::table
                .left_join(audit_entries::table.on(audit_entries::id.eq(audit_chain::entry_id)))
                .filter(audit_chain::sequence.gt(previous.map_or(0, |link| link.sequence)))
                .order(audit_chain::sequence)
                .limit(PAGE_LINKS)
                .select((LinkRow::as_select(), Option::<EntryRow>::as_select()))
                .load(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            if page.is_empty() {
                break;
            }
            for (row, entry) in page {
                checked.rows = checked.rows.saturating_add(1);
                let link = to_link(&row)?;
                checked
                    .differences
                    .extend(self.difference(previous.as_ref(), &link, entry));
                previous = Some(link);
            }
        }
        let strays: Vec<Key> = audit_entries::table
            .left_join(audit_chain::table.on(audit_chain::entry_id.eq(audit_entries::id)))
            .left_join(audit_pending::table.on(audit_pending::entry_id.eq(audit_entries::id)))
            .filter(audit_chain::entry_id.nullable().is_null())
            .filter(audit_pending::entry_id.nullable().is_null())
            .select(audit_entries::id)
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        checked
            .differences
            .extend(strays.into_iter().map(|id| Difference {
                row: format!("audit entry {}", id.0),
                expected: "a link of the chain".to_owned(),
                found: "none, and it does not wait for one".to_owned(),
            }));
        Ok(checked)
    }

    fn difference(
        &self,
        previous: Option<&ChainLink>,
        link: &ChainLink,
        entry: Option<EntryRow>,
    ) -> Option<Difference> {
        let row = format!("audit entry {}, link {}", link.entry_id, link.sequence);
        let found = |expected: &str, found: String| {
            Some(Difference {
                row: row.clone(),
                expected: expected.to_owned(),
                found,
            })
        };
        let Some(entry) = entry else {
            return found("an entry", "none".to_owned());
        };
        let entry = match to_entry(&self.shared.vault, entry) {
            Ok(entry) => entry,
            Err(error) => return found("an entry that opens", error.to_string()),
        };
        let expected = ChainLink::following(previous, &entry, self.shared.vault.as_ref());
        if expected.sequence != link.sequence {
            found(
                &format!("link {}", expected.sequence),
                format!("link {}", link.sequence),
            )
        } else if expected.digest == link.digest {
            None
        } else {
            found(
                &format!("digest {}", expected.digest_text()),
                format!("digest {}", link.digest_text()),
            )
        }
    }
}
