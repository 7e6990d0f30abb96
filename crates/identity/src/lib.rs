//! Who may do what: accounts, memberships, roles and permissions, sign-ins and their tokens, the keys under which a
//! request may be sent twice, and the audit log.
//!
//! This crate knows no HTTP, no database and no hashing algorithm: passwords are hashed behind [`PasswordHasher`], rows
//! are kept behind the ports, and randomness comes in as a [`SecretSource`].
//!
//! ```
//! use identity::{
//!     Client, OpenAccount, PasswordHasher, Permission, PolicyInForce, Position, Registration, TokenDigest,
//!     authenticate, find_credentials, open_account, open_session,
//! };
//! use kernel::{AccountId, CustomerId, IdSource, Text};
//! use testing::{Memory, PlainPasswords, SeededIds, SeededSecrets, instant};
//!
//! let (mut session, ids, secrets) = (Memory::default(), SeededIds::new(1), SeededSecrets::new(1));
//! let now = instant("2026-11-22T08:00:00Z");
//!
//! // Registering: the password is hashed before the transaction begins.
//! let policy = PolicyInForce::new(Text::parse("2026-11").unwrap());
//! let form =
//!     Registration::parse("zhang.san", "correct horse".to_owned(), "张三", "2026-11", &policy).unwrap();
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
//! let signed_in = open_session(&mut session, &ids, &secrets, now, &admitted, &Client::default()).unwrap();
//!
//! // Every request brings the access token.
//! let presented = TokenDigest::of(signed_in.tokens.access.expose()).unwrap();
//! let caller = authenticate(&mut session, &presented, now).unwrap().unwrap();
//! assert!(caller.may(Permission::PlaceOrders));
//! ```

mod account;
mod audit;
mod audit_chain;
mod bearer_secret;
mod consent;
mod idempotency;
mod invitation;
mod membership;
mod password;
mod permission;
mod principal;
mod role;
mod session;
mod sign_in;
mod sign_in_attempts;
mod token;
mod user_agent;
mod username;
mod wechat;

pub use account::{
    Account, AccountRepository, BindPhoneError, DisableAccountError, LoginKey, OpenAccount, OpenAccountError,
    OpenWechatAccount, OpenWechatAccountError, PrivacyPolicyVersion, Registration, WECHAT_DEFAULT_NAME,
    WechatRegistration, bind_phone, disable_account, enable_account, open_account, open_wechat_account,
};
pub use audit::{AuditAction, AuditActor, AuditEntry, AuditFilter, AuditReason, AuditRepository, Origin};
pub use audit_chain::{AuditChainRepository, ChainDigest, ChainLink, chain_audit_entries};
pub use bearer_secret::SecretSource;
pub use consent::{AgreeAnewError, Consent, ConsentOccasion, ConsentRepository, PolicyInForce, agree_anew};
pub use idempotency::{IdempotencyKey, IdempotencyRecord, IdempotencyRepository, RequestDigest};
pub use invitation::{
    AcceptInvitationError, INVITATION_LIFETIME, Invitation, InvitationCode, InvitationDigest,
    InvitationRepository, InvitationState, Invite, InviteError, MAXIMUM_OPEN_INVITATIONS,
    WithdrawInvitationError, accept_invitation, invite, withdraw_invitation,
};
pub use membership::{
    EndMembershipError, Member, Membership, MembershipRepository, Position, end_membership,
};
pub use password::{Password, PasswordHash, PasswordHasher};
pub use permission::Permission;
pub use principal::Principal;
pub use role::Role;
pub use session::{SessionRepository, SignIn};
pub use sign_in::{
    AdmitWithWechatError, Admitted, AskPasswordError, Attempt, ChangePasswordError, Client,
    CountAttemptError, Credentials, EndOtherSignInsError, FRESH_SIGN_IN, MAXIMUM_SIGN_INS, OpenSessionError,
    Refresh, SignedIn, SwitchError, WrongCredentials, admit_with_wechat, ask_password, attempt_succeeded,
    authenticate, change_password, count_attempt, end_other_sign_ins, find_credentials, live_sign_ins,
    open_session, record_limit, refresh, sign_out, signed_in_just_now, switch, withdraw_attempt,
};
pub use sign_in_attempts::{
    AttemptCounter, AttemptKey, AttemptPolicy, AttemptedName, FAILURES_REMEMBERED, KNOWN_ADDRESS_LIFETIME,
    SignInAttemptRepository,
};
pub use token::{
    ACCESS_TOKEN_LIFETIME, REFRESH_TOKEN_LIFETIME, Token, TokenDigest, TokenKind, TokenPair, TokenText,
};
pub use user_agent::UserAgent;
pub use username::Username;
pub use wechat::{NoWechat, OpenId, UnionId, WechatCode, WechatError, WechatIdentity, WechatPort};
