//! Ending somebody's membership.

use super::{Member, MembershipRepository};
use crate::{Principal, Role};
use kernel::{Instant, MembershipId, ReachedAgent, RepositoryError};
use thiserror::Error;

/// Why a membership goes on.
#[derive(Debug, Error)]
pub enum EndMembershipError {
    /// The agent has no such member.
    #[error("no member {0}")]
    NotFound(MembershipId),
    /// Nobody ends the membership they act in.
    #[error("a membership cannot end itself")]
    OwnMembership,
    /// The caller's role does not appoint to that one, so it does not dismiss from it either: an agent's owners and
    /// headquarters' administrators stay.
    #[error("nobody of that role may dismiss {}", .0.name())]
    NotAppointable(Role),
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Ends the membership of one of the agent's people. Whoever acts in it is nobody from then on.
pub fn end_membership(
    session: &mut (impl MembershipRepository + ?Sized),
    now: Instant,
    caller: &Principal,
    agent: ReachedAgent,
    id: MembershipId,
) -> Result<Member, EndMembershipError> {
    let member = session
        .find_member(agent, id)?
        .ok_or(EndMembershipError::NotFound(id))?;
    if id == caller.membership_id {
        return Err(EndMembershipError::OwnMembership);
    }
    let role = member.membership.position.role();
    if !caller.role.may_appoint(role) {
        return Err(EndMembershipError::NotAppointable(role));
    }
    session.end_membership(&member.membership, now)?;
    Ok(member)
}
