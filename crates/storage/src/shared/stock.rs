//! Stock and its ledger.

use super::{
    BATCH_ROWS,
    schema::{products, stock_items, stock_movements},
    sealing::{Envelope, SealedRow},
    session::Session,
    stock_sets::{lock_stock_rows, update_stock_rows},
    values::{Key, Moment},
};
use crate::{RowKey, Vault, sealed_tables::STOCK_MOVEMENTS};
use diesel::prelude::*;
use inventory::{MovementKind, MovementNote, StockItem, StockKey, StockMovement, StockRepository, StockView};
use kernel::{MovementId, Page, PageRequest, ProductId, ReachedAgent, RepositoryError, Text};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Insertable, Queryable, QueryableByName, Selectable)]
#[diesel(table_name = stock_items, check_for_backend(super::Backend), treat_none_as_default_value = false)]
pub(super) struct StockRow {
    pub(super) agent_id: Key,
    pub(super) product_id: Key,
    pub(super) on_hand: i64,
    pub(super) reserved: i64,
    pub(super) threshold: i64,
    pub(super) version: i64,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = stock_movements, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct MovementRow {
    agent_id: Key,
    id: Key,
    product_id: Key,
    kind: String,
    quantity: i64,
    on_hand_before: i64,
    on_hand_after: i64,
    reserved_before: i64,
    reserved_after: i64,
    moved_at: Moment,
    actor_id: Option<Key>,
    order_id: Option<Key>,
    reason_sealed: Option<Envelope>,
}

/// The row of an item as it will stand, under the version that was loaded.
fn to_stock_row(item: &StockItem) -> StockRow {
    StockRow {
        agent_id: item.key().agent_id.into(),
        product_id: item.key().product_id.into(),
        on_hand: item.on_hand(),
        reserved: item.reserved(),
        threshold: item.threshold(),
        version: item.version(),
    }
}

fn to_item(row: &StockRow) -> Result<StockItem, RepositoryError> {
    let key = StockKey {
        agent_id: row.agent_id.into(),
        product_id: row.product_id.into(),
    };
    StockItem::restore(key, row.on_hand, row.reserved, row.threshold, row.version).map_err(|error| {
        RepositoryError::Corrupt {
            table: "stock_items",
            column: "on_hand",
            row: format!("{} {}", row.agent_id.0, row.product_id.0),
            reason: error.to_string(),
        }
    })
}

fn sealed_row(vault: &Vault, agent_id: Key, id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &STOCK_MOVEMENTS,
        key: RowKey::ids(agent_id, id),
    }
}

fn to_movement_row(vault: &Vault, movement: &StockMovement) -> Result<MovementRow, RepositoryError> {
    let (agent_id, id) = (movement.key.agent_id.into(), movement.note.id.into());
    let sealed_row = sealed_row(vault, agent_id, id);
    Ok(MovementRow {
        agent_id,
        id,
        product_id: movement.key.product_id.into(),
        kind: movement.kind.name().to_owned(),
        quantity: movement.quantity,
        on_hand_before: movement.on_hand_before,
        on_hand_after: movement.on_hand_after,
        reserved_before: movement.reserved_before,
        reserved_after: movement.reserved_after,
        moved_at: movement.note.at.into(),
        actor_id: movement.note.actor.map(Key::from),
        order_id: movement.note.order_id.map(Key::from),
        reason_sealed: movement
            .note
            .reason
            .as_ref()
            .map(|reason| sealed_row.seal("reason_sealed", reason.as_str()))
            .transpose()?,
    })
}

fn to_movement(vault: &Vault, row: &MovementRow) -> Result<StockMovement, RepositoryError> {
    let sealed_row = sealed_row(vault, row.agent_id, row.id);
    Ok(StockMovement {
        key: StockKey {
            agent_id: row.agent_id.into(),
            product_id: row.product_id.into(),
        },
        kind: MovementKind::from_name(&row.kind).ok_or_else(|| sealed_row.corrupt("kind", "is not known"))?,
        quantity: row.quantity,
        on_hand_before: row.on_hand_before,
        on_hand_after: row.on_hand_after,
        reserved_before: row.reserved_before,
        reserved_after: row.reserved_after,
        note: MovementNote {
            id: row.id.into(),
            at: row.moved_at.0,
            actor: row.actor_id.map(Into::into),
            order_id: row.order_id.map(Into::into),
            reason: row
                .reason_sealed
                .as_ref()
                .map(|sealed| sealed_row.open("reason_sealed", sealed, Text::parse))
                .transpose()?,
        },
    })
}

