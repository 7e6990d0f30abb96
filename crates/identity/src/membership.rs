//! Memberships: what an account is, and for whom.

mod end;

pub use end::{EndMembershipError, end_membership};

use crate::{Principal, Role};
use kernel::{
    AccountId, AgentId, CourierId, CustomerId, Instant, MembershipId, Page, PageRequest, PersonName,
    ReachedAgent, RepositoryError,
};
use std::{cmp::Reverse, collections::BTreeMap};

/// A role together with what it cannot be held without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// Runs headquarters.
    HqAdmin,
    /// Works at headquarters.
    Operator,
    /// Reads at headquarters.
    Auditor,
    /// Answers for that agent.
    AgentOwner(AgentId),
    /// Works for that agent.
    AgentStaff(AgentId),
    /// Delivers for that agent.
    Courier {
        /// The agent.
        agent_id: AgentId,
        /// Which of its couriers.
        courier_id: CourierId,
    },
    /// Is that customer.
    Customer(CustomerId),
    /// Has applied to become an agent.
    Applicant,
}

impl Position {
    /// The position of those parts; `None` if one is missing or too many.
    pub fn of(
        role: Role,
        agent_id: Option<AgentId>,
        courier_id: Option<CourierId>,
        customer_id: Option<CustomerId>,
    ) -> Option<Self> {
        match (role, agent_id, courier_id, customer_id) {
            (Role::HqAdmin, Some(AgentId::HEADQUARTERS), None, None) => Some(Self::HqAdmin),
            (Role::Operator, Some(AgentId::HEADQUARTERS), None, None) => Some(Self::Operator),
            (Role::Auditor, Some(AgentId::HEADQUARTERS), None, None) => Some(Self::Auditor),
            (Role::AgentOwner, Some(agent_id), None, None) => Some(Self::AgentOwner(agent_id)),
            (Role::AgentStaff, Some(agent_id), None, None) => Some(Self::AgentStaff(agent_id)),
            (Role::Courier, Some(agent_id), Some(courier_id), None) => {
                Some(Self::Courier { agent_id, courier_id })
            }
            (Role::Customer, None, None, Some(customer_id)) => Some(Self::Customer(customer_id)),
            (Role::Applicant, None, None, None) => Some(Self::Applicant),
            _ => None,
        }
    }

    /// A position at headquarters; `None` if the role is not one of headquarters'.
    pub fn at_headquarters(role: Role) -> Option<Self> {
        role.is_headquarters()
            .then(|| Self::of(role, Some(AgentId::HEADQUARTERS), None, None))
            .flatten()
    }

    /// The bare role.
    pub const fn role(self) -> Role {
        match self {
            Self::HqAdmin => Role::HqAdmin,
            Self::Operator => Role::Operator,
            Self::Auditor => Role::Auditor,
            Self::AgentOwner(_) => Role::AgentOwner,
            Self::AgentStaff(_) => Role::AgentStaff,
            Self::Courier { .. } => Role::Courier,
            Self::Customer(_) => Role::Customer,
            Self::Applicant => Role::Applicant,
        }
    }

    /// The agent it is held for: headquarters for its own roles, absent for customers and applicants.
    pub const fn agent_id(self) -> Option<AgentId> {
        match self {
            Self::HqAdmin | Self::Operator | Self::Auditor => Some(AgentId::HEADQUARTERS),
            Self::AgentOwner(agent_id) | Self::AgentStaff(agent_id) | Self::Courier { agent_id, .. } => {
                Some(agent_id)
            }
            Self::Customer(_) | Self::Applicant => None,
        }
    }

    /// The courier it is.
    pub const fn courier_id(self) -> Option<CourierId> {
        match self {
            Self::Courier { courier_id, .. } => Some(courier_id),
            _ => None,
        }
    }

    /// The customer it is.
    pub const fn customer_id(self) -> Option<CustomerId> {
        match self {
            Self::Customer(customer_id) => Some(customer_id),
            _ => None,
        }
    }
}

/// One account in one position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// Its id.
    pub id: MembershipId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What the account is by it.
    pub position: Position,
    /// Since when.
    pub created_at: Instant,
    /// Until when; absent while it lasts.
    pub ended_at: Option<Instant>,
}

