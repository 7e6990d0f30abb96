//! Applications, agents and contracts.

use crate::{
    build::{attachments::attachment_id, territories::period},
    instant,
};
use agents::{
    Agent, AgentAction, AgentHistoryEntry, AgentLevel, Applicant, Application, ApplicationForm,
    ApplicationState, Consequence, Contract, ContractTerms, DEFAULT_GRACE_DAYS, DEFAULT_RENEWAL_WINDOW_DAYS,
    Deadline, DepositEntry, DepositEntryKind, EndedTerritory, FollowUp, Inspection, MarketReport,
    ObligationKind, ProposedTerms, ReportSection, Step, SupportRequest, SupportSpending, SupportState,
    Termination, TerminationState,
};
use identity::PolicyInForce;
use kernel::{
    AccountId, AgentId, AgentNumber, ApplicationId, BusinessDay, ConsequenceId, ContractId, DepositEntryId,
    EmailAddress, HistoryEntryId, IdentityNumber, InspectionId, MarketReportId, MobileNumber, Money,
    PersonName, Rate, SupportRequestId, SupportSpendingId, TerminationId, TerritoryId, Text,
};
use regions::Exclusivity;
use uuid::Uuid;

/// The identity number, rightly checked, of the person with that serial: born in 1990, registered in 杭州西湖.
pub fn identity_number(serial: u16) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    // 27 days of 999 serials.
    let digits = format!("330106199001{:02}{:03}", serial / 999 + 1, serial % 999);
    let sum: u32 = digits
        .bytes()
        .zip(WEIGHTS)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    let check = "10X98765432"
        .chars()
        .nth(usize::try_from(sum % 11).unwrap())
        .unwrap();
    format!("{digits}{check}")
}

/// The person with that serial.
pub fn applicant(serial: u16) -> Applicant {
    Applicant {
        name: PersonName::parse("王小明").unwrap(),
        identity_number: IdentityNumber::parse_any_day(&identity_number(serial)).unwrap(),
        company: None,
        mobile: MobileNumber::parse(&format!("138{serial:08}")).unwrap(),
        email: EmailAddress::parse(&format!("wang{serial}@example.com")).unwrap(),
    }
}

/// The privacy policy in force, the one that [`form`] agrees to.
pub fn policy() -> PolicyInForce {
    PolicyInForce::new(Text::parse("2026-11").unwrap())
}

/// The form of the person with that serial, who wants those counties and attaches the picture with the same number.
pub fn form(serial: u16, division_codes: &[&str]) -> ApplicationForm {
    let applicant = applicant(serial);
    ApplicationForm {
        kind: "person".into(),
        name: applicant.name.as_str().into(),
        identity_number: identity_number(serial),
        mobile: applicant.mobile.as_str().into(),
        email: applicant.email.as_str().into(),
        level: "county".into(),
        division_codes: division_codes.iter().map(|code| (*code).into()).collect(),
        privacy_policy_version: "2026-11".into(),
        attachments: vec![attachment_id(serial).to_string()],
        ..ApplicationForm::default()
    }
}

/// The id of the account with that number.
pub fn account_id(number: u16) -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(u128::from(number)))
}

/// A submitted application, of the person with the same serial, for those counties. Greater ids are newer.
pub fn application(id: u16, division_codes: &[&str]) -> Application {
    Application {
        id: ApplicationId::from_uuid(Uuid::from_u128(u128::from(id))),
        account_id: account_id(id),
        applicant: applicant(id),
        level: AgentLevel::County,
        division_codes: division_codes.iter().map(|code| code.parse().unwrap()).collect(),
        privacy_policy_version: Text::parse("2026-11").unwrap(),
        attachments: Vec::new(),
        state: ApplicationState::Submitted,
        findings: Vec::new(),
        submitted_at: instant("2026-11-22T08:00:00Z"),
        on_hold_until: None,
        deadline: Some(Deadline {
            at: instant("2026-11-29T16:00:00Z"),
            reminded: false,
        }),
        version: 1,
    }
}

