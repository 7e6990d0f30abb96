//! Customers and their addresses.

use crate::instant;
use customers::{Address, Customer, FirstOrder, Position};
use kernel::{AddressId, CustomerId, MobileNumber, OrderId, PersonName, Text};
use uuid::Uuid;

/// The id of [`customer`] `id`.
pub fn customer_id(id: u128) -> CustomerId {
    CustomerId::from_uuid(Uuid::from_u128(id))
}

/// 张三 with the phone number 138 0000 and `id`, without an account.
pub fn customer(id: u16) -> Customer {
    Customer {
        id: customer_id(u128::from(id)),
        account_id: None,
        name: PersonName::parse("张三").unwrap(),
        phone: Some(MobileNumber::parse(&format!("1380000{id:04}")).unwrap()),
        created_at: instant("2026-11-22T08:00:00Z"),
        erased_at: None,
        version: 1,
    }
}

/// The address `id` of [`customer`] `customer`, in 西湖区 unless another code is given later.
pub fn address(id: u128, customer: u16) -> Address {
    Address {
        id: AddressId::from_uuid(Uuid::from_u128(id)),
        customer_id: customer_id(u128::from(customer)),
        division_code: "330106".parse().unwrap(),
        detail: Text::parse("文三路 1 号 2 幢 301").unwrap(),
        contact_name: PersonName::parse("张三").unwrap(),
        contact_phone: MobileNumber::parse("13812345678").unwrap(),
        position: Some(Position::parse(120.130_663, 30.259_924).unwrap()),
        created_at: instant("2026-11-22T08:00:00Z"),
    }
}

/// A first order of that id.
pub fn first_order(id: u128) -> FirstOrder {
    FirstOrder {
        order_id: OrderId::from_uuid(Uuid::from_u128(id)),
        ordered_at: instant("2026-11-22T08:00:00Z"),
    }
}
