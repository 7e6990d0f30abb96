//! What follows from obligations that come near or are missed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use agents::{
    AgentLevel, AgentRepository, Consequence, ConsequenceRepository, Contract, ContractTerms,
    DecideConsequence, DecideConsequenceError, InspectionRepository, LOOK_BACK_DAYS, MarketReportRepository,
    Quota, QuotaMeasure, QuotaPeriod, decide_consequence, note_consequences,
};
use kernel::{BusinessDay, ConsequenceId, Instant, Rate, ReachedAgent, Scope};
use testing::{
    Memory, SeededIds,
    build::agents::{account_id, agent, contract, inspection, market_report},
    instant,
};
use uuid::Uuid;

/// Agent 1 with a contract over the year 2026, a week of grace, and nothing to do unless a test says so.
struct Office {
    session: Memory,
    ids: SeededIds,
}

fn signed(terms: impl FnOnce(ContractTerms) -> ContractTerms) -> Contract {
    let contract = contract(1, AgentLevel::County);
    Contract {
        terms: terms(contract.terms),
        ..contract
    }
}

fn with_quota() -> Contract {
    signed(|terms| ContractTerms {
        quota: Some(Quota {
            period: QuotaPeriod::Month,
            measure: QuotaMeasure::Buckets,
            target: 1_000,
            yearly_growth: Rate::default(),
        }),
        ..terms
    })
}

fn own() -> ReachedAgent {
    Scope::All.agent(agent(1).id).unwrap()
}

/// Noon of that day in Shanghai.
fn noon(text: &str) -> Instant {
    instant(&format!("{text}T04:00:00Z"))
}

impl Office {
    fn under(contract: Contract) -> Self {
        let mut session = Memory::default();
        session.insert_agents(&[agent(1), agent(2)]).unwrap();
        session.insert_contracts(&[contract]).unwrap();
        Self {
            session,
            ids: SeededIds::new(1),
        }
    }

    fn note(&mut self, on: &str) -> usize {
        note_consequences(&mut self.session, &self.ids, noon(on), own()).unwrap()
    }

    fn all(&mut self) -> Vec<Consequence> {
        let contract = contract(1, AgentLevel::County);
        self.session
            .list_contract_consequences(contract.agent_id, contract.id)
            .unwrap()
    }

    fn told(&mut self) -> Vec<(String, &'static str)> {
        let all = self.all();
        let mut told: Vec<_> = all
            .into_iter()
            .map(|consequence| (consequence.subject, consequence.step.name()))
            .collect();
        told.sort();
        told
    }

    fn decide(&mut self, id: ConsequenceId, decision: &str) -> Result<Consequence, DecideConsequenceError> {
        let command = DecideConsequence {
            agent: own(),
            consequence_id: id,
            actor: account_id(7),
            decision: decision.into(),
            reason: "当月停水检修".into(),
        };
        decide_consequence(&mut self.session, &self.ids, noon("2026-06-01"), &command)
    }
}

fn row(subject: &str, step: &'static str) -> (String, &'static str) {
    (subject.to_owned(), step)
}

#[test]
fn each_quota_is_reminded_of_once_and_missed_once() {
    let mut office = Office::under(with_quota());
    assert_eq!(office.note("2026-01-02"), 0);
    assert_eq!(office.note("2026-01-20"), 1);
    assert_eq!(office.note("2026-01-21"), 0);
    // The week of grace is over: missed, and February is at risk too.
    assert_eq!(office.note("2026-02-08"), 2);
    assert_eq!(office.note("2026-02-08"), 0);
    assert_eq!(
        office.told(),
        [
            row("2026-01-01", "reminder"),
            row("2026-01-01", "warning"),
            row("2026-02-01", "reminder"),
        ]
    );
    let events = office.session.events();
    let names: Vec<_> = events.iter().map(|event| event.fact.name()).collect();
    assert_eq!(
        names,
        ["obligation_at_risk", "obligation_missed", "obligation_at_risk"]
    );
}

