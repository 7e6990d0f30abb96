//! Takes goods in.

use crate::{
    MAXIMUM_ON_HAND, MovementNote, ProductRepository, Quantity, StockItem, StockKey, StockMovement,
    StockRepository,
};
use kernel::{
    AccountId, AgentId, FieldError, IdSource, Instant, Invalid, MovementId, ProductId, RepositoryError, Text,
    Validation,
};
use std::collections::BTreeSet;
use thiserror::Error;

/// The most lines of one receipt.
pub const MAXIMUM_RECEIPT_LINES: usize = 100;

/// Goods that came in for an agent, unchecked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiveStock {
    /// Whose stock it is. The caller has made sure that the agent is there.
    pub agent_id: AgentId,
    /// Who received it, `None` for the system's own.
    pub actor: Option<AccountId>,
    /// What came, 1 to [`MAXIMUM_RECEIPT_LINES`] lines; a product may be in several.
    pub lines: Vec<ReceiptLine>,
    /// A remark for the ledger, at most 200 characters.
    pub reason: Option<String>,
}

/// So many pieces of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiptLine {
    /// The product.
    pub product_id: ProductId,
    /// How many pieces, 1 to [`Quantity::MAXIMUM`].
    pub quantity: i64,
}

/// Why goods were not taken in.
#[derive(Debug, Error)]
pub enum ReceiveStockError {
    /// Fields were not taken; an unknown product and a full stock are among them.
    #[error("{} fields are invalid", .0.len())]
    Invalid(Vec<FieldError>),
    /// The store could not do its work.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Takes every line in, or none and reports everything that is wrong. Answers with one movement per line.
pub fn receive_stock(
    session: &mut (impl ProductRepository + StockRepository + ?Sized),
    ids: &dyn IdSource,
    now: Instant,
    command: &ReceiveStock,
) -> Result<Vec<StockMovement>, ReceiveStockError> {
    let mut validation = Validation::default();
    if command.lines.is_empty() || command.lines.len() > MAXIMUM_RECEIPT_LINES {
        validation.refuse("lines", lines_out_of_range());
        return Err(refused(validation));
    }
    let product_ids: BTreeSet<_> = command.lines.iter().map(|line| line.product_id).collect();
    let products = session.find_products(&product_ids)?;
    let keys = product_ids
        .into_iter()
        .filter(|product_id| products.contains_key(product_id))
        .map(|product_id| command.key(product_id))
        .collect();
    let mut items = session.lock_stock_items(&keys)?;

    let reason = validation.take_optional("reason", command.reason.as_deref().map(Text::parse));
    let mut movements = Vec::with_capacity(command.lines.len());
    for (index, line) in command.lines.iter().enumerate() {
        let quantity = validation.take(format!("lines[{index}].quantity"), Quantity::parse(line.quantity));
        let key = command.key(line.product_id);
        if !keys.contains(&key) {
            validation.refuse(format!("lines[{index}].product_id"), UNKNOWN_PRODUCT);
        }
        let (Some(quantity), Some(reason), true) = (quantity, &reason, keys.contains(&key)) else {
            continue;
        };
        let note = MovementNote {
            id: MovementId::from_uuid(ids.next_uuid(now)),
            at: now,
            actor: command.actor,
            order_id: None,
            reason: reason.clone(),
        };
        let item = items.entry(key).or_insert_with(|| StockItem::empty(key));
        match item.receive(quantity, note) {
            Ok(movement) => movements.push(movement),
            Err(_) => validation.refuse(format!("lines[{index}].quantity"), stock_full()),
        }
    }
    let movements = validation
        .finish(|| movements)
        .map_err(ReceiveStockError::Invalid)?;
    session.save_stock_items(&items.into_values().collect::<Vec<_>>())?;
    session.insert_stock_movements(&movements)?;
    Ok(movements)
}

impl ReceiveStock {
    const fn key(&self, product_id: ProductId) -> StockKey {
        StockKey {
            agent_id: self.agent_id,
            product_id,
        }
    }
}

fn refused(validation: Validation) -> ReceiveStockError {
    ReceiveStockError::Invalid(validation.finish(|| ()).err().unwrap_or_default())
}

const UNKNOWN_PRODUCT: Invalid =
    Invalid::new("unknown_product", "没有这个产品", "must be the id of a product");

fn lines_out_of_range() -> Invalid {
    Invalid {
        code: "out_of_range",
        message_zh: format!("应有 1 到 {MAXIMUM_RECEIPT_LINES} 行").into(),
        message_en: format!("must have from 1 to {MAXIMUM_RECEIPT_LINES} lines").into(),
    }
}

fn stock_full() -> Invalid {
    Invalid {
        code: "stock_full",
        message_zh: format!("库存不能超过 {MAXIMUM_ON_HAND}").into(),
        message_en: format!("would make the stock larger than {MAXIMUM_ON_HAND}").into(),
    }
}
