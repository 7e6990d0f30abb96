//! Orders.

use super::{
    BATCH_ROWS, dialect,
    order_rows::{LineRow, OrderRow, to_line_rows, to_order, to_row, to_state_row},
    schema::{agents, order_lines, order_numbers, orders},
    session::Session,
    values::Key,
};
use ::orders::{Order, OrderFilter};
use diesel::prelude::*;
use kernel::{AgentId, BusinessDay, DivisionSpan, OrderId, Page, PageRequest, RepositoryError, Scope};
use std::collections::{BTreeMap, BTreeSet, HashMap};

impl Session {
    pub(super) fn take_numbers(
        &mut self,
        wanted: &BTreeMap<(AgentId, BusinessDay), u32>,
    ) -> Result<BTreeMap<(AgentId, BusinessDay), u32>, RepositoryError> {
        let mut firsts = BTreeMap::new();
        for ((agent_id, day), count) in wanted {
            let more = i32::try_from(*count).map_err(|error| RepositoryError::Refused(error.to_string()))?;
            let last =
                dialect::raise_order_counter(&mut self.connection, (*agent_id).into(), day.date(), more)
                    .map_err(|error| self.faults.of(error))?;
            let first = u32::try_from(last - more + 1)
                .map_err(|error| RepositoryError::Refused(error.to_string()))?;
            firsts.insert((*agent_id, *day), first);
        }
        Ok(firsts)
    }

