//! One agent's stock of one product.

pub(crate) mod receive;
pub(crate) mod set_threshold;

use crate::{MovementKind, MovementNote, Quantity, StockMovement};
use events::{Event, Fact};
use kernel::{AgentId, EventId, Instant, ProductId};
use thiserror::Error;

/// The most pieces that an agent may have of one product: far above any warehouse, far below what could overflow.
pub const MAXIMUM_ON_HAND: i64 = 1_000_000_000;

/// Whose stock of what. Its order is the order in which stock is locked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct StockKey {
    /// The agent; headquarters' depot is an agent's stock like any other.
    pub agent_id: AgentId,
    /// The product.
    pub product_id: ProductId,
}

/// The balance of one agent and product: `0 <= reserved <= on_hand` always holds. Each change answers with the movement
/// that has to be written beside the item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockItem {
    key: StockKey,
    on_hand: i64,
    reserved: i64,
    threshold: i64,
    version: i64,
}

/// There is less available than was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("only {available} are available")]
pub struct StockShort {
    /// What is available.
    pub available: i64,
}

/// Less is reserved than should be released or consumed: whoever asks has no reservation, or had it already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("only {reserved} are reserved")]
pub struct ReservationMissing {
    /// What is reserved.
    pub reserved: i64,
}

/// More would be there than [`MAXIMUM_ON_HAND`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{on_hand} are there, and at most {MAXIMUM_ON_HAND} may be")]
pub struct StockFull {
    /// What is there.
    pub on_hand: i64,
}

/// Numbers that no sequence of movements can lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ImpossibleStock {
    /// `on_hand` is negative or above [`MAXIMUM_ON_HAND`].
    #[error("{0} cannot be there")]
    OnHand(i64),
    /// `reserved` is negative or more than there is.
    #[error("{0} cannot be reserved")]
    Reserved(i64),
    /// `threshold` is negative or above [`MAXIMUM_ON_HAND`].
    #[error("{0} cannot be a threshold")]
    Threshold(i64),
    /// `version` is not one of a stored item.
    #[error("{0} cannot be a version")]
    Version(i64),
}

impl StockItem {
    /// Stock of a product that the agent never had. Its version is 0: it is inserted when it is saved.
    pub const fn empty(key: StockKey) -> Self {
        Self {
            key,
            on_hand: 0,
            reserved: 0,
            threshold: 0,
            version: 0,
        }
    }

    /// A stored item, read back.
    pub const fn restore(
        key: StockKey,
        on_hand: i64,
        reserved: i64,
        threshold: i64,
        version: i64,
    ) -> Result<Self, ImpossibleStock> {
        if on_hand < 0 || on_hand > MAXIMUM_ON_HAND {
            Err(ImpossibleStock::OnHand(on_hand))
        } else if reserved < 0 || reserved > on_hand {
            Err(ImpossibleStock::Reserved(reserved))
        } else if threshold < 0 || threshold > MAXIMUM_ON_HAND {
            Err(ImpossibleStock::Threshold(threshold))
        } else if version < 1 {
            Err(ImpossibleStock::Version(version))
        } else {
            Ok(Self {
                key,
                on_hand,
                reserved,
                threshold,
                version,
            })
        }
    }

    /// Whose stock of what.
    pub const fn key(&self) -> StockKey {
        self.key
    }

    /// Pieces that are there, promised ones among them.
    pub const fn on_hand(&self) -> i64 {
        self.on_hand
    }

    /// Pieces promised to placed orders.
    pub const fn reserved(&self) -> i64 {
        self.reserved
    }

    /// Pieces that may still be promised.
    pub const fn available(&self) -> i64 {
        self.on_hand - self.reserved
    }

    /// The agent is warned when what is available falls to this number or below.
    pub const fn threshold(&self) -> i64 {
        self.threshold
    }

    /// The version that was loaded, 0 for an item that was never saved. Saving stores the next one.
    pub const fn version(&self) -> i64 {
        self.version
    }

    /// Promises pieces to an order.
    pub fn reserve(&mut self, quantity: Quantity, note: MovementNote) -> Result<StockMovement, StockShort> {
        let available = self.available();
        if quantity.get() > available {
            return Err(StockShort { available });
        }
        Ok(self.moved(MovementKind::Reserve, quantity, note, 0, quantity.get()))
    }

    /// Takes a promise back.
    pub fn release(
        &mut self,
        quantity: Quantity,
        note: MovementNote,
    ) -> Result<StockMovement, ReservationMissing> {
        self.check_reserved(quantity)?;
        Ok(self.moved(MovementKind::Release, quantity, note, 0, -quantity.get()))
    }

    /// Hands promised pieces over: they are neither there nor promised any longer.
    pub fn consume(
        &mut self,
        quantity: Quantity,
        note: MovementNote,
    ) -> Result<StockMovement, ReservationMissing> {
        self.check_reserved(quantity)?;
        Ok(self.moved(
            MovementKind::Consume,
            quantity,
            note,
            -quantity.get(),
            -quantity.get(),
        ))
    }

    /// Takes goods in.
    pub fn receive(&mut self, quantity: Quantity, note: MovementNote) -> Result<StockMovement, StockFull> {
        if self.on_hand > MAXIMUM_ON_HAND - quantity.get() {
            return Err(StockFull {
                on_hand: self.on_hand,
            });
        }
        Ok(self.moved(MovementKind::Receipt, quantity, note, quantity.get(), 0))
    }

