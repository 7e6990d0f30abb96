//! Who is told of a fact, about what, and in which words: one table for every fact there is.
//!
//! The words name no person and no value that is sealed anywhere: they are read by whoever holds the phone.

use crate::{Event, Fact};
use kernel::{AgentId, ApplicationId, BusinessDay, CourierId, CustomerId, OrderId, ProductId};
use std::{borrow::Cow, time::Duration};
use uuid::Uuid;

/// Some of the accounts that an event concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// The office of an agent: its owner and staff; of headquarters its administrators and operators.
    Office(AgentId),
    /// A courier.
    Courier {
        /// The agent the courier works for.
        agent_id: AgentId,
        /// Which of its couriers.
        courier_id: CourierId,
    },
    /// Whoever ordered.
    Customer {
        /// The agent the order is frozen on.
        agent_id: AgentId,
        /// The order.
        order_id: OrderId,
    },
    /// Whoever applied.
    Applicant(ApplicationId),
    /// Whoever an open application waits for now: its applicant, or else the office of headquarters. Nobody where it was
    /// decided meanwhile.
    Awaited(ApplicationId),
}

/// The thing that a reader opens to see more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// An agent: its life, contracts, obligations and money.
    Agent(AgentId),
    /// An application.
    Application(ApplicationId),
    /// A customer.
    Customer(CustomerId),
    /// An order.
    Order(OrderId),
    /// A product, in the stock of the agent that the event names.
    Product(ProductId),
}

impl Subject {
    /// The stable name of its kind.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Agent(_) => "agent",
            Self::Application(_) => "application",
            Self::Customer(_) => "customer",
            Self::Order(_) => "order",
            Self::Product(_) => "product",
        }
    }

    /// Its id.
    pub const fn id(self) -> Uuid {
        match self {
            Self::Agent(id) => id.as_uuid(),
            Self::Application(id) => id.as_uuid(),
            Self::Customer(id) => id.as_uuid(),
            Self::Order(id) => id.as_uuid(),
            Self::Product(id) => id.as_uuid(),
        }
    }
}

/// One sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// In Chinese.
    pub zh: Cow<'static, str>,
    /// In English.
    pub en: Cow<'static, str>,
}

/// What people are told of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// About what.
    pub subject: Subject,
    /// Whom.
    pub audience: Vec<Audience>,
    /// What.
    pub words: Words,
}

fn notice(
    subject: Subject,
    audience: impl Into<Vec<Audience>>,
    zh: impl Into<Cow<'static, str>>,
    en: impl Into<Cow<'static, str>>,
) -> Notice {
    Notice {
        subject,
        audience: audience.into(),
        words: Words {
            zh: zh.into(),
            en: en.into(),
        },
    }
}

impl Event {
    /// What people are told of it.
    pub fn notice(&self) -> Notice {
        self.fact.notice(self.agent_id)
    }
}

