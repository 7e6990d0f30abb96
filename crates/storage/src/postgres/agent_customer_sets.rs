//! How PostgreSQL makes a set of customers known to agents: in one statement.

use super::{Connection, agent_customers::AgentCustomerRow, schema::agent_customers, values::Key};
use diesel::{prelude::*, query_dsl::methods::FilterDsl, upsert::excluded};

/// Inserts the rows, or writes a first order into those that have none yet. Answers the rows that it wrote, with their
/// first order.
pub(super) fn upsert_known_rows(
    connection: &mut Connection,
    rows: &[AgentCustomerRow],
) -> QueryResult<Vec<(Key, Key, Option<Key>)>> {
    let upsert = diesel::insert_into(agent_customers::table)
        .values(rows)
        .on_conflict((agent_customers::agent_id, agent_customers::customer_id))
        .do_update()
        .set((
            agent_customers::first_order_id.eq(excluded(agent_customers::first_order_id)),
            agent_customers::first_ordered_at.eq(excluded(agent_customers::first_ordered_at)),
        ));
    let first = agent_customers::first_order_id
        .is_null()
        .and(excluded(agent_customers::first_order_id).is_not_null());
    FilterDsl::filter(upsert, first)
        .returning((
            agent_customers::agent_id,
            agent_customers::customer_id,
            agent_customers::first_order_id,
        ))
        .get_results(connection)
}
