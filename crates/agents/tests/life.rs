//! Suspending and resuming, giving notice and letting go.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    dead_code,
    reason = "tests fail by panicking, and share what they begin with"
)]

#[path = "support/appointed.rs"]
mod appointed;

use agents::{
    AgentAction, AgentLifeRepository, AgentRepository, ApplicationForm, ApplicationRepository,
    ApplicationScope, Deadlines, Departure, EndTermination, FindingCode, Matter, ResumeAgent, Standing,
    SubmitApplication, SuspendAgent, SuspendAgentError, TerminateAgent, TerminateAgentError, Termination,
    TerminationState, close_termination, find_departure, resume_agent, submit_application, suspend_agent,
    terminate_agent, withdraw_termination,
};
use appointed::{answers, appoint, fresh, run, shared, tree};
use identity::{Account, AccountRepository, MembershipRepository, Position};
use inventory::{Quantity, StockRepository};
use kernel::{AgentId, Instant, PageRequest, PersonName, Scope};
use orders::CourierRepository;
use regions::{Suspension, TerritoryRepository};
use testing::{
    Memory, SeededIds,
    build::{
        agents::{account_id, form, policy, terms},
        inventory::{movement_note, received_stock, stock_key},
        orders::courier,
    },
    instant,
};

fn now() -> Instant {
    instant("2026-12-10T08:00:00Z")
}

/// 浙江 is open to agents below, and 西湖 is held inside.
fn two_levels() -> (Memory, SeededIds, AgentId) {
    let (mut memory, ids) = (Memory::default(), fresh());
    appoint(&mut memory, &ids, 1, ("province", &["330000"]), shared());
    let owner = Account {
        id: account_id(2),
        username: None,
        name: PersonName::parse("王小明").unwrap(),
        password_hash: None,
        privacy_policy_version: None,
        disabled_at: None,
        created_at: now(),
        version: 1,
    };
    memory.insert_accounts(&[owner]).unwrap();
    let county = appoint(&mut memory, &ids, 2, ("county", &["330106"]), terms());
    (memory, ids, county.agent.id)
}

fn suspend(agent_id: AgentId) -> SuspendAgent {
    SuspendAgent {
        agent_id,
        actor: account_id(99),
        reason: "仓库整改".into(),
        from: None,
        until: None,
    }
}

fn resume(agent_id: AgentId) -> ResumeAgent {
    ResumeAgent {
        agent_id,
        actor: account_id(99),
        reason: "整改完成".into(),
        at: None,
    }
}

fn notice(agent_id: AgentId, effective_at: &str) -> TerminateAgent {
    TerminateAgent {
        agent_id,
        actor: account_id(99),
        reason: "合同提前终止".into(),
        effective_at: Some(effective_at.into()),
    }
}

fn end(agent_id: AgentId) -> EndTermination {
    EndTermination {
        agent_id,
        actor: account_id(99),
        reason: "已结清".into(),
    }
}

fn standing(memory: &mut Memory, agent_id: AgentId, at: Instant) -> Standing {
    let agent = memory
        .find_agents(&[agent_id])
        .unwrap()
        .remove(&agent_id)
        .unwrap();
    Standing::find(memory, &agent, at).unwrap()
}

fn actions(memory: &mut Memory, agent_id: AgentId) -> Vec<AgentAction> {
    let page = PageRequest {
        limit: 100,
        after: None,
    };
    let agent = Scope::All.agent(agent_id).unwrap();
    let history = memory.list_agent_history(agent, &page).unwrap();
    history.items.iter().rev().map(|entry| entry.action).collect()
}

