//! What was answered to requests that may be sent again.

use super::{
    BATCH_ROWS,
    schema::idempotency_keys,
    session::Session,
    values::{Envelope, Key, Moment},
};
use crate::vault::{Place, Vault};
use diesel::prelude::*;
use identity::{IdempotencyKey, IdempotencyRecord, IdempotencyRepository, RequestDigest};
use kernel::{AccountId, RepositoryError};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = idempotency_keys, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct RecordRow {
    account_id: Key,
    key: String,
    request_digest: Vec<u8>,
    status: i32,
    answer: Envelope,
    resource_id: Option<Key>,
    created_at: Moment,
}

/// A row's key is an account and a text; an envelope is bound to both by the first half of their SHA-256.
fn place(account_id: Key, key: &str) -> Place {
    let digest: [u8; 32] = Sha256::new()
        .chain_update(account_id.0.as_bytes())
        .chain_update(key)
        .finalize()
        .into();
    Place {
        table: "idempotency_keys",
        column: "answer",
        row: Uuid::from_bytes(digest.first_chunk().copied().unwrap_or_default()),
    }
}

fn to_row(record: &IdempotencyRecord, vault: &Vault) -> Result<RecordRow, RepositoryError> {
    let (account_id, key) = (Key::from(record.account_id), record.key.as_str());
    Ok(RecordRow {
        account_id,
        key: key.to_owned(),
        request_digest: record.request_digest.as_bytes().to_vec(),
        status: record.status.into(),
        answer: Envelope(vault.seal(place(account_id, key), &record.answer)?),
        resource_id: record.resource_id.map(Key),
        created_at: record.created_at.into(),
    })
}

fn to_record(row: &RecordRow, vault: &Vault) -> Result<IdempotencyRecord, RepositoryError> {
    let corrupt = |column, reason: String| RepositoryError::Corrupt {
        table: "idempotency_keys",
        column,
        row: format!("{} {}", row.account_id.0, row.key),
        reason,
    };
    Ok(IdempotencyRecord {
        account_id: row.account_id.into(),
        key: IdempotencyKey::parse(&row.key).map_err(|error| corrupt("key", error.to_string()))?,
        request_digest: row
            .request_digest
            .as_slice()
            .try_into()
            .map(RequestDigest::from_row)
            .map_err(|_| corrupt("request_digest", "not 32 bytes".to_owned()))?,
        status: u16::try_from(row.status).map_err(|error| corrupt("status", error.to_string()))?,
        answer: vault.open(place(row.account_id, &row.key), &row.answer.0)?,
        resource_id: row.resource_id.map(|key| key.0),
        created_at: row.created_at.0,
    })
}

impl IdempotencyRepository for Session {
    fn find_idempotency_records(
        &mut self,
        keys: &[(AccountId, IdempotencyKey)],
    ) -> Result<BTreeMap<(AccountId, IdempotencyKey), IdempotencyRecord>, RepositoryError> {
        let asked: BTreeSet<_> = keys.iter().collect();
        let account_ids: BTreeSet<_> = keys
            .iter()
            .map(|(account_id, _)| Key::from(*account_id))
            .collect();
        let texts: BTreeSet<_> = keys.iter().map(|(_, key)| key.as_str()).collect();
        let rows = idempotency_keys::table
            .filter(idempotency_keys::account_id.eq_any(account_ids.into_iter().collect::<Vec<_>>()))
            .filter(idempotency_keys::key.eq_any(texts.into_iter().collect::<Vec<_>>()))
            .select(RecordRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let mut records = BTreeMap::new();
        for row in rows {
            let record = to_record(&row, &self.shared.vault)?;
            let key = (record.account_id, record.key.clone());
            // The two lists are not pairs: only what was asked for is answered.
            if asked.contains(&key) {
                records.insert(key, record);
            }
        }
        Ok(records)
    }

    fn insert_idempotency_records(&mut self, records: &[IdempotencyRecord]) -> Result<(), RepositoryError> {
        let mut rows = records
            .iter()
            .map(|record| to_row(record, &self.shared.vault))
            .collect::<Result<Vec<_>, _>>()?;
        // Two sets with the same keys wait for each other in one order.
        rows.sort_by(|left, right| (left.account_id, &left.key).cmp(&(right.account_id, &right.key)));
        for batch in rows.chunks(BATCH_ROWS) {
            let kept = diesel::insert_into(idempotency_keys::table)
                .values(batch)
                .on_conflict_do_nothing()
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            self.faults.expect_rows(kept, batch.len(), "idempotency key")?;
        }
        Ok(())
    }
}
