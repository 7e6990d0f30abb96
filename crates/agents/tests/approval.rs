//! Approval: one transaction, or a refusal that changes nothing.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use agents::{
    AgentLevel, Application, ApplicationForm, ApplicationRepository, ApplicationScope, ApplicationState,
    ApproveApplication, ApproveApplicationError, ApprovedApplication, Deadlines, FindingCode, ProposedTerms,
    StateName, SubmitApplication, approve_application, submit_application,
};
use identity::{MembershipRepository, Position};
use kernel::{AgentNumber, ApplicationId, Instant};
use regions::{DivisionLevel, DivisionTree, RoutingRule, TerritoryRepository};
use testing::{
    Memory, SeededIds, Store,
    build::{
        agents::{account_id, form, policy, terms},
        attachments::upload_attachments_of,
        territories::territory,
    },
    instant,
};

fn now() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

fn submit(memory: &mut Memory, ids: &SeededIds, number: u16, form: ApplicationForm) -> Application {
    upload_attachments_of(memory, &form, account_id(number));
    let command = SubmitApplication {
        account_id: account_id(number),
        form,
        policy: policy(),
        deadlines: Deadlines::default(),
    };
    submit_application(memory, ids, DivisionTree::embedded(), now(), &command).unwrap()
}

fn command(application_id: ApplicationId) -> ApproveApplication {
    ApproveApplication {
        application_id,
        actor: account_id(99),
        terms: terms(),
        division_codes: None,
        override_reason: None,
    }
}

fn approve(
    memory: &mut Memory,
    ids: &SeededIds,
    command: &ApproveApplication,
) -> Result<ApprovedApplication, ApproveApplicationError> {
    // In a store, so that a refusal rolls back.
    let store = std::sync::Mutex::new(memory.clone());
    let outcome =
        store.write(|session| approve_application(session, ids, DivisionTree::embedded(), now(), command));
    *memory = store.into_inner().unwrap();
    outcome
}

fn at_level(level: &str, form: ApplicationForm) -> ApplicationForm {
    ApplicationForm {
        level: level.into(),
        ..form
    }
}

fn shared(share_rate_bp: i64, override_rate_bp: i64) -> ProposedTerms {
    ProposedTerms {
        exclusivity: "shared_below".into(),
        share_rate_bp,
        override_rate_bp: Some(override_rate_bp),
        ..terms()
    }
}

#[test]
fn approval_makes_agent_contract_territories_owner_and_event_at_once() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let application = submit(&mut memory, &ids, 1, form(1, &["330106", "330105"]));
    let approved = approve(&mut memory, &ids, &command(application.id)).unwrap();

    let agent_id = approved.agent.id;
    assert_eq!(approved.agent.number, AgentNumber::new(1));
    assert_eq!(
        approved.application.state,
        ApplicationState::Approved { agent_id }
    );
    assert_eq!(
        (approved.contract.level, approved.contract.version),
        (AgentLevel::County, 1)
    );
    assert_eq!(memory.territories().len(), 2);
    let memberships = memory.list_memberships(account_id(1)).unwrap();
    assert_eq!(memberships[0].position, Position::AgentOwner(agent_id));
    assert_eq!(
        memory.events().last().unwrap().fact.name(),
        "application_approved"
    );
    let stored = memory
        .find_application(ApplicationScope::All, application.id)
        .unwrap()
        .unwrap();
    assert_eq!((stored.state.name(), stored.version), (StateName::Approved, 2));

    let map = memory.territory_map().unwrap();
    let started = approved.contract.terms.validity.from();
    let tree = DivisionTree::embedded();
    let responsible = map.responsible(tree, "330106".parse().unwrap(), started);
    assert_eq!(
        (responsible.agent_id, responsible.rule),
        (agent_id, RoutingRule::County)
    );
    assert_eq!(
        map.responsible(tree, "330106".parse().unwrap(), now()).rule,
        RoutingRule::Headquarters
    );
}

#[test]
fn one_identity_is_one_agent_with_another_contract() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let first = submit(&mut memory, &ids, 1, form(1, &["330106"]));
    let bare = ApplicationForm {
        attachments: vec![],
        ..form(1, &["330200"])
    };
    let second = submit(&mut memory, &ids, 1, at_level("city", bare));
    let first = approve(&mut memory, &ids, &command(first.id)).unwrap();
    let second = approve(&mut memory, &ids, &command(second.id)).unwrap();
    assert_eq!(first.agent, second.agent);
    assert_ne!(first.contract.id, second.contract.id);
    assert_eq!(second.contract.level, AgentLevel::City);
    assert_eq!(
        memory.list_memberships(account_id(1)).unwrap().len(),
        1,
        "it owns the agent already"
    );
    let other = submit(&mut memory, &ids, 2, form(2, &["330105"]));
    let other = approve(&mut memory, &ids, &command(other.id)).unwrap();
    assert_eq!(other.agent.number, AgentNumber::new(2));
}