/// The agent with that number, the person with the same serial.
pub fn agent(number: u16) -> Agent {
    Agent {
        id: AgentId::from_uuid(Uuid::from_u128(u128::from(number))),
        number: AgentNumber::new(number),
        holder: Some(applicant(number)),
        version: 1,
        created_at: instant("2025-12-01T00:00:00Z"),
    }
}

/// A contract of the agent with that number over the year 2026.
pub fn contract(number: u16, level: AgentLevel) -> Contract {
    let id = Uuid::from_u128(u128::from(number));
    Contract {
        id: ContractId::from_uuid(id),
        agent_id: AgentId::from_uuid(id),
        renews: None,
        application_id: ApplicationId::from_uuid(id),
        level,
        terms: ContractTerms {
            exclusivity: Exclusivity::Exclusive,
            share_rate: Rate::from_basis_points(3_000).unwrap(),
            override_rate: Rate::default(),
            quota: None,
            deposit: Money::from_fen(5_000_000),
            support_budget: Money::ZERO,
            report_period: None,
            renewal_window_days: DEFAULT_RENEWAL_WINDOW_DAYS,
            grace_days: DEFAULT_GRACE_DAYS,
            validity: period("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        },
        version: 1,
        signed_at: instant("2025-12-01T00:00:00Z"),
    }
}

/// A payment of 1,000 fen, the entry with that number in the ledger of the contract of the agent with that number.
pub fn deposit_entry(number: u16, agent: u16) -> DepositEntry {
    let contract = contract(agent, AgentLevel::County);
    DepositEntry {
        id: DepositEntryId::from_uuid(Uuid::from_u128(u128::from(agent) << 16 | u128::from(number))),
        agent_id: contract.agent_id,
        contract_id: contract.id,
        number: number.into(),
        kind: DepositEntryKind::Paid,
        amount: Money::from_fen(1_000),
        balance_after: Money::from_fen(1_000),
        note: Text::parse("工行 20260105-0017").unwrap(),
        evidence: Vec::new(),
        at: instant("2026-01-05T00:00:00Z"),
        actor: account_id(7),
        appeal: None,
    }
}

/// A request for market support of 1,000 fen, the one with that number of the agent with that number. Greater ones are newer.
pub fn support_request(number: u16, agent: u16) -> SupportRequest {
    let contract = contract(agent, AgentLevel::County);
    SupportRequest {
        id: SupportRequestId::from_uuid(Uuid::from_u128(u128::from(agent) << 16 | u128::from(number))),
        agent_id: contract.agent_id,
        contract_id: contract.id,
        amount: Money::from_fen(1_000),
        purpose: Text::parse("社区推广活动").unwrap(),
        attachments: Vec::new(),
        requested_at: instant("2026-02-01T00:00:00Z"),
        requested_by: account_id(8),
        state: SupportState::Requested,
        spendings: Vec::new(),
        version: 1,
    }
}

/// A spending of 300 fen, the one with that number.
pub fn support_spending(number: u16) -> SupportSpending {
    SupportSpending {
        id: SupportSpendingId::from_uuid(Uuid::from_u128(u128::from(number))),
        amount: Money::from_fen(300),
        purpose: Text::parse("印制海报").unwrap(),
        attachments: Vec::new(),
        at: instant("2026-03-05T00:00:00Z"),
        actor: account_id(8),
    }
}

/// An inspection that was passed, the one with that number of the agent with that number. Greater ones are newer.
pub fn inspection(number: u16, agent: u16) -> Inspection {
    let contract = contract(agent, AgentLevel::County);
    Inspection {
        id: InspectionId::from_uuid(Uuid::from_u128(u128::from(agent) << 16 | u128::from(number))),
        agent_id: contract.agent_id,
        contract_id: contract.id,
        inspected_on: BusinessDay::of(instant("2026-03-01T00:00:00Z")),
        score: 80,
        findings: Text::parse("门头老旧").unwrap(),
        photos: Vec::new(),
        recorded_at: instant("2026-03-02T00:00:00Z"),
        recorded_by: account_id(7),
        follow_up: FollowUp::None,
        version: 1,
    }
}

/// A market report about the period that begins on that day, the one with that number of the agent with that number.
pub fn market_report(number: u16, agent: u16, period: &str) -> MarketReport {
    let contract = contract(agent, AgentLevel::County);
    MarketReport {
        id: MarketReportId::from_uuid(Uuid::from_u128(u128::from(agent) << 16 | u128::from(number))),
        agent_id: contract.agent_id,
        contract_id: contract.id,
        period: BusinessDay::from_date(period.parse().unwrap()),
        sections: vec![ReportSection {
            title: Text::parse("竞品情况").unwrap(),
            text: Text::parse("本季新增两家水站").unwrap(),
        }],
        attachments: Vec::new(),
        submitted_at: instant("2026-04-03T00:00:00Z"),
        submitted_by: account_id(8),
    }
}

/// The notice that follows from a quota missed in the period of that first day, the one with that number of the agent with
/// that number. Greater ones are newer.
pub fn consequence(number: u16, agent: u16, subject: &str) -> Consequence {
    let contract = contract(agent, AgentLevel::County);
    Consequence {
        id: ConsequenceId::from_uuid(Uuid::from_u128(u128::from(agent) << 16 | u128::from(number))),
        agent_id: contract.agent_id,
        contract_id: contract.id,
        obligation: ObligationKind::Quota,
        subject: subject.into(),
        step: Step::Notice,
        at: instant("2026-04-08T00:00:00Z"),
        decision: None,
    }
}

/// Exclusive terms from the 1st of December 2026 for three years.
pub fn terms() -> ProposedTerms {
    ProposedTerms {
        exclusivity: "exclusive".into(),
        share_rate_bp: 3_000,
        override_rate_bp: None,
        quota: None,
        deposit_fen: Some(5_000_000),
        support_budget_fen: None,
        report_period: None,
        renewal_window_days: None,
        grace_days: None,
        valid_from: "2026-12-01".into(),
        valid_until: "2029-12-01".into(),
    }
}

/// The entry of that serial in the history of [`agent`] `number`: it was suspended on the 2nd of June 2026.
pub fn history_entry(number: u16, serial: u16) -> AgentHistoryEntry {
    AgentHistoryEntry {
        id: HistoryEntryId::from_uuid(Uuid::from_u128(u128::from(serial))),
        agent_id: AgentId::from_uuid(Uuid::from_u128(u128::from(number))),
        at: instant("2026-06-01T08:00:00Z"),
        actor: Some(account_id(1)),
        action: AgentAction::Suspended,
        effective_at: instant("2026-06-02T00:00:00Z"),
        reason: Some(Text::parse("仓库整改").unwrap()),
        contract_id: Some(contract(number, AgentLevel::County).id),
        division_codes: vec!["330106".parse().unwrap(), "330106109".parse().unwrap()],
    }
}

/// The notice that [`agent`] `number` was given on the 1st of June 2026 for the 1st of July.
pub fn termination(number: u16) -> Termination {
    Termination {
        id: TerminationId::from_uuid(Uuid::from_u128(u128::from(number))),
        agent_id: AgentId::from_uuid(Uuid::from_u128(u128::from(number))),
        given_at: instant("2026-06-01T08:00:00Z"),
        effective_at: instant("2026-07-01T00:00:00Z"),
        ended: vec![EndedTerritory {
            territory_id: TerritoryId::from_uuid(Uuid::from_u128(u128::from(number))),
            agreed_until: instant("2027-01-01T00:00:00Z"),
        }],
        state: TerminationState::Given,
        version: 1,
    }
}