impl Membership {
    /// The one that a sign-in starts in, of those that last: the role that stands first in [`Role`], and of several
    /// such the newest. Whoever became an agent finds the agent's desk, not the customer's.
    pub fn first_choice(memberships: &[Self]) -> Option<&Self> {
        memberships
            .iter()
            .filter(|membership| membership.ended_at.is_none())
            .min_by_key(|membership| {
                (
                    membership.position.role(),
                    Reverse((membership.created_at, membership.id)),
                )
            })
    }
}

/// One of an agent's people, as the agent's office sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What they are.
    pub membership: Membership,
    /// The account holder's name.
    pub name: PersonName,
    /// Whether the account is disabled: the membership lasts, and nobody can act in it.
    pub disabled: bool,
}

/// The memberships.
pub trait MembershipRepository {
    /// Adds memberships.
    fn insert_memberships(&mut self, memberships: &[Membership]) -> Result<(), RepositoryError>;

    /// Every membership of an account, ended ones too, oldest first.
    fn list_memberships(&mut self, account_id: AccountId) -> Result<Vec<Membership>, RepositoryError>;

    /// The member of that membership, `None` where it is not there, has ended, or is another agent's.
    fn find_member(
        &mut self,
        agent: ReachedAgent,
        id: MembershipId,
    ) -> Result<Option<Member>, RepositoryError>;

    /// A page of the agent's people whose memberships last, the longest first.
    fn list_members(
        &mut self,
        agent: ReachedAgent,
        page: &PageRequest<MembershipId>,
    ) -> Result<Page<Member, MembershipId>, RepositoryError>;

    /// Ends a membership that lasts. [`RepositoryError::LostRace`] where it has ended.
    fn end_membership(&mut self, membership: &Membership, at: Instant) -> Result<(), RepositoryError>;

    /// Who acts in those memberships; without those that ended, are unknown, or whose account is disabled.
    fn find_principals(
        &mut self,
        ids: &[MembershipId],
    ) -> Result<BTreeMap<MembershipId, Principal>, RepositoryError>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn positions() -> Vec<Position> {
        let agent_id = AgentId::from_uuid(Uuid::from_u128(1));
        vec![
            Position::HqAdmin,
            Position::Operator,
            Position::Auditor,
            Position::AgentOwner(agent_id),
            Position::AgentStaff(agent_id),
            Position::Courier {
                agent_id,
                courier_id: CourierId::from_uuid(Uuid::from_u128(2)),
            },
            Position::Customer(CustomerId::from_uuid(Uuid::from_u128(3))),
            Position::Applicant,
        ]
    }

    fn membership(id: u128, position: Position, created_at: &str) -> Membership {
        Membership {
            id: MembershipId::from_uuid(Uuid::from_u128(id)),
            account_id: AccountId::from_uuid(Uuid::from_u128(1)),
            position,
            created_at: created_at.parse().unwrap(),
            ended_at: None,
        }
    }

    #[test]
    fn every_position_comes_back_from_its_parts_and_from_no_others() {
        assert_eq!(
            positions()
                .iter()
                .map(|position| position.role())
                .collect::<Vec<_>>(),
            Role::ALL
        );
        for position in positions() {
            let (role, agent, courier, customer) = (
                position.role(),
                position.agent_id(),
                position.courier_id(),
                position.customer_id(),
            );
            assert_eq!(Position::of(role, agent, courier, customer), Some(position));
            let other_agent = match agent {
                Some(_) => None,
                None => Some(AgentId::HEADQUARTERS),
            };
            assert_eq!(Position::of(role, other_agent, courier, customer), None);
        }
    }

    #[test]
    fn only_the_roles_of_headquarters_are_held_there() {
        for role in Role::ALL {
            assert_eq!(Position::at_headquarters(role).is_some(), role.is_headquarters());
        }
    }

    #[test]
    fn a_sign_in_starts_in_the_first_role_and_the_newest_membership() {
        let [owner, customer] = [positions()[3], positions()[6]];
        let old = membership(1, owner, "2026-01-01T00:00:00Z");
        let new = membership(2, owner, "2026-02-01T00:00:00Z");
        let newest = membership(3, customer, "2026-03-01T00:00:00Z");
        assert_eq!(Membership::first_choice(&[newest, old, new]), Some(&new));
        let ended = Membership {
            ended_at: Some(new.created_at),
            ..new
        };
        assert_eq!(Membership::first_choice(&[newest, old, ended]), Some(&old));
        assert_eq!(Membership::first_choice(&[ended]), None);
    }
}
