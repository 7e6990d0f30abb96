//! Accounts.

mod open;
mod registration;

pub use open::{OpenAccount, OpenAccountError, open_account};
pub use registration::Registration;

use crate::{PasswordHash, Username};
use kernel::{AccountId, Instant, PersonName, RepositoryError, Text};

/// The version of the privacy policy that somebody agreed to, such as `2026-11`.
pub type PrivacyPolicyVersion = Text<32>;

/// A person's way in. What the person may do is told by its memberships.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// What it signs in as; absent where it signs in some other way or not at all.
    pub username: Option<Username>,
    /// The holder's name.
    pub name: PersonName,
    /// What is kept of its password; absent where it has none.
    pub password_hash: Option<PasswordHash>,
    /// The privacy policy the holder agreed to; absent for headquarters' own people.
    pub privacy_policy_version: Option<PrivacyPolicyVersion>,
    /// Since when it may do nothing any more.
    pub disabled_at: Option<Instant>,
    /// When it was opened.
    pub created_at: Instant,
    /// Its version as loaded, 1 when new.
    pub version: i64,
}

/// The accounts.
pub trait AccountRepository {
    /// Adds accounts. [`RepositoryError::LostRace`] if a user name was taken meanwhile.
    fn insert_accounts(&mut self, accounts: &[Account]) -> Result<(), RepositoryError>;

    /// The account of that id.
    fn find_account(&mut self, id: AccountId) -> Result<Option<Account>, RepositoryError>;

    /// The account that signs in by that name, disabled ones too: their names stay taken.
    fn find_account_by_username(&mut self, username: &Username) -> Result<Option<Account>, RepositoryError>;

    /// Saves all but the user name, which never changes, under the next version. [`RepositoryError::LostRace`] if
    /// another transaction saved it first.
    fn save_account(&mut self, account: &Account) -> Result<(), RepositoryError>;
}
