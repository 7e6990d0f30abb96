//! What happened to agents, and what is open of them.

use super::Memory;
use agents::{
    AgentHistoryEntry, AgentLifeRepository, Concerned, Matter, MatterRepository, OpenMatter, Termination,
};
use kernel::{
    AgentId, DivisionSpan, HistoryEntryId, Page, PageRequest, ReachedAgent, RepositoryError, TerminationId,
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    history: Vec<AgentHistoryEntry>,
    terminations: BTreeMap<(AgentId, TerminationId), Termination>,
}

impl AgentLifeRepository for Memory {
    fn insert_agent_history(&mut self, entries: &[AgentHistoryEntry]) -> Result<(), RepositoryError> {
        self.life.history.extend_from_slice(entries);
        Ok(())
    }

    fn list_agent_history(
        &mut self,
        agent: ReachedAgent,
        page: &PageRequest<HistoryEntryId>,
    ) -> Result<Page<AgentHistoryEntry, HistoryEntryId>, RepositoryError> {
        let own = self
            .life
            .history
            .iter()
            .filter(|entry| entry.agent_id == agent.id());
        let mut found: Vec<_> = own
            .filter(|entry| page.after.is_none_or(|after| entry.id < after))
            .cloned()
            .collect();
        found.sort_by_key(|entry| Reverse(entry.id));
        found.truncate(usize::from(page.limit) + 1);
        Ok(Page::cut(found, page, |entry| entry.id))
    }

    fn insert_termination(&mut self, termination: &Termination) -> Result<(), RepositoryError> {
        let key = (termination.agent_id, termination.id);
        self.life.terminations.insert(key, termination.clone());
        Ok(())
    }

    fn save_termination(&mut self, termination: &Termination) -> Result<(), RepositoryError> {
        let key = (termination.agent_id, termination.id);
        let loaded = self.life.terminations.get_mut(&key);
        let loaded = loaded.filter(|loaded| loaded.version == termination.version);
        let loaded = loaded.ok_or(RepositoryError::LostRace("a termination"))?;
        *loaded = Termination {
            version: termination.version + 1,
            ..termination.clone()
        };
        Ok(())
    }

    fn list_terminations(&mut self, agents: &[AgentId]) -> Result<Vec<Termination>, RepositoryError> {
        let all = self.life.terminations.values();
        Ok(all.filter(|of| agents.contains(&of.agent_id)).cloned().collect())
    }
}

fn counted(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}

impl MatterRepository for Memory {
    fn list_open_matters(&mut self, agent_id: AgentId) -> Result<Vec<OpenMatter>, RepositoryError> {
        let open = Matter::ALL.iter().map(|&matter| OpenMatter {
            matter,
            amount: match matter {
                Matter::OpenOrders => {
                    let own = self.orders().filter(|order| order.agent_id == agent_id);
                    counted(own.filter(|order| order.state.holds_stock()).count())
                }
                Matter::StockOnHand => self.stock_on_hand(agent_id),
                Matter::CouriersOnDuty => counted(self.couriers_on_duty(agent_id)),
                Matter::SupportRequests => counted(self.undecided_support_requests(agent_id)),
                Matter::InspectionFollowUps => counted(self.open_follow_ups(agent_id)),
                Matter::OpenProposals => counted(self.open_proposals(agent_id)),
                // Other ports tell these: agents::find_open_matters.
                Matter::DepositBalance | Matter::OpenAppeals | Matter::DueReports => 0,
            },
        });
        Ok(open.filter(|open| open.amount > 0).collect())
    }

    fn count_concerned(
        &mut self,
        agent_id: AgentId,
        spans: &[DivisionSpan],
    ) -> Result<Concerned, RepositoryError> {
        let inside = |code| spans.iter().any(|span: &DivisionSpan| span.contains(code));
        let there: Vec<_> = self
            .orders()
            .filter(|order| order.agent_id == agent_id && inside(order.address.division_code))
            .collect();
        let customers: BTreeSet<_> = there.iter().map(|order| order.customer_id).collect();
        Ok(Concerned {
            open_orders: counted(there.iter().filter(|order| order.state.holds_stock()).count()),
            customers: counted(customers.len()),
        })
    }
}
