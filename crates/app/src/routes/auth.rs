//! Registering, signing in and out, and who one is.

mod client;
mod delivery;
pub mod end_other_sessions;
pub mod end_session;
pub mod login;
pub mod logout;
pub mod me;
pub mod password;
pub mod refresh;
pub mod register;
pub mod sessions;
pub mod shapes;
pub mod switch;
pub(super) mod verify;
pub mod wechat;
pub mod wechat_phone;

use crate::problem::Problem;
use actix_web::http::{
    StatusCode,
    header::{HeaderValue, WWW_AUTHENTICATE},
};
use chrono::TimeDelta;
use identity::{
    AdmitWithWechatError, AskPasswordError, BindPhoneError, ChangePasswordError, CountAttemptError,
    EndOtherSignInsError, OpenAccountError, OpenSessionError, OpenWechatAccountError, SwitchError,
    WrongCredentials,
};
use kernel::Invalid;

impl From<OpenAccountError> for Problem {
    fn from(error: OpenAccountError) -> Self {
        match error {
            OpenAccountError::UsernameTaken(_) => {
                Self::conflict("username_taken", "用户名已被使用", "Somebody has that user name.")
            }
            OpenAccountError::Repository(error) => error.into(),
        }
    }
}

impl From<WrongCredentials> for Problem {
    fn from(WrongCredentials: WrongCredentials) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "wrong_credentials",
            "用户名或密码不正确",
            "The user name or the password is wrong.",
        )
        .header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }
}

impl From<OpenSessionError> for Problem {
    fn from(error: OpenSessionError) -> Self {
        match error {
            OpenSessionError::WrongCredentials(error) => error.into(),
            OpenSessionError::NoMembership => Self::new(
                StatusCode::FORBIDDEN,
                "no_membership",
                "此账号已没有可用的身份",
                "No membership of this account lasts.",
            ),
            OpenSessionError::Repository(error) => error.into(),
        }
    }
}

impl From<AdmitWithWechatError> for Problem {
    fn from(error: AdmitWithWechatError) -> Self {
        match error {
            AdmitWithWechatError::WrongCredentials(error) => error.into(),
            AdmitWithWechatError::Repository(error) => error.into(),
        }
    }
}

impl From<OpenWechatAccountError> for Problem {
    fn from(error: OpenWechatAccountError) -> Self {
        match error {
            OpenWechatAccountError::NoConsent => {
                Self::invalid_field("privacy_policy_version", Invalid::required())
            }
            OpenWechatAccountError::Repository(error) => error.into(),
        }
    }
}

impl From<BindPhoneError> for Problem {
    fn from(error: BindPhoneError) -> Self {
        match error {
            BindPhoneError::PhoneTaken => Self::conflict(
                "phone_taken",
                "手机号已属于另一个账号",
                "Another account has that phone.",
            ),
            BindPhoneError::NoAccount(_) => Self::unauthenticated(),
            BindPhoneError::Repository(error) => error.into(),
        }
    }
}

impl From<SwitchError> for Problem {
    fn from(error: SwitchError) -> Self {
        match error {
            SwitchError::NotSignedIn => Self::unauthenticated(),
            SwitchError::NoSuchMembership(_) => Self::not_found(),
            SwitchError::Repository(error) => error.into(),
        }
    }
}

impl From<CountAttemptError> for Problem {
    fn from(error: CountAttemptError) -> Self {
        match error {
            CountAttemptError::TooMany { wait } => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_attempts",
                "失败次数过多，请稍后再试",
                "Too many attempts failed; try again later.",
            )
            .retry_after_seconds(seconds_up(wait)),
            CountAttemptError::Repository(error) => error.into(),
        }
    }
}

/// Whole seconds, rounded up: whoever waits for them is let in.
pub(super) fn seconds_up(wait: TimeDelta) -> u32 {
    let begun = wait - TimeDelta::nanoseconds(1);
    u32::try_from(begun.num_seconds() + 1).unwrap_or(u32::MAX)
}

impl From<AskPasswordError> for Problem {
    fn from(error: AskPasswordError) -> Self {
        match error {
            AskPasswordError::NoPassword => Self::conflict(
                "no_password",
                "此账号没有密码，以其他方式登录",
                "The account has no password; it signs in some other way.",
            ),
            AskPasswordError::Count(error) => error.into(),
            AskPasswordError::Repository(error) => error.into(),
        }
    }
}

impl From<ChangePasswordError> for Problem {
    fn from(error: ChangePasswordError) -> Self {
        match error {
            ChangePasswordError::WrongCredentials(WrongCredentials) => password::wrong_password(),
            ChangePasswordError::NotSignedIn => Self::unauthenticated(),
            ChangePasswordError::Repository(error) => error.into(),
        }
    }
}

impl From<EndOtherSignInsError> for Problem {
    fn from(error: EndOtherSignInsError) -> Self {
        match error {
            EndOtherSignInsError::NotSignedIn => Self::unauthenticated(),
            EndOtherSignInsError::Repository(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_in_whole_seconds_that_suffice() {
        for (milliseconds, seconds) in [(1, 1), (999, 1), (1_000, 1), (1_001, 2), (900_000, 900)] {
            assert_eq!(seconds_up(TimeDelta::milliseconds(milliseconds)), seconds);
        }
    }
}
