//! What is changing at the company today: an agent is suspended, a territory is about to pass to a neighbour, and a holder lets
//! others in.

use super::{DemoError, random::Random};
use agents::{
    GiveConsent, SuspendAgent, TransferTarget, TransferTerritories, give_consent, suspend_agent,
    transfer_territories,
};
use kernel::{AccountId, BusinessDay, DivisionCode, Instant, PageRequest, Scope};
use regions::{DivisionTree, Territory, TerritoryFilter};
use storage::Session;

/// Who is suspended: 拱墅区. 杭州 answers meanwhile.
const SUSPENDED: &str = "330105";
/// Whose territory passes on, and to whose contract: 滨江区 to the agent of 上城区.
const HANDED_ON: (&str, &str) = ("330108", "330102");
/// In how many days.
const HANDED_ON_IN_DAYS: u64 = 21;
/// Who lets others in, and where: 浦东新区 in its first township.
const CONSENTING: &str = "310115";

/// Does it all, as headquarters and the holders decide it now.
pub(super) fn decide(
    session: &mut dyn Session,
    tree: &DivisionTree,
    random: &Random,
    now: Instant,
    actor: AccountId,
) -> Result<(), DemoError> {
    let suspended = territory(session, SUSPENDED, now)?;
    let command = SuspendAgent {
        agent_id: suspended.agent_id,
        actor,
        reason: "仓库消防整改".to_owned(),
        from: None,
        until: None,
    };
    suspend_agent(session, random, now, &command).map_err(DemoError::refused)?;

    let (given, taking) = (
        territory(session, HANDED_ON.0, now)?,
        territory(session, HANDED_ON.1, now)?,
    );
    let command = TransferTerritories {
        territory_ids: vec![given.id],
        to: vec![TransferTarget {
            division_code: HANDED_ON.0.to_owned(),
            agent_id: taking.agent_id,
            contract_id: taking.contract_id,
        }],
        effective_at: Some(BusinessDay::of(now).plus_days(HANDED_ON_IN_DAYS).to_string()),
        actor,
        reason: "区域调整".to_owned(),
    };
    transfer_territories(session, random, tree, now, &command).map_err(DemoError::refused)?;

    let exclusive = territory(session, CONSENTING, now)?;
    let township = tree.children(Some(exclusive.division_code)).next();
    let township = township.ok_or_else(|| DemoError::refused("no township"))?;
    let command = GiveConsent {
        holder: Scope::All
            .agent(exclusive.agent_id)
            .ok_or_else(|| DemoError::refused("no holder"))?,
        territory_id: exclusive.id,
        actor,
        division_code: township.code.to_string(),
        valid_from: BusinessDay::of(now).plus_days(1).to_string(),
        valid_until: BusinessDay::of(now).plus_days(366).to_string(),
        reason: "园区内可另设代理".to_owned(),
    };
    give_consent(session, random, tree, now, &command)
        .map(drop)
        .map_err(DemoError::refused)
}

/// The territory over that division now.
fn territory(session: &mut dyn Session, code: &str, now: Instant) -> Result<Territory, DemoError> {
    let code: DivisionCode = code.parse().map_err(DemoError::refused)?;
    let filter = TerritoryFilter {
        span: Some(kernel::DivisionSpan::only(code)),
        active_at: Some(now),
        ..TerritoryFilter::default()
    };
    let found = session.list_territories(Scope::All, &filter, &PageRequest::first())?;
    let held = found.items.into_iter().next();
    held.ok_or_else(|| DemoError::refused(code))
}