#[test]
fn what_is_missed_again_has_a_harder_step() {
    let mut office = Office::under(with_quota());
    for month in 2..=6 {
        office.note(&format!("2026-{month:02}-08"));
    }
    let steps: Vec<_> = office
        .told()
        .into_iter()
        .filter(|(_, step)| *step != "reminder")
        .collect();
    assert_eq!(
        steps,
        [
            row("2026-01-01", "warning"),
            row("2026-02-01", "notice"),
            row("2026-03-01", "demotion_proposed"),
            row("2026-04-01", "termination_proposed"),
            row("2026-05-01", "termination_proposed"),
        ]
    );
}

#[test]
fn what_is_long_past_is_left_alone() {
    let mut office = Office::under(with_quota());
    // January was missed on the 8th of February.
    let last = BusinessDay::from_date("2026-02-08".parse().unwrap()).plus_days(LOOK_BACK_DAYS);
    office.note(&last.plus_days(1).to_string());
    let missed = |office: &mut Office| {
        let mut told = office.told();
        told.retain(|(_, step)| *step != "reminder");
        told
    };
    assert_eq!(missed(&mut office), [row("2026-02-01", "warning")]);
    let mut office = Office::under(with_quota());
    office.note(&last.to_string());
    assert_eq!(
        missed(&mut office),
        [row("2026-01-01", "warning"), row("2026-02-01", "notice")]
    );
}

#[test]
fn reports_and_inspections_count_alike() {
    let mut office = Office::under(signed(|terms| ContractTerms {
        report_period: Some(QuotaPeriod::Quarter),
        ..terms
    }));
    let mut failed = inspection(1, 1);
    failed.score = 59;
    office.session.insert_inspection(&failed).unwrap();
    office.note("2026-03-03");
    assert_eq!(office.note("2026-04-01"), 1);
    assert_eq!(office.note("2026-04-08"), 1);
    let inspected = failed.id.to_string();
    assert_eq!(
        office.told(),
        [
            row(&inspected, "warning"),
            row("2026-01-01", "notice"),
            row("2026-01-01", "reminder"),
        ]
    );
    // What is done is not missed.
    let mut office = Office::under(signed(|terms| ContractTerms {
        report_period: Some(QuotaPeriod::Quarter),
        ..terms
    }));
    let report = market_report(1, 1, "2026-01-01");
    office.session.insert_market_report(&report).unwrap();
    assert_eq!(office.note("2026-04-08"), 0);
}

#[test]
fn a_proposal_is_decided_once_and_one_dismissed_counts_no_more() {
    let mut office = Office::under(with_quota());
    for month in 2..=4 {
        office.note(&format!("2026-{month:02}-08"));
    }
    let all = office.all();
    let by = |step: &str| all.iter().find(|row| row.step.name() == step).unwrap().id;
    let refused = office.decide(by("warning"), "confirm").unwrap_err();
    assert!(
        matches!(refused, DecideConsequenceError::NotAProposal),
        "{refused:?}"
    );
    let refused = office.decide(by("demotion_proposed"), "perhaps").unwrap_err();
    assert!(
        matches!(refused, DecideConsequenceError::Invalid(_)),
        "{refused:?}"
    );
    let missing = ConsequenceId::from_uuid(Uuid::from_u128(99));
    let refused = office.decide(missing, "confirm").unwrap_err();
    assert!(matches!(refused, DecideConsequenceError::NotFound), "{refused:?}");
    let decided = office.decide(by("demotion_proposed"), "dismiss").unwrap();
    assert!(!decided.decision.unwrap().confirmed);
    let refused = office.decide(by("demotion_proposed"), "confirm").unwrap_err();
    assert!(
        matches!(refused, DecideConsequenceError::AlreadyDecided),
        "{refused:?}"
    );

    // Two are left that count: the next is a demotion again.
    office.note("2026-05-08");
    assert!(office.told().contains(&row("2026-04-01", "demotion_proposed")));
}
