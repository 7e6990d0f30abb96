//! Couriers.

use kernel::{AccountId, AgentId, CourierId, Instant, MobileNumber, PersonName};

/// Someone who delivers, for one agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Courier {
    /// The id.
    pub id: CourierId,
    /// The agent the courier works for.
    pub agent_id: AgentId,
    /// The account the courier signs in with, `None` where the office reports for it.
    pub account_id: Option<AccountId>,
    /// The name.
    pub name: PersonName,
    /// The phone, `None` once the person was erased.
    pub phone: Option<MobileNumber>,
    /// Whether orders can be given to the courier now.
    pub on_duty: bool,
    /// When the courier joined.
    pub created_at: Instant,
    /// Rises by one with each change.
    pub version: i64,
}

impl Courier {
    /// The record without the person it was: what was delivered stays counted under it, and somebody else can become it.
    #[must_use]
    pub fn without_person(self) -> Self {
        Self {
            account_id: None,
            name: PersonName::erased(),
            phone: None,
            on_duty: false,
            ..self
        }
    }
}
