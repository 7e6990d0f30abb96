//! What an agent may ask headquarters to pay for, and what comes of it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use agents::{
    AgentLevel, AgentRepository, ApproveSupport, CancelSupport, ChangeSupportError, Contract, ContractTerms,
    MAXIMUM_SPENDINGS, RejectSupport, RequestSupport, RequestSupportError, SpendSupport, SupportRepository,
    SupportRequest, SupportStateName, SupportTotals, approve_support, cancel_support, reject_support,
    request_support, spend_support,
};
use kernel::{Instant, Money, ReachedAgent, Scope, SupportRequestId};
use testing::{
    Memory, SeededIds,
    build::{
        agents::{account_id, agent, contract},
        attachments::{attachment_id, upload},
    },
    instant,
};
use uuid::Uuid;

const HEADQUARTERS: u16 = 7;
const OWNER: u16 = 8;

/// Agent 1 with a contract over the year 2026 and a support budget of 1,000 fen.
struct Office {
    session: Memory,
    ids: SeededIds,
}

fn budgeted() -> Contract {
    let contract = contract(1, AgentLevel::County);
    Contract {
        terms: ContractTerms {
            support_budget: Money::from_fen(1_000),
            ..contract.terms
        },
        ..contract
    }
}

fn now() -> Instant {
    instant("2026-06-01T08:00:00Z")
}

fn own() -> ReachedAgent {
    Scope::All.agent(agent(1).id).unwrap()
}

impl Office {
    fn new() -> Self {
        let mut session = Memory::default();
        session.insert_agents(&[agent(1), agent(2)]).unwrap();
        session.insert_contracts(&[budgeted()]).unwrap();
        Self {
            session,
            ids: SeededIds::new(1),
        }
    }

    fn ask(&mut self, amount_fen: i64) -> SupportRequest {
        self.ask_with(amount_fen, Vec::new(), now()).unwrap()
    }

    fn ask_with(
        &mut self,
        amount_fen: i64,
        attachments: Vec<String>,
        at: Instant,
    ) -> Result<SupportRequest, RequestSupportError> {
        let command = RequestSupport {
            agent: own(),
            contract_id: budgeted().id,
            actor: account_id(OWNER),
            amount_fen,
            purpose: "社区推广活动".into(),
            attachments,
        };
        request_support(&mut self.session, &self.ids, at, &command)
    }

    fn approve(
        &mut self,
        request_id: SupportRequestId,
        amount_fen: Option<i64>,
    ) -> Result<SupportRequest, ChangeSupportError> {
        let command = ApproveSupport {
            agent: own(),
            request_id,
            actor: account_id(HEADQUARTERS),
            amount_fen,
            note: Some("海报从总部领取".into()),
        };
        approve_support(&mut self.session, &self.ids, now(), &command)
    }

    fn reject(&mut self, request_id: SupportRequestId) -> Result<SupportRequest, ChangeSupportError> {
        let command = RejectSupport {
            agent: own(),
            request_id,
            actor: account_id(HEADQUARTERS),
            reason: "与总部的活动重复".into(),
        };
        reject_support(&mut self.session, &self.ids, now(), &command)
    }

    fn cancel(&mut self, request_id: SupportRequestId) -> Result<SupportRequest, ChangeSupportError> {
        let command = CancelSupport {
            agent: own(),
            request_id,
            actor: account_id(OWNER),
        };
        cancel_support(&mut self.session, &self.ids, now(), &command)
    }

    fn spend(
        &mut self,
        request_id: SupportRequestId,
        amount_fen: i64,
        attachments: Vec<String>,
    ) -> Result<SupportRequest, ChangeSupportError> {
        let command = SpendSupport {
            agent: own(),
            request_id,
            actor: account_id(OWNER),
            amount_fen,
            purpose: "印制海报".into(),
            attachments,
        };
        spend_support(&mut self.session, &self.ids, now(), &command)
    }

    fn totals(&mut self) -> SupportTotals {
        let all = self.session.list_support_totals(own()).unwrap();
        all.get(&budgeted().id).copied().unwrap_or_default()
    }
}

