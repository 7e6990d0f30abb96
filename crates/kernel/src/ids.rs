//! One newtype per kind of id, so that an order's id can never be passed where a customer's is meant.
//!
//! Ids are UUIDv7: they sort by the time they were made, and are made by an [`crate::IdSource`], never by a client.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes a UUID that is known to name one of these: fresh from an id source, or read from a row.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself, for storage.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A person's way in: one user name, one password, any number of memberships.
    AccountId
    /// A customer's delivery address.
    AddressId
    /// A holder of territories. Headquarters is one too, with [`AgentNumber::HEADQUARTERS`].
    AgentId
    /// A request to become the agent of divisions.
    ApplicationId
    /// A picture that an account uploaded.
    AttachmentId
    /// One line of the audit log.
    AuditEntryId
    /// What followed from an obligation.
    ConsequenceId
    /// One agreement to a privacy policy.
    ConsentId
    /// The terms under which an agent holds its territories.
    ContractId
    /// Someone who delivers, for one agent.
    CourierId
    /// Someone who orders water.
    CustomerId
    /// One event on its way to one webhook.
    DeliveryId
    /// One line of a deposit's ledger.
    DepositEntryId
    /// One thing that happened, as the outbox tells it.
    EventId
    /// A holder's consent that others be appointed inside its territory.
    HolderConsentId
    /// One entry in the history of an agent.
    HistoryEntryId
    /// What headquarters found at an agent's.
    InspectionId
    /// An invitation to work for an agent or for headquarters.
    InvitationId
    /// What an agent wrote about its market.
    MarketReportId
    /// One account's role, for one agent where the role has one.
    MembershipId
    /// One line of the stock ledger.
    MovementId
    /// An order. Its last 16 bits are the [`AgentNumber`] of the agent it is frozen on.
    OrderId
    /// Something that is sold.
    ProductId
    /// One sign-in, from password to sign-out.
    SessionId
    /// A request of an agent's for market support.
    SupportRequestId
    /// What some market support was spent on.
    SupportSpendingId
    /// A notice that an agent was given.
    TerminationId
    /// A division granted to an agent for a period.
    TerritoryId
    /// Where an office is told of what happens.
    WebhookId
}

/// An agent's short number, 0 for headquarters. It is part of order numbers and of order ids, so that the
/// tenant of an order is found from its id alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AgentNumber(u16);

impl AgentNumber {
    /// Headquarters' own number.
    pub const HEADQUARTERS: Self = Self(0);

    /// Takes a number given out by the agents' sequence.
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// The bare number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for AgentNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}", self.0)
    }
}

impl AgentId {
    /// Headquarters: the party that answers wherever no territory does. Its row comes with the first migration.
    pub const HEADQUARTERS: Self = Self(Uuid::from_u128(0x0000_0000_0000_7000_8000_0000_0000_0000));
}

impl OrderId {
    /// The number of the agent this order is frozen on, read from the id's last 16 bits.
    pub const fn agent_number(self) -> AgentNumber {
        let [.., high, low] = *self.0.as_bytes();
        AgentNumber(u16::from_be_bytes([high, low]))
    }
}
