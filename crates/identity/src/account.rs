//! Accounts.

mod bind_phone;
mod disable;
mod login_key;
mod open;
mod open_with_wechat;
mod registration;

pub use bind_phone::{BindPhoneError, bind_phone};
pub use disable::{DisableAccountError, disable_account, enable_account};
pub use login_key::LoginKey;
pub use open::{OpenAccount, OpenAccountError, open_account};
pub use open_with_wechat::{
    OpenWechatAccount, OpenWechatAccountError, WECHAT_DEFAULT_NAME, WechatRegistration, open_wechat_account,
};
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
    /// The privacy policy the holder agreed to last, opening the account or anew; absent for headquarters' own people.
    /// Every agreement is a [`crate::Consent`].
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

    /// The account of that id, which no other transaction locks or saves until this one ends.
    fn lock_account(&mut self, id: AccountId) -> Result<Option<Account>, RepositoryError>;

    /// The account that signs in by that name, disabled ones too: their names stay taken.
    fn find_account_by_username(&mut self, username: &Username) -> Result<Option<Account>, RepositoryError>;

    /// The account of that openid or phone, disabled ones too: what they are found by stays taken.
    fn find_account_by_login_key(&mut self, key: &LoginKey) -> Result<Option<Account>, RepositoryError>;

    /// From now on the account is found by that key, and by no earlier one of the same kind. [`RepositoryError::LostRace`]
    /// if another account has it. Two that set the same kind for one account at once both stay, so whoever may not be
    /// alone saves the account beside it.
    fn set_login_key(&mut self, account_id: AccountId, key: &LoginKey) -> Result<(), RepositoryError>;

    /// Saves all but the user name, which never changes, under the next version. [`RepositoryError::LostRace`] if
    /// another transaction saved it first.
    fn save_account(&mut self, account: &Account) -> Result<(), RepositoryError>;
}
