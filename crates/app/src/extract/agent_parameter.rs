//! Whose rows a request is about.

use crate::problem::Problem;
use agents::AgentRepository;
use kernel::{AgentId, ReachedAgent, Scope};
use serde::Deserialize;
use utoipa::IntoParams;

/// 代理商参数
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AgentParameter {
    /// 代理商；仅总部可指定其他代理商，缺省为总部自己；代理商只能是自己
    #[param(value_type = Option<Uuid>)]
    agent_id: Option<AgentId>,
}

impl AgentParameter {
    /// The agent that is meant: headquarters may name any and means itself where it names none; an agent's people mean
    /// their own, and another's rows are not there. Nobody else has an agent's rows.
    pub fn within(self, scope: Scope) -> Result<ReachedAgent, Problem> {
        let own = scope.own_agent().ok_or_else(Problem::forbidden)?;
        match self.agent_id {
            Some(named) => scope.agent(named).ok_or_else(Problem::not_found),
            None => Ok(own),
        }
    }

    /// Like [`Self::within`], for a command: an agent that headquarters names has to be there.
    pub fn existing_within(
        self,
        scope: Scope,
        session: &mut (impl AgentRepository + ?Sized),
    ) -> Result<AgentId, Problem> {
        let agent_id = self.within(scope)?.id();
        if self.agent_id.is_some() && session.find_agents(&[agent_id])?.is_empty() {
            return Err(Problem::not_found());
        }
        Ok(agent_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::CustomerId;
    use uuid::Uuid;

    #[test]
    fn an_agent_means_itself_and_headquarters_whom_it_names() {
        let agent = |id| AgentId::from_uuid(Uuid::from_u128(id));
        let meant = |scope, named: Option<u128>| {
            let parameter = AgentParameter {
                agent_id: named.map(agent),
            };
            parameter
                .within(scope)
                .map(ReachedAgent::id)
                .map_err(|problem| problem.code())
        };
        assert_eq!(meant(Scope::All, None), Ok(AgentId::HEADQUARTERS));
        assert_eq!(meant(Scope::All, Some(7)), Ok(agent(7)));
        assert_eq!(meant(Scope::Agent(agent(7)), None), Ok(agent(7)));
        assert_eq!(meant(Scope::Agent(agent(7)), Some(7)), Ok(agent(7)));
        assert_eq!(meant(Scope::Agent(agent(7)), Some(8)), Err("not_found"));
        let customer = Scope::Customer(CustomerId::from_uuid(Uuid::from_u128(1)));
        assert_eq!(meant(customer, None), Err("forbidden"));
    }
}
