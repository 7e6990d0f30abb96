//! What happened to an agent.

use crate::Reason;
use kernel::{AccountId, AgentId, ContractId, DivisionCode, HistoryEntryId, Instant};

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident $name:literal)*) => {
        /// What was done to an agent.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum AgentAction {
            $($(#[$doc])* $variant,)*
        }

        impl AgentAction {
            /// Every action, for tables and tests.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable name, also the stored and the JSON form.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

actions! {
    /// New orders pass it over from `effective_at` on.
    Suspended "suspended"
    /// Its suspension ends at `effective_at`.
    Resumed "resumed"
    /// A contract was followed by another without a break.
    ContractRenewed "contract_renewed"
    /// Its territories and contracts end at `effective_at`.
    TerminationGiven "termination_given"
    /// That was taken back before it took effect.
    TerminationWithdrawn "termination_withdrawn"
    /// Nothing was open any more, and its people are nobody's.
    TerminationClosed "termination_closed"
    /// It got territories that were another's, or its own in another form.
    TerritoriesReceived "territories_received"
    /// It gave up territories.
    TerritoriesGivenUp "territories_given_up"
    /// It consented to others inside one of its territories.
    ConsentGiven "consent_given"
    /// It took such a consent back.
    ConsentWithdrawn "consent_withdrawn"
    /// Headquarters keeps a customer inside its territories.
    CustomerReserved "customer_reserved"
    /// Headquarters keeps that customer no longer.
    CustomerReleased "customer_released"
}

impl AgentAction {
    /// The action of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.name() == name)
    }
}

/// One thing that happened to an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentHistoryEntry {
    /// Its id; entries of one agent sort by it.
    pub id: HistoryEntryId,
    /// The agent.
    pub agent_id: AgentId,
    /// When it was decided.
    pub at: Instant,
    /// Who decided it; nobody where the clock did.
    pub actor: Option<AccountId>,
    /// What.
    pub action: AgentAction,
    /// From when on.
    pub effective_at: Instant,
    /// Why.
    pub reason: Option<Reason>,
    /// The contract that it is about.
    pub contract_id: Option<ContractId>,
    /// The divisions that it is about.
    pub division_codes: Vec<DivisionCode>,
}
