//! Someone who orders water.

pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod find;
pub(crate) mod register;

use crate::{AgentCustomer, FirstOrder};
use kernel::{AccountId, AgentId, CustomerId, Instant, MobileNumber, PersonName};

/// A customer's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Its id.
    pub id: CustomerId,
    /// The account that orders for it, `None` for a customer who only telephones.
    pub account_id: Option<AccountId>,
    /// What it is called.
    pub name: PersonName,
    /// Where it is reached, `None` where nobody was told.
    pub phone: Option<MobileNumber>,
    /// When it was added.
    pub created_at: Instant,
    /// Since when nothing is known of the person any more. Nothing is ordered for it, and nothing of it changes.
    pub erased_at: Option<Instant>,
    /// The version that was loaded, 1 when new. Saving stores the next one.
    pub version: i64,
}

impl Customer {
    /// Whether the person was erased.
    pub const fn is_erased(&self) -> bool {
        self.erased_at.is_some()
    }

    /// What that agent knows of the customer from now on.
    pub fn known_to(&self, agent_id: AgentId, first_order: Option<FirstOrder>) -> AgentCustomer {
        AgentCustomer {
            agent_id,
            customer_id: self.id,
            name: self.name.clone(),
            phone: self.phone.clone(),
            first_order,
        }
    }
}
