//! The roles, and what each may do. The whole matrix is on this page.

#[allow(
    clippy::enum_glob_use,
    reason = "the matrix below names permissions and nothing else"
)]
use crate::Permission::{self, *};
use serde::{Deserialize, Serialize};

/// What somebody is, inside one membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs headquarters.
    HqAdmin,
    /// Reviews applications and helps with daily work at headquarters.
    Operator,
    /// Reads everything at headquarters, changes nothing.
    Auditor,
    /// Answers for an agent.
    AgentOwner,
    /// Works in an agent's office.
    AgentStaff,
    /// Delivers for an agent.
    Courier,
    /// Orders water.
    Customer,
    /// Has applied to become an agent.
    Applicant,
}

impl Role {
    /// Every role, for tables and tests.
    pub const ALL: [Self; 8] = [
        Self::HqAdmin,
        Self::Operator,
        Self::Auditor,
        Self::AgentOwner,
        Self::AgentStaff,
        Self::Courier,
        Self::Customer,
        Self::Applicant,
    ];

    /// The stable name, also the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HqAdmin => "hq_admin",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
            Self::AgentOwner => "agent_owner",
            Self::AgentStaff => "agent_staff",
            Self::Courier => "courier",
            Self::Customer => "customer",
            Self::Applicant => "applicant",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether the role belongs to headquarters: its memberships name headquarters as their agent.
    pub const fn is_headquarters(self) -> bool {
        matches!(self, Self::HqAdmin | Self::Operator | Self::Auditor)
    }

    /// What the role may do. A permission that stands nowhere here is nobody's.
    #[allow(clippy::too_many_lines, reason = "a matrix is read as a whole")]
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::HqAdmin => &[
                ReadApplications,
                ReviewApplications,
                ReadTerritories,
                ExportTerritories,
                ReadAgents,
                ManageAgents,
                ReadContractMoney,
                ManageContractMoney,
                ReadObligations,
                InspectAgents,
                DecideConsequences,
                ManageProducts,
                ReadInventory,
                ManageInventory,
                ReadCustomers,
                AddCustomers,
                ManageCustomers,
                ExportPersonalData,
                ErasePersonalData,
                PlaceOrders,
                ReadOrders,
                DispatchOrders,
                DeliverOrders,
                CancelOrders,
                ReadCouriers,
                ManageCouriers,
                ReadFigures,
                RevealApplicants,
                RevealCustomers,
                ReadAudit,
                ManageMembers,
                ManageAccounts,
                ManageWebhooks,
                ReplayDeadLetters,
            ],
            Self::Operator => &[
                ReadApplications,
                ReviewApplications,
                ReadTerritories,
                ExportTerritories,
                ReadAgents,
                ReadContractMoney,
                ReadObligations,
                InspectAgents,
                ReadInventory,
                ReadCustomers,
                AddCustomers,
                ManageCustomers,
                PlaceOrders,
                ReadOrders,
                DispatchOrders,
                CancelOrders,
                ReadCouriers,
                ReadFigures,
                RevealApplicants,
                RevealCustomers,
                ReplayDeadLetters,
            ],
            Self::Auditor => &[
                ReadApplications,
                ReadTerritories,
                ReadAgents,
                ReadContractMoney,
                ReadObligations,
                ReadInventory,
                ReadCustomers,
                ReadOrders,
                ReadCouriers,
                ReadFigures,
                ReadAudit,
            ],
            Self::AgentOwner => &[
                ReadTerritories,
                ExportTerritories,
                ReadAgents,
                ConsentToOthers,
                ReadContractMoney,
                ClaimContractMoney,
                ReadObligations,
                FulfilObligations,
                ReadInventory,
                ManageInventory,
                ReadCustomers,
                AddCustomers,
                ManageCustomers,
                PlaceOrders,
                ReadOrders,
                DispatchOrders,
                DeliverOrders,
                CancelOrders,
                ReadCouriers,
                ManageCouriers,
                ReadFigures,
                RevealCustomers,
                ManageMembers,
                ManageWebhooks,
                ReplayDeadLetters,
            ],
            Self::AgentStaff => &[
                ReadTerritories,
                ReadAgents,
                ReadObligations,
                FulfilObligations,
                ReadInventory,
                ManageInventory,
                ReadCustomers,
                AddCustomers,
                ManageCustomers,
                PlaceOrders,
                ReadOrders,
                DispatchOrders,
                DeliverOrders,
                CancelOrders,
                ReadCouriers,
                ManageCouriers,
                ReadFigures,
                RevealCustomers,
            ],
            Self::Courier => &[ReadOrders, ClaimOrders, DeliverOrders],
            Self::Customer => &[
                ReadCustomers,
                ManageCustomers,
                PlaceOrders,
                ReadOrders,
                CancelOrders,
                RateOrders,
            ],
            Self::Applicant => &[],
        }
    }

    /// Whether the role may invite somebody to be that, and end their being it, at its own agent. Nobody appoints owners:
    /// approving an application does; nor administrators: whoever runs the machine does.
    pub const fn may_appoint(self, role: Self) -> bool {
        match self {
            Self::HqAdmin => matches!(role, Self::Operator | Self::Auditor),
            Self::AgentOwner => matches!(role, Self::AgentStaff | Self::Courier),
            Self::Operator
            | Self::Auditor
            | Self::AgentStaff
            | Self::Courier
            | Self::Customer
            | Self::Applicant => false,
        }
    }

    /// Whether the role may do that.
    pub fn may(self, permission: Permission) -> bool {
        self.permissions().contains(&permission)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_is_somebodys_and_names_come_back() {
        for &permission in Permission::ALL {
            assert!(
                Role::ALL.iter().any(|role| role.may(permission)),
                "{permission:?} is nobody's"
            );
        }
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
        }
    }

    #[test]
    fn whoever_appoints_manages_members_and_appoints_below_itself_and_on_its_own_side() {
        for role in Role::ALL {
            let appointed: Vec<_> = Role::ALL
                .into_iter()
                .filter(|&other| role.may_appoint(other))
                .collect();
            assert_eq!(role.may(ManageMembers), !appointed.is_empty(), "{role:?}");
            for other in appointed {
                assert!(role < other, "{role:?} appoints {other:?}");
                assert_eq!(role.is_headquarters(), other.is_headquarters());
            }
        }
    }

    #[test]
    fn an_auditor_changes_nothing() {
        assert!(
            Role::Auditor
                .permissions()
                .iter()
                .all(|permission| format!("{permission:?}").starts_with("Read"))
        );
    }
}
