//! Leases of jobs.

use super::{
    schema::leases,
    session::Session,
    values::{Key, Moment},
};
use diesel::{prelude::*, query_dsl::methods::FilterDsl, upsert::excluded};
use kernel::{Instant, LeaseRepository, RepositoryError};
use uuid::Uuid;

impl LeaseRepository for Session {
    fn acquire_lease(
        &mut self,
        job: &'static str,
        holder: Uuid,
        now: Instant,
        until: Instant,
    ) -> Result<bool, RepositoryError> {
        let upsert = diesel::insert_into(leases::table)
            .values((
                leases::job.eq(job),
                leases::holder.eq(Key(holder)),
                leases::until.eq(Moment(until)),
            ))
            .on_conflict(leases::job)
            .do_update()
            .set((
                leases::holder.eq(excluded(leases::holder)),
                leases::until.eq(excluded(leases::until)),
            ));
        let free = leases::until
            .le(Moment(now))
            .or(leases::holder.eq(excluded(leases::holder)));
        let written = FilterDsl::filter(upsert, free)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(written == 1)
    }
}
