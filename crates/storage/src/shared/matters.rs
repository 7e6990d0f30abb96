//! What is open of an agent, over every table that has something of it. Each statement names the agent.

use super::{
    schema::{consequences, couriers, inspections, orders, stock_items, support_requests},
    session::Session,
    values::Key,
};
use ::agents::{Concerned, Matter, MatterRepository, OpenMatter, Step, SupportStateName};
use diesel::{
    dsl::{count, sql},
    prelude::*,
    sql_types::{BigInt, Bool, Nullable},
};
use kernel::{AgentId, DivisionSpan, RepositoryError};

/// The states in which an order is over.
const ENDS: [&str; 2] = ["delivered", "cancelled"];

/// The names of the steps that headquarters decides about.
fn proposals() -> impl Iterator<Item = &'static str> {
    Step::ALL
        .into_iter()
        .filter(|step| step.is_proposal())
        .map(Step::name)
}

fn natural(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

impl Session {
    fn count_open(&mut self, agent_id: Key, matter: Matter) -> Result<i64, RepositoryError> {
        match matter {
            Matter::OpenOrders => orders::table
                .filter(orders::agent_id.eq(agent_id))
                .filter(orders::state.ne_all(ENDS))
                .count()
                .get_result(&mut self.connection),
            Matter::StockOnHand => stock_items::table
                .filter(stock_items::agent_id.eq(agent_id))
                .select(sql::<Nullable<BigInt>>("CAST(SUM(on_hand) AS bigint)"))
                .get_result::<Option<i64>>(&mut self.connection)
                .map(Option::unwrap_or_default),
            Matter::CouriersOnDuty => couriers::table
                .filter(couriers::agent_id.eq(agent_id))
                .filter(couriers::on_duty.eq(true))
                .count()
                .get_result(&mut self.connection),
            Matter::SupportRequests => support_requests::table
                .filter(support_requests::agent_id.eq(agent_id))
                .filter(support_requests::state.eq(SupportStateName::Requested.name()))
                .count()
                .get_result(&mut self.connection),
            Matter::InspectionFollowUps => inspections::table
                .filter(inspections::agent_id.eq(agent_id))
                .filter(inspections::follow_up.eq_any(["due", "answered"]))
                .count()
                .get_result(&mut self.connection),
            Matter::OpenProposals => consequences::table
                .filter(consequences::agent_id.eq(agent_id))
                .filter(consequences::step.eq_any(proposals()))
                .filter(consequences::confirmed.is_null())
                .count()
                .get_result(&mut self.connection),
            // Other ports tell these: agents::find_open_matters.
            Matter::DepositBalance | Matter::OpenAppeals | Matter::DueReports => Ok(0),
        }
        .map_err(|error| self.faults.of(error))
    }
}

impl MatterRepository for Session {
    fn list_open_matters(&mut self, agent_id: AgentId) -> Result<Vec<OpenMatter>, RepositoryError> {
        let mut open = Vec::new();
        for &matter in Matter::ALL {
            let amount = natural(self.count_open(agent_id.into(), matter)?);
            if amount > 0 {
                open.push(OpenMatter { matter, amount });
            }
        }
        Ok(open)
    }

    fn count_concerned(
        &mut self,
        agent_id: AgentId,
        spans: &[DivisionSpan],
    ) -> Result<Concerned, RepositoryError> {
        let column = |code: u32| i32::try_from(code).unwrap_or(i32::MAX);
        let there = || {
            let mut inside: Box<dyn BoxableExpression<orders::table, super::Backend, SqlType = Bool>> =
                Box::new(sql::<Bool>("1 = 0"));
            for span in spans {
                inside = Box::new(
                    inside.or(orders::division_code
                        .ge(column(span.first))
                        .and(orders::division_code.lt(column(span.end)))),
                );
            }
            orders::table
                .filter(orders::agent_id.eq(Key::from(agent_id)))
                .filter(inside)
        };
        let open: i64 = there()
            .filter(orders::state.ne_all(ENDS))
            .count()
            .get_result(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let customers: i64 = there()
            .select(count(orders::customer_id).aggregate_distinct())
            .get_result(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(Concerned {
            open_orders: natural(open),
            customers: natural(customers),
        })
    }
}
