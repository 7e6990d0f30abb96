//! Whether what is stored agrees with what it is derived from.

use super::{
    columns,
    consistency_queries::query,
    schema::{agents, orders},
    session::Session,
    values::Key,
};
use crate::{Checked, ConsistencyRepository, Difference, Equation};
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};
use kernel::{AgentId, AgentNumber, OrderId, RepositoryError};

/// Every tenant table that others hang on.
const AGENTS: &str = "SELECT id FROM agents UNION SELECT agent_id FROM stock_items UNION SELECT agent_id FROM stock_movements \
     UNION SELECT agent_id FROM orders UNION SELECT agent_id FROM order_numbers UNION SELECT agent_id FROM agent_customers \
     UNION SELECT agent_id FROM daily_figures UNION SELECT agent_id FROM daily_county_figures UNION SELECT agent_id FROM deposit_entries \
     UNION SELECT agent_id FROM support_requests ORDER BY 1";

#[derive(QueryableByName)]
struct AgentRow {
    #[diesel(sql_type = columns::Id)]
    id: Key,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

#[derive(QueryableByName)]
struct DifferenceRow {
    #[diesel(sql_type = columns::Id)]
    id: Key,
    #[diesel(sql_type = Text)]
    detail: String,
    #[diesel(sql_type = Text)]
    expected: String,
    #[diesel(sql_type = Text)]
    found: String,
}

impl ConsistencyRepository for Session {
    fn list_agents_to_check(&mut self) -> Result<Vec<AgentId>, RepositoryError> {
        let rows: Vec<AgentRow> = sql_query(AGENTS)
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(rows.into_iter().map(|row| row.id.into()).collect())
    }

    fn check_equation(&mut self, equation: Equation, agent_id: AgentId) -> Result<Checked, RepositoryError> {
        let agent = Key::from(agent_id);
        match equation {
            Equation::OrderIdTellsAgent => self.check_order_ids(agent),
            Equation::AuditIsOneChain if agent_id == AgentId::HEADQUARTERS => self.check_audit_chain(),
            Equation::DailyFiguresAreEvents => self.check_daily_figures(agent),
            Equation::CountyFiguresAreEvents => self.check_county_figures(agent),
            _ => self.check_by_query(equation, agent),
        }
    }
}

impl Session {
    fn check_by_query(&mut self, equation: Equation, agent: Key) -> Result<Checked, RepositoryError> {
        let Some(query) = query(equation) else {
            return Ok(Checked::default());
        };
        let count: Count = sql_query(format!("SELECT COUNT(*) AS rows FROM {}", query.rows))
            .bind::<columns::Id, _>(agent)
            .get_result(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let rows: Vec<DifferenceRow> = sql_query(query.differences)
            .bind::<columns::Id, _>(agent)
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let differences = rows.into_iter().map(|row| Difference {
            row: format!("agent {}, {} {} {}", agent.0, query.subject, row.id.0, row.detail)
                .trim_end()
                .to_owned(),
            expected: row.expected,
            found: row.found,
        });
        Ok(Checked {
            rows: u64::try_from(count.rows).unwrap_or_default(),
            differences: differences.collect(),
        })
    }

    fn check_order_ids(&mut self, agent: Key) -> Result<Checked, RepositoryError> {
        let number: Option<i32> = agents::table
            .find(agent)
            .select(agents::number)
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?;
        let number = number
            .and_then(|number| u16::try_from(number).ok())
            .map(AgentNumber::new);
        let ids: Vec<Key> = orders::table
            .filter(orders::agent_id.eq(agent))
            .select(orders::id)
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let rows = ids.len().try_into().unwrap_or(u64::MAX);
        let ids = ids.into_iter().map(OrderId::from);
        let differences = ids
            .filter(|id| Some(id.agent_number()) != number)
            .map(|id| Difference {
                row: format!("agent {}, order {id}", agent.0),
                expected: number.map_or_else(
                    || "an agent that is there".to_owned(),
                    |number| format!("number {number}"),
                ),
                found: format!("number {}", id.agent_number()),
            })
            .collect();
        Ok(Checked { rows, differences })
    }
}
