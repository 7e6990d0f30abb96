//! What happened to the contract of 西湖区 since it was signed.

use super::{DemoError, accounts::Accounts, licences::Licences, random::Random};
use agents::{
    AppealDeduction, DeductDeposit, PayDeposit, RecordInspection, RequestSupport, appeal_deduction,
    deduct_deposit, pay_deposit, record_inspection, request_support,
};
use kernel::{AccountId, BusinessDay, Instant, Scope};
use std::time::Duration;
use storage::Session;

/// How many pictures prove something.
pub(super) const PICTURES: usize = 1;

/// The deposit was paid on the first day; a part of it was deducted, and an appeal waits; so do a
/// request for support, and what an inspection found.
pub(super) fn live_with(
    session: &mut dyn Session,
    random: &Random,
    founded: Instant,
    now: Instant,
    named: &Accounts,
    licences: &mut Licences<'_>,
) -> Result<(), DemoError> {
    let account = |name| named.get(name).copied().ok_or_else(|| DemoError::refused(name));
    let (admin, owner) = (account("hq")?, account("xihu")?);
    let contract = contract_of(session, owner)?;
    let (agent_id, contract_id) = (contract.agent_id, contract.id);
    let reached = Scope::All.agent(agent_id);
    let reached = reached.ok_or_else(|| DemoError::refused("headquarters reaches every agent"))?;
    let days_ago = |days| BusinessDay::of(now).minus_days(days).start() + Duration::from_hours(10);

    let payment = PayDeposit {
        agent_id,
        contract_id,
        actor: admin,
        amount_fen: contract.terms.deposit.fen(),
        reference: "工行 6217-0017".to_owned(),
    };
    pay_deposit(session, random, founded, &payment).map_err(DemoError::refused)?;
    let photo = licences
        .next()
        .ok_or_else(|| DemoError::refused("there are too few pictures"))?
        .upload(session, admin, days_ago(4))?;
    let deduction = DeductDeposit {
        agent_id,
        contract_id,
        actor: admin,
        amount_fen: 50_000,
        reason: "在上城区张贴西湖区的广告".to_owned(),
        evidence: vec![photo],
    };
    let deduction = deduct_deposit(session, random, days_ago(4), &deduction).map_err(DemoError::refused)?;
    let appeal = AppealDeduction {
        agent: reached,
        entry_id: deduction.id,
        actor: owner,
        text: "广告张贴在两区交界处，属西湖区一侧".to_owned(),
    };
    appeal_deduction(session, random, days_ago(3), &appeal).map_err(DemoError::refused)?;
    let request = RequestSupport {
        agent: reached,
        contract_id,
        actor: owner,
        amount_fen: 200_000,
        purpose: "文三路社区试饮活动两场".to_owned(),
        attachments: Vec::new(),
    };
    request_support(session, random, days_ago(2), &request).map_err(DemoError::refused)?;
    let inspection = RecordInspection {
        agent: reached,
        contract_id,
        actor: account("operator")?,
        inspected_on: BusinessDay::of(now).minus_days(5).to_string(),
        score: 78,
        findings: "门头老旧，价目表未更新".to_owned(),
        photos: Vec::new(),
        follow_up_due_on: Some(BusinessDay::of(now).plus_days(10).to_string()),
    };
    record_inspection(session, random, days_ago(5), &inspection).map_err(DemoError::refused)?;
    Ok(())
}

/// The first contract of the agent that the account answers for.
fn contract_of(session: &mut dyn Session, owner: AccountId) -> Result<agents::Contract, DemoError> {
    let memberships = session.list_memberships(owner)?;
    let mut agents = memberships
        .iter()
        .filter_map(|membership| membership.position.agent_id())
        .filter_map(|agent_id| Scope::All.agent(agent_id));
    let agent = agents.next().ok_or_else(|| DemoError::refused("no agent"))?;
    session
        .list_contracts(&[agent])?
        .pop()
        .ok_or_else(|| DemoError::refused("no contract"))
}
