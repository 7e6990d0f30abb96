//! What an order looks like as rows, and back.

use super::{
    schema::{order_lines, orders},
    sealing::{Envelope, SealedRow},
    values::{Key, Moment},
};
use crate::{RowKey, Vault, sealed_tables::ORDERS};
use ::orders::{
    AddressSnapshot, Delivery, Order, OrderLine, OrderNumber, OrderState, PaymentMethod, Routing,
};
use chrono::NaiveDate;
use customers::Position;
use diesel::prelude::*;
use inventory::{Container, Quantity};
use kernel::{
    BusinessDay, DivisionCode, MobileNumber, Money, OrderId, Period, PersonName, RepositoryError, Text,
};
use regions::RoutingRule;
use serde::{Deserialize, Serialize};

#[derive(Insertable, Queryable, Selectable, Identifiable)]
#[diesel(table_name = orders, primary_key(agent_id, id), check_for_backend(super::Backend), treat_none_as_default_value = false)]
pub(super) struct OrderRow {
    pub(super) agent_id: Key,
    pub(super) id: Key,
    pub(super) day: NaiveDate,
    pub(super) day_count: i32,
    customer_id: Key,
    address_id: Option<Key>,
    division_code: i32,
    county_code: i32,
    personal_sealed: Envelope,
    routing_rule: String,
    territory_id: Option<Key>,
    map_version: i64,
    total_fen: i64,
    wanted_from: Option<Moment>,
    wanted_until: Option<Moment>,
    payment_method: String,
    placed_at: Moment,
    placed_by: Option<Key>,
    state: String,
    courier_id: Option<Key>,
    delivered_at: Option<Moment>,
    buckets_returned: Option<i32>,
    state_note_sealed: Option<Envelope>,
    version: i64,
}

/// The columns that change with an order's state.
#[derive(AsChangeset)]
#[diesel(table_name = orders, treat_none_as_null = true)]
pub(super) struct StateRow {
    pub(super) state: String,
    pub(super) courier_id: Option<Key>,
    pub(super) delivered_at: Option<Moment>,
    pub(super) buckets_returned: Option<i32>,
    /// The proof of a delivery, or the reason of a failure or of a cancellation.
    pub(super) state_note_sealed: Option<Envelope>,
    pub(super) version: i64,
}

/// The columns that an erasure writes.
#[derive(AsChangeset)]
#[diesel(table_name = orders, treat_none_as_null = true)]
pub(super) struct ErasedRow {
    address_id: Option<Key>,
    personal_sealed: Envelope,
    state_note_sealed: Option<Envelope>,
    erased_at: Option<Moment>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = order_lines, check_for_backend(super::Backend), treat_none_as_default_value = false)]
pub(super) struct LineRow {
    agent_id: Key,
    pub(super) order_id: Key,
    line: i16,
    product_id: Key,
    product_name: String,
    quantity: i64,
    unit_price_fen: i64,
    container: String,
}

/// What is sealed of an order: one envelope instead of six.
#[derive(Serialize, Deserialize)]
struct Personal {
    detail: Text<200>,
    contact_name: String,
    /// Absent once the person was erased.
    contact_phone: Option<String>,
    longitude_e6: Option<i32>,
    latitude_e6: Option<i32>,
    note: Option<Text<200>>,
}

fn sealed_row(vault: &Vault, agent_id: Key, id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &ORDERS,
        key: RowKey::ids(agent_id, id),
    }
}

fn corrupt(id: Key, column: &'static str, reason: &(impl ToString + ?Sized)) -> RepositoryError {
    RepositoryError::Corrupt {
        table: "orders",
        column,
        row: id.0.to_string(),
        reason: reason.to_string(),
    }
}

/// A number that fits the domain but not the column, which no checked value is.
fn does_not_fit(_: impl std::fmt::Debug) -> RepositoryError {
    RepositoryError::Refused("a number does not fit its column".to_owned())
}

