//! Who may do what: accounts, memberships, roles and permissions, sign-ins and their tokens, the keys under which a
//! request may be sent twice, and the audit log.
//!
//! This crate knows no HTTP, no database and no hashing algorithm: passwords are hashed behind [`PasswordHasher`], rows
//! are kept behind the ports, and randomness comes in as a [`SecretSource`].
//!
//! ```
//! use identity::{
//!     OpenAccount, PasswordHasher, Permission, Position, Registration, TokenDigest, authenticate,
//!     find_credentials, open_account, open_session,
//! };
//! use kernel::{AccountId, CustomerId, IdSource};
//! use testing::{Memory, PlainPasswords, SeededIds, SeededSecrets, instant};
//!
//! let (mut session, ids, secrets) = (Memory::default(), SeededIds::new(1), SeededSecrets::new(1));
//! let now = instant("2026-11-22T08:00:00Z");
//!
//! // Registering: the password is hashed before the transaction begins.
//! let form = Registration::parse("zhang.san", "correct horse".to_owned(), "张三", "2026-11").unwrap();
//! let command = OpenAccount {
//!     id: AccountId::from_uuid(ids.next_uuid(now)),
//!     username: form.username,
//!     password_hash: PlainPasswords.hash(&form.password),
//!     name: form.name,
//!     privacy_policy_version: Some(form.privacy_policy_version),
//!     position: Position::Customer(CustomerId::from_uuid(uuid::Uuid::from_u128(7))),
//! };
//! open_account(&mut session, &ids, now, command).unwrap();
//!
//! // Signing in: read, verify, write.
//! let credentials = find_credentials(&mut session, "zhang.san").unwrap();
//! let admitted = credentials.admit(&PlainPasswords, "correct horse".to_owned()).unwrap();
//! let signed_in = open_session(&mut session, &ids, &secrets, now, &admitted).unwrap();
//!
//! // Every request brings the access token.
//! let presented = TokenDigest::of(signed_in.tokens.access.expose()).unwrap();
//! let caller = authenticate(&mut session, &presented, now).unwrap().unwrap();
//! assert!(caller.may(Permission::PlaceOrders));
//! ```

mod account;
mod audit;
mod idempotency;
mod membership;
mod password;
mod permission;
mod principal;
mod role;
mod session;
mod sign_in;
mod token;
mod username;

pub use account::{
    Account, AccountRepository, OpenAccount, OpenAccountError, PrivacyPolicyVersion, Registration,
    open_account,
};
pub use audit::{AuditAction, AuditActor, AuditEntry, AuditFilter, AuditReason, AuditRepository, Origin};
pub use idempotency::{IdempotencyKey, IdempotencyRecord, IdempotencyRepository, RequestDigest};
pub use membership::{Membership, MembershipRepository, Position};
pub use password::{Password, PasswordHash, PasswordHasher};
pub use permission::Permission;
pub use principal::Principal;
pub use role::Role;
pub use session::{SessionRepository, SignIn};
pub use sign_in::{
    Admitted, Credentials, OpenSessionError, Refresh, SignedIn, SwitchError, WrongCredentials, authenticate,
    find_credentials, open_session, refresh, sign_out, switch,
};
pub use token::{
    ACCESS_TOKEN_LIFETIME, REFRESH_TOKEN_LIFETIME, SecretSource, Token, TokenDigest, TokenKind, TokenPair,
    TokenText,
};
pub use username::Username;
