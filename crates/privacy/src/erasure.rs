//! Erasures, and the port by which a person goes.

use identity::SignIn;
use kernel::{AccountId, ApplicationId, CustomerId, Instant, RepositoryError};
use orders::Order;
use uuid::Uuid;

/// Whose personal values went: of an account, or of a customer's record. A person with both is two subjects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The holder of an account.
    Account(AccountId),
    /// A customer.
    Customer(CustomerId),
}

impl Subject {
    /// The stable name of its kind, as stored and as the erasure log tells it.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::Customer(_) => "customer",
        }
    }

    /// Its id.
    pub const fn id(self) -> Uuid {
        match self {
            Self::Account(id) => id.as_uuid(),
            Self::Customer(id) => id.as_uuid(),
        }
    }

    /// The subject of that kind and id.
    pub fn of(kind: &str, id: Uuid) -> Option<Self> {
        match kind {
            "account" => Some(Self::Account(AccountId::from_uuid(id))),
            "customer" => Some(Self::Customer(CustomerId::from_uuid(id))),
            _ => None,
        }
    }
}

/// A subject was erased. It holds an id and a time, nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Whose values went.
    pub subject: Subject,
    /// When they went first.
    pub at: Instant,
}

/// What goes of a person, part by part, and the note that it went. What is gone already may go again.
pub trait ErasureRepository {
    /// Notes erasures; a subject that is noted keeps its earlier time.
    fn insert_erasures(&mut self, erasures: &[Erasure]) -> Result<(), RepositoryError>;

    /// Every erasure, oldest first.
    fn list_erasures(&mut self) -> Result<Vec<Erasure>, RepositoryError>;

    /// Every sign-in that is kept of an account, ended ones too, oldest first.
    fn list_sign_ins(&mut self, account_id: AccountId) -> Result<Vec<SignIn>, RepositoryError>;

    /// Removes an account's sign-ins with their tokens.
    fn delete_sign_ins(&mut self, account_id: AccountId) -> Result<(), RepositoryError>;

    /// Removes the invitations that an account accepted: they name its holder.
    fn delete_invitations_of(&mut self, account_id: AccountId) -> Result<(), RepositoryError>;

    /// Discards what an account uploaded and attached to nothing.
    fn discard_unattached_of(&mut self, account_id: AccountId) -> Result<(), RepositoryError>;

    /// Removes what was answered to an account's requests.
    fn delete_idempotency_records(&mut self, account_id: AccountId) -> Result<(), RepositoryError>;

    /// Removes an account's inbox.
    fn delete_inbox(&mut self, account_id: AccountId) -> Result<(), RepositoryError>;

    /// Ends every membership of an account that lasts.
    fn end_memberships_of(&mut self, account_id: AccountId, at: Instant) -> Result<(), RepositoryError>;

    /// Takes an account's user name and whatever else it signs in by from it: they are free for others.
    fn free_login_keys(&mut self, account_id: AccountId) -> Result<(), RepositoryError>;

    /// Removes applications with their divisions and history, and discards their attachments: nobody can read those any more,
    /// and their contents go next.
    fn delete_applications(&mut self, ids: &[ApplicationId]) -> Result<(), RepositoryError>;

    /// Removes a customer's addresses.
    fn delete_addresses(&mut self, customer_id: CustomerId) -> Result<(), RepositoryError>;

    /// Saves orders as [`Order::without_person`] left them: the address, the note and the words of their state. The reasons in
    /// their history and the words of their ratings go; scores stay. No order gets another version.
    fn save_erased_orders(&mut self, orders: &[Order], at: Instant) -> Result<(), RepositoryError>;
}