fn from_state(result: Result<SupportRequest, ChangeSupportError>) -> SupportStateName {
    match result.unwrap_err() {
        ChangeSupportError::Transition(error) => error.from,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_request_is_approved_for_less_and_spent_on_what_is_told() {
    let mut office = Office::new();
    let picture = upload(&mut office.session, 1, OWNER);
    let asked = office.ask_with(800, vec![picture], now()).unwrap();
    assert_eq!(asked.attachments, [attachment_id(1)]);
    let approved = office.approve(asked.id, Some(600)).unwrap();
    assert_eq!(approved.state.name(), SupportStateName::Approved);
    let invoice = upload(&mut office.session, 2, OWNER);
    office.spend(asked.id, 400, vec![invoice]).unwrap();
    let spent = office.spend(asked.id, 200, Vec::new()).unwrap();
    assert_eq!(spent.spent(), Some(Money::from_fen(600)));
    assert_eq!(spent.spendings[0].attachments, [attachment_id(2)]);
    let found = office.session.find_support_request(own(), asked.id).unwrap();
    assert_eq!(found, Some(spent));
    let refused = office.spend(asked.id, 1, Vec::new()).unwrap_err();
    assert!(
        matches!(refused, ChangeSupportError::Overspent { left } if left == Money::ZERO),
        "{refused:?}"
    );
    let told: Vec<_> = office
        .session
        .events()
        .iter()
        .map(|event| (event.fact.name(), event.aggregate_version))
        .collect();
    assert_eq!(
        told,
        [
            ("support_requested", 1),
            ("support_approved", 2),
            ("support_spent", 3),
            ("support_spent", 4)
        ]
    );
}

#[test]
fn what_is_approved_never_passes_the_budget() {
    let mut office = Office::new();
    let [first, second, third] = [700, 400, 300].map(|fen| office.ask(fen).id);
    office.approve(first, None).unwrap();
    let refused = office.approve(second, None).unwrap_err();
    assert!(
        matches!(refused, ChangeSupportError::BudgetExceeded { left } if left.fen() == 300),
        "{refused:?}"
    );
    office.approve(third, None).unwrap();
    let totals = SupportTotals {
        requested: Money::from_fen(400),
        approved: Money::from_fen(1_000),
        spent: Money::ZERO,
    };
    assert_eq!(office.totals(), totals);
    assert_eq!(totals.left(budgeted().terms.support_budget), Money::ZERO);
}

#[test]
fn only_what_waits_is_decided_or_taken_back_and_only_what_is_approved_is_spent() {
    let mut office = Office::new();
    let [approved, rejected, cancelled, waiting] = [10, 20, 30, 40].map(|fen| office.ask(fen).id);
    office.approve(approved, None).unwrap();
    office.reject(rejected).unwrap();
    office.cancel(cancelled).unwrap();
    for (id, state) in [
        (approved, SupportStateName::Approved),
        (rejected, SupportStateName::Rejected),
        (cancelled, SupportStateName::Cancelled),
    ] {
        assert_eq!(from_state(office.approve(id, None)), state);
        assert_eq!(from_state(office.reject(id)), state);
        assert_eq!(from_state(office.cancel(id)), state);
    }
    for (id, state) in [
        (waiting, SupportStateName::Requested),
        (rejected, SupportStateName::Rejected),
    ] {
        assert_eq!(from_state(office.spend(id, 1, Vec::new())), state);
    }
    assert_eq!(office.totals().approved, Money::from_fen(10));
}

#[test]
fn wrong_fields_are_refused_and_change_nothing() {
    let mut office = Office::new();
    let foreign = upload(&mut office.session, 1, HEADQUARTERS);
    for (amount, attachments, code) in [
        (0, Vec::new(), "out_of_range"),
        (1, vec![foreign.clone()], "unknown_attachment"),
        (1, vec![foreign.clone(); 6], "too_many"),
    ] {
        let RequestSupportError::Invalid(errors) =
            office.ask_with(amount, attachments.clone(), now()).unwrap_err()
        else {
            panic!("taken with {code}");
        };
        assert_eq!(errors[0].code, code);
    }
    let asked = office.ask(500).id;
    let invalid = |result: Result<SupportRequest, ChangeSupportError>| match result.unwrap_err() {
        ChangeSupportError::Invalid(errors) => errors[0].code,
        other => panic!("{other:?}"),
    };
    assert_eq!(invalid(office.approve(asked, Some(501))), "above_request");
    assert_eq!(invalid(office.approve(asked, Some(0))), "out_of_range");
    office.approve(asked, None).unwrap();
    assert_eq!(invalid(office.spend(asked, 0, Vec::new())), "out_of_range");
    assert_eq!(
        invalid(office.spend(asked, 1, vec![foreign])),
        "unknown_attachment"
    );
    assert_eq!(office.totals().spent, Money::ZERO);
}

#[test]
fn a_contract_that_is_over_or_not_the_agents_pays_for_nothing() {
    let mut office = Office::new();
    let over = instant("2027-01-01T00:00:00Z");
    let refused = office.ask_with(1, Vec::new(), over).unwrap_err();
    assert!(
        matches!(refused, RequestSupportError::ContractOver),
        "{refused:?}"
    );
    let command = RequestSupport {
        agent: Scope::All.agent(agent(2).id).unwrap(),
        contract_id: budgeted().id,
        actor: account_id(OWNER),
        amount_fen: 1,
        purpose: "推广".into(),
        attachments: Vec::new(),
    };
    let refused = request_support(&mut office.session, &office.ids, now(), &command).unwrap_err();
    assert!(matches!(refused, RequestSupportError::NotFound), "{refused:?}");
    let missing = SupportRequestId::from_uuid(Uuid::from_u128(99));
    let refused = office.cancel(missing).unwrap_err();
    assert!(matches!(refused, ChangeSupportError::NotFound), "{refused:?}");
}

#[test]
fn a_request_is_told_of_so_many_spendings() {
    let mut office = Office::new();
    let asked = office.ask(1_000).id;
    office.approve(asked, None).unwrap();
    for _ in 0..MAXIMUM_SPENDINGS {
        office.spend(asked, 1, Vec::new()).unwrap();
    }
    let refused = office.spend(asked, 1, Vec::new()).unwrap_err();
    assert!(
        matches!(refused, ChangeSupportError::TooManySpendings),
        "{refused:?}"
    );
}
