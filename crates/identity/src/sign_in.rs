//! Signing in and staying so. Verifying a password is slow, so it happens between two transactions:
//! [`find_credentials`] reads, [`Credentials::admit`] verifies, [`open_session`] writes and checks again.

mod attempt;
mod authenticate;
mod change_password;
mod list;
mod open;
mod refresh;
mod sign_out;
mod switch;
mod with_wechat;

pub use attempt::{
    Attempt, CountAttemptError, attempt_succeeded, count_attempt, record_limit, withdraw_attempt,
};
pub use authenticate::authenticate;
pub use change_password::{AskPasswordError, ChangePasswordError, ask_password, change_password};
pub use list::{EndOtherSignInsError, FRESH_SIGN_IN, end_other_sign_ins, live_sign_ins, signed_in_just_now};
pub use open::{
    Admitted, Credentials, MAXIMUM_SIGN_INS, OpenSessionError, WrongCredentials, find_credentials,
    open_session,
};
pub use refresh::{Refresh, refresh};
pub use sign_out::sign_out;
pub use switch::{SwitchError, switch};
pub use with_wechat::{AdmitWithWechatError, admit_with_wechat};

use crate::{Origin, Principal, TokenPair, UserAgent};

/// Where a sign-in comes from, as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The request and its address.
    pub origin: Origin,
    /// What the program calls itself.
    pub user_agent: Option<UserAgent>,
}

/// What somebody who signed in is handed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The tokens to come back with.
    pub tokens: TokenPair,
    /// Who that is to us.
    pub principal: Principal,
}
