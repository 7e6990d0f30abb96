//! What every Catchment crate builds on: typed ids, money and rates, instants and business days, pages,
//! checked personal values, and the errors that a port may answer with.
//!
//! This crate knows no aggregate, no database and no HTTP; nothing in the workspace lies below it.
//!
//! ```
//! use kernel::{Money, Rate};
//!
//! let base = Money::from_fen(1_000);
//! assert_eq!(Rate::from_basis_points(1_250).unwrap().of(base).unwrap(), Money::from_fen(125));
//! ```

mod business_day;
mod clock;
mod credit_code;
mod division_code;
mod email_address;
mod id_source;
mod identity_number;
mod ids;
mod invalid;
mod lease;
mod mobile_number;
mod money;
mod page;
mod period;
mod person;
mod rate;
mod repository_error;
mod scope;
mod text;

pub use business_day::{BusinessDay, BusinessRange};
pub use clock::{Clock, Instant, SystemClock, truncate_to_microseconds};
pub use credit_code::CreditCode;
pub use division_code::{DivisionCode, DivisionSpan};
pub use email_address::EmailAddress;
pub use id_source::{IdSource, SystemIds};
pub use identity_number::{IdentityNumber, MINIMUM_APPLICANT_AGE_YEARS};
pub use ids::{
    AccountId, AddressId, AgentId, AgentNumber, ApplicationId, AttachmentId, AuditEntryId, ConsentId,
    ConsequenceId, ContractId, CourierId, CustomerId, DeliveryId, DepositEntryId, EventId, HistoryEntryId,
    HolderConsentId, InspectionId, InvitationId, MarketReportId, MembershipId, MovementId, OrderId,
    ProductId, SessionId, SupportRequestId, SupportSpendingId, TerminationId, TerritoryId, WebhookId,
};
pub use invalid::{FieldError, Invalid, Validation};
pub use lease::LeaseRepository;
pub use mobile_number::MobileNumber;
pub use money::Money;
pub use page::{MAXIMUM_PAGE_LIMIT, Page, PageRequest};
pub use period::Period;
pub use person::PersonName;
pub use rate::Rate;
pub use repository_error::RepositoryError;
pub use scope::{ReachedAgent, Scope};
pub use text::{Text, TextError};