#[test]
fn new_orders_go_up_at_once_and_come_back() {
    let (mut memory, ids, agent_id) = two_levels();
    suspend_agent(&mut memory, &ids, now(), &suspend(agent_id)).unwrap();
    assert_eq!(answers(&mut memory, "330106", "2026-12-10T07:59:59Z"), 2);
    assert_eq!(answers(&mut memory, "330106", "2026-12-10T08:00:00Z"), 1);
    assert_eq!(
        standing(&mut memory, agent_id, now()),
        Standing::Suspended { until: None }
    );
    let later = instant("2026-12-12T00:00:00Z");
    let ended = resume_agent(&mut memory, &ids, later, &resume(agent_id)).unwrap();
    assert_eq!(ended.until, Some(later));
    assert_eq!(answers(&mut memory, "330106", "2026-12-11T23:59:59Z"), 1);
    assert_eq!(answers(&mut memory, "330106", "2026-12-12T00:00:00Z"), 2);
    assert_eq!(standing(&mut memory, agent_id, later), Standing::Active);
    assert_eq!(
        actions(&mut memory, agent_id),
        [AgentAction::Suspended, AgentAction::Resumed]
    );
    let facts: Vec<_> = memory.events().iter().map(|event| event.fact.name()).collect();
    assert!(facts.ends_with(&["agent_suspended", "agent_resumed"]));
    let versions: Vec<_> = memory
        .events()
        .iter()
        .filter(|event| event.aggregate_id == agent_id.as_uuid())
        .map(|event| event.aggregate_version)
        .collect();
    assert_eq!(versions, [2, 3]);
}

#[test]
fn a_suspension_may_be_dated_and_called_off() {
    let (mut memory, ids, agent_id) = two_levels();
    let dated = SuspendAgent {
        from: Some("2026-12-20".into()),
        until: Some("2026-12-27".into()),
        ..suspend(agent_id)
    };
    suspend_agent(&mut memory, &ids, now(), &dated).unwrap();
    assert_eq!(answers(&mut memory, "330106", "2026-12-19T15:59:59Z"), 2);
    assert_eq!(answers(&mut memory, "330106", "2026-12-19T16:00:00Z"), 1);
    assert_eq!(answers(&mut memory, "330106", "2026-12-26T16:00:00Z"), 2);
    // Another that meets it is refused, one beside it is not.
    for (from, until, refused) in [
        ("2026-12-25", None, true),
        ("2026-12-15", Some("2026-12-21"), true),
        ("2026-12-15", None, true),
        ("2026-12-27", Some("2026-12-29"), false),
    ] {
        let other = SuspendAgent {
            from: Some(from.into()),
            until: until.map(str::to_owned),
            ..suspend(agent_id)
        };
        let outcome = run(&mut memory.clone(), |memory| {
            suspend_agent(memory, &ids, now(), &other)
        });
        let is_refused = matches!(outcome, Err(SuspendAgentError::AlreadySuspended { .. }));
        assert_eq!(is_refused, refused, "{from}: {outcome:?}");
    }
    let called_off = resume_agent(&mut memory, &ids, now(), &resume(agent_id)).unwrap();
    assert_eq!(called_off.until, Some(called_off.from));
    assert_eq!(answers(&mut memory, "330106", "2026-12-20T16:00:00Z"), 2);
    suspend_agent(&mut memory, &ids, now(), &dated).unwrap();
}

#[test]
fn a_suspension_that_cannot_be_changes_nothing() {
    let (mut memory, ids, agent_id) = two_levels();
    let before = memory.events().len();
    let wrong = SuspendAgent {
        reason: " ".into(),
        from: Some("2026-12-09".into()),
        until: Some("yesterday".into()),
        ..suspend(agent_id)
    };
    let refused = suspend_agent(&mut memory, &ids, now(), &wrong).unwrap_err();
    let SuspendAgentError::Invalid(errors) = refused else {
        panic!("{refused:?}")
    };
    let told: Vec<_> = errors
        .iter()
        .map(|error| (error.field.as_ref(), error.code))
        .collect();
    assert_eq!(
        told,
        [
            ("reason", "empty"),
            ("from", "in_the_past"),
            ("until", "invalid_instant")
        ]
    );
    let backwards = SuspendAgent {
        until: Some("2026-12-10T08:00:00Z".into()),
        ..suspend(agent_id)
    };
    let refused = suspend_agent(&mut memory, &ids, now(), &backwards).unwrap_err();
    assert!(matches!(refused, SuspendAgentError::Invalid(errors) if errors[0].code == "period_is_empty"));
    let unknown = AgentId::from_uuid(uuid::Uuid::from_u128(404));
    for nobody in [unknown, AgentId::HEADQUARTERS] {
        let refused = suspend_agent(&mut memory, &ids, now(), &suspend(nobody)).unwrap_err();
        assert!(matches!(refused, SuspendAgentError::NotFound), "{refused:?}");
        let refused = resume_agent(&mut memory, &ids, now(), &resume(nobody)).unwrap_err();
        assert!(matches!(refused, SuspendAgentError::NotFound), "{refused:?}");
    }
    let refused = resume_agent(&mut memory, &ids, now(), &resume(agent_id)).unwrap_err();
    assert!(matches!(refused, SuspendAgentError::NotSuspended), "{refused:?}");
    assert_eq!(memory.events().len(), before);
    assert_eq!(
        memory.list_suspensions(&[agent_id]).unwrap(),
        Vec::<Suspension>::new()
    );
}

