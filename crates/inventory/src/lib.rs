//! Products, stock and its ledger: what is sold, how much of it each agent has and has promised, and one movement for
//! every change, so that a balance is always the sum of its movements.
//!
//! This crate knows no order and no database. A stock item changes only through its methods, each of which answers
//! with the movement to be written beside it.
//!
//! ```
//! use inventory::{MovementNote, Quantity, StockItem, StockKey};
//! use kernel::{AgentId, MovementId, ProductId};
//! # let (movement, product) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
//! # let now = "2026-11-22T08:00:00Z".parse().unwrap();
//! let key = StockKey { agent_id: AgentId::HEADQUARTERS, product_id: ProductId::from_uuid(product) };
//! let note = MovementNote {
//!     id: MovementId::from_uuid(movement),
//!     at: now,
//!     actor: None,
//!     order_id: None,
//!     reason: None,
//! };
//! let mut item = StockItem::empty(key);
//! item.receive(Quantity::new(10).unwrap(), note.clone()).unwrap();
//! item.reserve(Quantity::new(4).unwrap(), note.clone()).unwrap();
//! assert_eq!((item.on_hand(), item.reserved(), item.available()), (10, 4, 6));
//! assert_eq!(item.reserve(Quantity::new(7).unwrap(), note).unwrap_err().available, 6);
//! ```

mod movement;
mod product;
mod product_repository;
mod quantity;
mod stock;
mod stock_repository;

pub use movement::{MovementKind, MovementNote, StockMovement};
pub use product::{
    Container, MAXIMUM_UNIT_PRICE, Product,
    add::{AddProduct, AddProductError, add_product},
    change::{ChangeProduct, ChangeProductError, change_product},
    check_unit_price,
};
pub use product_repository::ProductRepository;
pub use quantity::Quantity;
pub use stock::{
    ImpossibleStock, MAXIMUM_ON_HAND, ReservationMissing, StockFull, StockItem, StockKey, StockShort,
    receive::{MAXIMUM_RECEIPT_LINES, ReceiptLine, ReceiveStock, ReceiveStockError, receive_stock},
    set_threshold::{SetThreshold, SetThresholdError, set_threshold},
};
pub use stock_repository::{StockRepository, StockView};
