//! Orders and couriers.

use crate::{build, instant};
use inventory::Quantity;
use kernel::{
    AgentId, AgentNumber, BusinessDay, CourierId, CustomerId, IdSource, Instant, MobileNumber, Money,
    PersonName,
};
use orders::{AddressSnapshot, Courier, Order, OrderLine, OrderNumber, OrderState, PaymentMethod, Routing};
use regions::RoutingRule;
use uuid::Uuid;

/// Courier `id` of an agent, on duty.
pub fn courier(id: u128, agent_id: AgentId) -> Courier {
    Courier {
        id: CourierId::from_uuid(Uuid::from_u128(id)),
        agent_id,
        account_id: None,
        name: PersonName::parse("李送水").unwrap(),
        phone: Some(MobileNumber::parse("13900001111").unwrap()),
        on_duty: true,
        created_at: instant("2026-11-22T08:00:00Z"),
        version: 1,
    }
}

/// Headquarters' `count`th order of the day, of two pieces of product 1, from that customer.
pub fn order(ids: &dyn IdSource, placed_at: Instant, count: u32, customer_id: CustomerId) -> Order {
    let product = build::inventory::product(1);
    let address = build::customers::address(1, 1);
    Order {
        id: ids.next_order_id(placed_at, AgentNumber::HEADQUARTERS),
        agent_id: AgentId::HEADQUARTERS,
        number: OrderNumber::new(AgentNumber::HEADQUARTERS, BusinessDay::of(placed_at), count),
        customer_id,
        address: AddressSnapshot {
            address_id: Some(address.id),
            division_code: address.division_code,
            detail: address.detail,
            contact_name: address.contact_name,
            contact_phone: Some(address.contact_phone),
            position: address.position,
        },
        county_code: address.division_code,
        routing: Routing {
            rule: RoutingRule::Headquarters,
            territory_id: None,
            map_version: 0,
        },
        lines: vec![OrderLine {
            product_id: product.id,
            product_name: product.name,
            quantity: Quantity::new(2).unwrap(),
            unit_price: product.unit_price,
            container: product.container,
        }],
        total: Money::from_fen(4_000),
        wanted: None,
        note: None,
        payment_method: PaymentMethod::CashOnDelivery,
        placed_at,
        placed_by: None,
        state: OrderState::Placed,
        version: 1,
    }
}
