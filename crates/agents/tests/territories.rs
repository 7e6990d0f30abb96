//! Consents, renewals and transfers of territories that are there.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    dead_code,
    reason = "tests fail by panicking, and share what they begin with"
)]

#[path = "support/appointed.rs"]
mod appointed;

use agents::{
    AgentAction, AgentLifeRepository, ApplicationForm, ApprovedApplication, Contract, Deadlines, FindingCode,
    GiveConsent, HolderConsentError, ProposedTerms, RenewContract, RenewContractError, SubmitApplication,
    TerminateAgent, TransferTarget, TransferTerritories, TransferTerritoriesError, WithdrawConsent,
    give_consent, plan_transfer, renew_contract, submit_application, terminate_agent, transfer_territories,
    withdraw_consent,
};
use appointed::{answers, appoint, fresh, run, shared, tree};
use kernel::{AgentId, FieldError, Instant, PageRequest, Scope};
use regions::{Territory, TerritoryRepository};
use testing::{
    Memory,
    build::agents::{account_id, form, policy, terms},
    instant,
};

const FROM: &str = "2027-01-01";
/// The first instant of [`FROM`] in Shanghai.
const BEGINS: &str = "2026-12-31T16:00:00Z";
const BEFORE: &str = "2026-12-31T15:59:59Z";

fn now() -> Instant {
    instant("2026-12-10T08:00:00Z")
}

fn told(errors: &[FieldError]) -> Vec<(&str, &str)> {
    errors
        .iter()
        .map(|error| (error.field.as_ref(), error.code))
        .collect()
}

fn last_action(memory: &mut Memory, agent_id: AgentId) -> Option<AgentAction> {
    let agent = Scope::All.agent(agent_id).unwrap();
    let history = memory.list_agent_history(agent, &PageRequest::first()).unwrap();
    history.items.first().map(|entry| entry.action)
}

// -- consents

fn consent(holder: &ApprovedApplication, division_code: &str) -> GiveConsent {
    GiveConsent {
        holder: Scope::All.agent(holder.agent.id).unwrap(),
        territory_id: holder.territories[0].id,
        actor: account_id(1),
        division_code: division_code.into(),
        valid_from: FROM.into(),
        valid_until: "2028-01-01".into(),
        reason: "同意设立".into(),
    }
}

fn withdrawal(holder: &ApprovedApplication, given: &Territory) -> WithdrawConsent {
    WithdrawConsent {
        holder: Scope::All.agent(holder.agent.id).unwrap(),
        territory_id: given.id,
        consent_id: given.consents[0].id,
        actor: account_id(1),
        reason: "收回".into(),
    }
}

#[test]
fn with_the_holders_consent_somebody_is_appointed_inside_an_exclusive_territory() {
    let (mut memory, ids) = (Memory::default(), fresh());
    let city = appoint(&mut memory, &ids, 1, ("city", &["330100"]), terms());
    let given = give_consent(&mut memory, &ids, tree(), now(), &consent(&city, "330106")).unwrap();
    assert_eq!((given.consents.len(), given.version), (1, 2));
    assert_eq!(
        last_action(&mut memory, city.agent.id),
        Some(AgentAction::ConsentGiven)
    );
    let within = ProposedTerms {
        valid_from: FROM.into(),
        valid_until: "2028-01-01".into(),
        ..terms()
    };
    let inside = appoint(&mut memory, &ids, 2, ("county", &["330106"]), within);
    assert_eq!(answers(&mut memory, "330106", BEFORE), 1);
    assert_eq!(answers(&mut memory, "330106", BEGINS), 2);
    assert_eq!(answers(&mut memory, "330105", BEGINS), 1);
    assert_eq!(answers(&mut memory, "330106", "2027-12-31T16:00:00Z"), 1);

    let command = withdrawal(&city, &given);
    let refused = withdraw_consent(&mut memory, &ids, tree(), now(), &command).unwrap_err();
    let HolderConsentError::TerritoryConflict { conflicts } = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(conflicts[0].id, inside.territories[0].id);
}

