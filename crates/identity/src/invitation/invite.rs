//! Inviting somebody to work for an agent, or for headquarters.

use super::{INVITATION_LIFETIME, Invitation, InvitationCode, InvitationRepository, InvitationState};
use crate::{Position, Principal, Role, SecretSource};
use kernel::{IdSource, Instant, InvitationId, PageRequest, PersonName, ReachedAgent, RepositoryError};
use thiserror::Error;

/// How many invitations of one agent wait at a time.
pub const MAXIMUM_OPEN_INVITATIONS: u16 = 50;

/// Whom to invite, and as what.
#[derive(Clone, Debug)]
pub struct Invite {
    /// What one will be. A courier's record is the caller's business, since couriers are not known here.
    pub position: Position,
    /// Whom it is meant for.
    pub name: PersonName,
}

/// Why nobody was invited.
#[derive(Debug, Error)]
pub enum InviteError {
    /// The caller's role does not appoint to that one, or not there.
    #[error("nobody of that role may be appointed to {}", .0.name())]
    NotAppointable(Role),
    /// Too many invitations wait already.
    #[error("{MAXIMUM_OPEN_INVITATIONS} invitations wait already")]
    TooManyOpen,
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Makes an invitation. Its code is told to the caller this once.
pub fn invite(
    session: &mut (impl InvitationRepository + ?Sized),
    ids: &dyn IdSource,
    secrets: &dyn SecretSource,
    now: Instant,
    inviter: &Principal,
    agent: ReachedAgent,
    command: Invite,
) -> Result<(Invitation, InvitationCode), InviteError> {
    let role = command.position.role();
    let for_this_agent = command.position.agent_id() == Some(agent.id());
    if !inviter.role.may_appoint(role) || !for_this_agent {
        return Err(InviteError::NotAppointable(role));
    }
    let limit = PageRequest {
        limit: MAXIMUM_OPEN_INVITATIONS,
        after: None,
    };
    let open = session.list_open_invitations(agent, now, &limit)?.items.len();
    if open >= usize::from(MAXIMUM_OPEN_INVITATIONS) {
        return Err(InviteError::TooManyOpen);
    }
    let (code, digest) = InvitationCode::generate(secrets, agent.id());
    let invitation = Invitation {
        id: InvitationId::from_uuid(ids.next_uuid(now)),
        agent_id: agent.id(),
        position: command.position,
        name: command.name,
        digest,
        invited_by: inviter.membership_id,
        created_at: now,
        expires_at: now + INVITATION_LIFETIME,
        state: InvitationState::Open,
    };
    session.insert_invitation(&invitation)?;
    Ok((invitation, code))
}
