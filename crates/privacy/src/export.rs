//! How often a person may be exported: an export reads all there is, and itself becomes part of the next one.

use chrono::TimeDelta;
use identity::{AccountRepository, AuditAction, AuditFilter, AuditRepository};
use kernel::{AccountId, Instant, PageRequest, RepositoryError};
use thiserror::Error;
use uuid::Uuid;

/// How many exports of one subject an account may ask for in [`EXPORT_PERIOD`].
pub const MAXIMUM_EXPORTS: u16 = 5;
/// The period that exports are counted in. It slides.
pub const EXPORT_PERIOD: TimeDelta = TimeDelta::days(1);

/// Why an export is not admitted.
#[derive(Debug, Error)]
pub enum AdmitExportError {
    /// The account has asked for as many as it may.
    #[error("too many exports; the next one may follow in {}", .wait)]
    TooMany {
        /// How long until the next one is admitted.
        wait: TimeDelta,
    },
    /// The store failed.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Admits an export about a subject that an account asks for, as its entry in the audit log will name them. The log is what
/// is counted, so that every node counts alike; the account is locked, so that requests at once are counted one after
/// another. The caller writes the entry in the same transaction.
pub fn admit_export(
    session: &mut (impl AccountRepository + AuditRepository + ?Sized),
    now: Instant,
    account_id: AccountId,
    subject: Uuid,
) -> Result<(), AdmitExportError> {
    session.lock_account(account_id)?;
    let filter = AuditFilter {
        action: Some(AuditAction::PersonalDataExported),
        actor: Some(account_id),
        subject: Some(subject),
        ..AuditFilter::default()
    };
    let latest = PageRequest {
        limit: MAXIMUM_EXPORTS,
        after: None,
    };
    let exports = session.list_audit_entries(&filter, &latest)?.items;
    // Of as many as are allowed, the oldest has to lie before the period.
    match exports.get(usize::from(MAXIMUM_EXPORTS) - 1) {
        Some(oldest) if oldest.at + EXPORT_PERIOD > now => Err(AdmitExportError::TooMany {
            wait: oldest.at + EXPORT_PERIOD - now,
        }),
        _ => Ok(()),
    }
}
