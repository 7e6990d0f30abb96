//! Every port at once.

use crate::{ConsistencyRepository, Vault};
use agents::{AgentRepository, ApplicationRepository};
use customers::{AgentCustomerRepository, CustomerRepository};
use events::OutboxRepository;
use identity::{
    AccountRepository, AuditRepository, IdempotencyRepository, MembershipRepository, SessionRepository,
};
use insights::FigureRepository;
use inventory::{ProductRepository, StockRepository};
use kernel::LeaseRepository;
use orders::{CourierRepository, OrderRepository};
use regions::TerritoryRepository;

/// A connection inside one open transaction: it implements every port. Handlers pass it on as `&mut dyn Session`; use
/// cases name the ports they need of it.
pub trait Session:
    // One line per aggregate, in alphabetical order.
    AccountRepository
    + AgentCustomerRepository
    + AgentRepository
    + ApplicationRepository
    + AuditRepository
    + ConsistencyRepository
    + CourierRepository
    + CustomerRepository
    + FigureRepository
    + IdempotencyRepository
    + LeaseRepository
    + MembershipRepository
    + OrderRepository
    + OutboxRepository
    + ProductRepository
    + SessionRepository
    + StockRepository
    + TerritoryRepository
{
    /// What seals personal values, for whoever stores an opaque answer of its own.
    fn vault(&self) -> &Vault;
}
