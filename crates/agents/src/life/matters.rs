//! What has to be settled before an agent can go, and what a change of its territories concerns.

use super::contracts::list_contracts_in_force;
use crate::{
    AgentLifeRepository, AgentRepository, DepositRepository, MarketReportRepository, ObligationStatus,
    obligation::read::due_reports,
};
use kernel::{AgentId, BusinessDay, DivisionSpan, Instant, Money, RepositoryError, Scope};

/// How many periods back a report can still be sent in time: more than fit into the longest grace.
const REPORTS_LOOKED_AT: usize = 4;

macro_rules! matters {
    ($($(#[$doc:meta])* $variant:ident $name:literal $zh:literal)*) => {
        /// A kind of thing that keeps an agent from being gone. The list grows with the product: whoever adds what an agent
        /// can owe or own adds a line here, and the store's count is asked for by the compiler.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Matter {
            $($(#[$doc])* $variant,)*
        }

        impl Matter {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The stable name, also the JSON form.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it is called in Chinese.
            pub const fn name_zh(self) -> &'static str {
                match self { $(Self::$variant => $zh,)* }
            }
        }
    };
}

matters! {
    /// Orders that are neither delivered nor cancelled.
    OpenOrders "open_orders" "未完成的订单"
    /// Units on hand, over all products.
    StockOnHand "stock_on_hand" "库存件数"
    /// Couriers who are on duty.
    CouriersOnDuty "couriers_on_duty" "在岗的送水员"
    /// What is left of its deposits, in fen: to be deducted or refunded.
    DepositBalance "deposit_balance_fen" "保证金余额（分）"
    /// Appeals against deductions that are not decided.
    OpenAppeals "open_appeals" "未裁定的申诉"
    /// Requests for market support that are not decided.
    SupportRequests "support_requests" "未决的市场支持申请"
    /// Inspections whose follow-up is not closed.
    InspectionFollowUps "inspection_follow_ups" "未了结的检查整改"
    /// Consequences that headquarters has not decided.
    OpenProposals "open_proposals" "待决定的后果"
    /// Market reports that are due and can still be sent in time.
    DueReports "due_reports" "应交的市场报告"
}

/// So many of a kind are open. Never none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenMatter {
    /// Which kind.
    pub matter: Matter,
    /// How many: orders, units, people; fen for money.
    pub amount: u64,
}

/// What a change of an agent's territories concerns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Concerned {
    /// Its open orders there; they stay with the agent frozen on them.
    pub open_orders: u64,
    /// Customers who ever ordered from it to an address there.
    pub customers: u64,
}

/// Counts over everything that an agent has to do with, whichever aggregate it belongs to.
pub trait MatterRepository {
    /// What is open of the agent, in the order of [`Matter`]; kinds of which nothing is open are left out, and those that
    /// other ports tell, which [`find_open_matters`] adds: deposits, appeals and reports.
    fn list_open_matters(&mut self, agent_id: AgentId) -> Result<Vec<OpenMatter>, RepositoryError>;

    /// What of the agent's concerns the divisions in those spans.
    fn count_concerned(
        &mut self,
        agent_id: AgentId,
        spans: &[DivisionSpan],
    ) -> Result<Concerned, RepositoryError>;
}

/// What finding all that is open of an agent reads.
pub trait MatterSession:
    AgentRepository + AgentLifeRepository + DepositRepository + MatterRepository + MarketReportRepository
{
}

impl<Session> MatterSession for Session where
    Session: AgentRepository
        + AgentLifeRepository
        + DepositRepository
        + MatterRepository
        + MarketReportRepository
        + ?Sized
{
}

/// All that is open of the agent at that instant, in the order of [`Matter`].
pub fn find_open_matters(
    session: &mut (impl MatterSession + ?Sized),
    agent_id: AgentId,
    now: Instant,
) -> Result<Vec<OpenMatter>, RepositoryError> {
    let mut open = session.list_open_matters(agent_id)?;
    let Some(agent) = Scope::All.agent(agent_id) else {
        return Ok(open);
    };
    let (today, mut due) = (BusinessDay::of(now), 0);
    for contract in list_contracts_in_force(session, agent)? {
        let reports = due_reports(session, agent, &contract, today, None, REPORTS_LOOKED_AT)?;
        let waited_for = reports
            .iter()
            .filter(|due| due.status == ObligationStatus::AtRisk);
        due += u64::try_from(waited_for.count()).unwrap_or(u64::MAX);
    }
    let (mut balance_fen, mut appeals) = (0, 0);
    for totals in session.list_deposit_totals(agent)?.into_values() {
        balance_fen += totals.balance().map_or(0, Money::fen);
        appeals += totals.open_appeals;
    }
    let natural = |amount: i64| u64::try_from(amount).unwrap_or_default();
    let told = [
        (Matter::DepositBalance, natural(balance_fen)),
        (Matter::OpenAppeals, natural(appeals)),
        (Matter::DueReports, due),
    ];
    let told = told.map(|(matter, amount)| OpenMatter { matter, amount });
    open.extend(told.into_iter().filter(|open| open.amount > 0));
    open.sort_by_key(|open| open.matter);
    Ok(open)
}
