//! Who may do what: accounts, memberships, roles, permissions and sign-in sessions.

mod permission;
mod principal;
mod role;

pub use permission::Permission;
pub use principal::Principal;
pub use role::Role;
