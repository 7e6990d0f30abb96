//! What may be done to the deposit of a contract.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use agents::{
    AgentLevel, AgentRepository, AppealDeduction, AppealError, AppealOutcome, DecideAppeal, DeductDeposit,
    DeductDepositError, DepositEntry, DepositEntryKind, DepositRepository, DepositTotals, PayDeposit,
    PayDepositError, RefundDeposit, RefundDepositError, Unsettled, appeal_deduction, decide_appeal,
    deduct_deposit, pay_deposit, refund_deposit,
};
use events::Fact;
use kernel::{DepositEntryId, FieldError, Instant, Money, ReachedAgent, Scope};
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

/// Agent 1 with a contract over the year 2026 and a deposit of 50,000 yuan, and agent 2 with one too.
struct Office {
    session: Memory,
    ids: SeededIds,
    pictures: u16,
}

impl Office {
    fn new() -> Self {
        let mut session = Memory::default();
        session.insert_agents(&[agent(1), agent(2)]).unwrap();
        let contracts = [1, 2].map(|number| contract(number, AgentLevel::County));
        session.insert_contracts(&contracts).unwrap();
        Self {
            session,
            ids: SeededIds::new(1),
            pictures: 0,
        }
    }

    fn pay(&mut self, amount_fen: i64) -> Result<DepositEntry, PayDepositError> {
        let command = PayDeposit {
            agent_id: agent(1).id,
            contract_id: contract(1, AgentLevel::County).id,
            actor: account_id(HEADQUARTERS),
            amount_fen,
            reference: "工行 20260105-0017".into(),
        };
        pay_deposit(&mut self.session, &self.ids, now(), &command)
    }

    fn deduct(&mut self, amount_fen: i64) -> Result<DepositEntry, DeductDepositError> {
        self.pictures += 1;
        let evidence = vec![upload(&mut self.session, self.pictures, HEADQUARTERS)];
        self.deduct_for(amount_fen, evidence)
    }

    fn deduct_for(
        &mut self,
        amount_fen: i64,
        evidence: Vec<String>,
    ) -> Result<DepositEntry, DeductDepositError> {
        let command = DeductDeposit {
            agent_id: agent(1).id,
            contract_id: contract(1, AgentLevel::County).id,
            actor: account_id(HEADQUARTERS),
            amount_fen,
            reason: "跨区销售".into(),
            evidence,
        };
        deduct_deposit(&mut self.session, &self.ids, now(), &command)
    }

    fn refund(&mut self, amount_fen: i64, at: &str) -> Result<DepositEntry, RefundDepositError> {
        let command = RefundDeposit {
            agent_id: agent(1).id,
            contract_id: contract(1, AgentLevel::County).id,
            actor: account_id(HEADQUARTERS),
            amount_fen,
            reference: "退还 20270108-0003".into(),
        };
        refund_deposit(&mut self.session, &self.ids, instant(at), &command)
    }

    fn appeal(&mut self, entry_id: DepositEntryId, at: Instant) -> Result<DepositEntry, AppealError> {
        let command = AppealDeduction {
            agent: own(),
            entry_id,
            actor: account_id(OWNER),
            text: "客户地址在本区".into(),
        };
        appeal_deduction(&mut self.session, &self.ids, at, &command)
    }

    fn decide(&mut self, entry_id: DepositEntryId, outcome: &str) -> Result<DepositEntry, AppealError> {
        let command = DecideAppeal {
            agent: own(),
            entry_id,
            actor: account_id(HEADQUARTERS),
            outcome: outcome.into(),
            reason: "已核对订单".into(),
        };
        decide_appeal(&mut self.session, &self.ids, now(), &command)
    }

    fn totals(&mut self) -> DepositTotals {
        let contract = contract(1, AgentLevel::County);
        self.session
            .find_deposit_totals(contract.agent_id, contract.id)
            .unwrap()
    }

    fn balance(&mut self) -> i64 {
        self.totals().balance().unwrap().fen()
    }
}

fn now() -> Instant {
    instant("2026-06-01T08:00:00Z")
}

fn own() -> ReachedAgent {
    Scope::All.agent(agent(1).id).unwrap()
}

fn codes(errors: &[FieldError]) -> Vec<(&str, &str)> {
    errors
        .iter()
        .map(|error| (error.field.as_ref(), error.code))
        .collect()
}

