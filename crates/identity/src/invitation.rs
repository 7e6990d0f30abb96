//! Invitations: how somebody who has an account comes to work for an agent or for headquarters. An invitation is carried
//! by a one-time code, known to its bearer as text and to us only by its digest.

mod accept;
mod code;
mod invite;
mod withdraw;

pub use accept::{AcceptInvitationError, accept_invitation};
pub use code::{InvitationCode, InvitationDigest};
pub use invite::{Invite, InviteError, MAXIMUM_OPEN_INVITATIONS, invite};
pub use withdraw::{WithdrawInvitationError, withdraw_invitation};

use crate::Position;
use chrono::TimeDelta;
use kernel::{
    AccountId, AgentId, Instant, InvitationId, MembershipId, Page, PageRequest, PersonName, ReachedAgent,
    RepositoryError,
};

/// How long an invitation can be accepted.
pub const INVITATION_LIFETIME: TimeDelta = TimeDelta::days(7);

/// What became of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    /// It waits for whoever has the code, until it expires.
    Open,
    /// Somebody came by it.
    Accepted {
        /// Who.
        account_id: AccountId,
        /// When.
        at: Instant,
    },
    /// Whoever manages the members took it back.
    Withdrawn {
        /// When.
        at: Instant,
    },
}

/// One invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// For whom one will work: headquarters, or an agent.
    pub agent_id: AgentId,
    /// What one will be.
    pub position: Position,
    /// Whom it is meant for, as its maker calls them.
    pub name: PersonName,
    /// What its code is known by.
    pub digest: InvitationDigest,
    /// Who made it. It is worth as much as its maker's right.
    pub invited_by: MembershipId,
    /// When it was made.
    pub created_at: Instant,
    /// When it stops being good.
    pub expires_at: Instant,
    /// What became of it.
    pub state: InvitationState,
}

impl Invitation {
    /// Whether it can still be accepted at `now`.
    pub fn is_open(&self, now: Instant) -> bool {
        self.state == InvitationState::Open && now < self.expires_at
    }
}

/// The invitations.
pub trait InvitationRepository {
    /// Adds an invitation.
    fn insert_invitation(&mut self, invitation: &Invitation) -> Result<(), RepositoryError>;

    /// The invitation of that id, `None` where it is not there or another agent's.
    fn find_invitation(
        &mut self,
        agent: ReachedAgent,
        id: InvitationId,
    ) -> Result<Option<Invitation>, RepositoryError>;

    /// The invitation of that code, whatever became of it. The code is the right to see it.
    fn find_invitation_by_code(
        &mut self,
        digest: &InvitationDigest,
    ) -> Result<Option<Invitation>, RepositoryError>;

    /// A page of the agent's invitations that can be accepted at `now`, newest first.
    fn list_open_invitations(
        &mut self,
        agent: ReachedAgent,
        now: Instant,
        page: &PageRequest<InvitationId>,
    ) -> Result<Page<Invitation, InvitationId>, RepositoryError>;

    /// Saves what became of an invitation that was open. [`RepositoryError::LostRace`] where it no longer is.
    fn close_invitation(&mut self, invitation: &Invitation) -> Result<(), RepositoryError>;
}