#[test]
fn a_consent_that_nobody_used_is_taken_back() {
    let (mut memory, ids) = (Memory::default(), fresh());
    let city = appoint(&mut memory, &ids, 1, ("city", &["330100"]), terms());
    let given = give_consent(&mut memory, &ids, tree(), now(), &consent(&city, "330106")).unwrap();
    let command = withdrawal(&city, &given);
    let taken = withdraw_consent(&mut memory, &ids, tree(), now(), &command).unwrap();
    assert_eq!(taken.consents, []);
    assert_eq!(taken.claims(), city.territories[0].claims());
    let again = withdraw_consent(&mut memory, &ids, tree(), now(), &command).unwrap_err();
    assert!(matches!(again, HolderConsentError::NotFound), "{again:?}");

    // One that had begun stays in the record, up to now.
    let given = give_consent(&mut memory, &ids, tree(), now(), &consent(&city, "330106")).unwrap();
    let later = instant("2027-03-01T00:00:00Z");
    let taken = withdraw_consent(&mut memory, &ids, tree(), later, &withdrawal(&city, &given)).unwrap();
    assert_eq!(taken.consents[0].validity.until(), later);
}

#[test]
fn a_consent_is_the_holders_alone_and_lies_inside_its_territory() {
    let (mut memory, ids) = (Memory::default(), fresh());
    let city = appoint(&mut memory, &ids, 1, ("city", &["330100"]), terms());
    let open = appoint(&mut memory, &ids, 2, ("city", &["330200"]), shared());
    let stranger = GiveConsent {
        holder: Scope::All.agent(open.agent.id).unwrap(),
        ..consent(&city, "330106")
    };
    let refused = give_consent(&mut memory, &ids, tree(), now(), &stranger).unwrap_err();
    assert!(matches!(refused, HolderConsentError::NotFound), "{refused:?}");
    let refused = give_consent(&mut memory, &ids, tree(), now(), &consent(&open, "330203")).unwrap_err();
    assert!(matches!(refused, HolderConsentError::NotExclusive), "{refused:?}");
    let late = instant("2029-12-01T00:00:00Z");
    let refused = give_consent(&mut memory, &ids, tree(), late, &consent(&city, "330106")).unwrap_err();
    assert!(
        matches!(refused, HolderConsentError::TerritoryOver),
        "{refused:?}"
    );
    for (command, expected) in [
        (consent(&city, "330100"), ("division_code", "not_inside")),
        (consent(&city, "330203"), ("division_code", "not_inside")),
        (consent(&city, "330104"), ("division_code", "retired_division")),
        (
            GiveConsent {
                valid_until: "2030-01-01".into(),
                ..consent(&city, "330106")
            },
            ("valid_until", "outside_territory_validity"),
        ),
        (
            GiveConsent {
                reason: String::new(),
                ..consent(&city, "330106")
            },
            ("reason", "empty"),
        ),
    ] {
        let refused = give_consent(&mut memory, &ids, tree(), now(), &command).unwrap_err();
        let HolderConsentError::Invalid(errors) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(told(&errors), [expected]);
    }
}

// -- renewal

fn renewal(contract: &Contract) -> RenewContract {
    RenewContract {
        agent_id: contract.agent_id,
        contract_id: contract.id,
        actor: account_id(99),
        terms: ProposedTerms {
            valid_from: "2029-12-01".into(),
            valid_until: "2032-12-01".into(),
            ..terms()
        },
        reason: "续约".into(),
    }
}

#[test]
fn a_renewal_begins_where_the_contract_ends() {
    let (mut memory, ids) = (Memory::default(), fresh());
    let city = appoint(&mut memory, &ids, 1, ("city", &["330100", "330200"]), terms());
    let renewed = renew_contract(&mut memory, &ids, tree(), now(), &renewal(&city.contract)).unwrap();
    assert_eq!(
        (
            renewed.contract.renews,
            renewed.contract.version,
            renewed.territories.len()
        ),
        (Some(city.contract.id), 1, 2)
    );
    assert_eq!(answers(&mut memory, "330106", "2029-11-30T15:59:59Z"), 1);
    assert_eq!(answers(&mut memory, "330106", "2029-11-30T16:00:00Z"), 1);
    assert_eq!(answers(&mut memory, "330106", "2032-11-30T16:00:00Z"), 0);
    let again = renew_contract(&mut memory, &ids, tree(), now(), &renewal(&city.contract)).unwrap_err();
    assert!(matches!(again, RenewContractError::AlreadyRenewed { by } if by == renewed.contract.id));
}

