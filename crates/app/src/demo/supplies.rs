//! Products, and the lorries that bring them.

use super::{DemoError, random::Random, roster::Roster};
use inventory::{
    AddProduct, ReceiptLine, ReceiveStock, SetThreshold, StockKey, add_product, receive_stock, set_threshold,
};
use kernel::{AgentId, IdSource, Instant};
use storage::Session;

/// What is sold: name, unit, price in fen, container.
const PRODUCTS: [(&str, &str, i64, &str); 5] = [
    ("18.9 升桶装山泉水", "桶", 1_800, "returnable_bucket"),
    ("18.9 升桶装纯净水", "桶", 1_500, "returnable_bucket"),
    ("11.3 升桶装矿泉水", "桶", 1_600, "returnable_bucket"),
    ("550 毫升矿泉水 24 瓶", "箱", 3_600, "disposable"),
    ("4.5 升一次性桶装水", "桶", 1_200, "disposable"),
];
/// An agent is warned at this number of pieces.
const THRESHOLD: i64 = 20;
/// Below this number a lorry is sent for.
const REORDER_BELOW: i64 = 30;

/// Adds the products.
pub(super) fn add_products(
    session: &mut dyn Session,
    ids: &dyn IdSource,
    at: Instant,
) -> Result<(), DemoError> {
    for (name, unit, unit_price_fen, container) in PRODUCTS {
        let command = AddProduct {
            name: name.to_owned(),
            unit: unit.to_owned(),
            unit_price_fen,
            container: container.to_owned(),
            listed: true,
        };
        add_product(session, ids, at, &command).map_err(DemoError::refused)?;
    }
    Ok(())
}

/// The morning's lorries: every agent that is short of something gets it, most days.
pub(super) fn restock(
    session: &mut dyn Session,
    random: &mut Random,
    roster: &Roster,
    at: Instant,
) -> Result<(), DemoError> {
    for agent_id in roster.agents() {
        let keys = roster
            .products()
            .map(|product_id| StockKey { agent_id, product_id })
            .collect();
        let stock = session.lock_stock_items(&keys)?;
        let available = |key: &StockKey| stock.get(key).map_or(0, inventory::StockItem::available);
        let short: Vec<_> = keys
            .iter()
            .filter(|key| available(key) < REORDER_BELOW)
            .copied()
            .collect();
        // Now and then a lorry does not come, and somebody's order finds too little.
        if short.is_empty() || (!stock.is_empty() && random.per_mille(350)) {
            continue;
        }
        receive(session, random, agent_id, &short, at)?;
        for key in short.into_iter().filter(|key| !stock.contains_key(key)) {
            let command = SetThreshold {
                key,
                threshold: THRESHOLD,
                version: None,
            };
            set_threshold(session, &command).map_err(DemoError::refused)?;
        }
    }
    Ok(())
}

fn receive(
    session: &mut dyn Session,
    random: &mut Random,
    agent_id: AgentId,
    short: &[StockKey],
    at: Instant,
) -> Result<(), DemoError> {
    let large = if agent_id == AgentId::HEADQUARTERS { 4 } else { 1 };
    let lines = short
        .iter()
        .map(|key| ReceiptLine {
            product_id: key.product_id,
            quantity: random.between(60, 160) * large,
        })
        .collect();
    let command = ReceiveStock {
        agent_id,
        actor: None,
        lines,
        reason: Some("水厂送货".to_owned()),
    };
    receive_stock(session, random, at, &command)
        .map(drop)
        .map_err(DemoError::refused)
}