#[test]
fn a_notice_ends_the_territories_at_its_date_and_moves_up_who_waits() {
    let (mut memory, ids, agent_id) = two_levels();
    let waiting = wait_for(&mut memory, &ids, 5, "330106");
    let held = |memory: &mut Memory| {
        let found = memory
            .find_application(ApplicationScope::All, waiting)
            .unwrap()
            .unwrap();
        found
            .findings
            .iter()
            .any(|finding| finding.code == FindingCode::DivisionHeld)
    };
    assert!(held(&mut memory));
    let Departure { termination, open } =
        terminate_agent(&mut memory, &ids, tree(), now(), &notice(agent_id, "2027-01-01")).unwrap();
    let termination = termination.unwrap();
    let effective_at = instant("2026-12-31T16:00:00Z");
    assert_eq!(
        (
            termination.effective_at,
            termination.state,
            termination.ended.len(),
            open.len()
        ),
        (effective_at, TerminationState::Given, 1, 0)
    );
    assert_eq!(
        standing(&mut memory, agent_id, now()),
        Standing::Leaving { effective_at }
    );
    assert_eq!(answers(&mut memory, "330106", "2026-12-31T15:59:59Z"), 2);
    assert_eq!(answers(&mut memory, "330106", "2026-12-31T16:00:00Z"), 1);
    // Free within the year, but not at once.
    assert!(held(&mut memory));
    let again =
        terminate_agent(&mut memory, &ids, tree(), now(), &notice(agent_id, "2027-02-01")).unwrap_err();
    assert!(matches!(again, TerminateAgentError::AlreadyLeaving { effective_at: at } if at == effective_at));
}

fn wait_for(memory: &mut Memory, ids: &SeededIds, number: u16, code: &str) -> kernel::ApplicationId {
    let form = ApplicationForm {
        level: "county".into(),
        attachments: Vec::new(),
        ..form(number, &[code])
    };
    let command = SubmitApplication {
        account_id: account_id(number),
        form,
        policy: policy(),
        deadlines: Deadlines::default(),
    };
    submit_application(memory, ids, tree(), now(), &command)
        .unwrap()
        .id
}

#[test]
fn a_notice_at_once_frees_the_divisions_for_whoever_waits() {
    let (mut memory, ids, agent_id) = two_levels();
    let waiting = wait_for(&mut memory, &ids, 5, "330106");
    let at_once = TerminateAgent {
        effective_at: None,
        ..notice(agent_id, "")
    };
    terminate_agent(&mut memory, &ids, tree(), now(), &at_once).unwrap();
    assert_eq!(answers(&mut memory, "330106", "2026-12-10T08:00:00Z"), 1);
    let found = memory
        .find_application(ApplicationScope::All, waiting)
        .unwrap()
        .unwrap();
    let codes: Vec<_> = found.findings.iter().map(|finding| finding.code).collect();
    assert!(!codes.contains(&FindingCode::DivisionHeld), "{codes:?}");
}

