//! The vocabulary.

use kernel::{
    AgentId, ApplicationId, ConsequenceId, ContractId, CourierId, CustomerId, DepositEntryId, EventId,
    InspectionId, Instant, MarketReportId, OrderId, ProductId, SupportRequestId, TerritoryId,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One thing that happened to one aggregate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its own id; a consumer that saw it before ignores it.
    pub id: EventId,
    /// The tenant whose outbox carries it; headquarters for what belongs to no agent.
    pub agent_id: AgentId,
    /// The aggregate it happened to.
    pub aggregate_id: Uuid,
    /// The aggregate's version after it: events of one aggregate are delivered in this order.
    pub aggregate_version: i64,
    /// When it happened.
    pub occurred_at: Instant,
    /// What happened.
    pub fact: Fact,
}

macro_rules! facts {
    ($($(#[$doc:meta])* $variant:ident $name:literal { $($field:ident : $type:ty),* $(,)? })*) => {
        /// What happened, with what a consumer needs to find the rest.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "type", rename_all = "snake_case")]
        pub enum Fact {
            $($(#[$doc])* #[expect(missing_docs, reason = "the fields are ids of what they are named after")] $variant { $($field: $type),* },)*
        }

        impl Fact {
            /// The names of all facts.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// The stable name that subscribers select by, also the `type` of the JSON form.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$variant { .. } => $name,)* }
            }
        }
    };
}

facts! {
    /// An application was submitted and preliminarily reviewed.
    ApplicationSubmitted "application_submitted" { application_id: ApplicationId }
    /// An operator asked the applicant for a supplement.
    SupplementRequested "supplement_requested" { application_id: ApplicationId }
    /// The applicant answered a request for a supplement.
    ApplicationSupplemented "application_supplemented" { application_id: ApplicationId }
    /// The applicant withdrew.
    ApplicationWithdrawn "application_withdrawn" { application_id: ApplicationId }
    /// An application was approved: the agent and its territories exist.
    ApplicationApproved "application_approved" { application_id: ApplicationId, agent_id: AgentId }
    /// An application was rejected.
    ApplicationRejected "application_rejected" { application_id: ApplicationId }
    /// The divisions of an application were put on hold for it, or longer or shorter than before.
    ApplicationHeld "application_held" { application_id: ApplicationId, until: Instant }
    /// That hold was ended before its time.
    ApplicationReleased "application_released" { application_id: ApplicationId }
    /// That hold is over.
    ApplicationHoldLapsed "application_hold_lapsed" { application_id: ApplicationId }
    /// Whoever an open application waits for has to act soon, or should have.
    ApplicationReminder "application_reminder" { application_id: ApplicationId, due_at: Instant }
    /// What happened elsewhere changed what the preliminary review finds about an open application.
    ApplicationFindingsChanged "application_findings_changed" { application_id: ApplicationId }
    /// New orders pass an agent over from that instant on.
    AgentSuspended "agent_suspended" { agent_id: AgentId, effective_at: Instant }
    /// They come to it again.
    AgentResumed "agent_resumed" { agent_id: AgentId, effective_at: Instant }
    /// An agent was given notice: it holds nothing from that instant on.
    AgentTerminationGiven "agent_termination_given" { agent_id: AgentId, effective_at: Instant }
    /// The notice was taken back.
    AgentTerminationWithdrawn "agent_termination_withdrawn" { agent_id: AgentId }
    /// Nothing of an agent was open any more, and it is gone.
    AgentTerminated "agent_terminated" { agent_id: AgentId }
    /// A contract is followed by another.
    ContractRenewed "contract_renewed" { agent_id: AgentId, contract_id: ContractId }
    /// A holder let others into a part of its territory, or took that back.
    HolderConsentChanged "holder_consent_changed" { agent_id: AgentId, territory_id: TerritoryId }
    /// An agent gives up or receives territories at that instant.
    TerritoriesTransferred "territories_transferred" { agent_id: AgentId, effective_at: Instant }
    /// Headquarters keeps a customer inside an agent's territories for itself.
    CustomerReserved "customer_reserved" { agent_id: AgentId, customer_id: CustomerId }
    /// It keeps the customer no longer.
    CustomerReleased "customer_released" { agent_id: AgentId, customer_id: CustomerId }
    /// A customer's name or phone changed; what agents know of the customer follows.
    CustomerChanged "customer_changed" { customer_id: CustomerId }
    /// An order was placed and its stock reserved.
    OrderPlaced "order_placed" { order_id: OrderId }
    /// A courier was given an order.
    OrderAssigned "order_assigned" { order_id: OrderId, courier_id: CourierId }
    /// A courier set out with an order.
    OrderStarted "order_started" { order_id: OrderId }
    /// An order was delivered.
    OrderDelivered "order_delivered" { order_id: OrderId }
    /// An order could not be delivered.
    OrderFailed "order_failed" { order_id: OrderId }
    /// An order was cancelled and its stock released.
    OrderCancelled "order_cancelled" { order_id: OrderId }
    /// A customer rated a delivered order.
    OrderRated "order_rated" { order_id: OrderId }
    /// What is available of a product fell to its threshold or below.
    StockLow "stock_low" { agent_id: AgentId, product_id: ProductId, available: i64, threshold: i64 }
    /// Headquarters noted that an agent paid into its deposit.
    DepositPaid "deposit_paid" { agent_id: AgentId, contract_id: ContractId, entry_id: DepositEntryId }
    /// Headquarters took from a deposit.
    DepositDeducted "deposit_deducted" { agent_id: AgentId, contract_id: ContractId, entry_id: DepositEntryId }
    /// An agent appealed against a deduction.
    DeductionAppealed "deduction_appealed" { agent_id: AgentId, contract_id: ContractId, entry_id: DepositEntryId }
    /// Headquarters let a deduction stand, or undid it.
    DeductionAppealDecided "deduction_appeal_decided" { agent_id: AgentId, contract_id: ContractId, entry_id: DepositEntryId, reversed: bool }
    /// What a deduction took is in the deposit again.
    DeductionReversed "deduction_reversed" { agent_id: AgentId, contract_id: ContractId, entry_id: DepositEntryId }
    /// Headquarters gave a deposit back, or a part of it.
    DepositRefunded "deposit_refunded" { agent_id: AgentId, contract_id: ContractId, entry_id: DepositEntryId }
    /// An agent asked for market support.
    SupportRequested "support_requested" { agent_id: AgentId, contract_id: ContractId, request_id: SupportRequestId }
    /// An agent took that back.
    SupportCancelled "support_cancelled" { agent_id: AgentId, contract_id: ContractId, request_id: SupportRequestId }
    /// Headquarters pays for it, or for a part of it.
    SupportApproved "support_approved" { agent_id: AgentId, contract_id: ContractId, request_id: SupportRequestId }
    /// Headquarters does not pay for it.
    SupportRejected "support_rejected" { agent_id: AgentId, contract_id: ContractId, request_id: SupportRequestId }
    /// An agent told what market support was spent on.
    SupportSpent "support_spent" { agent_id: AgentId, contract_id: ContractId, request_id: SupportRequestId }
    /// Headquarters recorded an inspection of an agent.
    InspectionRecorded "inspection_recorded" { agent_id: AgentId, contract_id: ContractId, inspection_id: InspectionId }
    /// An agent answered what an inspection found.
    InspectionAnswered "inspection_answered" { agent_id: AgentId, contract_id: ContractId, inspection_id: InspectionId }
    /// Headquarters is content with that.
    InspectionClosed "inspection_closed" { agent_id: AgentId, contract_id: ContractId, inspection_id: InspectionId }
    /// An agent handed a market report in.
    MarketReportSubmitted "market_report_submitted" { agent_id: AgentId, contract_id: ContractId, report_id: MarketReportId }
    /// An obligation comes near, or lags behind: nothing is missed yet.
    ObligationAtRisk "obligation_at_risk" { agent_id: AgentId, contract_id: ContractId, consequence_id: ConsequenceId }
    /// An obligation was missed; the consequence tells what follows.
    ObligationMissed "obligation_missed" { agent_id: AgentId, contract_id: ContractId, consequence_id: ConsequenceId }
    /// Headquarters confirmed what was proposed, or dismissed it.
    ConsequenceDecided "consequence_decided" { agent_id: AgentId, contract_id: ContractId, consequence_id: ConsequenceId, confirmed: bool }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_type_of_the_json_form() {
        let fact = Fact::StockLow {
            agent_id: AgentId::HEADQUARTERS,
            product_id: ProductId::from_uuid(Uuid::from_u128(7)),
            available: 3,
            threshold: 5,
        };
        let json = serde_json::to_value(&fact).unwrap();
        assert_eq!(json["type"], fact.name());
        assert_eq!(serde_json::from_value::<Fact>(json).unwrap(), fact);
    }
}