#[test]
fn whoever_types_an_agents_identity_becomes_its_owner_for_a_reason_only() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let first = submit(&mut memory, &ids, 1, form(1, &["330106"]));
    let agent = approve(&mut memory, &ids, &command(first.id)).unwrap().agent;
    let typed = ApplicationForm {
        attachments: vec![],
        ..form(1, &["330105"])
    };
    let second = submit(&mut memory, &ids, 2, typed);
    match approve(&mut memory, &ids, &command(second.id)) {
        Err(ApproveApplicationError::BlockedByFindings { findings }) => {
            assert_eq!(findings[0].code, FindingCode::AgentOfAnotherAccount);
        }
        other => panic!("{other:?}"),
    }
    assert!(memory.list_memberships(account_id(2)).unwrap().is_empty());
    let reasoned = ApproveApplication {
        override_reason: Some("本人更换账号，已当面核实".into()),
        ..command(second.id)
    };
    assert_eq!(approve(&mut memory, &ids, &reasoned).unwrap().agent.id, agent.id);
    let positions = memory.list_memberships(account_id(2)).unwrap();
    assert_eq!(positions[0].position, Position::AgentOwner(agent.id));
}

#[test]
fn what_is_not_there_or_decided_is_refused() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let absent = ApplicationId::from_uuid(account_id(7).as_uuid());
    let refused = approve(&mut memory, &ids, &command(absent));
    assert!(
        matches!(refused, Err(ApproveApplicationError::NotFound)),
        "{refused:?}"
    );
    let application = submit(&mut memory, &ids, 1, form(1, &["330106"]));
    approve(&mut memory, &ids, &command(application.id)).unwrap();
    match approve(&mut memory, &ids, &command(application.id)) {
        Err(ApproveApplicationError::Transition(error)) => assert_eq!(error.from, StateName::Approved),
        other => panic!("{other:?}"),
    }
    assert_eq!(memory.territories().len(), 1);
}

#[test]
fn every_wrong_field_is_reported_at_once() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let application = submit(&mut memory, &ids, 1, form(1, &["330106", "330105"]));
    let wrong = ApproveApplication {
        terms: ProposedTerms {
            share_rate_bp: 10_001,
            ..terms()
        },
        division_codes: Some(
            ["330106", "330106109", "330108", "999999"]
                .map(String::from)
                .into(),
        ),
        override_reason: Some(" ".into()),
        ..command(application.id)
    };
    let errors = match approve(&mut memory, &ids, &wrong) {
        Err(ApproveApplicationError::Invalid(errors)) => errors,
        other => panic!("{other:?}"),
    };
    let fields: Vec<_> = errors
        .iter()
        .map(|error| (error.field.as_ref(), error.code))
        .collect();
    assert!(
        fields.contains(&("contract.share_rate_bp", "out_of_range")),
        "{fields:?}"
    );
    assert!(fields.contains(&("override_reason", "empty")), "{fields:?}");
    assert!(
        fields.contains(&("division_codes[3]", "unknown_division")),
        "{fields:?}"
    );

    let wrong = ApproveApplication {
        division_codes: Some(["330106", "330106109", "330108"].map(String::from).into()),
        ..command(application.id)
    };
    let errors = match approve(&mut memory, &ids, &wrong) {
        Err(ApproveApplicationError::Invalid(errors)) => errors,
        other => panic!("{other:?}"),
    };
    let fields: Vec<_> = errors
        .iter()
        .map(|error| (error.field.as_ref(), error.code))
        .collect();
    assert_eq!(
        fields,
        [
            ("division_codes[1]", "overlapping"),
            ("division_codes[2]", "not_applied_for")
        ]
    );
}

#[test]
fn headquarters_may_narrow_the_divisions_down_to_townships() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let application = submit(&mut memory, &ids, 1, form(1, &["330106", "330105"]));
    let narrowed = ApproveApplication {
        division_codes: Some(vec!["330106109".into()]),
        ..command(application.id)
    };
    let approved = approve(&mut memory, &ids, &narrowed).unwrap();
    assert_eq!(approved.territories.len(), 1);
    assert_eq!(approved.territories[0].level, DivisionLevel::Township);
    assert_eq!(approved.contract.level, AgentLevel::County);
}

