//! Who acts on orders.

use crate::{Order, OrderState};
use kernel::{AccountId, CustomerId, Scope};

/// Who acts: the account for the history, and whose orders it may touch. Both come from the principal as the command's
/// own transaction read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account, `None` for the system's own doing.
    pub account_id: Option<AccountId>,
    /// Whose orders.
    pub scope: Scope,
}

impl Actor {
    /// The system itself, which may touch every order.
    pub const SYSTEM: Self = Self {
        account_id: None,
        scope: Scope::All,
    };

    /// Whether the order is there for this actor: headquarters sees all, an agent its own, a courier its own and the
    /// pool of its agent, a customer its own.
    pub fn sees(&self, order: &Order) -> bool {
        match self.scope {
            Scope::All => true,
            Scope::Agent(agent_id) => order.agent_id == agent_id,
            Scope::Courier { agent_id, courier_id } => {
                order.agent_id == agent_id
                    && match order.state.courier_id() {
                        Some(courier) => courier == courier_id,
                        // A cancelled order is no longer in the pool.
                        None => order.state == OrderState::Placed,
                    }
            }
            Scope::Customer(customer_id) => order.customer_id == customer_id,
        }
    }

    /// Whether the actor may order for that customer at all; an agent's staff must know the customer besides.
    pub fn may_order_for(&self, customer_id: CustomerId) -> bool {
        match self.scope {
            Scope::All | Scope::Agent(_) => true,
            Scope::Customer(own) => own == customer_id,
            Scope::Courier { .. } => false,
        }
    }
}