#[test]
fn a_renewal_that_cannot_be_changes_nothing() {
    let (mut memory, ids) = (Memory::default(), fresh());
    let city = appoint(&mut memory, &ids, 1, ("city", &["330100"]), terms());
    let (begin, contract) = (memory.territories(), &city.contract);
    let attempt = |memory: &mut Memory, command: &RenewContract| {
        run(memory, |memory| {
            renew_contract(memory, &ids, tree(), now(), command)
        })
        .unwrap_err()
    };
    let gap = RenewContract {
        terms: ProposedTerms {
            valid_from: "2029-12-02".into(),
            ..renewal(contract).terms
        },
        reason: " ".into(),
        ..renewal(contract)
    };
    let refused = attempt(&mut memory, &gap);
    let RenewContractError::Invalid(errors) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        told(&errors),
        [("reason", "empty"), ("contract.valid_from", "not_where_it_ends")]
    );
    let nobodys = RenewContract {
        agent_id: AgentId::HEADQUARTERS,
        ..renewal(contract)
    };
    assert!(matches!(
        attempt(&mut memory, &nobodys),
        RenewContractError::NotFound
    ));
    let unknown = RenewContract {
        contract_id: kernel::ContractId::from_uuid(uuid::Uuid::from_u128(404)),
        ..renewal(contract)
    };
    let refused = attempt(&mut memory, &unknown);
    assert!(
        matches!(&refused, RenewContractError::Invalid(errors)
            if told(errors) == [("contract_id", "no_contract_of_agent")]),
        "{refused:?}"
    );
    assert_eq!(memory.territories(), begin);

    let after = ProposedTerms {
        valid_from: "2029-12-01".into(),
        valid_until: "2031-12-01".into(),
        ..terms()
    };
    let mut granted = memory.clone();
    let next = appoint(&mut granted, &ids, 2, ("city", &["330100"]), after);
    let refused = attempt(&mut granted, &renewal(contract));
    let RenewContractError::TerritoryConflict { conflicts } = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(conflicts[0].id, next.territories[0].id);

    let notice = TerminateAgent {
        agent_id: contract.agent_id,
        actor: account_id(99),
        reason: "终止".into(),
        effective_at: Some(FROM.into()),
    };
    terminate_agent(&mut memory, &ids, tree(), now(), &notice).unwrap();
    assert!(matches!(
        attempt(&mut memory, &renewal(contract)),
        RenewContractError::Leaving
    ));
}

#[test]
fn in_its_window_the_holder_may_renew_before_anybody_else_is_heard() {
    let (mut memory, ids) = (Memory::default(), fresh());
    let city = appoint(&mut memory, &ids, 1, ("city", &["330100"]), terms());
    let told = |memory: &Memory, number: u16, at: &str| {
        let mut trial = memory.clone();
        let form = ApplicationForm {
            level: "city".into(),
            attachments: Vec::new(),
            ..form(number, &["330100"])
        };
        let command = SubmitApplication {
            account_id: account_id(number),
            form,
            policy: policy(),
            deadlines: Deadlines::default(),
        };
        let application = submit_application(&mut trial, &ids, tree(), instant(at), &command).unwrap();
        let mut codes = application.findings.iter().map(|finding| finding.code);
        codes.any(|code| code == FindingCode::RenewalPriority)
    };
    // The contract ends on the 30th of November 2029; its window is the usual 90 days.
    let (before, inside, over) = (
        "2029-09-01T15:59:59Z",
        "2029-09-01T16:00:00Z",
        "2029-11-30T16:00:00Z",
    );
    for (number, at, expected) in [
        (2, before, false),
        (2, inside, true),
        (2, over, false),
        (1, inside, false),
    ] {
        assert_eq!(told(&memory, number, at), expected, "{number} at {at}");
    }
    renew_contract(&mut memory, &ids, tree(), now(), &renewal(&city.contract)).unwrap();
    assert!(!told(&memory, 2, inside), "renewed");
}

// -- transfers

fn to(contract: &Contract, division_code: &str) -> TransferTarget {
    TransferTarget {
        division_code: division_code.into(),
        agent_id: contract.agent_id,
        contract_id: contract.id,
    }
}

fn transfer(territories: &[Territory], to: Vec<TransferTarget>) -> TransferTerritories {
    TransferTerritories {
        territory_ids: territories.iter().map(|territory| territory.id).collect(),
        to,
        effective_at: Some(FROM.into()),
        actor: account_id(99),
        reason: "区域调整".into(),
    }
}

