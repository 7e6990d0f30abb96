//! The ledger of stock.

use crate::StockKey;
use kernel::{AccountId, Instant, MovementId, OrderId, Text};

/// What a movement did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MovementKind {
    /// Goods came in: `on_hand` rises.
    Receipt,
    /// Goods were promised to an order: `reserved` rises.
    Reserve,
    /// A promise was taken back: `reserved` falls.
    Release,
    /// Promised goods were delivered: both fall.
    Consume,
    /// The count was put right: `on_hand` rises or falls.
    Adjust,
}

impl MovementKind {
    /// Every kind, for tables and tests.
    pub const ALL: [Self; 5] = [
        Self::Receipt,
        Self::Reserve,
        Self::Release,
        Self::Consume,
        Self::Adjust,
    ];

    /// The stable name, also the stored and the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Reserve => "reserve",
            Self::Release => "release",
            Self::Consume => "consume",
            Self::Adjust => "adjust",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Who moved stock, when and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovementNote {
    /// The movement's own id.
    pub id: MovementId,
    /// When it happened.
    pub at: Instant,
    /// Whose doing it was, `None` for the system's own.
    pub actor: Option<AccountId>,
    /// The order it was for, if for one.
    pub order_id: Option<OrderId>,
    /// Why, where a person said so.
    pub reason: Option<Text<200>>,
}

/// One line of the ledger: what changed, and the balance on both sides of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockMovement {
    /// Whose stock of what.
    pub key: StockKey,
    /// What it did.
    pub kind: MovementKind,
    /// How many pieces; negative only where an adjustment took away.
    pub quantity: i64,
    /// Pieces there before.
    pub on_hand_before: i64,
    /// Pieces there after.
    pub on_hand_after: i64,
    /// Pieces promised before.
    pub reserved_before: i64,
    /// Pieces promised after.
    pub reserved_after: i64,
    /// Who, when and what for.
    pub note: MovementNote,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_kinds_come_back() {
        for kind in MovementKind::ALL {
            assert_eq!(MovementKind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(MovementKind::from_name("lost"), None);
    }
}
