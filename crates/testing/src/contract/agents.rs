//! What the port of agents promises.

use crate::{
    Store,
    build::agents::{agent, applicant, contract},
};
use agents::{
    Agent, AgentFilter, AgentLevel, AgentRepository, Applicant, Company, Contract, ContractTerms,
    MAXIMUM_GRACE_DAYS, MAXIMUM_RENEWAL_WINDOW_DAYS, Quota, QuotaMeasure, QuotaPeriod,
};
use kernel::{
    AgentId, AgentNumber, CourierId, CreditCode, CustomerId, Money, PageRequest, Rate, ReachedAgent,
    RepositoryError, Scope, Text,
};
use regions::Exclusivity;
use uuid::Uuid;

fn insert<S: Store>(store: &S, agents: &[Agent]) -> Result<(), RepositoryError>
where
    S::Session: AgentRepository,
{
    store.write(|session| session.insert_agents(agents))
}

fn read<S: Store, T>(store: &S, mut query: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(|session| query(session)).unwrap()
}

/// Headquarters is there before anyone else, and no list shows it.
pub fn headquarters_is_there_from_the_start<S: Store>(store: &S)
where
    S::Session: AgentRepository,
{
    let found = read(store, |session| session.find_agents(&[AgentId::HEADQUARTERS]));
    let headquarters = &found[&AgentId::HEADQUARTERS];
    assert_eq!(
        (headquarters.number, &headquarters.holder),
        (AgentNumber::HEADQUARTERS, &None)
    );
    assert_eq!(headquarters.public_name(), "总部");
    let page = PageRequest::first();
    let list = read(store, |session| {
        session.list_agents(Scope::All, &AgentFilter::default(), &page)
    });
    assert_eq!(list.items, []);
    assert_eq!(
        read(store, AgentRepository::next_agent_number),
        AgentNumber::new(1)
    );
}

/// An agent comes back by its id and by its identity, as it was written.
pub fn an_agent_comes_back_by_id_and_by_identity<S: Store>(store: &S)
where
    S::Session: AgentRepository,
{
    let company = Company {
        name: Text::parse("杭州清泉商贸有限公司").unwrap(),
        credit_code: CreditCode::parse("91350100M000100Y43").unwrap(),
    };
    let written = [
        agent(1),
        Agent {
            holder: Some(Applicant {
                company: Some(company),
                ..applicant(2)
            }),
            ..agent(2)
        },
    ];
    insert(store, &written).unwrap();
    for agent in &written {
        let found = read(store, |session| session.find_agents(&[agent.id]));
        assert_eq!(found.get(&agent.id), Some(agent));
        let identity = &agent.holder.as_ref().unwrap().identity_number;
        let found = read(store, |session| session.find_agent_by_identity(identity));
        assert_eq!(found.as_ref(), Some(agent));
    }
    let stranger = applicant(3).identity_number;
    assert_eq!(
        read(store, |session| session.find_agent_by_identity(&stranger)),
        None
    );
    assert!(read(store, |session| session.find_agents(&[agent(3).id])).is_empty());
    assert_eq!(
        read(store, AgentRepository::next_agent_number),
        AgentNumber::new(3)
    );
}

/// A number and an identity belong to one agent.
pub fn a_number_and_an_identity_are_taken_once<S: Store>(store: &S)
where
    S::Session: AgentRepository,
{
    insert(store, &[agent(1)]).unwrap();
    let same_number = Agent {
        number: AgentNumber::new(1),
        ..agent(2)
    };
    let same_identity = Agent {
        holder: agent(1).holder,
        ..agent(3)
    };
    for rival in [same_number, same_identity] {
        let refused = insert(store, &[agent(4), rival]);
        assert!(
            matches!(refused, Err(RepositoryError::LostRace(_))),
            "{refused:?}"
        );
        assert!(read(store, |session| session.find_agents(&[agent(4).id])).is_empty());
    }
}

fn offices(ids: [AgentId; 2]) -> Vec<ReachedAgent> {
    ids.into_iter().filter_map(|id| Scope::All.agent(id)).collect()
}

