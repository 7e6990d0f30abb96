//! Taking an invitation back.

use super::{Invitation, InvitationRepository, InvitationState};
use kernel::{Instant, InvitationId, ReachedAgent, RepositoryError};
use thiserror::Error;

/// Why an invitation was not withdrawn.
#[derive(Debug, Error)]
pub enum WithdrawInvitationError {
    /// The agent has no such invitation that waits.
    #[error("no invitation {0} waits")]
    NotOpen(InvitationId),
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Withdraws an invitation that waits: its code is worth nothing from then on.
pub fn withdraw_invitation(
    session: &mut (impl InvitationRepository + ?Sized),
    now: Instant,
    agent: ReachedAgent,
    id: InvitationId,
) -> Result<(), WithdrawInvitationError> {
    let invitation = session
        .find_invitation(agent, id)?
        .filter(|invitation| invitation.is_open(now))
        .ok_or(WithdrawInvitationError::NotOpen(id))?;
    session.close_invitation(&Invitation {
        state: InvitationState::Withdrawn { at: now },
        ..invitation
    })?;
    Ok(())
}
