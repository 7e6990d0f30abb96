//! What the port of consequences promises.

use crate::{
    Store,
    build::agents::{account_id, agent, consequence, contract},
    instant,
};
use agents::{
    AgentLevel, AgentRepository, Consequence, ConsequenceDecision, ConsequenceRepository, Decided, Step,
};
use kernel::{AgentId, ConsequenceId, PageRequest, ReachedAgent, RepositoryError, Scope, Text};

fn run<S: Store, T>(store: &S, mut command: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(|session| command(session)).unwrap()
}

fn reached(id: AgentId) -> ReachedAgent {
    Scope::All.agent(id).unwrap()
}

fn party<S: Store>(store: &S)
where
    S::Session: AgentRepository,
{
    run(store, |session| {
        session.insert_agents(&[agent(1), agent(2)])?;
        session.insert_contracts(&[contract(1, AgentLevel::County), contract(2, AgentLevel::County)])
    });
}

/// Consequences come back under their agent alone, in pages and by contract; an obligation has one reminder and one
/// consequence of being missed.
pub fn an_obligation_has_each_consequence_once<S: Store>(store: &S)
where
    S::Session: AgentRepository + ConsequenceRepository,
{
    party(store);
    let reminder = Consequence {
        step: Step::Reminder,
        ..consequence(1, 1, "2026-02-01")
    };
    let all = [
        reminder,
        consequence(2, 1, "2026-02-01"),
        consequence(3, 1, "2026-03-01"),
        consequence(9, 2, "2026-02-01"),
    ];
    run(store, |session| {
        all.iter().try_for_each(|row| session.insert_consequence(row))
    });
    let [first, second, third, strange] = &all;
    for rival in [
        Consequence {
            step: Step::Notice,
            ..consequence(4, 1, "2026-02-01")
        },
        Consequence {
            step: Step::Reminder,
            ..consequence(5, 1, "2026-02-01")
        },
    ] {
        let refused = store.write(|session| session.insert_consequence(&rival));
        assert!(
            matches!(refused, Err(RepositoryError::LostRace(_))),
            "{refused:?}"
        );
    }
    let (own, other) = (reached(first.agent_id), reached(strange.agent_id));
    let found = |agent, id| run(store, |session| session.find_consequence(agent, id));
    assert_eq!(found(own, second.id).as_ref(), Some(second));
    assert_eq!(found(other, second.id), None);
    let page = |after: Option<ConsequenceId>| {
        let request = PageRequest { limit: 2, after };
        let page = run(store, |session| session.list_consequences(own, &request));
        (page.items, page.next)
    };
    let newest = page(None);
    assert_eq!(newest.0, [third.clone(), second.clone()]);
    assert_eq!(page(newest.1), (vec![first.clone()], None));
    let of_contract = run(store, |session| {
        session.list_contract_consequences(first.agent_id, first.contract_id)
    });
    assert_eq!(of_contract, [first.clone(), second.clone(), third.clone()]);
    let none = run(store, |session| {
        session.list_contract_consequences(strange.agent_id, first.contract_id)
    });
    assert_eq!(none, []);
}

/// A consequence is decided once, under its agent.
pub fn a_consequence_is_decided_once<S: Store>(store: &S)
where
    S::Session: AgentRepository + ConsequenceRepository,
{
    party(store);
    let noted = consequence(1, 1, "2026-02-01");
    run(store, |session| session.insert_consequence(&noted));
    let decision = ConsequenceDecision {
        confirmed: true,
        reason: Text::parse("连续四期未完成").unwrap(),
        decided: Decided {
            at: instant("2026-06-01T00:00:00Z"),
            actor: account_id(7),
        },
    };
    let decide = |agent_id| store.write(|session| session.decide_consequence(agent_id, noted.id, &decision));
    let lost = |result: Result<(), RepositoryError>| {
        assert!(matches!(result, Err(RepositoryError::LostRace(_))), "{result:?}");
    };
    lost(decide(agent(2).id));
    decide(noted.agent_id).unwrap();
    lost(decide(noted.agent_id));
    let own = reached(noted.agent_id);
    let found = run(store, |session| session.find_consequence(own, noted.id));
    let decided = Consequence {
        decision: Some(decision.clone()),
        ..noted.clone()
    };
    assert_eq!(found, Some(decided));
}