/// An agent is found by those whose scope it is in; headquarters by everybody.
pub fn an_agent_is_there_inside_its_scope_only<S: Store>(store: &S)
where
    S::Session: AgentRepository,
{
    insert(store, &[agent(1), agent(2)]).unwrap();
    let found = |scope, id| read(store, |session| session.find_agent(scope, id)).map(|agent| agent.id);
    let (own, other) = (agent(1).id, agent(2).id);
    assert_eq!(found(Scope::All, other), Some(other));
    assert_eq!(found(Scope::Agent(own), own), Some(own));
    assert_eq!(found(Scope::Agent(own), other), None);
    assert_eq!(found(Scope::All, agent(3).id), None);
    let customer = Scope::Customer(CustomerId::from_uuid(Uuid::from_u128(9)));
    assert_eq!(found(customer, own), None);
    for scope in [Scope::All, Scope::Agent(own), customer] {
        assert_eq!(found(scope, AgentId::HEADQUARTERS), Some(AgentId::HEADQUARTERS));
    }
}

/// A list shows those in scope, oldest first, of one level where it is asked for.
pub fn agents_are_listed_within_their_scope<S: Store>(store: &S)
where
    S::Session: AgentRepository,
{
    insert(store, &[agent(1), agent(2), agent(3)]).unwrap();
    let contracts = [
        contract(1, AgentLevel::City),
        contract(2, AgentLevel::County),
        contract(3, AgentLevel::City),
    ];
    store
        .write::<_, RepositoryError>(|session| session.insert_contracts(&contracts))
        .unwrap();
    let numbers = |scope, level| {
        let (mut seen, mut page) = (
            Vec::new(),
            PageRequest {
                limit: 1,
                after: None,
            },
        );
        loop {
            let filter = AgentFilter { level };
            let answer = read(store, |session| session.list_agents(scope, &filter, &page));
            seen.extend(answer.items.iter().map(|agent| agent.number.get()));
            match answer.next {
                Some(next) => page.after = Some(next),
                None => return seen,
            }
        }
    };
    assert_eq!(numbers(Scope::All, None), [1, 2, 3]);
    assert_eq!(numbers(Scope::All, Some(AgentLevel::City)), [1, 3]);
    assert_eq!(numbers(Scope::Agent(agent(2).id), None), [2]);
    assert!(numbers(Scope::Agent(agent(2).id), Some(AgentLevel::City)).is_empty());
    let courier_id = CourierId::from_uuid(Uuid::from_u128(9));
    assert_eq!(
        numbers(
            Scope::Courier {
                agent_id: agent(3).id,
                courier_id
            },
            None
        ),
        [3]
    );
    assert!(numbers(Scope::Customer(CustomerId::from_uuid(Uuid::from_u128(9))), None).is_empty());
}

/// Contracts come back as they were written, under the agent that they are named with.
pub fn contracts_come_back_under_their_agent<S: Store>(store: &S)
where
    S::Session: AgentRepository,
{
    insert(store, &[agent(1), agent(2)]).unwrap();
    let bare = contract(1, AgentLevel::County);
    let full = Contract {
        terms: ContractTerms {
            exclusivity: Exclusivity::SharedBelow,
            override_rate: Rate::from_basis_points(500).unwrap(),
            quota: Some(Quota {
                period: QuotaPeriod::Quarter,
                measure: QuotaMeasure::Amount,
                target: 9_000_000_000,
                yearly_growth: Rate::from_basis_points(1_000).unwrap(),
            }),
            support_budget: Money::from_fen(7_000_000_000),
            report_period: Some(QuotaPeriod::Month),
            renewal_window_days: MAXIMUM_RENEWAL_WINDOW_DAYS,
            grace_days: MAXIMUM_GRACE_DAYS,
            ..bare.terms
        },
        ..contract(2, AgentLevel::Province)
    };
    store
        .write::<_, RepositoryError>(|session| session.insert_contracts(&[bare.clone(), full.clone()]))
        .unwrap();
    let (first, second) = (agent(1).id, agent(2).id);
    let found = read(store, |session| {
        session.find_contracts(&[(first, bare.id), (first, full.id)])
    });
    assert_eq!(found.values().collect::<Vec<_>>(), [&bare]);
    let found = read(store, |session| session.find_contracts(&[(second, full.id)]));
    assert_eq!(found.get(&full.id), Some(&full));
    assert_eq!(
        read(store, |session| session.list_contracts(&offices([first, second]))),
        [bare.clone(), full]
    );
    let own = Scope::Agent(first);
    assert_eq!(own.agent(second), None);
    let own = own.agent(first).unwrap();
    assert_eq!(read(store, |session| session.list_contracts(&[own])), [bare]);
    assert_eq!(read(store, |session| session.list_contracts(&[])), []);
}