    /// Sets the number at which the agent is warned.
    pub const fn set_threshold(&mut self, threshold: i64) -> Result<(), ImpossibleStock> {
        if threshold < 0 || threshold > MAXIMUM_ON_HAND {
            return Err(ImpossibleStock::Threshold(threshold));
        }
        self.threshold = threshold;
        Ok(())
    }

    /// Whether what is available fell to the threshold or below, from above it: once per crossing, however many orders
    /// follow.
    pub const fn crossed_threshold(&self, before_available: i64) -> bool {
        before_available > self.threshold && self.available() <= self.threshold
    }

    /// What tells others that the threshold was crossed. The aggregate is the product within its agent's outbox.
    pub fn low_event(&self, id: EventId, occurred_at: Instant) -> Event {
        Event {
            id,
            agent_id: self.key.agent_id,
            aggregate_id: self.key.product_id.as_uuid(),
            aggregate_version: self.version + 1,
            occurred_at,
            fact: Fact::StockLow {
                agent_id: self.key.agent_id,
                product_id: self.key.product_id,
                available: self.available(),
                threshold: self.threshold,
            },
        }
    }

    const fn check_reserved(&self, quantity: Quantity) -> Result<(), ReservationMissing> {
        if quantity.get() > self.reserved {
            Err(ReservationMissing {
                reserved: self.reserved,
            })
        } else {
            Ok(())
        }
    }

    fn moved(
        &mut self,
        kind: MovementKind,
        quantity: Quantity,
        note: MovementNote,
        on_hand_change: i64,
        reserved_change: i64,
    ) -> StockMovement {
        let (on_hand_before, reserved_before) = (self.on_hand, self.reserved);
        self.on_hand += on_hand_change;
        self.reserved += reserved_change;
        StockMovement {
            key: self.key,
            kind,
            quantity: quantity.get(),
            on_hand_before,
            on_hand_after: self.on_hand,
            reserved_before,
            reserved_after: self.reserved,
            note,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::MovementId;
    use uuid::Uuid;

    const KEY: StockKey = StockKey {
        agent_id: AgentId::HEADQUARTERS,
        product_id: ProductId::from_uuid(Uuid::from_u128(1)),
    };

    fn note() -> MovementNote {
        MovementNote {
            id: MovementId::from_uuid(Uuid::from_u128(9)),
            at: "2026-11-22T08:00:00Z".parse().unwrap(),
            actor: None,
            order_id: None,
            reason: None,
        }
    }

    fn pieces(number: i64) -> Quantity {
        Quantity::new(number).unwrap()
    }

    #[test]
    fn nothing_is_promised_that_is_not_there() {
        let mut item = StockItem::restore(KEY, 10, 7, 0, 1).unwrap();
        assert_eq!(item.reserve(pieces(4), note()), Err(StockShort { available: 3 }));
        assert_eq!((item.on_hand(), item.reserved()), (10, 7));
        item.reserve(pieces(3), note()).unwrap();
        assert_eq!(item.available(), 0);
    }

    #[test]
    fn a_reservation_ends_once_by_release_or_by_consumption() {
        let mut item = StockItem::restore(KEY, 10, 5, 0, 1).unwrap();
        let consumed = item.consume(pieces(3), note()).unwrap();
        assert_eq!(
            (
                consumed.on_hand_before,
                consumed.on_hand_after,
                consumed.reserved_before,
                consumed.reserved_after
            ),
            (10, 7, 5, 2)
        );
        assert_eq!(
            item.consume(pieces(3), note()),
            Err(ReservationMissing { reserved: 2 })
        );
        item.release(pieces(2), note()).unwrap();
        assert_eq!(
            item.release(pieces(1), note()),
            Err(ReservationMissing { reserved: 0 })
        );
        assert_eq!((item.on_hand(), item.available()), (7, 7));
    }

    #[test]
    fn goods_come_in_up_to_the_bound() {
        let mut item = StockItem::restore(KEY, MAXIMUM_ON_HAND - 5, 0, 0, 1).unwrap();
        assert_eq!(
            item.receive(pieces(6), note()),
            Err(StockFull {
                on_hand: MAXIMUM_ON_HAND - 5
            })
        );
        assert_eq!(
            item.receive(pieces(5), note()).unwrap().kind,
            MovementKind::Receipt
        );
        assert_eq!(item.on_hand(), MAXIMUM_ON_HAND);
    }

    #[test]
    fn a_crossing_is_noticed_once() {
        let mut item = StockItem::restore(KEY, 10, 0, 5, 1).unwrap();
        let mut crossings = Vec::new();
        for _ in 0..8 {
            let before = item.available();
            item.reserve(pieces(1), note()).unwrap();
            crossings.push(item.crossed_threshold(before));
        }
        assert_eq!(crossings, [false, false, false, false, true, false, false, false]);
    }

    #[test]
    fn impossible_rows_are_refused() {
        for (on_hand, reserved, threshold, version, expected) in [
            (-1, 0, 0, 1, ImpossibleStock::OnHand(-1)),
            (
                MAXIMUM_ON_HAND + 1,
                0,
                0,
                1,
                ImpossibleStock::OnHand(MAXIMUM_ON_HAND + 1),
            ),
            (3, 4, 0, 1, ImpossibleStock::Reserved(4)),
            (3, -1, 0, 1, ImpossibleStock::Reserved(-1)),
            (3, 3, -1, 1, ImpossibleStock::Threshold(-1)),
            (3, 3, 0, 0, ImpossibleStock::Version(0)),
        ] {
            assert_eq!(
                StockItem::restore(KEY, on_hand, reserved, threshold, version),
                Err(expected)
            );
        }
    }
}