    pub(super) fn add_orders(&mut self, new: &[Order]) -> Result<(), RepositoryError> {
        for batch in new.chunks(BATCH_ROWS) {
            let rows = batch
                .iter()
                .map(|order| to_row(&self.shared.vault, order))
                .collect::<Result<Vec<_>, _>>()?;
            let numbers: Vec<_> = rows
                .iter()
                .map(|row| {
                    (
                        order_numbers::agent_id.eq(row.agent_id),
                        order_numbers::day.eq(row.day),
                        order_numbers::day_count.eq(row.day_count),
                        order_numbers::order_id.eq(row.id),
                    )
                })
                .collect();
            diesel::insert_into(orders::table)
                .values(&rows)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            diesel::insert_into(order_numbers::table)
                .values(&numbers)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        let lines = new.iter().map(to_line_rows).collect::<Result<Vec<_>, _>>()?;
        let lines: Vec<_> = lines.into_iter().flatten().collect();
        for batch in lines.chunks(BATCH_ROWS) {
            diesel::insert_into(order_lines::table)
                .values(batch)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    pub(super) fn lock(
        &mut self,
        ids: &BTreeSet<OrderId>,
    ) -> Result<BTreeMap<OrderId, Order>, RepositoryError> {
        let mut locked = BTreeMap::new();
        let ids: Vec<_> = ids.iter().copied().collect();
        for batch in ids.chunks(BATCH_ROWS) {
            let keys: Vec<_> = batch.iter().map(|id| Key::from(*id)).collect();
            // An id tells its agent's number, so that the statement names its tenants.
            let numbers: BTreeSet<_> = batch.iter().map(|id| id.agent_number().get().into()).collect();
            let rows = dialect::lock_orders(&mut self.connection, &Vec::from_iter(numbers), &keys)
                .map_err(|error| self.faults.of(error))?;
            locked.extend(self.assemble(rows)?.into_iter().map(|order| (order.id, order)));
        }
        Ok(locked)
    }

    pub(super) fn save_states(&mut self, changed: &[Order]) -> Result<(), RepositoryError> {
        let rows: Vec<_> = changed
            .iter()
            .map(|order| {
                let row = to_state_row(&self.shared.vault, order)?;
                Ok((Key::from(order.agent_id), Key::from(order.id), row))
            })
            .collect::<Result<_, RepositoryError>>()?;
        for batch in rows.chunks(BATCH_ROWS) {
            let written = dialect::save_order_states(&mut self.connection, batch)
                .map_err(|error| self.faults.of(error))?;
            self.faults
                .expect_rows(written, batch.len(), "an order changed")?;
        }
        Ok(())
    }

    /// Gives each row its lines; keeps the rows' order.
    pub(super) fn assemble(&mut self, rows: Vec<OrderRow>) -> Result<Vec<Order>, RepositoryError> {
        let agents: BTreeSet<_> = rows.iter().map(|row| row.agent_id).collect();
        let mut lines: HashMap<Key, Vec<LineRow>> = HashMap::new();
        let found: Vec<LineRow> = order_lines::table
            .filter(order_lines::agent_id.eq_any(agents))
            .filter(order_lines::order_id.eq_any(rows.iter().map(|row| row.id)))
            .order((order_lines::agent_id, order_lines::order_id, order_lines::line))
            .select(LineRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        for line in found {
            lines.entry(line.order_id).or_default().push(line);
        }
        rows.into_iter()
            .map(|row| {
                let lines = lines.remove(&row.id).unwrap_or_default();
                to_order(&self.shared.vault, &row, lines)
            })
            .collect()
    }

    pub(super) fn find_in_scope(
        &mut self,
        scope: Scope,
        id: OrderId,
    ) -> Result<Option<Order>, RepositoryError> {
        let holder = agents::table
            .filter(agents::number.eq(i32::from(id.agent_number().get())))
            .select(agents::id);
        let rows = in_scope(scope)
            .filter(orders::agent_id.eq_any(holder))
            .filter(orders::id.eq(Key::from(id)))
            .select(OrderRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(self.assemble(rows)?.pop())
    }

    pub(super) fn list(
        &mut self,
        scope: Scope,
        filter: &OrderFilter,
        page: &PageRequest<OrderId>,
    ) -> Result<Page<Order, OrderId>, RepositoryError> {
        let mut query = in_scope(scope).order(orders::id.desc()).limit(page.fetch_limit());
        if let Some(after) = page.after {
            query = query.filter(orders::id.lt(Key::from(after)));
        }
        if let Some(agent_id) = filter.agent_id {
            query = query.filter(orders::agent_id.eq(Key::from(agent_id)));
        }
        if let Some(state) = filter.state {
            query = query.filter(orders::state.eq(state));
        }
        if let Some(courier_id) = filter.courier_id {
            query = query.filter(orders::courier_id.eq(Some(Key::from(courier_id))));
        }
        if let Some(customer_id) = filter.customer_id {
            query = query.filter(orders::customer_id.eq(Key::from(customer_id)));
        }
        if let Some(DivisionSpan { first, end }) = filter.span {
            let bound = |code: u32| i32::try_from(code).unwrap_or(i32::MAX);
            query = query.filter(
                orders::division_code
                    .ge(bound(first))
                    .and(orders::division_code.lt(bound(end))),
            );
        }
        if let Some(placed) = filter.placed {
            query = query.filter(orders::day.between(placed.first.date(), placed.last.date()));
        }
        if let Some(number) = filter.number {
            let count = i32::try_from(number.count()).unwrap_or(-1);
            let holder = agents::table
                .filter(agents::number.eq(i32::from(number.agent().get())))
                .select(agents::id);
            let named = order_numbers::table
                .filter(order_numbers::agent_id.eq_any(holder))
                .filter(order_numbers::day.eq(number.day().date()))
                .filter(order_numbers::day_count.eq(count))
                .select(order_numbers::order_id);
            query = query.filter(orders::id.eq_any(named));
        }
        let rows = query
            .select(OrderRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let found = self.assemble(rows)?;
        Ok(Page::cut(found, page, |order| order.id))
    }
}

/// The orders that may be seen, the rule of [`orders::Actor::sees`] in SQL; the contract holds the two together.
fn in_scope<'query>(scope: Scope) -> orders::BoxedQuery<'query, super::Backend> {
    let query = orders::table.into_boxed();
    match scope {
        Scope::All => query,
        Scope::Agent(agent_id) => query.filter(orders::agent_id.eq(Key::from(agent_id))),
        Scope::Courier { agent_id, courier_id } => {
            query.filter(orders::agent_id.eq(Key::from(agent_id))).filter(
                orders::state.eq("placed").or(orders::courier_id
                    .eq(Some(Key::from(courier_id)))
                    .assume_not_null()),
            )
        }
        Scope::Customer(customer_id) => query.filter(orders::customer_id.eq(Key::from(customer_id))),
    }
}