#[test]
fn a_territory_passes_to_another_contract_exactly_at_its_date() {
    let (mut memory, ids) = (Memory::default(), fresh());
    let giver = appoint(&mut memory, &ids, 1, ("county", &["330106", "330105"]), terms());
    let taker = appoint(&mut memory, &ids, 2, ("county", &["330110"]), terms());
    let command = transfer(&giver.territories[..1], vec![to(&taker.contract, "330106")]);
    let before = memory.territories();
    let plan = plan_transfer(&mut memory, &ids, tree(), now(), &command).unwrap();
    assert_eq!((plan.conflicts.len(), plan.uncovered.len()), (0, 0));
    let concerned = &plan.concerned[0];
    assert_eq!(
        (concerned.agent_id, concerned.remaining_territories),
        (giver.agent.id, 1)
    );
    assert_eq!(memory.territories(), before, "a plan changes nothing");

    transfer_territories(&mut memory, &ids, tree(), now(), &command).unwrap();
    assert_eq!(answers(&mut memory, "330106", BEFORE), 1);
    assert_eq!(answers(&mut memory, "330106", BEGINS), 2);
    assert_eq!(answers(&mut memory, "330105", BEGINS), 1);
    assert_eq!(answers(&mut memory, "330106", "2029-11-30T16:00:00Z"), 0);
    assert_eq!(
        last_action(&mut memory, giver.agent.id),
        Some(AgentAction::TerritoriesGivenUp)
    );
    assert_eq!(
        last_action(&mut memory, taker.agent.id),
        Some(AgentAction::TerritoriesReceived)
    );
}

#[test]
fn a_city_is_split_and_counties_are_merged() {
    let (mut memory, ids) = (Memory::default(), fresh());
    let city = appoint(&mut memory, &ids, 1, ("city", &["330100"]), terms());
    let county = appoint(&mut memory, &ids, 2, ("county", &["320106"]), terms());
    let counties: Vec<_> = tree()
        .children(Some("330100".parse().unwrap()))
        .map(|one| one.code)
        .collect();
    let (first, second) = (counties[0].to_string(), counties[1].to_string());
    let split = transfer(
        &city.territories,
        vec![to(&county.contract, &first), to(&city.contract, &second)],
    );
    let plan = transfer_territories(&mut memory, &ids, tree(), now(), &split).unwrap();
    assert_eq!(plan.uncovered, counties[2..]);
    assert_eq!(answers(&mut memory, &first, BEFORE), 1);
    assert_eq!(answers(&mut memory, &first, BEGINS), 2);
    assert_eq!(answers(&mut memory, &second, BEGINS), 1);
    assert_eq!(answers(&mut memory, &counties[2].to_string(), BEGINS), 0);

    let merge = TransferTerritories {
        effective_at: Some("2027-06-01".into()),
        ..transfer(&plan.granted, vec![to(&city.contract, "330100")])
    };
    let merged = transfer_territories(&mut memory, &ids, tree(), now(), &merge).unwrap();
    assert_eq!(merged.uncovered, []);
    assert_eq!(answers(&mut memory, &first, "2027-05-31T15:59:59Z"), 2);
    assert_eq!(answers(&mut memory, &first, "2027-05-31T16:00:00Z"), 1);
    assert_eq!(
        answers(&mut memory, &counties[2].to_string(), "2027-05-31T16:00:00Z"),
        1
    );
}

#[test]
fn a_territory_may_be_given_up_for_whoever_holds_above() {
    let (mut memory, ids) = (Memory::default(), fresh());
    appoint(&mut memory, &ids, 1, ("province", &["330000"]), shared());
    let county = appoint(&mut memory, &ids, 2, ("county", &["330106"]), terms());
    let command = transfer(&county.territories, Vec::new());
    let plan = transfer_territories(&mut memory, &ids, tree(), now(), &command).unwrap();
    assert_eq!(plan.uncovered, [county.territories[0].division_code]);
    assert_eq!(answers(&mut memory, "330106", BEFORE), 2);
    assert_eq!(answers(&mut memory, "330106", BEGINS), 1);
}

