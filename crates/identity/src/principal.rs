//! Who a request comes from.

use crate::{Account, Membership, Permission, Role};
use kernel::{AccountId, AgentId, CourierId, CustomerId, MembershipId, PersonName, Scope};

/// An account acting in one of its memberships, as the database knew it when it was read. A command re-reads it in its
/// own transaction, so that no write outlives a right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The account.
    pub account_id: AccountId,
    /// The membership it acts in.
    pub membership_id: MembershipId,
    /// The account holder's name.
    pub name: PersonName,
    /// The membership's role.
    pub role: Role,
    /// The agent the role is held for: headquarters for its roles, absent for customers and applicants.
    pub agent_id: Option<AgentId>,
    /// The courier this account is, for [`Role::Courier`].
    pub courier_id: Option<CourierId>,
    /// The customer this account is, for [`Role::Customer`].
    pub customer_id: Option<CustomerId>,
}

impl Principal {
    /// An account acting in one of its memberships.
    pub fn of(account: &Account, membership: &Membership) -> Self {
        let position = membership.position;
        Self {
            account_id: account.id,
            membership_id: membership.id,
            name: account.name.clone(),
            role: position.role(),
            agent_id: position.agent_id(),
            courier_id: position.courier_id(),
            customer_id: position.customer_id(),
        }
    }

    /// Whether the principal may do that at all; whose rows it may do it to is [`Self::scope`].
    pub fn may(&self, permission: Permission) -> bool {
        self.role.may(permission)
    }

    /// Whose rows the principal may reach, `None` where it may reach none of any tenant.
    pub fn scope(&self) -> Option<Scope> {
        match (self.role, self.agent_id, self.courier_id, self.customer_id) {
            (Role::HqAdmin | Role::Operator | Role::Auditor, ..) => Some(Scope::All),
            (Role::AgentOwner | Role::AgentStaff, Some(agent_id), ..) => Some(Scope::Agent(agent_id)),
            (Role::Courier, Some(agent_id), Some(courier_id), _) => {
                Some(Scope::Courier { agent_id, courier_id })
            }
            (Role::Customer, _, _, Some(customer_id)) => Some(Scope::Customer(customer_id)),
            _ => None,
        }
    }
}
