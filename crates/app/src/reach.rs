//! Whose rows a route reaches. The route table names it beside the permission, and the scope that a handler works with is
//! made from it and from the principal, never from a request.

use crate::problem::Problem;
use agents::ApplicationScope;
use identity::{Permission, Principal};
use kernel::Scope;

/// Whose rows a route reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// No tenant's and no person's: divisions, products, the server itself.
    Shared,
    /// The caller's own account: its sign-ins, its memberships, what it applied for.
    Account,
    /// The applications of the caller's own account; for headquarters every one.
    Applications,
    /// What the role holds: an agent's own rows, a courier's or a customer's own orders, for headquarters everything.
    Tenant,
    /// What the role holds, and the figures of the agents below.
    Below,
    /// Everything, whosever it is: headquarters alone.
    Everything,
}

impl Reach {
    /// Whether the principal reaches anything that way. One that does not is told 403, whatever its permissions.
    pub fn is_open_to(self, principal: &Principal) -> bool {
        match self {
            Self::Shared | Self::Account | Self::Applications => true,
            Self::Tenant | Self::Below | Self::Everything => self.held_by(principal).is_some(),
        }
    }

    /// The tenants' rows that the principal reaches. Asking for them where the route table says that there are none is a
    /// mistake of ours.
    pub fn scope(self, principal: &Principal) -> Result<Scope, Problem> {
        match self {
            Self::Shared | Self::Account | Self::Applications => {
                Err(Problem::internal("the route table gives this route no scope"))
            }
            Self::Tenant | Self::Below | Self::Everything => {
                self.held_by(principal).ok_or_else(Problem::forbidden)
            }
        }
    }

    /// The applications that the principal reaches, where the route table says that a route reaches those.
    pub fn applications(self, principal: &Principal) -> Result<ApplicationScope, Problem> {
        if self != Self::Applications {
            return Err(Problem::internal(
                "the route table gives this route no applications",
            ));
        }
        Ok(if principal.may(Permission::ReadApplications) {
            ApplicationScope::All
        } else {
            ApplicationScope::Own(principal.account_id)
        })
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the place that asks the principal"
    )]
    fn held_by(self, principal: &Principal) -> Option<Scope> {
        let scope = principal.scope()?;
        (self != Self::Everything || scope == Scope::All).then_some(scope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use identity::Role;
    use kernel::{AccountId, AgentId, CustomerId, MembershipId, PersonName};
    use uuid::Uuid;

    fn principal(role: Role) -> Principal {
        let id = Uuid::from_u128(7);
        Principal {
            account_id: AccountId::from_uuid(id),
            membership_id: MembershipId::from_uuid(id),
            name: PersonName::parse("张三").unwrap(),
            role,
            agent_id: (role == Role::AgentOwner).then(|| AgentId::from_uuid(id)),
            courier_id: None,
            customer_id: (role == Role::Customer).then(|| CustomerId::from_uuid(id)),
        }
    }

    #[test]
    fn a_scope_is_what_the_role_holds_and_only_headquarters_holds_everything() {
        let scope = |reach: Reach, role| reach.scope(&principal(role)).map_err(|problem| problem.code());
        let own = Scope::Agent(AgentId::from_uuid(Uuid::from_u128(7)));
        for reach in [Reach::Tenant, Reach::Below] {
            assert_eq!(scope(reach, Role::Operator), Ok(Scope::All));
            assert_eq!(scope(reach, Role::AgentOwner), Ok(own));
            assert_eq!(scope(reach, Role::Applicant), Err("forbidden"));
            assert!(!reach.is_open_to(&principal(Role::Applicant)));
        }
        assert_eq!(scope(Reach::Everything, Role::Operator), Ok(Scope::All));
        for role in [Role::AgentOwner, Role::Customer, Role::Applicant] {
            assert_eq!(scope(Reach::Everything, role), Err("forbidden"));
            assert!(!Reach::Everything.is_open_to(&principal(role)));
        }
    }

    #[test]
    fn a_route_that_reaches_no_tenants_rows_gets_no_scope() {
        for reach in [Reach::Shared, Reach::Account, Reach::Applications] {
            let refused = reach.scope(&principal(Role::HqAdmin)).unwrap_err();
            assert_eq!(refused.code(), "internal_error");
            assert!(reach.is_open_to(&principal(Role::Applicant)));
        }
    }

    #[test]
    fn applications_are_ones_own_except_for_headquarters() {
        let applications = |reach: Reach, role| reach.applications(&principal(role)).ok();
        let own = ApplicationScope::Own(AccountId::from_uuid(Uuid::from_u128(7)));
        assert_eq!(
            applications(Reach::Applications, Role::Auditor),
            Some(ApplicationScope::All)
        );
        for role in [Role::AgentOwner, Role::Customer, Role::Applicant] {
            assert_eq!(applications(Reach::Applications, role), Some(own));
        }
        assert_eq!(applications(Reach::Tenant, Role::HqAdmin), None);
    }
}
