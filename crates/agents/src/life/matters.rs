//! What has to be settled before an agent can go, and what a change of its territories concerns.

use kernel::{AgentId, DivisionSpan, RepositoryError};

macro_rules! matters {
    ($($(#[$doc:meta])* $variant:ident $name:literal $zh:literal)*) => {
        /// A kind of thing that keeps an agent from being gone. The list grows with the product: whoever adds what an agent
        /// can owe or own adds a line here, and the store's count is asked for by the compiler.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Matter {
            $($(#[$doc])* $variant,)*
        }

        impl Matter {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable name, also the JSON form.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it is called in Chinese.
            pub const fn name_zh(self) -> &'static str {
                match self { $(Self::$variant => $zh,)* }
            }
        }
    };
}

matters! {
    /// Orders that are neither delivered nor cancelled.
    OpenOrders "open_orders" "未完成的订单"
    /// Units on hand, over all products.
    StockOnHand "stock_on_hand" "库存件数"
    /// Couriers who are on duty.
    CouriersOnDuty "couriers_on_duty" "在岗的送水员"
}

/// So many of a kind are open. Never none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenMatter {
    /// Which kind.
    pub matter: Matter,
    /// How many: orders, units, people; fen for money.
    pub amount: u64,
}

/// What a change of an agent's territories concerns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Concerned {
    /// Its open orders there; they stay with the agent frozen on them.
    pub open_orders: u64,
    /// Customers who ever ordered from it to an address there.
    pub customers: u64,
}

/// Counts over everything that an agent has to do with, whichever aggregate it belongs to.
pub trait MatterRepository {
    /// What is open of the agent, in the order of [`Matter`]; kinds of which nothing is open are left out.
    fn list_open_matters(&mut self, agent_id: AgentId) -> Result<Vec<OpenMatter>, RepositoryError>;

    /// What of the agent's concerns the divisions in those spans.
    fn count_concerned(
        &mut self,
        agent_id: AgentId,
        spans: &[DivisionSpan],
    ) -> Result<Concerned, RepositoryError>;
}