#[test]
fn every_entry_tells_the_balance_after_it() {
    let mut office = Office::new();
    let paid = office.pay(3_000_000).unwrap();
    assert_eq!((paid.number, paid.balance_after.fen()), (1, 3_000_000));
    assert_eq!(paid.note.as_str(), "工行 20260105-0017");
    let deducted = office.deduct(200_000).unwrap();
    assert_eq!((deducted.number, deducted.balance_after.fen()), (2, 2_800_000));
    assert_eq!(deducted.evidence, [attachment_id(1)]);
    let found = office.session.find_deposit_entry(own(), deducted.id).unwrap();
    assert_eq!(found, Some(deducted));
    assert_eq!(office.balance(), 2_800_000);
    assert_eq!(office.totals().due(Money::from_fen(5_000_000)).fen(), 2_000_000);
    let names: Vec<_> = office
        .session
        .events()
        .iter()
        .map(|event| event.fact.name())
        .collect();
    assert_eq!(names, ["deposit_paid", "deposit_deducted"]);
}

#[test]
fn a_deposit_is_filled_up_to_what_was_agreed_and_no_further() {
    let mut office = Office::new();
    office.pay(4_000_000).unwrap();
    let refused = office.pay(1_000_001).unwrap_err();
    assert!(
        matches!(refused, PayDepositError::AboveAgreed { missing } if missing.fen() == 1_000_000),
        "{refused:?}"
    );
    office.pay(1_000_000).unwrap();
    // After a deduction there is room again, though nothing of what was agreed is due.
    office.deduct(10_000).unwrap();
    assert_eq!(office.totals().due(Money::from_fen(5_000_000)), Money::ZERO);
    office.pay(10_000).unwrap();
    assert_eq!(office.balance(), 5_000_000);
}

#[test]
fn no_more_is_deducted_than_is_there_and_nothing_without_evidence() {
    let mut office = Office::new();
    office.pay(1_000).unwrap();
    let refused = office.deduct(1_001).unwrap_err();
    assert!(
        matches!(refused, DeductDepositError::BalanceTooSmall { balance } if balance.fen() == 1_000),
        "{refused:?}"
    );
    let DeductDepositError::Invalid(errors) = office.deduct_for(0, Vec::new()).unwrap_err() else {
        panic!("taken without evidence");
    };
    assert_eq!(
        codes(&errors),
        [("amount_fen", "out_of_range"), ("attachments", "required")]
    );
    // A picture that is somebody else's proves nothing.
    let foreign = upload(&mut office.session, 90, OWNER);
    let DeductDepositError::Invalid(errors) = office.deduct_for(1, vec![foreign]).unwrap_err() else {
        panic!("taken with somebody else's picture");
    };
    assert_eq!(codes(&errors), [("attachments[0]", "unknown_attachment")]);
    let six = (0..6).map(|number| attachment_id(number).to_string()).collect();
    let DeductDepositError::Invalid(errors) = office.deduct_for(1, six).unwrap_err() else {
        panic!("taken with too many pictures");
    };
    assert_eq!(codes(&errors), [("attachments", "too_many")]);
    assert_eq!(office.deduct(1_000).unwrap().balance_after, Money::ZERO);
}

#[test]
fn a_deduction_that_is_undone_has_an_entry_of_its_own() {
    let mut office = Office::new();
    office.pay(1_000).unwrap();
    let deduction = office.deduct(400).unwrap();
    let appealed = office.appeal(deduction.id, now()).unwrap();
    assert_eq!(appealed.appeal.unwrap().text.as_str(), "客户地址在本区");
    assert_eq!((office.balance(), office.totals().open_appeals), (600, 1));
    let decided = office.decide(deduction.id, "reversed").unwrap();
    let decision = decided.appeal.unwrap().decision.unwrap();
    assert_eq!(decision.outcome, AppealOutcome::Reversed);
    assert_eq!((office.balance(), office.totals().open_appeals), (1_000, 0));
    let page = kernel::PageRequest::first();
    let listed = office
        .session
        .list_deposit_entries(own(), None, &page)
        .unwrap()
        .items;
    assert_eq!(
        listed[0].kind,
        DepositEntryKind::Reversed {
            deduction_id: deduction.id
        }
    );
    assert_eq!(listed[0].balance_after.fen(), 1_000);
    assert_eq!(listed[1].amount.fen(), 400, "what was deducted stays as it was");
    let reversed = office.session.events().iter().any(|event| {
        matches!(event.fact, Fact::DeductionAppealDecided { entry_id, reversed: true, .. } if entry_id == deduction.id)
            && event.aggregate_version == 3
    });
    assert!(reversed);
}