#[test]
fn a_transfer_that_cannot_be_changes_nothing_and_says_all_that_is_wrong() {
    let (mut memory, ids) = (Memory::default(), fresh());
    let giver = appoint(&mut memory, &ids, 1, ("county", &["330106"]), terms());
    let taker = appoint(&mut memory, &ids, 2, ("county", &["330110"]), terms());
    let rival = appoint(&mut memory, &ids, 3, ("city", &["330200"]), terms());
    let before = memory.territories();
    let mut attempt = |command: &TransferTerritories| {
        run(&mut memory, |memory| {
            transfer_territories(memory, &ids, tree(), now(), command)
        })
        .unwrap_err()
    };
    let own = &giver.territories;
    let unknown = TransferTarget {
        contract_id: rival.contract.id,
        ..to(&taker.contract, "330106")
    };
    let twice = [own[0].clone(), own[0].clone()];
    for (command, expected) in [
        (transfer(&[], Vec::new()), vec![("territory_ids", "out_of_range")]),
        (
            transfer(&twice, Vec::new()),
            vec![("territory_ids[1]", "no_lasting_territory")],
        ),
        (
            transfer(own, vec![unknown]),
            vec![("to[0].contract_id", "contract_not_in_force")],
        ),
        (
            transfer(own, vec![to(&taker.contract, "330105")]),
            vec![("to[0].division_code", "not_in_transfer")],
        ),
        (
            transfer(own, vec![to(&taker.contract, "330100")]),
            vec![("to[0].division_code", "level_mismatch")],
        ),
        (
            transfer(
                own,
                vec![to(&taker.contract, "330106"), to(&taker.contract, "330106109")],
            ),
            vec![("to[1].division_code", "overlapping")],
        ),
        (
            TransferTerritories {
                reason: String::new(),
                effective_at: Some("2026-12-01".into()),
                ..transfer(own, vec![to(&taker.contract, "330106")])
            },
            vec![("reason", "empty"), ("effective_at", "in_the_past")],
        ),
    ] {
        let refused = attempt(&command);
        let TransferTerritoriesError::Invalid(errors) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(told(&errors), expected);
    }
    // 杭州 around 西湖 would be exclusive, and the taker's own 余杭 lies inside: its own stands in the way too.
    let around = transfer(own, vec![to(&rival.contract, "330100")]);
    let refused = attempt(&around);
    let TransferTerritoriesError::TerritoryConflict { conflicts } = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(conflicts[0].id, taker.territories[0].id);
    assert_eq!(memory.territories(), before);
}

#[test]
fn a_territory_follows_its_division_into_another_code() {
    let (mut memory, ids) = (Memory::default(), fresh());
    // 江干区 330104 was merged into 上城区 330102 in 2021.
    let holder = appoint(&mut memory, &ids, 1, ("county", &["330110"]), terms());
    let old = Territory {
        id: kernel::TerritoryId::from_uuid(uuid::Uuid::from_u128(77)),
        division_code: "330104".parse().unwrap(),
        ..holder.territories[0].clone()
    };
    memory.insert_territories(std::slice::from_ref(&old)).unwrap();
    let elsewhere = transfer(std::slice::from_ref(&old), vec![to(&holder.contract, "330109")]);
    let refused = transfer_territories(&mut memory, &ids, tree(), now(), &elsewhere).unwrap_err();
    assert!(
        matches!(refused, TransferTerritoriesError::Invalid(_)),
        "{refused:?}"
    );
    let moved = transfer(std::slice::from_ref(&old), vec![to(&holder.contract, "330102")]);
    let plan = transfer_territories(&mut memory, &ids, tree(), now(), &moved).unwrap();
    assert_eq!(plan.granted[0].contract_id, old.contract_id);
    assert_eq!(answers(&mut memory, "330102", BEFORE), 0);
    assert_eq!(answers(&mut memory, "330102", BEGINS), 1);
}

#[test]
fn rates_that_would_pass_the_whole_keep_a_transfer_back() {
    let (mut memory, ids) = (Memory::default(), fresh());
    let above = ProposedTerms {
        override_rate_bp: Some(3_000),
        ..shared()
    };
    appoint(&mut memory, &ids, 1, ("province", &["330000"]), above);
    let giver = appoint(&mut memory, &ids, 2, ("county", &["330106"]), terms());
    let greedy = ProposedTerms {
        share_rate_bp: 7_500,
        ..terms()
    };
    let taker = appoint(&mut memory, &ids, 3, ("county", &["320106"]), greedy);
    let command = transfer(&giver.territories, vec![to(&taker.contract, "330106")]);
    let plan = plan_transfer(&mut memory, &ids, tree(), now(), &command).unwrap();
    assert_eq!(plan.rates.unwrap().total_bp, 10_500);
    let refused = transfer_territories(&mut memory, &ids, tree(), now(), &command).unwrap_err();
    assert!(
        matches!(refused, TransferTerritoriesError::RatesExceedWhole(_)),
        "{refused:?}"
    );
}
