//! Every port at once.

use crate::{ConsistencyRepository, ResealingRepository, Vault};
use agents::{
    AgentLifeRepository, AgentRepository, ApplicationRepository, ConsequenceRepository, DepositRepository,
    InspectionRepository, MarketReportRepository, MatterRepository, SupportRepository,
};
use attachments::AttachmentRepository;
use customers::{AgentCustomerRepository, CustomerRepository};
use events::{DeliveryRepository, InboxRepository, OutboxRepository, WebhookRepository};
use identity::{
    AccountRepository, AuditChainRepository, AuditRepository, ConsentRepository, IdempotencyRepository,
    InvitationRepository, MembershipRepository, SessionRepository, SignInAttemptRepository,
};
use insights::FigureRepository;
use inventory::{ProductRepository, StockRepository};
use kernel::LeaseRepository;
use orders::{CourierRepository, OrderRepository, ReservedCustomerRepository};
use privacy::{ErasureRepository, RetentionRepository};
use regions::TerritoryRepository;

/// A connection inside one open transaction: it implements every port. Handlers pass it on as `&mut dyn Session`; use
/// cases name the ports they need of it.
pub trait Session:
    // One line per aggregate, in alphabetical order.
    AccountRepository
    + AgentCustomerRepository
    + AgentLifeRepository
    + AgentRepository
    + ApplicationRepository
    + AttachmentRepository
    + AuditChainRepository
    + AuditRepository
    + ConsentRepository
    + ConsequenceRepository
    + ConsistencyRepository
    + CourierRepository
    + CustomerRepository
    + DeliveryRepository
    + DepositRepository
    + ErasureRepository
    + FigureRepository
    + IdempotencyRepository
    + InboxRepository
    + InvitationRepository
    + LeaseRepository
    + MatterRepository
    + InspectionRepository
    + InvitationRepository
    + LeaseRepository
    + MarketReportRepository
    + MembershipRepository
    + OrderRepository
    + OutboxRepository
    + ProductRepository
    + ResealingRepository
    + ReservedCustomerRepository
    + RetentionRepository
    + SessionRepository
    + SignInAttemptRepository
    + StockRepository
    + SupportRepository
    + TerritoryRepository
    + WebhookRepository
{
    /// What seals personal values, for whoever stores an opaque answer of its own.
    fn vault(&self) -> &Vault;
}