pub(super) fn to_row(vault: &Vault, order: &Order) -> Result<OrderRow, RepositoryError> {
    let id = Key::from(order.id);
    let StateRow {
        state,
        courier_id,
        delivered_at,
        buckets_returned,
        state_note_sealed,
        version,
    } = to_state_row(vault, order)?;
    let address = &order.address;
    let personal = Personal {
        detail: address.detail.clone(),
        contact_name: address.contact_name.as_str().to_owned(),
        contact_phone: address
            .contact_phone
            .as_ref()
            .map(|phone| phone.as_str().to_owned()),
        longitude_e6: address.position.map(Position::longitude_e6),
        latitude_e6: address.position.map(Position::latitude_e6),
        note: order.note.clone(),
    };
    let personal =
        serde_json::to_vec(&personal).map_err(|error| RepositoryError::Refused(error.to_string()))?;
    Ok(OrderRow {
        agent_id: order.agent_id.into(),
        id,
        day: order.number.day().date(),
        day_count: i32::try_from(order.number.count()).map_err(does_not_fit)?,
        customer_id: order.customer_id.into(),
        address_id: address.address_id.map(Key::from),
        division_code: i32::try_from(address.division_code.nine_digits()).map_err(does_not_fit)?,
        county_code: i32::try_from(order.county_code.nine_digits()).map_err(does_not_fit)?,
        personal_sealed: sealed_row(vault, order.agent_id.into(), id)
            .seal_bytes("personal_sealed", &personal)?,
        routing_rule: order.routing.rule.name().to_owned(),
        territory_id: order.routing.territory_id.map(Key::from),
        map_version: order.routing.map_version,
        total_fen: order.total.fen(),
        wanted_from: order.wanted.map(|wanted| Moment(wanted.from())),
        wanted_until: order.wanted.map(|wanted| Moment(wanted.until())),
        payment_method: order.payment_method.name().to_owned(),
        placed_at: order.placed_at.into(),
        placed_by: order.placed_by.map(Key::from),
        state,
        courier_id,
        delivered_at,
        buckets_returned,
        state_note_sealed,
        version,
    })
}

/// The columns of an order that nothing personal is left in.
pub(super) fn to_erased_row(
    vault: &Vault,
    order: &Order,
    at: kernel::Instant,
) -> Result<ErasedRow, RepositoryError> {
    let row = to_row(vault, order)?;
    Ok(ErasedRow {
        address_id: row.address_id,
        personal_sealed: row.personal_sealed,
        state_note_sealed: row.state_note_sealed,
        erased_at: Some(Moment(at)),
    })
}

pub(super) fn to_state_row(vault: &Vault, order: &Order) -> Result<StateRow, RepositoryError> {
    let delivery = match &order.state {
        OrderState::Delivered(delivery) => Some(delivery),
        _ => None,
    };
    let note = match &order.state {
        OrderState::Delivered(delivery) => delivery.proof.as_ref(),
        OrderState::Cancelled { reason } => reason.as_ref(),
        OrderState::Failed { reason, .. } => Some(reason),
        OrderState::Placed | OrderState::Assigned { .. } | OrderState::OutForDelivery { .. } => None,
    };
    let row = sealed_row(vault, order.agent_id.into(), order.id.into());
    Ok(StateRow {
        state: order.state.name().to_owned(),
        courier_id: order.state.courier_id().map(Key::from),
        delivered_at: delivery.map(|delivery| Moment(delivery.delivered_at)),
        buckets_returned: delivery.map(|delivery| i32::from(delivery.buckets_returned)),
        state_note_sealed: note
            .map(|note| row.seal("state_note_sealed", note.as_str()))
            .transpose()?,
        version: order.version,
    })
}

pub(super) fn to_line_rows(order: &Order) -> Result<Vec<LineRow>, RepositoryError> {
    let row = |(index, line): (usize, &OrderLine)| {
        Ok(LineRow {
            agent_id: order.agent_id.into(),
            order_id: order.id.into(),
            line: i16::try_from(index).map_err(does_not_fit)?,
            product_id: line.product_id.into(),
            product_name: line.product_name.as_str().to_owned(),
            quantity: line.quantity.get(),
            unit_price_fen: line.unit_price.fen(),
            container: line.container.name().to_owned(),
        })
    };
    order.lines.iter().enumerate().map(row).collect()
}

