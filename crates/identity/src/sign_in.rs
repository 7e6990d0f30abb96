//! Signing in and staying so. Verifying a password is slow, so it happens between two transactions:
//! [`find_credentials`] reads, [`Credentials::admit`] verifies, [`open_session`] writes and checks again.

mod authenticate;
mod open;
mod refresh;
mod sign_out;
mod switch;

pub use authenticate::authenticate;
pub use open::{Admitted, Credentials, OpenSessionError, WrongCredentials, find_credentials, open_session};
pub use refresh::{Refresh, refresh};
pub use sign_out::sign_out;
pub use switch::{SwitchError, switch};

use crate::{Principal, TokenPair};

/// What somebody who signed in is handed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The tokens to come back with.
    pub tokens: TokenPair,
    /// Who that is to us.
    pub principal: Principal,
}
