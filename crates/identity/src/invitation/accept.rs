//! Accepting an invitation.

use super::{Invitation, InvitationDigest, InvitationRepository, InvitationState};
use crate::{Membership, MembershipRepository, Principal, Role};
use kernel::{AgentId, IdSource, Instant, MembershipId, RepositoryError};
use thiserror::Error;

/// Why an invitation was not accepted.
#[derive(Debug, Error)]
pub enum AcceptInvitationError {
    /// No invitation of that code can be accepted: it is unknown, expired, withdrawn or used, or its maker may no longer
    /// appoint. The answer is one for all, since a code is a secret.
    #[error("no invitation of that code can be accepted")]
    NotOpen,
    /// The account is that already.
    #[error("the account is {} of {agent_id} already", .role.name())]
    AlreadyMember {
        /// The agent.
        agent_id: AgentId,
        /// As what.
        role: Role,
    },
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Gives the account of `caller` the membership that the code stands for, and uses the code up.
pub fn accept_invitation(
    session: &mut (impl InvitationRepository + MembershipRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    caller: &Principal,
    digest: &InvitationDigest,
) -> Result<(Invitation, Membership), AcceptInvitationError> {
    let invitation = session
        .find_invitation_by_code(digest)?
        .filter(|invitation| invitation.is_open(now))
        .ok_or(AcceptInvitationError::NotOpen)?;
    let (agent_id, role) = (invitation.agent_id, invitation.position.role());
    let maker = session
        .find_principals(&[invitation.invited_by])?
        .remove(&invitation.invited_by);
    if !maker.is_some_and(|maker| maker.role.may_appoint(role)) {
        return Err(AcceptInvitationError::NotOpen);
    }
    let memberships = session.list_memberships(caller.account_id)?;
    let is_member = memberships.iter().any(|membership| {
        membership.ended_at.is_none()
            && membership.position.role() == role
            && membership.position.agent_id() == Some(agent_id)
    });
    if is_member {
        return Err(AcceptInvitationError::AlreadyMember { agent_id, role });
    }
    let membership = Membership {
        id: MembershipId::from_uuid(ids.next_uuid(now)),
        account_id: caller.account_id,
        position: invitation.position,
        created_at: now,
        ended_at: None,
    };
    let accepted = Invitation {
        state: InvitationState::Accepted {
            account_id: caller.account_id,
            at: now,
        },
        ..invitation
    };
    session.close_invitation(&accepted)?;
    session.insert_memberships(&[membership])?;
    Ok((accepted, membership))
}
