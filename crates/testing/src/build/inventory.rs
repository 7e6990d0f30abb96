//! Products and stock.

use crate::instant;
use inventory::{Container, MovementNote, Product, Quantity, StockItem, StockKey, StockMovement};
use kernel::{AgentId, Money, MovementId, ProductId, Text};
use uuid::Uuid;

/// A listed product with that id, 20 yuan a bucket.
pub fn product(id: u128) -> Product {
    Product {
        id: ProductId::from_uuid(Uuid::from_u128(id)),
        name: Text::parse(&format!("山泉水 18.9L {id}")).unwrap(),
        unit: Text::parse("桶").unwrap(),
        unit_price: Money::from_fen(2_000),
        container: Container::ReturnableBucket,
        listed: true,
        version: 1,
        created_at: instant("2026-11-22T08:00:00Z"),
    }
}

/// The key of an agent's stock of [`product`] `product_id`.
pub fn stock_key(agent_id: AgentId, product_id: u128) -> StockKey {
    StockKey {
        agent_id,
        product_id: ProductId::from_uuid(Uuid::from_u128(product_id)),
    }
}

/// The note of movement `id`.
pub fn movement_note(id: u128) -> MovementNote {
    MovementNote {
        id: MovementId::from_uuid(Uuid::from_u128(id)),
        at: instant("2026-11-22T08:00:00Z"),
        actor: None,
        order_id: None,
        reason: None,
    }
}

/// New stock of that many pieces, with the movement `movement_id` that brought them in.
pub fn received_stock(key: StockKey, pieces: i64, movement_id: u128) -> (StockItem, StockMovement) {
    let mut item = StockItem::empty(key);
    let movement = item
        .receive(Quantity::new(pieces).unwrap(), movement_note(movement_id))
        .unwrap();
    (item, movement)
}