impl Fact {
    /// What people are told of it, which the outbox of that agent carried. A fact that is new has no line yet, and does not compile before somebody decides whom
    /// it concerns; `[]` is an answer too.
    #[rustfmt::skip]
    #[allow(clippy::too_many_lines, reason = "a table is read as a whole")]
    pub fn notice(&self, agent_id: AgentId) -> Notice {
        use Audience::{Applicant, Awaited, Courier, Customer, Office};
        let hq = Office(AgentId::HEADQUARTERS);
        let office = Office(agent_id);
        let customer = |order_id| Customer { agent_id, order_id };
        let application = Subject::Application;
        let order = Subject::Order;
        let agent = Subject::Agent;
        match *self {
            Fact::ApplicationSubmitted { application_id: id } =>
                notice(application(id), [hq], "收到新的代理申请，等待审核", "A new application waits for review."),
            Fact::SupplementRequested { application_id: id } =>
                notice(application(id), [Applicant(id)], "您的代理申请需要补充材料", "Your application needs a supplement."),
            Fact::ApplicationSupplemented { application_id: id } =>
                notice(application(id), [hq], "申请人已补充材料，等待审核", "An applicant sent the supplement; the application waits for review."),
            Fact::ApplicationWithdrawn { application_id: id } =>
                notice(application(id), [hq], "一份代理申请已撤回", "An application was withdrawn."),
            Fact::ApplicationApproved { application_id: id, .. } =>
                notice(application(id), [Applicant(id)], "您的代理申请已通过", "Your application was approved."),
            Fact::ApplicationRejected { application_id: id } =>
                notice(application(id), [Applicant(id)], "您的代理申请未通过", "Your application was rejected."),
            Fact::ApplicationHeld { application_id: id, until } => {
                // An end at midnight is the end of the day before.
                let last = BusinessDay::of(until - Duration::from_micros(1));
                notice(application(id), [Applicant(id)],
                    format!("所申请的区域为您保留至 {last}"), format!("The wanted divisions are on hold for you until {last}."))
            }
            Fact::ApplicationReleased { application_id: id } =>
                notice(application(id), [Applicant(id)], "所申请的区域不再为您保留", "The wanted divisions are on hold for you no longer."),
            Fact::ApplicationHoldLapsed { application_id: id } =>
                notice(application(id), [Applicant(id), hq], "申请区域的保留已到期", "The hold on the wanted divisions is over."),
            Fact::ApplicationReminder { application_id: id, .. } =>
                notice(application(id), [Awaited(id)], "代理申请的处理期限将至或已过", "The deadline of an application is near or over."),
            // Whoever opens the application reads its findings as they are then.
            Fact::ApplicationFindingsChanged { application_id: id } =>
                notice(application(id), [], "申请的初审意见有变化", "The findings about an application changed."),
            Fact::AgentSuspended { agent_id: id, effective_at } => {
                let day = BusinessDay::of(effective_at);
                notice(agent(id), [office],
                    format!("贵代理自 {day} 起暂停，新订单由他方负责"), format!("You are suspended from {day} on; new orders go to others."))
            }
            Fact::AgentResumed { agent_id: id, effective_at } => {
                let day = BusinessDay::of(effective_at);
                notice(agent(id), [office], format!("贵代理自 {day} 起恢复"), format!("Orders come to you again from {day} on."))
            }
            Fact::AgentTerminationGiven { agent_id: id, effective_at } => {
                let day = BusinessDay::of(effective_at);
                notice(agent(id), [office],
                    format!("贵代理将于 {day} 终止，请了结未了之事"), format!("You are given notice for {day}; settle what is open."))
            }
            Fact::AgentTerminationWithdrawn { agent_id: id } =>
                notice(agent(id), [office], "终止通知已撤回", "The notice that you were given was taken back."),
            Fact::AgentTerminated { agent_id: id } =>
                notice(agent(id), [hq], "一个代理商已离任", "An agent is gone."),
            Fact::ContractRenewed { agent_id: id, .. } =>
                notice(agent(id), [office], "合同已续约", "A contract of yours was renewed."),
            Fact::HolderConsentChanged { agent_id: id, .. } =>
                notice(agent(id), [hq], "代理商同意他人进入其区域，或收回了同意", "A holder let others into its territory, or took that back."),
            Fact::TerritoriesTransferred { agent_id: id, effective_at } => {
                let day = BusinessDay::of(effective_at);
                notice(agent(id), [office], format!("贵代理的区域自 {day} 起有变动"), format!("Your territories change on {day}."))
            }
            Fact::CustomerReserved { agent_id: id, .. } =>
                notice(agent(id), [office], "总部在贵代理的区域内保留了一个客户", "Headquarters keeps a customer inside your territories."),
            Fact::CustomerReleased { agent_id: id, .. } =>
                notice(agent(id), [office], "总部不再保留贵代理区域内的一个客户", "Headquarters keeps a customer inside your territories no longer."),
            Fact::DepositPaid { agent_id: id, .. } =>
                notice(agent(id), [office], "保证金已入账", "A payment of your deposit was recorded."),
            Fact::DepositDeducted { agent_id: id, .. } =>
                notice(agent(id), [office], "保证金被扣除，可在期限内申诉", "Your deposit was deducted from; you may appeal in time."),
            Fact::DeductionAppealed { agent_id: id, .. } =>
                notice(agent(id), [hq], "代理商对扣除提出申诉", "An agent appeals against a deduction."),
            Fact::DeductionAppealDecided { agent_id: id, .. } =>
                notice(agent(id), [office], "对扣除的申诉已裁定", "Your appeal against a deduction was decided."),
            // The decision says it.
            Fact::DeductionReversed { agent_id: id, .. } =>
                notice(agent(id), [], "扣除已撤销", "A deduction was reversed."),
            Fact::DepositRefunded { agent_id: id, .. } =>
                notice(agent(id), [office], "保证金已退还", "Your deposit was refunded."),
            Fact::SupportRequested { agent_id: id, .. } =>
                notice(agent(id), [hq], "代理商申请市场支持", "An agent asks for market support."),
            Fact::SupportCancelled { agent_id: id, .. } =>
                notice(agent(id), [hq], "代理商撤回了市场支持的申请", "An agent took a request for market support back."),
            Fact::SupportApproved { agent_id: id, .. } =>
                notice(agent(id), [office], "市场支持已批准", "Your request for market support was approved."),
            Fact::SupportRejected { agent_id: id, .. } =>
                notice(agent(id), [office], "市场支持未获批准", "Your request for market support was rejected."),
            Fact::SupportSpent { agent_id: id, .. } =>
                notice(agent(id), [hq], "代理商报告了市场支持的支出", "An agent told what market support was spent on."),
            Fact::InspectionRecorded { agent_id: id, .. } =>
                notice(agent(id), [office], "总部记录了一次品牌检查", "A brand inspection was recorded."),
            Fact::InspectionAnswered { agent_id: id, .. } =>
                notice(agent(id), [hq], "代理商回复了检查的整改要求", "An agent answered what an inspection asked for."),
            Fact::InspectionClosed { agent_id: id, .. } =>
                notice(agent(id), [office], "一次品牌检查已了结", "A brand inspection was closed."),
            Fact::MarketReportSubmitted { agent_id: id, .. } =>
                notice(agent(id), [hq], "代理商提交了市场报告", "An agent sent a market report."),
            Fact::ObligationAtRisk { agent_id: id, .. } =>
                notice(agent(id), [office], "一项义务有可能完不成", "An obligation of yours is at risk."),
            Fact::ObligationMissed { agent_id: id, .. } =>
                notice(agent(id), [office, hq], "一项义务未完成，已有后果", "An obligation was missed, and has its consequence."),
            Fact::ConsequenceDecided { agent_id: id, .. } =>
                notice(agent(id), [office], "总部对未完成的义务作出了决定", "Headquarters decided about a missed obligation."),
            // Agents' own rows follow it; there is nothing for anybody to do.
            Fact::CustomerChanged { customer_id: id } =>
                notice(Subject::Customer(id), [], "客户资料有变化", "A customer's record changed."),
            Fact::OrderPlaced { order_id: id } =>
                notice(order(id), [office], "新订单，等待派送", "A new order waits for a courier."),
            Fact::OrderAssigned { order_id: id, courier_id } =>
                notice(order(id), [Courier { agent_id, courier_id }], "有一张订单派给了您", "An order was assigned to you."),
            Fact::OrderStarted { order_id: id } =>
                notice(order(id), [customer(id)], "您的订单正在派送", "Your order is on its way."),
            Fact::OrderDelivered { order_id: id } =>
                notice(order(id), [customer(id)], "您的订单已送达，欢迎评价", "Your order was delivered; you may rate it."),
            Fact::OrderFailed { order_id: id } =>
                notice(order(id), [office, customer(id)], "订单未能送达", "An order could not be delivered."),
            Fact::OrderCancelled { order_id: id } =>
                notice(order(id), [office, customer(id)], "订单已取消", "An order was cancelled."),
            Fact::OrderRated { order_id: id } =>
                notice(order(id), [office], "客户评价了一张订单", "A customer rated an order."),
            Fact::StockLow { agent_id, product_id, available, threshold } =>
                notice(Subject::Product(product_id), [Office(agent_id)],
                    format!("库存不足：可用 {available}，预警线 {threshold}"),
                    format!("Stock is low: {available} available, threshold {threshold}.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::EventId;

    fn event(fact: Fact) -> Event {
        Event {
            id: EventId::from_uuid(Uuid::from_u128(1)),
            agent_id: AgentId::from_uuid(Uuid::from_u128(2)),
            aggregate_id: Uuid::from_u128(3),
            aggregate_version: 1,
            occurred_at: "2026-11-22T08:00:00Z".parse().unwrap(),
            fact,
        }
    }

    #[test]
    fn an_order_concerns_the_office_of_its_agent_and_its_customer() {
        let agent_id = AgentId::from_uuid(Uuid::from_u128(2));
        let order_id = OrderId::from_uuid(Uuid::from_u128(3));
        let failed = event(Fact::OrderFailed { order_id }).notice();
        assert_eq!(failed.subject, Subject::Order(order_id));
        assert_eq!(
            failed.audience,
            [
                Audience::Office(agent_id),
                Audience::Customer { agent_id, order_id }
            ]
        );
    }

    #[test]
    fn a_hold_until_midnight_ends_with_the_day_before() {
        let application_id = ApplicationId::from_uuid(Uuid::from_u128(3));
        for (until, day) in [
            ("2026-12-14T16:00:00Z", "2026-12-14"),
            ("2026-12-14T17:00:00Z", "2026-12-15"),
        ] {
            let until = until.parse().unwrap();
            let words = event(Fact::ApplicationHeld {
                application_id,
                until,
            })
            .notice()
            .words;
            assert!(words.zh.contains(day) && words.en.contains(day), "{words:?}");
        }
    }
}
