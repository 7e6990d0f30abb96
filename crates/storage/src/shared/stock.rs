//! Stock and its ledger.

use super::{
    BATCH_ROWS,
    schema::{products, stock_items, stock_movements},
    session::Session,
    stock_sets::{lock_stock_rows, update_stock_rows},
    values::{Key, Moment, corrupt},
};
use diesel::prelude::*;
use inventory::{MovementKind, MovementNote, StockItem, StockKey, StockMovement, StockRepository, StockView};
use kernel::{AgentId, MovementId, Page, PageRequest, ProductId, RepositoryError, Text};
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
    reason: Option<String>,
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

fn to_movement_row(movement: &StockMovement) -> MovementRow {
    MovementRow {
        agent_id: movement.key.agent_id.into(),
        id: movement.note.id.into(),
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
        reason: movement.note.reason.clone().map(String::from),
    }
}

fn to_movement(row: MovementRow) -> Result<StockMovement, RepositoryError> {
    let unusable =
        |column, reason: &dyn std::fmt::Display| corrupt("stock_movements", column, row.id, reason);
    Ok(StockMovement {
        key: StockKey {
            agent_id: row.agent_id.into(),
            product_id: row.product_id.into(),
        },
        kind: MovementKind::from_name(&row.kind).ok_or_else(|| unusable("kind", &"is not known"))?,
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
                .reason
                .map(|reason| Text::parse(&reason))
                .transpose()
                .map_err(|error| unusable("reason", &error))?,
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
            let rows: Vec<_> = batch.iter().map(to_movement_row).collect();
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
        agent_id: AgentId,
        page: &PageRequest<ProductId>,
    ) -> Result<Page<StockView, ProductId>, RepositoryError> {
        let mut query = stock_items::table
            .inner_join(products::table)
            .filter(stock_items::agent_id.eq(Key::from(agent_id)))
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
        agent_id: AgentId,
        product_id: Option<ProductId>,
        page: &PageRequest<MovementId>,
    ) -> Result<Page<StockMovement, MovementId>, RepositoryError> {
        let mut query = stock_movements::table
            .filter(stock_movements::agent_id.eq(Key::from(agent_id)))
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
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(to_movement)
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(fetched, page, |movement: &StockMovement| {
            movement.note.id
        }))
    }
}