#[test]
fn a_notice_is_taken_back_before_it_takes_effect_unless_somebody_was_granted_the_time_after() {
    let (mut memory, ids, agent_id) = two_levels();
    terminate_agent(&mut memory, &ids, tree(), now(), &notice(agent_id, "2027-01-01")).unwrap();
    let withdrawn = withdraw_termination(&mut memory, &ids, tree(), now(), &end(agent_id)).unwrap();
    assert_eq!(withdrawn.state, TerminationState::Withdrawn { at: now() });
    assert_eq!(standing(&mut memory, agent_id, now()), Standing::Active);
    assert_eq!(answers(&mut memory, "330106", "2029-11-30T00:00:00Z"), 2);
    let refused = withdraw_termination(&mut memory, &ids, tree(), now(), &end(agent_id)).unwrap_err();
    assert!(matches!(refused, TerminateAgentError::NotLeaving), "{refused:?}");

    terminate_agent(&mut memory, &ids, tree(), now(), &notice(agent_id, "2027-01-01")).unwrap();
    let after = agents::ProposedTerms {
        valid_from: "2027-01-01".into(),
        ..terms()
    };
    let next = appoint(&mut memory, &ids, 3, ("county", &["330106"]), after);
    let refused = withdraw_termination(&mut memory, &ids, tree(), now(), &end(agent_id)).unwrap_err();
    let TerminateAgentError::TerritoryConflict { conflicts } = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(conflicts[0].id, next.territories[0].id);
    let late = instant("2027-01-02T00:00:00Z");
    let refused = withdraw_termination(&mut memory, &ids, tree(), late, &end(agent_id)).unwrap_err();
    assert!(
        matches!(refused, TerminateAgentError::AlreadyEffective { .. }),
        "{refused:?}"
    );
}

#[test]
fn an_agent_is_gone_once_nothing_of_it_is_open_and_its_people_are_nobodys() {
    let (mut memory, ids, agent_id) = two_levels();
    let key = stock_key(agent_id, 1);
    let (item, movement) = received_stock(key, 12, 1);
    memory.save_stock_items(&[item]).unwrap();
    memory.insert_stock_movements(&[movement]).unwrap();
    memory.insert_couriers(&[courier(1, agent_id)]).unwrap();
    terminate_agent(&mut memory, &ids, tree(), now(), &notice(agent_id, "2027-01-01")).unwrap();

    let early = close_termination(&mut memory, &ids, now(), &end(agent_id)).unwrap_err();
    assert!(
        matches!(early, TerminateAgentError::NotYetEffective { .. }),
        "{early:?}"
    );
    let late = instant("2027-01-02T00:00:00Z");
    let refused = close_termination(&mut memory, &ids, late, &end(agent_id)).unwrap_err();
    let TerminateAgentError::OpenMatters { open } = refused else {
        panic!("{refused:?}")
    };
    let told: Vec<_> = open.iter().map(|open| (open.matter, open.amount)).collect();
    assert_eq!(told, [(Matter::StockOnHand, 12), (Matter::CouriersOnDuty, 1)]);
    assert_eq!(find_departure(&mut memory, agent_id, late).unwrap().open, open);

    let off_duty = orders::Courier {
        on_duty: false,
        version: 2,
        ..courier(1, agent_id)
    };
    memory.save_courier(&off_duty).unwrap();
    let mut item = memory.find_stock_item(key).unwrap().unwrap();
    let all = Quantity::new(12).unwrap();
    item.reserve(all, movement_note(2)).unwrap();
    item.consume(all, movement_note(3)).unwrap();
    memory.save_stock_items(&[item]).unwrap();
    let closed = close_termination(&mut memory, &ids, late, &end(agent_id)).unwrap();
    assert_eq!(closed.closed_at(), Some(late));
    assert_eq!(
        standing(&mut memory, agent_id, late),
        Standing::Terminated { at: late }
    );
    let own = memory.list_memberships(account_id(2)).unwrap();
    let owner = own
        .iter()
        .find(|one| one.position == Position::AgentOwner(agent_id));
    assert_eq!(owner.unwrap().ended_at, Some(late));
    assert_eq!(
        actions(&mut memory, agent_id),
        [AgentAction::TerminationGiven, AgentAction::TerminationClosed]
    );
    let refused = suspend_agent(&mut memory, &ids, late, &suspend(agent_id)).unwrap_err();
    assert!(matches!(refused, SuspendAgentError::Terminated), "{refused:?}");
    let refused =
        terminate_agent(&mut memory, &ids, tree(), late, &notice(agent_id, "2027-02-01")).unwrap_err();
    assert!(
        matches!(refused, TerminateAgentError::AlreadyTerminated),
        "{refused:?}"
    );
    assert_eq!(
        find_departure(&mut memory, agent_id, late).unwrap().termination,
        None
    );
}