#[test]
fn a_deduction_that_is_upheld_stands() {
    let mut office = Office::new();
    office.pay(1_000).unwrap();
    let deduction = office.deduct(400).unwrap();
    office.appeal(deduction.id, now()).unwrap();
    office.decide(deduction.id, "upheld").unwrap();
    assert_eq!((office.balance(), office.totals().entries), (600, 2));
}

#[test]
fn an_appeal_is_against_an_own_deduction_once_and_in_time() {
    let mut office = Office::new();
    let paid = office.pay(1_000).unwrap();
    let deduction = office.deduct(400).unwrap();
    let refused = office.appeal(paid.id, now()).unwrap_err();
    assert!(matches!(refused, AppealError::NotADeduction), "{refused:?}");
    let missing = DepositEntryId::from_uuid(Uuid::from_u128(99));
    let refused = office.appeal(missing, now()).unwrap_err();
    assert!(matches!(refused, AppealError::NotFound), "{refused:?}");
    let refused = office.decide(deduction.id, "upheld").unwrap_err();
    assert!(matches!(refused, AppealError::NoOpenAppeal), "{refused:?}");

    let until = deduction.appealable_until();
    assert_eq!(until, instant("2026-06-16T08:00:00Z"));
    let refused = office.appeal(deduction.id, until).unwrap_err();
    assert!(
        matches!(refused, AppealError::TooLate { until: told } if told == until),
        "{refused:?}"
    );
    let last = instant("2026-06-16T07:59:59.999999Z");
    office.appeal(deduction.id, last).unwrap();
    let refused = office.appeal(deduction.id, now()).unwrap_err();
    assert!(matches!(refused, AppealError::AlreadyAppealed), "{refused:?}");
    let AppealError::Invalid(errors) = office.decide(deduction.id, "perhaps").unwrap_err() else {
        panic!("decided as perhaps");
    };
    assert_eq!(codes(&errors), [("outcome", "unknown_value")]);
    office.decide(deduction.id, "upheld").unwrap();
    let refused = office.decide(deduction.id, "reversed").unwrap_err();
    assert!(matches!(refused, AppealError::NoOpenAppeal), "{refused:?}");
}

#[test]
fn a_deposit_goes_back_once_everything_is_settled() {
    let mut office = Office::new();
    office.pay(1_000).unwrap();
    let deduction = office.deduct(400).unwrap();
    office.appeal(deduction.id, now()).unwrap();
    let unsettled = |result: Result<DepositEntry, RefundDepositError>| match result.unwrap_err() {
        RefundDepositError::NotCleared { unsettled } => unsettled,
        other => panic!("{other:?}"),
    };
    let (running, over) = ("2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z");
    assert_eq!(
        unsettled(office.refund(600, running)),
        [Unsettled::ContractRuns, Unsettled::AppealOpen]
    );
    assert_eq!(unsettled(office.refund(600, over)), [Unsettled::AppealOpen]);
    office.decide(deduction.id, "upheld").unwrap();
    assert_eq!(unsettled(office.refund(600, running)), [Unsettled::ContractRuns]);
    let refused = office.refund(601, over).unwrap_err();
    assert!(
        matches!(refused, RefundDepositError::BalanceTooSmall { balance } if balance.fen() == 600),
        "{refused:?}"
    );
    let refunded = office.refund(600, over).unwrap();
    assert_eq!(
        (refunded.kind, refunded.balance_after),
        (DepositEntryKind::Refunded, Money::ZERO)
    );
}

#[test]
fn another_agents_contract_has_no_deposit_of_this_agents() {
    let mut office = Office::new();
    let command = PayDeposit {
        agent_id: agent(2).id,
        contract_id: contract(1, AgentLevel::County).id,
        actor: account_id(HEADQUARTERS),
        amount_fen: 1,
        reference: "1".into(),
    };
    let refused = pay_deposit(&mut office.session, &office.ids, now(), &command).unwrap_err();
    assert!(matches!(refused, PayDepositError::NotFound), "{refused:?}");
    office.pay(1_000).unwrap();
    let deduction = office.deduct(400).unwrap();
    let command = AppealDeduction {
        agent: Scope::All.agent(agent(2).id).unwrap(),
        entry_id: deduction.id,
        actor: account_id(OWNER),
        text: "1".into(),
    };
    let refused = appeal_deduction(&mut office.session, &office.ids, now(), &command).unwrap_err();
    assert!(matches!(refused, AppealError::NotFound), "{refused:?}");
}
