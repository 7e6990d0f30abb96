//! An order, frozen on the agent that was responsible when it was placed.

use crate::{OrderNumber, OrderState};
use customers::Position;
use inventory::{Container, Quantity};
use kernel::{
    AccountId, AddressId, AgentId, CustomerId, DivisionCode, Instant, MobileNumber, Money, OrderId, Period,
    PersonName, ProductId, TerritoryId, Text,
};
use regions::RoutingRule;
use std::fmt;

/// The most lines an order may have.
pub const MAXIMUM_ORDER_LINES: usize = 20;

/// What a customer ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its id, made from `placed_at` and the agent's number.
    pub id: OrderId,
    /// The agent who answers for it, for good.
    pub agent_id: AgentId,
    /// What people call it.
    pub number: OrderNumber,
    /// Who ordered.
    pub customer_id: CustomerId,
    /// Where it goes, as the address was when the order was placed.
    pub address: AddressSnapshot,
    /// The county its figures count in; the most specific known division above township where there is no county.
    pub county_code: DivisionCode,
    /// How the agent was found.
    pub routing: Routing,
    /// What was ordered, 1 to [`MAXIMUM_ORDER_LINES`].
    pub lines: Vec<OrderLine>,
    /// The sum of the lines.
    pub total: Money,
    /// When the customer wants it, `None` for as soon as possible.
    pub wanted: Option<Period>,
    /// What the courier should know.
    pub note: Option<Text<200>>,
    /// How it is paid.
    pub payment_method: PaymentMethod,
    /// When it was placed.
    pub placed_at: Instant,
    /// The account that placed it, `None` for the system's own.
    pub placed_by: Option<AccountId>,
    /// Where it is in its life.
    pub state: OrderState,
    /// Rises by one with each change.
    pub version: i64,
}

/// One product of an order, at the price it had when the order was placed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// The product.
    pub product_id: ProductId,
    /// What it was called.
    pub product_name: Text<60>,
    /// How many pieces.
    pub quantity: Quantity,
    /// What one piece cost.
    pub unit_price: Money,
    /// What it came in.
    pub container: Container,
}

/// How the agent was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Routing {
    /// The rule that decided.
    pub rule: RoutingRule,
    /// The territory that decided, `None` for headquarters.
    pub territory_id: Option<TerritoryId>,
    /// The version of the territories that the order's own transaction read.
    pub map_version: i64,
}

/// An address as it was. Debug output hides the place and the person.
#[derive(Clone, PartialEq, Eq)]
pub struct AddressSnapshot {
    /// The customer's address it was taken from, `None` for one given with the order.
    pub address_id: Option<AddressId>,
    /// The division it lies in.
    pub division_code: DivisionCode,
    /// Street, house, flat.
    pub detail: Text<200>,
    /// Whom to ask for there.
    pub contact_name: PersonName,
    /// How to reach them, `None` once the person was erased.
    pub contact_phone: Option<MobileNumber>,
    /// Where it is on the map.
    pub position: Option<Position>,
}

impl Order {
    /// How many returnable buckets it has; `None` where they do not fit.
    pub fn buckets(&self) -> Option<i64> {
        let lines = self.lines.iter();
        lines
            .filter(|line| line.container == Container::ReturnableBucket)
            .try_fold(0_i64, |sum, line| sum.checked_add(line.quantity.get()))
    }

    /// The order without anything that tells who it was for: the facts that the law wants kept, and those that figures are
    /// made of, stay as they are.
    #[must_use]
    pub fn without_person(self) -> Self {
        Self {
            address: AddressSnapshot {
                address_id: None,
                division_code: self.address.division_code,
                detail: Text::erased(),
                contact_name: PersonName::erased(),
                contact_phone: None,
                position: None,
            },
            note: None,
            state: self.state.without_words(),
            ..self
        }
    }
}

impl fmt::Debug for AddressSnapshot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AddressSnapshot")
            .field("address_id", &self.address_id)
            .field("division_code", &self.division_code)
            .finish_non_exhaustive()
    }
}

/// How an order is paid. Nothing is collected online yet: the method is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PaymentMethod {
    /// The courier takes cash.
    #[default]
    CashOnDelivery,
    /// The agent sends a bill each month.
    MonthlyBill,
    /// Paid by bank transfer.
    BankTransfer,
}

impl PaymentMethod {
    /// Every method.
    pub const ALL: [Self; 3] = [Self::CashOnDelivery, Self::MonthlyBill, Self::BankTransfer];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CashOnDelivery => "cash_on_delivery",
            Self::MonthlyBill => "monthly_bill",
            Self::BankTransfer => "bank_transfer",
        }
    }

    /// The method of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }
}
