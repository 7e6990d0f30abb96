//! What people agreed to.

use super::Memory;
use identity::{Consent, ConsentRepository};
use kernel::{AccountId, RepositoryError};

impl ConsentRepository for Memory {
    fn insert_consents(&mut self, consents: &[Consent]) -> Result<(), RepositoryError> {
        self.consents.extend_from_slice(consents);
        Ok(())
    }

    fn list_consents(&mut self, account_id: AccountId) -> Result<Vec<Consent>, RepositoryError> {
        let mut own: Vec<_> = self
            .consents
            .iter()
            .filter(|consent| consent.account_id == account_id)
            .cloned()
            .collect();
        own.sort_by_key(|consent| (consent.at, consent.id));
        Ok(own)
    }
}