#[test]
fn a_held_division_can_never_be_overridden() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let first = submit(&mut memory, &ids, 1, form(1, &["330106"]));
    let rival = submit(&mut memory, &ids, 2, form(2, &["330105", "330106"]));
    let first = approve(&mut memory, &ids, &command(first.id)).unwrap();
    let stubborn = ApproveApplication {
        override_reason: Some("领导同意".into()),
        ..command(rival.id)
    };
    let before = memory.events().len();
    match approve(&mut memory, &ids, &stubborn) {
        Err(ApproveApplicationError::TerritoryConflict { conflicts }) => {
            assert_eq!(conflicts, first.territories);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!((memory.territories().len(), memory.events().len()), (1, before));
    let rival = memory
        .find_application(ApplicationScope::All, rival.id)
        .unwrap()
        .unwrap();
    assert_eq!(rival.state.name(), StateName::Submitted);
}

#[test]
fn a_territory_that_ends_in_time_is_no_conflict() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    memory.insert_territories(&[territory(90, "330106")]).unwrap();
    let application = submit(&mut memory, &ids, 1, form(1, &["330106"]));
    assert_eq!(application.findings[0].code, FindingCode::DivisionHeld);
    let now_taken = approve(&mut memory, &ids, &command(application.id));
    assert!(matches!(
        now_taken,
        Err(ApproveApplicationError::TerritoryConflict { .. })
    ));
    let afterwards = ApproveApplication {
        terms: ProposedTerms {
            valid_from: "2027-01-02".into(),
            ..terms()
        },
        ..command(application.id)
    };
    approve(&mut memory, &ids, &afterwards).unwrap();
}

#[test]
fn other_blocking_findings_need_a_reason_that_is_kept() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let application = submit(&mut memory, &ids, 1, form(1, &["330100"]));
    match approve(&mut memory, &ids, &command(application.id)) {
        Err(ApproveApplicationError::BlockedByFindings { findings }) => {
            assert_eq!(findings[0].code, FindingCode::LevelMismatch);
        }
        other => panic!("{other:?}"),
    }
    let reasoned = ApproveApplication {
        override_reason: Some("县级代理试点全市".into()),
        ..command(application.id)
    };
    approve(&mut memory, &ids, &reasoned).unwrap();
    let history = memory.list_application_history(&application).unwrap();
    assert_eq!(history[1].reason.as_ref().unwrap().as_str(), "县级代理试点全市");
}

#[test]
fn the_rates_along_a_chain_never_pass_the_whole() {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let mut ask = |number, level: &str, code: &str, terms: ProposedTerms| {
        let application = submit(&mut memory, &ids, number, at_level(level, form(number, &[code])));
        let command = ApproveApplication {
            terms,
            ..command(application.id)
        };
        approve(&mut memory, &ids, &command)
    };
    let exceeded = |outcome| match outcome {
        Err(ApproveApplicationError::RatesExceedWhole(exceeded)) => {
            (exceeded.division_code.to_string(), exceeded.total_bp)
        }
        other => panic!("{other:?}"),
    };
    ask(1, "province", "330000", shared(3_000, 1_000)).unwrap();
    // From above: 9,001 of its own and 1,000 of the province.
    let too_much = ask(
        2,
        "county",
        "330106",
        ProposedTerms {
            share_rate_bp: 9_001,
            ..terms()
        },
    );
    assert_eq!(exceeded(too_much), ("330106".into(), 10_001));
    ask(
        3,
        "county",
        "330106",
        ProposedTerms {
            share_rate_bp: 8_000,
            ..terms()
        },
    )
    .unwrap();
    // From below: a city between the two takes what is left, and no more.
    let too_much = ask(4, "city", "330100", shared(3_000, 1_001));
    assert_eq!(exceeded(too_much), ("330106".into(), 10_001));
    ask(5, "city", "330100", shared(3_000, 1_000)).unwrap();
    // Elsewhere, and at another time, there is no such chain.
    ask(6, "city", "330200", shared(3_000, 5_000)).unwrap();
    let later = ProposedTerms {
        valid_from: "2029-12-01".into(),
        valid_until: "2031-12-01".into(),
        ..shared(3_000, 9_000)
    };
    ask(7, "city", "330100", later).unwrap();
}
