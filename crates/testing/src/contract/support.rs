//! What the port of market support promises.

use crate::{
    Store,
    build::{
        agents::{account_id, agent, contract, support_request, support_spending},
        attachments::{attachment_id, upload},
    },
    instant,
};
use agents::{
    AgentLevel, AgentRepository, Decided, SupportRepository, SupportRequest, SupportSpending, SupportState,
    SupportTotals,
};
use attachments::AttachmentRepository;
use kernel::{
    AgentId, ContractId, Money, PageRequest, ReachedAgent, RepositoryError, Scope, SupportRequestId, Text,
};

fn run<S: Store, T>(store: &S, mut command: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(|session| command(session)).unwrap()
}

fn reached(id: AgentId) -> ReachedAgent {
    Scope::All.agent(id).unwrap()
}

/// Agents 1 and 2, each with a contract.
fn party<S: Store>(store: &S)
where
    S::Session: AgentRepository,
{
    run(store, |session| {
        session.insert_agents(&[agent(1), agent(2)])?;
        session.insert_contracts(&[contract(1, AgentLevel::County), contract(2, AgentLevel::County)])
    });
}

const fn decided(actor: kernel::AccountId, at: kernel::Instant) -> Decided {
    Decided { at, actor }
}

/// Requests come back with pictures and spendings, newest first, under their agent alone.
pub fn support_requests_come_back_with_their_spendings<S: Store>(store: &S)
where
    S::Session: AgentRepository + AttachmentRepository + SupportRepository,
{
    party(store);
    let asked = SupportRequest {
        attachments: vec![attachment_id(5), attachment_id(4)],
        ..support_request(1, 1)
    };
    let all = [
        asked.clone(),
        support_request(2, 1),
        support_request(3, 1),
        support_request(9, 2),
    ];
    run(store, |session| {
        for number in [4, 5, 6] {
            upload(session, number, 8);
        }
        for request in &all {
            session.insert_support_request(request)?;
            session.attach_to_record(
                account_id(8),
                request.agent_id,
                request.id.as_uuid(),
                &request.attachments,
            )?;
        }
        Ok(())
    });
    let (own, other) = (reached(agent(1).id), reached(agent(2).id));
    let found = |agent, id| run(store, |session| session.find_support_request(agent, id));
    assert_eq!(found(own, asked.id), Some(asked.clone()));
    assert_eq!(found(other, asked.id), None);

    let spending = SupportSpending {
        attachments: vec![attachment_id(6)],
        ..support_spending(1)
    };
    run(store, |session| {
        session.insert_support_spending(asked.agent_id, asked.id, &spending)?;
        session.insert_support_spending(asked.agent_id, asked.id, &support_spending(2))?;
        let record = spending.id.as_uuid();
        session.attach_to_record(account_id(8), asked.agent_id, record, &spending.attachments)
    });
    let spendings = found(own, asked.id).unwrap().spendings;
    assert_eq!(spendings, [spending, support_spending(2)]);

    let page = |contract_id: Option<ContractId>, after: Option<SupportRequestId>| {
        let request = PageRequest { limit: 2, after };
        let page = run(store, |session| {
            session.list_support_requests(own, contract_id, &request)
        });
        let ids: Vec<_> = page.items.iter().map(|request| request.id).collect();
        (ids, page.next)
    };
    let [first, second, third, strange] = &all;
    let (ids, next) = page(None, None);
    assert_eq!(ids, [third.id, second.id]);
    assert_eq!(page(None, next), (vec![first.id], None));
    assert_eq!(page(Some(strange.contract_id), None), (Vec::new(), None));
}

/// Every state is saved under its version once, and the totals count each request as it stands.
pub fn states_of_support_are_saved_once_and_counted<S: Store>(store: &S)
where
    S::Session: AgentRepository + SupportRepository,
{
    party(store);
    let (at, actor) = (instant("2026-03-01T00:00:00Z"), account_id(7));
    let reason = Text::parse("预算已用于其他活动").unwrap();
    let states = [
        SupportState::Requested,
        SupportState::Approved {
            amount: Money::from_fen(700),
            note: Some(Text::parse("海报从总部领取").unwrap()),
            decided: decided(actor, at),
        },
        SupportState::Approved {
            amount: Money::from_fen(100),
            note: None,
            decided: decided(actor, at),
        },
        SupportState::Rejected {
            reason,
            decided: decided(actor, at),
        },
        SupportState::Cancelled {
            decided: decided(actor, at),
        },
    ];
    let own = reached(agent(1).id);
    for (number, state) in (1..).zip(states) {
        let asked = support_request(number, 1);
        run(store, |session| session.insert_support_request(&asked));
        let mut saved = SupportRequest { state, ..asked };
        if number == 2 {
            let spending = support_spending(1);
            run(store, |session| {
                session.insert_support_spending(saved.agent_id, saved.id, &spending)
            });
            saved.spendings.push(spending);
        }
        run(store, |session| session.save_support_request(&saved));
        let stale = store.write(|session| session.save_support_request(&saved));
        assert!(matches!(stale, Err(RepositoryError::LostRace(_))), "{stale:?}");
        let found = run(store, |session| session.find_support_request(own, saved.id));
        let stored = SupportRequest { version: 2, ..saved };
        assert_eq!(found, Some(stored));
    }
    let totals = SupportTotals {
        requested: Money::from_fen(1_000),
        approved: Money::from_fen(800),
        spent: Money::from_fen(300),
    };
    let listed = run(store, |session| session.list_support_totals(own));
    let contract_id = contract(1, AgentLevel::County).id;
    assert_eq!(listed.into_iter().collect::<Vec<_>>(), [(contract_id, totals)]);
    let other = reached(agent(2).id);
    assert!(run(store, |session| session.list_support_totals(other)).is_empty());
}