impl StockRepository for Session {
    fn lock_stock_items(
        &mut self,
        keys: &BTreeSet<StockKey>,
    ) -> Result<BTreeMap<StockKey, StockItem>, RepositoryError> {
        if keys.is_empty() {
            return Ok(BTreeMap::new());
        }
        lock_stock_rows(&mut self.connection, keys)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(|row| to_item(row).map(|item| (item.key(), item)))
            .collect()
    }

    fn save_stock_items(&mut self, items: &[StockItem]) -> Result<(), RepositoryError> {
        let (new, loaded): (Vec<_>, Vec<_>) =
            items.iter().map(to_stock_row).partition(|row| row.version == 0);
        for batch in new.chunks(BATCH_ROWS) {
            let rows: Vec<_> = batch
                .iter()
                .map(|row| StockRow {
                    version: 1,
                    ..row.clone()
                })
                .collect();
            let written = diesel::insert_into(stock_items::table)
                .values(&rows)
                .on_conflict_do_nothing()
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            self.faults.expect_rows(written, rows.len(), "stock_items")?;
        }
        if loaded.is_empty() {
            return Ok(());
        }
        let written =
            update_stock_rows(&mut self.connection, &loaded).map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(written, loaded.len(), "stock_items")
    }

    fn insert_stock_movements(&mut self, movements: &[StockMovement]) -> Result<(), RepositoryError> {
        for batch in movements.chunks(BATCH_ROWS) {
            let rows = batch
                .iter()
                .map(|movement| to_movement_row(&self.shared.vault, movement))
                .collect::<Result<Vec<_>, _>>()?;
            diesel::insert_into(stock_movements::table)
                .values(&rows)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    fn find_stock_item(&mut self, key: StockKey) -> Result<Option<StockItem>, RepositoryError> {
        stock_items::table
            .find((Key::from(key.agent_id), Key::from(key.product_id)))
            .select(StockRow::as_select())
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?
            .as_ref()
            .map(to_item)
            .transpose()
    }

    fn list_stock(
        &mut self,
        agent: ReachedAgent,
        page: &PageRequest<ProductId>,
    ) -> Result<Page<StockView, ProductId>, RepositoryError> {
        let mut query = stock_items::table
            .inner_join(products::table)
            .filter(stock_items::agent_id.eq(Key::from(agent.id())))
            .order(stock_items::product_id)
            .limit(page.fetch_limit())
            .select((StockRow::as_select(), products::name))
            .into_boxed();
        if let Some(after) = page.after {
            query = query.filter(stock_items::product_id.gt(Key::from(after)));
        }
        let fetched = query
            .load::<(StockRow, String)>(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(|(row, product_name)| StockView {
                product_id: row.product_id.into(),
                product_name,
                on_hand: row.on_hand,
                reserved: row.reserved,
                available: row.on_hand - row.reserved,
                threshold: row.threshold,
                version: row.version,
            })
            .collect();
        Ok(Page::cut(fetched, page, |view: &StockView| view.product_id))
    }

    fn list_movements(
        &mut self,
        agent: ReachedAgent,
        product_id: Option<ProductId>,
        page: &PageRequest<MovementId>,
    ) -> Result<Page<StockMovement, MovementId>, RepositoryError> {
        let mut query = stock_movements::table
            .filter(stock_movements::agent_id.eq(Key::from(agent.id())))
            .order(stock_movements::id.desc())
            .limit(page.fetch_limit())
            .select(MovementRow::as_select())
            .into_boxed();
        if let Some(product_id) = product_id {
            query = query.filter(stock_movements::product_id.eq(Key::from(product_id)));
        }
        if let Some(after) = page.after {
            query = query.filter(stock_movements::id.lt(Key::from(after)));
        }
        let fetched = query
            .load::<MovementRow>(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(|row| to_movement(&self.shared.vault, row))
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(fetched, page, |movement: &StockMovement| {
            movement.note.id
        }))
    }
}
