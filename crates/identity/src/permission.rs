//! What can be permitted. Each route names one; [`crate::Role::permissions`] says who has it. A permission says *what*;
//! *whose rows* is the [`kernel::Scope`] of the principal.

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident)*) => {
        /// One thing that a role may do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission {
            $($(#[$doc])* $name,)*
        }

        impl Permission {
            /// Every permission, for tables and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

permissions! {
    /// Read every application. Applicants read their own without it.
    ReadApplications
    /// Open, decide and ask back.
    ReviewApplications
    /// Read territories.
    ReadTerritories
    /// Take the coverage of territories away as a file.
    ExportTerritories
    /// Read agents.
    ReadAgents
    /// Suspend, renew and terminate agents, and let territories pass from one to another.
    ManageAgents
    /// Let others into one's own exclusive territory.
    ConsentToOthers
    /// Read deposits and market support, and the pictures that prove what is said of an agent.
    ReadContractMoney
    /// Note payments, deduct and refund, decide appeals and requests for market support.
    ManageContractMoney
    /// Appeal against deductions, ask for market support and tell what it was spent on.
    ClaimContractMoney
    /// Read quotas, inspections and market reports, and how each obligation stands.
    ReadObligations
    /// Hand market reports in and answer inspections.
    FulfilObligations
    /// Record inspections and close them.
    InspectAgents
    /// Decide what is proposed when obligations are missed again and again.
    DecideConsequences
    /// Add products and change them.
    ManageProducts
    /// Read stock and movements.
    ReadInventory
    /// Receive stock, set thresholds.
    ManageInventory
    /// Read customers: one's own record, an agent's, or all.
    ReadCustomers
    /// Add customers.
    AddCustomers
    /// Change customers and add addresses: one's own record, an agent's, or all.
    ManageCustomers
    /// Export all that is kept about a customer without an account.
    ExportPersonalData
    /// Erase a customer at their request.
    ErasePersonalData
    /// Place orders.
    PlaceOrders
    /// Read orders.
    ReadOrders
    /// Give orders to couriers.
    DispatchOrders
    /// Take orders from the pool.
    ClaimOrders
    /// Start, deliver and fail orders.
    DeliverOrders
    /// Cancel orders.
    CancelOrders
    /// Rate delivered orders.
    RateOrders
    /// Read couriers.
    ReadCouriers
    /// Add and change couriers.
    ManageCouriers
    /// Read figures.
    ReadFigures
    /// See the personal values of applicants and agents in full, for a reason.
    RevealApplicants
    /// See the personal values of customers in full, for a reason.
    RevealCustomers
    /// Read the audit log.
    ReadAudit
    /// See the own agent's people, invite them and end their memberships.
    ManageMembers
    /// Disable accounts and enable them again.
    ManageAccounts
    /// Say where the own office's events go.
    ManageWebhooks
    /// See what could not be delivered, and let it be tried again.
    ReplayDeadLetters
}
