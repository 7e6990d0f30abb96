//! Leases: which of several nodes does a job that only one may do at a time.

use crate::{Instant, RepositoryError};
use uuid::Uuid;

/// The leases, one for each named job.
pub trait LeaseRepository {
    /// Takes or renews the lease of a job for `holder` until `until`; `false` while somebody else holds it. A holder
    /// that dies is followed once its lease has run out.
    fn acquire_lease(
        &mut self,
        job: &'static str,
        holder: Uuid,
        now: Instant,
        until: Instant,
    ) -> Result<bool, RepositoryError>;
}
