//! Market support (市场支持): what an agent asks headquarters to pay for in its market, within the budget of its contract.

pub(crate) mod decide;
pub(crate) mod repository;
pub(crate) mod request;
pub(crate) mod spend;

use crate::Reason;
use kernel::{
    AccountId, AgentId, AttachmentId, ContractId, Instant, Money, SupportRequestId, SupportSpendingId,
};
use thiserror::Error;

/// The most pictures of one request, and of one spending.
pub const MAXIMUM_SUPPORT_PICTURES: usize = 5;
/// The most spendings that one request is told of.
pub const MAXIMUM_SPENDINGS: usize = 100;

/// The states, without what belongs to each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SupportStateName {
    /// Waits for headquarters.
    Requested,
    /// Headquarters pays, as much as it said.
    Approved,
    /// Headquarters said no.
    Rejected,
    /// The agent took it back.
    Cancelled,
}

impl SupportStateName {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Requested, Self::Approved, Self::Rejected, Self::Cancelled];

    /// The stable name, also the stored and the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A state with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SupportState {
    /// Waits for headquarters.
    Requested,
    /// Headquarters pays.
    Approved {
        /// How much: what was asked for, or less.
        amount: Money,
        /// What headquarters had to say.
        note: Option<Reason>,
        /// When and by whom that was decided.
        decided: Decided,
    },
    /// Headquarters said no.
    Rejected {
        /// Why.
        reason: Reason,
        /// When and by whom that was decided.
        decided: Decided,
    },
    /// The agent took it back.
    Cancelled {
        /// When and by whom.
        decided: Decided,
    },
}

impl SupportState {
    /// The bare state.
    pub const fn name(&self) -> SupportStateName {
        match self {
            Self::Requested => SupportStateName::Requested,
            Self::Approved { .. } => SupportStateName::Approved,
            Self::Rejected { .. } => SupportStateName::Rejected,
            Self::Cancelled { .. } => SupportStateName::Cancelled,
        }
    }
}

/// When something was decided, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    /// When.
    pub at: Instant,
    /// By whom.
    pub actor: AccountId,
}

/// The state of a request does not allow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a request that is {} cannot become {}", from.name(), to.name())]
pub struct SupportTransitionError {
    /// What it is.
    pub from: SupportStateName,
    /// What it was to become, or to stay.
    pub to: SupportStateName,
}

/// What an agent asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportRequest {
    /// Its id.
    pub id: SupportRequestId,
    /// The agent.
    pub agent_id: AgentId,
    /// The contract whose budget it comes from.
    pub contract_id: ContractId,
    /// How much was asked for; more than nothing.
    pub amount: Money,
    /// What for.
    pub purpose: Reason,
    /// Pictures, in the order in which they were named.
    pub attachments: Vec<AttachmentId>,
    /// When it was asked for.
    pub requested_at: Instant,
    /// By whom.
    pub requested_by: AccountId,
    /// Where it stands.
    pub state: SupportState,
    /// What the money went into, oldest first.
    pub spendings: Vec<SupportSpending>,
    /// The version that was loaded, 1 when new. Saving stores the next one.
    pub version: i64,
}

/// What some of the money went into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SupportSpending {
    /// Its id.
    pub id: SupportSpendingId,
    /// How much; more than nothing.
    pub amount: Money,
    /// Into what.
    pub purpose: Reason,
    /// Pictures, in the order in which they were named.
    pub attachments: Vec<AttachmentId>,
    /// When it was told.
    pub at: Instant,
    /// By whom.
    pub actor: AccountId,
}

impl SupportRequest {
    /// What was spent; `None` where it does not fit.
    pub fn spent(&self) -> Option<Money> {
        Money::total(self.spendings.iter().map(|spending| spending.amount))
    }

    /// The same in another state. Only what waits can be decided or taken back.
    fn advance(self, next: SupportState) -> Result<Self, SupportTransitionError> {
        match self.state {
            SupportState::Requested => Ok(Self { state: next, ..self }),
            SupportState::Approved { .. }
            | SupportState::Rejected { .. }
            | SupportState::Cancelled { .. } => Err(SupportTransitionError {
                from: self.state.name(),
                to: next.name(),
            }),
        }
    }
}

/// What the requests of one contract sum to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SupportTotals {
    /// What waits for headquarters.
    pub requested: Money,
    /// What headquarters pays.
    pub approved: Money,
    /// What of that was spent.
    pub spent: Money,
}

impl SupportTotals {
    /// What of the budget is not approved yet.
    pub fn left(&self, budget: Money) -> Money {
        budget.minus(self.approved).unwrap_or_default().max(Money::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_states_come_back() {
        for state in SupportStateName::ALL {
            assert_eq!(SupportStateName::from_name(state.name()), Some(state));
        }
        assert_eq!(SupportStateName::from_name("paid"), None);
    }

    #[test]
    fn a_budget_that_shrank_below_what_is_approved_has_nothing_left() {
        let totals = SupportTotals {
            approved: Money::from_fen(70),
            ..SupportTotals::default()
        };
        assert_eq!(totals.left(Money::from_fen(100)), Money::from_fen(30));
        assert_eq!(totals.left(Money::from_fen(50)), Money::ZERO);
    }
}
