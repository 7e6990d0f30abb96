//! What must be equal at every moment, by name, and how it is checked.

use kernel::{AgentId, RepositoryError};

/// A balance or a state and what it is derived from. Each is checked agent by agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Equation {
    /// A stock balance is the sum of its movements, on hand and reserved.
    StockIsItsMovements,
    /// The movements of a stock balance are one chain from nothing to the balance: each begins where another ended.
    MovementsAreOneChain,
    /// A movement changes the balance by what its kind and quantity say.
    MovementsAreAsTheySay,
    /// What is reserved is what open orders wait for.
    ReservedIsOpenOrders,
    /// Never is more reserved than there is.
    AvailableIsNotNegative,
    /// An order's state and version are those of its last history entry.
    OrderIsItsHistory,
    /// An order's history counts its versions from one, and each entry begins in the state the one before led to.
    HistoryHasNoGap,
    /// An order's total is the sum of its lines.
    TotalIsItsLines,
    /// Every order has its number, every number its order, and no number is past the day's counter.
    NumbersAreOrders,
    /// The last 16 bits of an order's id are its agent's number.
    OrderIdTellsAgent,
    /// A customer who has ordered is known to the agent by a first order of theirs, and the other way round.
    FirstOrdersAreOrders,
    /// A rating is of a delivered order, by its customer, of its courier.
    RatingsAreOfDeliveries,
    /// The figures of a day are those of its orders and ratings.
    DailyFiguresAreEvents,
    /// The figures of a county's day are those of its orders and ratings; so they also sum to the figures of the day.
    CountyFiguresAreEvents,
    /// No two territories claim the same division on the same level at the same time: every address has one route.
    ClaimsAreDisjoint,
    /// Each entry of a deposit's ledger tells the sum of those up to it, and what an appeal undid has its entry.
    DepositIsItsEntries,
    /// What is spent of approved market support is the sum of its spendings.
    SupportIsItsSpendings,
    /// The audit log is one chain: no entry was changed, put in or taken out since it was chained. Headquarters' alone.
    AuditIsOneChain,
}

impl Equation {
    /// Every equation, in the order they are checked.
    pub const ALL: [Self; 18] = [
        Self::StockIsItsMovements,
        Self::MovementsAreOneChain,
        Self::MovementsAreAsTheySay,
        Self::ReservedIsOpenOrders,
        Self::AvailableIsNotNegative,
        Self::OrderIsItsHistory,
        Self::HistoryHasNoGap,
        Self::TotalIsItsLines,
        Self::NumbersAreOrders,
        Self::OrderIdTellsAgent,
        Self::FirstOrdersAreOrders,
        Self::RatingsAreOfDeliveries,
        Self::DailyFiguresAreEvents,
        Self::CountyFiguresAreEvents,
        Self::ClaimsAreDisjoint,
        Self::DepositIsItsEntries,
        Self::SupportIsItsSpendings,
        Self::AuditIsOneChain,
    ];

    /// The stable name that people and monitoring know it by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::StockIsItsMovements => "stock_is_its_movements",
            Self::MovementsAreOneChain => "movements_are_one_chain",
            Self::MovementsAreAsTheySay => "movements_are_as_they_say",
            Self::ReservedIsOpenOrders => "reserved_is_open_orders",
            Self::AvailableIsNotNegative => "available_is_not_negative",
            Self::OrderIsItsHistory => "order_is_its_history",
            Self::HistoryHasNoGap => "history_has_no_gap",
            Self::TotalIsItsLines => "total_is_its_lines",
            Self::NumbersAreOrders => "numbers_are_orders",
            Self::OrderIdTellsAgent => "order_id_tells_agent",
            Self::FirstOrdersAreOrders => "first_orders_are_orders",
            Self::RatingsAreOfDeliveries => "ratings_are_of_deliveries",
            Self::DailyFiguresAreEvents => "daily_figures_are_events",
            Self::CountyFiguresAreEvents => "county_figures_are_events",
            Self::ClaimsAreDisjoint => "claims_are_disjoint",
            Self::DepositIsItsEntries => "deposit_is_its_entries",
            Self::SupportIsItsSpendings => "support_is_its_spendings",
            Self::AuditIsOneChain => "audit_is_one_chain",
        }
    }
}

/// One row that breaks an equation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The row, by the keys it is found by.
    pub row: String,
    /// What it is derived to be.
    pub expected: String,
    /// What is stored.
    pub found: String,
}

/// One equation, checked over the rows of one agent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// How many rows were checked.
    pub rows: u64,
    /// Those that differ.
    pub differences: Vec<Difference>,
}

/// Checks the equations. Run each on a read-only session of its own: it is one snapshot, so what is found is right while
/// others write, and no snapshot is held for longer than one agent's rows take.
pub trait ConsistencyRepository {
    /// The agents that any row to check belongs to.
    fn list_agents_to_check(&mut self) -> Result<Vec<AgentId>, RepositoryError>;

    /// Checks one equation over one agent's rows.
    fn check_equation(&mut self, equation: Equation, agent_id: AgentId) -> Result<Checked, RepositoryError>;
}
