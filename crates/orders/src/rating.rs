//! Satisfaction.

use kernel::{AgentId, CourierId, CustomerId, Instant, Invalid, OrderId, Text};

/// The most tags of one rating.
pub const MAXIMUM_RATING_TAGS: usize = 10;

/// A score of 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score(u8);

impl Score {
    /// Takes 1 to 5.
    pub fn parse(score: i64) -> Result<Self, Invalid> {
        u8::try_from(score)
            .ok()
            .filter(|score| (1..=5).contains(score))
            .map(Self)
            .ok_or(Invalid::new(
                "out_of_range",
                "评分应在 1 到 5 之间",
                "must be from 1 to 5",
            ))
    }

    /// The score.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// What a customer thought of a delivery. One for each delivered order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// The order's agent.
    pub agent_id: AgentId,
    /// The order.
    pub order_id: OrderId,
    /// Who rated.
    pub customer_id: CustomerId,
    /// Who delivered.
    pub courier_id: CourierId,
    /// 1 to 5.
    pub score: Score,
    /// In the customer's words.
    pub comment: Option<Text<500>>,
    /// In the agent's own words for what is often said, at most [`MAXIMUM_RATING_TAGS`].
    pub tags: Vec<Text<20>>,
    /// When.
    pub rated_at: Instant,
}