/// Puts an order together from its row and its lines, which come in the order of their numbers.
pub(super) fn to_order(vault: &Vault, row: &OrderRow, lines: Vec<LineRow>) -> Result<Order, RepositoryError> {
    let key = row.id;
    let sealed_row = sealed_row(vault, row.agent_id, key);
    let division = |column: &'static str, digits: i32| {
        u32::try_from(digits)
            .ok()
            .and_then(DivisionCode::from_nine_digits)
            .ok_or_else(|| corrupt(key, column, "it is no division code"))
    };
    let personal = sealed_row.open_bytes("personal_sealed", &row.personal_sealed)?;
    // The parser's message may quote what it stopped at.
    let personal: Personal =
        serde_json::from_slice(&personal).map_err(|_| corrupt(key, "personal_sealed", "not whole"))?;
    let note = row
        .state_note_sealed
        .as_ref()
        .map(|sealed| sealed_row.open("state_note_sealed", sealed, Text::parse))
        .transpose()?;
    let position = match (personal.longitude_e6, personal.latitude_e6) {
        (Some(longitude), Some(latitude)) => Some(
            Position::from_e6(longitude, latitude)
                .map_err(|error| corrupt(key, "personal_sealed", &error))?,
        ),
        _ => None,
    };
    let wanted = match (row.wanted_from, row.wanted_until) {
        (Some(from), Some(until)) => Some(
            Period::new(from.0, until.0)
                .ok_or_else(|| corrupt(key, "wanted_until", "it is not after wanted_from"))?,
        ),
        _ => None,
    };
    let id = OrderId::from(key);
    let count = u32::try_from(row.day_count).map_err(|error| corrupt(key, "day_count", &error))?;
    Ok(Order {
        id,
        agent_id: row.agent_id.into(),
        number: OrderNumber::new(id.agent_number(), BusinessDay::from_date(row.day), count),
        customer_id: row.customer_id.into(),
        address: AddressSnapshot {
            address_id: row.address_id.map(Into::into),
            division_code: division("division_code", row.division_code)?,
            detail: personal.detail,
            contact_name: PersonName::parse(&personal.contact_name)
                .map_err(|error| corrupt(key, "personal_sealed", &error))?,
            contact_phone: personal
                .contact_phone
                .as_deref()
                .map(MobileNumber::parse)
                .transpose()
                .map_err(|error| corrupt(key, "personal_sealed", &error))?,
            position,
        },
        county_code: division("county_code", row.county_code)?,
        routing: Routing {
            rule: RoutingRule::from_name(&row.routing_rule)
                .ok_or_else(|| corrupt(key, "routing_rule", "it is no rule"))?,
            territory_id: row.territory_id.map(Into::into),
            map_version: row.map_version,
        },
        lines: lines
            .into_iter()
            .map(|line| to_line(&line))
            .collect::<Result<_, _>>()?,
        total: Money::from_fen(row.total_fen),
        wanted,
        note: personal.note,
        payment_method: PaymentMethod::from_name(&row.payment_method)
            .ok_or_else(|| corrupt(key, "payment_method", "it is no method"))?,
        placed_at: row.placed_at.0,
        placed_by: row.placed_by.map(Into::into),
        state: to_state(row, note).map_err(|reason| corrupt(key, "state", reason))?,
        version: row.version,
    })
}

fn to_line(row: &LineRow) -> Result<OrderLine, RepositoryError> {
    let bad = |column: &'static str, reason: String| RepositoryError::Corrupt {
        table: "order_lines",
        column,
        row: format!("{} {}", row.order_id.0, row.line),
        reason,
    };
    Ok(OrderLine {
        product_id: row.product_id.into(),
        product_name: Text::parse(&row.product_name)
            .map_err(|error| bad("product_name", error.to_string()))?,
        quantity: Quantity::new(row.quantity).ok_or_else(|| bad("quantity", "out of range".to_owned()))?,
        unit_price: Money::from_fen(row.unit_price_fen),
        container: Container::from_name(&row.container)
            .ok_or_else(|| bad("container", "unknown".to_owned()))?,
    })
}

fn to_state(row: &OrderRow, note: Option<Text<200>>) -> Result<OrderState, &'static str> {
    let courier_id = || row.courier_id.map(Into::into).ok_or("without a courier");
    match row.state.as_str() {
        "placed" => Ok(OrderState::Placed),
        "assigned" => Ok(OrderState::Assigned {
            courier_id: courier_id()?,
        }),
        "out_for_delivery" => Ok(OrderState::OutForDelivery {
            courier_id: courier_id()?,
        }),
        "delivered" => Ok(OrderState::Delivered(Delivery {
            courier_id: courier_id()?,
            delivered_at: row.delivered_at.ok_or("without the time of delivery")?.0,
            buckets_returned: row
                .buckets_returned
                .and_then(|buckets| u16::try_from(buckets).ok())
                .ok_or("without a number of buckets")?,
            proof: note,
        })),
        "cancelled" => Ok(OrderState::Cancelled { reason: note }),
        "failed" => Ok(OrderState::Failed {
            courier_id: courier_id()?,
            reason: note.ok_or("without a reason")?,
        }),
        _ => Err("unknown"),
    }
}
