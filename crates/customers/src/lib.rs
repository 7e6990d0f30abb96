//! Customers, their addresses, and what an agent knows of a customer.
//!
//! A customer belongs to nobody alone: its record is one, and each agent that has to do with it keeps a row of its own,
//! [`AgentCustomer`], which follows the record through the outbox. An agent's pages read only those rows.
//!
//! This crate knows no order and no database. Personal values are in the clear here; whoever stores them seals them.
//!
//! ```
//! use customers::AddressInput;
//! use kernel::Validation;
//! use regions::DivisionTree;
//!
//! let input = AddressInput {
//!     division_code: "330106".to_owned(),
//!     detail: "文三路 1 号 2 幢 301".to_owned(),
//!     contact_name: "张三".to_owned(),
//!     contact_phone: "138 1234 567".to_owned(),
//!     longitude: None,
//!     latitude: None,
//! };
//! let mut validation = Validation::default();
//! assert!(input.check(&mut validation, "address.", DivisionTree::embedded()).is_none());
//! let errors = validation.finish(|| ()).unwrap_err();
//! assert_eq!(errors.len(), 1);
//! assert_eq!(errors[0].field, "address.contact_phone");
//! ```

mod address;
mod agent_customer;
mod agent_customer_repository;
mod customer;
mod customer_filter;
mod customer_repository;
mod position;

pub use address::{
    Address, AddressInput, CheckedAddress, MAXIMUM_ADDRESSES,
    add::{AddAddress, AddAddressError, add_address},
    list::list_addresses_in_scope,
};
pub use agent_customer::{AgentCustomer, FirstOrder, refresh_agent_customers};
pub use agent_customer_repository::AgentCustomerRepository;
pub use customer::{
    Customer,
    change::{ChangeCustomer, ChangeCustomerError, change_customer},
    create::{CreateCustomer, CreateCustomerError, CreatedCustomer, create_customer},
    find::find_customer_in_scope,
    register::register_customer,
};
pub use customer_filter::{CustomerFilter, LastFour};
pub use customer_repository::CustomerRepository;
pub use position::Position;
