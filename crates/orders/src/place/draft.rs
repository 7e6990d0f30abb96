//! An order as a client sends it, and its checks.

use super::{Destination, PlaceOrder, check_line_count};
use crate::{Actor, AddressSnapshot, PaymentMethod};
use customers::AddressInput;
use inventory::Quantity;
use kernel::{
    AddressId, AgentId, CustomerId, FieldError, Instant, Invalid, Period, ProductId, Scope, Text, Validation,
};
use regions::DivisionTree;

/// The furthest ahead an order may be wanted.
const FURTHEST_WANTED_DAYS: i64 = 30;

/// An order, unchecked.
#[derive(Clone, Default, PartialEq)]
pub struct OrderDraft {
    /// Who orders; a customer need not say, and may only name itself.
    pub customer_id: Option<CustomerId>,
    /// One of the customer's addresses, or else
    pub address_id: Option<AddressId>,
    /// an address given with the order.
    pub address: Option<AddressInput>,
    /// Products and pieces.
    pub lines: Vec<(ProductId, i64)>,
    /// Not before.
    pub wanted_from: Option<Instant>,
    /// Not after.
    pub wanted_until: Option<Instant>,
    /// What the courier should know, at most 200 characters.
    pub note: Option<String>,
    /// A [`PaymentMethod`]'s name.
    pub payment_method: Option<String>,
    /// The agent that headquarters wants to deliver.
    pub agent_id: Option<AgentId>,
}

impl OrderDraft {
    /// Checks every field, and reports all that are wrong.
    pub fn check(
        self,
        tree: &DivisionTree,
        actor: Actor,
        at: Instant,
    ) -> Result<PlaceOrder, Vec<FieldError>> {
        let mut validation = Validation::default();
        let customer_id = match (self.customer_id, actor.scope) {
            (Some(customer_id), _) | (None, Scope::Customer(customer_id)) => Some(customer_id),
            (None, _) => {
                validation.refuse("customer_id", Invalid::required());
                None
            }
        };
        let destination = destination(&mut validation, tree, self.address_id, self.address);
        validation.take("lines", check_line_count(self.lines.len()));
        let lines: Vec<_> = self
            .lines
            .iter()
            .enumerate()
            .filter_map(|(index, (product_id, quantity))| {
                let quantity =
                    validation.take(format!("lines[{index}].quantity"), Quantity::parse(*quantity))?;
                Some((*product_id, quantity))
            })
            .collect();
        let wanted = wanted(&mut validation, self.wanted_from, self.wanted_until, at);
        let note = validation.take_optional("note", self.note.as_deref().map(Text::parse));
        let payment_method =
            validation.take("payment_method", payment_method(self.payment_method.as_deref()));
        let checked = (customer_id, destination, wanted, note, payment_method);
        validation.finish_with(match checked {
            (Some(customer_id), Some(destination), Some(wanted), Some(note), Some(payment_method)) => {
                Some(PlaceOrder {
                    actor,
                    at,
                    customer_id,
                    destination,
                    lines,
                    wanted,
                    note,
                    payment_method,
                    agent_id: self.agent_id,
                })
            }
            _ => None,
        })
    }
}

fn destination(
    validation: &mut Validation,
    tree: &DivisionTree,
    address_id: Option<AddressId>,
    address: Option<AddressInput>,
) -> Option<Destination> {
    match (address_id, address) {
        (Some(address_id), None) => Some(Destination::Known(address_id)),
        (None, Some(address)) => {
            let checked = address.check(validation, "address.", tree)?;
            Some(Destination::Given(AddressSnapshot {
                address_id: None,
                division_code: checked.division_code,
                detail: checked.detail,
                contact_name: checked.contact_name,
                contact_phone: Some(checked.contact_phone),
                position: checked.position,
            }))
        }
        (None, None) => {
            validation.refuse("address_id", Invalid::required());
            None
        }
        (Some(_), Some(_)) => {
            let both = Invalid::new(
                "both_given",
                "地址编号与地址只能填一项",
                "must not be given together with address",
            );
            validation.refuse("address_id", both);
            None
        }
    }
}

/// `Some(None)` where no time was asked for.
#[expect(
    clippy::option_option,
    reason = "the outer option is a refused field, the inner one an absent field"
)]
fn wanted(
    validation: &mut Validation,
    from: Option<Instant>,
    until: Option<Instant>,
    at: Instant,
) -> Option<Option<Period>> {
    let result = match (from, until) {
        (None, None) => return Some(None),
        (None, Some(_)) => Err(("wanted_from", Invalid::required())),
        (Some(_), None) => Err(("wanted_until", Invalid::required())),
        (Some(from), Some(until)) => {
            let period = Period::new(
                kernel::truncate_to_microseconds(from),
                kernel::truncate_to_microseconds(until),
            );
            match period {
                None => Err((
                    "wanted_until",
                    Invalid::new(
                        "not_after_from",
                        "结束时间应晚于开始时间",
                        "must be after wanted_from",
                    ),
                )),
                Some(period) if period.until() <= at => Err((
                    "wanted_until",
                    Invalid::new("in_the_past", "期望时间已过", "is in the past"),
                )),
                Some(period) if period.until() > at + chrono::TimeDelta::days(FURTHEST_WANTED_DAYS) => Err((
                    "wanted_until",
                    Invalid::new(
                        "too_far_ahead",
                        "最多可预约 30 天内",
                        "is more than 30 days ahead",
                    ),
                )),
                Some(period) => Ok(period),
            }
        }
    };
    match result {
        Ok(period) => Some(Some(period)),
        Err((field, invalid)) => {
            validation.refuse(field, invalid);
            None
        }
    }
}

fn payment_method(name: Option<&str>) -> Result<PaymentMethod, Invalid> {
    match name {
        None => Ok(PaymentMethod::default()),
        Some(name) => PaymentMethod::from_name(name).ok_or(Invalid::new(
            "unknown_payment_method",
            "付款方式应为 cash_on_delivery、monthly_bill 或 bank_transfer",
            "must be cash_on_delivery, monthly_bill or bank_transfer",
        )),
    }
}
