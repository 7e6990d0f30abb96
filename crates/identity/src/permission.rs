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
    /// Read agents.
    ReadAgents
    /// Add products and change them.
    ManageProducts
    /// Read stock and movements.
    ReadInventory
    /// Receive stock, set thresholds.
    ManageInventory
    /// Read customers: one's own record, an agent's, or all.
    ReadCustomers
    /// Add and change customers and addresses.
    ManageCustomers
    /// Place orders.
    PlaceOrders
    /// Read orders.
    ReadOrders
    /// Give orders to couriers.
    DispatchOrders
    /// Start, deliver and fail orders; claim from the pool.
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
}