#[test]
fn what_is_left_of_a_deposit_is_on_the_checklist() {
    use agents::DepositRepository;
    let (mut memory, _, agent_id) = two_levels();
    let entry = agents::DepositEntry {
        agent_id,
        ..testing::build::agents::deposit_entry(1, 1)
    };
    memory.insert_deposit_entry(&entry).unwrap();
    let open = find_departure(&mut memory, agent_id, now()).unwrap().open;
    let left = u64::try_from(entry.amount.fen()).unwrap();
    let told: Vec<_> = open.iter().map(|open| (open.matter, open.amount)).collect();
    assert_eq!(told, [(Matter::DepositBalance, left)]);
}

#[test]
fn who_was_terminated_is_known_when_they_apply_again() {
    let (mut memory, ids, agent_id) = two_levels();
    let found = |memory: &mut Memory| {
        let mut trial = memory.clone();
        let id = wait_for(&mut trial, &ids, 2, "330108");
        let application = trial
            .find_application(ApplicationScope::All, id)
            .unwrap()
            .unwrap();
        application
            .findings
            .iter()
            .any(|finding| finding.code == FindingCode::TerminatedBefore)
    };
    assert!(!found(&mut memory));
    terminate_agent(&mut memory, &ids, tree(), now(), &notice(agent_id, "2027-01-01")).unwrap();
    assert!(found(&mut memory));
    withdraw_termination(&mut memory, &ids, tree(), now(), &end(agent_id)).unwrap();
    assert!(!found(&mut memory));
}

#[test]
fn whoever_is_appointed_again_is_not_gone() {
    let contract = |signed: &str| agents::Contract {
        signed_at: instant(signed),
        ..testing::build::agents::contract(1, agents::AgentLevel::County)
    };
    let closed = Termination {
        state: TerminationState::Closed {
            at: instant("2026-07-02T00:00:00Z"),
        },
        ..testing::build::agents::termination(1)
    };
    let old = contract("2025-12-01T00:00:00Z");
    let new = contract("2026-07-03T00:00:00Z");
    let of =
        |contracts: &[agents::Contract]| Standing::of(now(), &[], std::slice::from_ref(&closed), contracts);
    assert_eq!(of(std::slice::from_ref(&old)).name(), "terminated");
    assert_eq!(of(&[old, new]).name(), "active");
}

#[test]
fn a_contract_ends_with_the_notice_that_stands_and_not_before_it_was_signed() {
    let given = testing::build::agents::termination(1);
    let end = |terminations: &[Termination], signed: &str| {
        let signed = agents::Contract {
            signed_at: instant(signed),
            ..testing::build::agents::contract(1, agents::AgentLevel::County)
        };
        agents::end_of_contract(&signed, terminations)
    };
    let (before, after) = ("2025-12-01T00:00:00Z", "2026-06-02T00:00:00Z");
    let agreed = instant("2027-01-01T00:00:00Z");
    assert_eq!(end(&[], before), agreed);
    assert_eq!(end(std::slice::from_ref(&given), before), given.effective_at);
    assert_eq!(
        end(std::slice::from_ref(&given), after),
        agreed,
        "appointed again"
    );
    let withdrawn = Termination {
        state: TerminationState::Withdrawn { at: given.given_at },
        ..given.clone()
    };
    assert_eq!(end(&[withdrawn], before), agreed);

    let (mut memory, ids, agent_id) = two_levels();
    let agent = Scope::All.agent(agent_id).unwrap();
    let in_force = |memory: &mut Memory| agents::list_contracts_in_force(memory, agent).unwrap();
    let until = |memory: &mut Memory| in_force(memory)[0].terms.validity.until();
    assert_eq!(until(&mut memory), instant("2029-11-30T16:00:00Z"));
    terminate_agent(&mut memory, &ids, tree(), now(), &notice(agent_id, "2027-01-01")).unwrap();
    assert_eq!(until(&mut memory), instant("2026-12-31T16:00:00Z"));
}
