//! What was answered to requests that may be sent again.

use super::{
    BATCH_ROWS,
    schema::idempotency_keys,
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment},
};
use crate::{RowKey, Vault, sealed_tables::IDEMPOTENCY_KEYS};
use diesel::prelude::*;
use identity::{IdempotencyKey, IdempotencyRecord, IdempotencyRepository, RequestDigest};
use kernel::{AccountId, RepositoryError};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = idempotency_keys, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct RecordRow {
    account_id: Key,
    key: String,
    request_digest: Vec<u8>,
    status: i32,
    answer_sealed: Envelope,
    resource_id: Option<Key>,
    created_at: Moment,
}

fn sealed_row<'vault>(vault: &'vault Vault, account_id: Key, key: &str) -> SealedRow<'vault> {
    SealedRow {
        vault,
        table: &IDEMPOTENCY_KEYS,
        key: RowKey::id(account_id).and_text(key),
    }
}

fn to_row(record: &IdempotencyRecord, vault: &Vault) -> Result<RecordRow, RepositoryError> {
    let (account_id, key) = (Key::from(record.account_id), record.key.as_str());
    Ok(RecordRow {
        account_id,
        key: key.to_owned(),
        request_digest: record.request_digest.as_bytes().to_vec(),
        status: record.status.into(),
        answer_sealed: sealed_row(vault, account_id, key).seal_bytes("answer_sealed", &record.answer)?,
        resource_id: record.resource_id.map(Key),
        created_at: record.created_at.into(),
    })
}

fn to_record(row: &RecordRow, vault: &Vault) -> Result<IdempotencyRecord, RepositoryError> {
    let sealed_row = sealed_row(vault, row.account_id, &row.key);
    Ok(IdempotencyRecord {
        account_id: row.account_id.into(),
        key: IdempotencyKey::parse(&row.key).map_err(|error| sealed_row.corrupt("key", error))?,
        request_digest: row
            .request_digest
            .as_slice()
            .try_into()
            .map(RequestDigest::from_row)
            .map_err(|_| sealed_row.corrupt("request_digest", "not 32 bytes"))?,
        status: u16::try_from(row.status).map_err(|error| sealed_row.corrupt("status", error))?,
        answer: sealed_row.open_bytes("answer_sealed", &row.answer_sealed)?,
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
