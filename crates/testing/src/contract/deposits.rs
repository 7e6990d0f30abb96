//! What the port of deposits promises.

use crate::{
    Store,
    build::{
        agents::{account_id, agent, contract, deposit_entry},
        attachments::{attachment_id, upload},
    },
    instant,
};
use agents::{
    AgentLevel, AgentRepository, Appeal, AppealDecision, AppealOutcome, Contract, DepositEntry,
    DepositEntryKind, DepositRepository, DepositTotals,
};
use attachments::{AttachmentRepository, AttachmentScope};
use kernel::{
    AgentId, ContractId, DepositEntryId, Money, PageRequest, ReachedAgent, RepositoryError, Scope, Text,
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

/// The contract of an agent is locked as it is; another's, or one that is not there, is not.
pub fn a_contract_is_locked_under_its_agent<S: Store>(store: &S)
where
    S::Session: AgentRepository,
{
    party(store);
    let own = contract(1, AgentLevel::County);
    let locked = |agent_id, id| run(store, |session| session.lock_contract(agent_id, id));
    assert_eq!(locked(own.agent_id, own.id), Some(own.clone()));
    assert_eq!(locked(agent(2).id, own.id), None);
    let Contract { id: missing, .. } = contract(3, AgentLevel::County);
    assert_eq!(locked(own.agent_id, missing), None);
}

/// Entries come back with their evidence, newest first, under their agent alone, and sum to what they say.
pub fn deposit_entries_come_back_and_add_up<S: Store>(store: &S)
where
    S::Session: AgentRepository + AttachmentRepository + DepositRepository,
{
    party(store);
    let deduction = DepositEntry {
        kind: DepositEntryKind::Deducted,
        amount: Money::from_fen(300),
        balance_after: Money::from_fen(700),
        evidence: vec![attachment_id(5), attachment_id(4)],
        ..deposit_entry(2, 1)
    };
    let reversal = DepositEntry {
        kind: DepositEntryKind::Reversed {
            deduction_id: deduction.id,
        },
        amount: Money::from_fen(300),
        ..deposit_entry(3, 1)
    };
    let entries = [deposit_entry(1, 1), deduction, reversal, deposit_entry(9, 2)];
    run(store, |session| {
        for number in [4, 5] {
            upload(session, number, 7);
        }
        for entry in &entries {
            session.insert_deposit_entry(entry)?;
            session.attach_to_record(account_id(7), entry.agent_id, entry.id.as_uuid(), &entry.evidence)?;
        }
        Ok(())
    });
    let [paid, deduction, reversal, strange] = &entries;
    let (own, other) = (reached(paid.agent_id), reached(strange.agent_id));

    let found = |agent, id| run(store, |session| session.find_deposit_entry(agent, id));
    assert_eq!(found(own, deduction.id).as_ref(), Some(deduction));
    assert_eq!(found(other, deduction.id), None);

    let page = |contract_id: Option<ContractId>, after: Option<DepositEntryId>| {
        let request = PageRequest { limit: 2, after };
        let page = run(store, |session| {
            session.list_deposit_entries(own, contract_id, &request)
        });
        (page.items, page.next)
    };
    let first = page(None, None);
    assert_eq!(first.0, [reversal.clone(), deduction.clone()]);
    assert_eq!(page(None, first.1), (vec![paid.clone()], None));
    assert_eq!(page(Some(strange.contract_id), None), (Vec::new(), None));

    let totals = DepositTotals {
        entries: 3,
        paid: Money::from_fen(1_000),
        deducted: Money::from_fen(300),
        reversed: Money::from_fen(300),
        ..DepositTotals::default()
    };
    let of_contract = |agent_id, contract_id| {
        run(store, |session| {
            session.find_deposit_totals(agent_id, contract_id)
        })
    };
    assert_eq!(of_contract(paid.agent_id, paid.contract_id), totals);
    assert_eq!(
        of_contract(strange.agent_id, paid.contract_id),
        DepositTotals::default()
    );
    let listed = run(store, |session| session.list_deposit_totals(own));
    assert_eq!(
        listed.into_iter().collect::<Vec<_>>(),
        [(paid.contract_id, totals)]
    );

    // The agent sees its evidence; another agent does not.
    let picture = |agent| {
        let scope = AttachmentScope::OfAgent(agent);
        run(store, |session| session.find_attachment(scope, attachment_id(4))).map(|found| found.id)
    };
    assert_eq!((picture(own), picture(other)), (Some(attachment_id(4)), None));
}

/// A place in a ledger is taken once.
pub fn a_number_of_a_ledger_is_taken_once<S: Store>(store: &S)
where
    S::Session: AgentRepository + DepositRepository,
{
    party(store);
    run(store, |session| {
        session.insert_deposit_entry(&deposit_entry(1, 1))
    });
    let rival = DepositEntry {
        number: 1,
        ..deposit_entry(2, 1)
    };
    let refused = store.write(|session| session.insert_deposit_entry(&rival));
    assert!(
        matches!(refused, Err(RepositoryError::LostRace(_))),
        "{refused:?}"
    );
    // The ledger of another contract counts for itself.
    run(store, |session| {
        session.insert_deposit_entry(&deposit_entry(1, 2))
    });
}

/// A deduction is appealed against once, and that is decided once.
pub fn an_appeal_is_noted_and_decided_once<S: Store>(store: &S)
where
    S::Session: AgentRepository + DepositRepository,
{
    party(store);
    let entry = deposit_entry(1, 1);
    run(store, |session| session.insert_deposit_entry(&entry));
    let appeal = Appeal {
        text: Text::parse("货已按时送达").unwrap(),
        at: instant("2026-02-01T00:00:00Z"),
        actor: account_id(8),
        decision: None,
    };
    let decision = AppealDecision {
        outcome: AppealOutcome::Upheld,
        reason: Text::parse("证据充分").unwrap(),
        at: instant("2026-02-02T00:00:00Z"),
        actor: account_id(7),
    };
    let lost = |result: Result<(), RepositoryError>| {
        assert!(matches!(result, Err(RepositoryError::LostRace(_))), "{result:?}");
    };
    let decide =
        |agent_id| store.write(|session| session.decide_deposit_appeal(agent_id, entry.id, &decision));
    let note = || store.write(|session| session.insert_deposit_appeal(entry.agent_id, entry.id, &appeal));
    let open = || {
        run(store, |session| {
            session.find_deposit_totals(entry.agent_id, entry.contract_id)
        })
        .open_appeals
    };
    let found = || {
        let own = reached(entry.agent_id);
        run(store, |session| session.find_deposit_entry(own, entry.id))
            .unwrap()
            .appeal
    };
    lost(decide(entry.agent_id));
    note().unwrap();
    assert_eq!((found(), open()), (Some(appeal.clone()), 1));
    lost(note());
    lost(decide(agent(2).id));
    decide(entry.agent_id).unwrap();
    let decided = Appeal {
        decision: Some(decision.clone()),
        ..appeal.clone()
    };
    assert_eq!((found(), open()), (Some(decided), 0));
    lost(decide(entry.agent_id));
    lost(note());
}
