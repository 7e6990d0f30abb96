//! What people agreed to.

use super::{
    BATCH_ROWS,
    schema::consents,
    session::Session,
    values::{Key, Moment, corrupt},
};
use diesel::prelude::*;
use identity::{Consent, ConsentOccasion, ConsentRepository, PrivacyPolicyVersion};
use kernel::{AccountId, RepositoryError};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = consents, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct ConsentRow {
    account_id: Key,
    id: Key,
    version: String,
    at: Moment,
    occasion: String,
}

fn to_row(consent: &Consent) -> ConsentRow {
    ConsentRow {
        account_id: consent.account_id.into(),
        id: consent.id.into(),
        version: consent.version.as_str().to_owned(),
        at: consent.at.into(),
        occasion: consent.occasion.name().to_owned(),
    }
}

fn to_consent(row: &ConsentRow) -> Result<Consent, RepositoryError> {
    Ok(Consent {
        id: row.id.into(),
        account_id: row.account_id.into(),
        version: PrivacyPolicyVersion::parse(&row.version)
            .map_err(|error| corrupt("consents", "version", row.id, error))?,
        at: row.at.0,
        occasion: ConsentOccasion::from_name(&row.occasion)
            .ok_or_else(|| corrupt("consents", "occasion", row.id, "unknown"))?,
    })
}

impl ConsentRepository for Session {
    fn insert_consents(&mut self, added: &[Consent]) -> Result<(), RepositoryError> {
        for batch in added.chunks(BATCH_ROWS) {
            diesel::insert_into(consents::table)
                .values(&batch.iter().map(to_row).collect::<Vec<_>>())
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    fn list_consents(&mut self, account_id: AccountId) -> Result<Vec<Consent>, RepositoryError> {
        consents::table
            .filter(consents::account_id.eq(Key::from(account_id)))
            .order((consents::at, consents::id))
            .select(ConsentRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(to_consent)
            .collect()
    }
}
