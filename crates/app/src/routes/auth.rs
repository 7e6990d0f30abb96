//! Registering, signing in and out, and who one is.

pub mod login;
pub mod logout;
pub mod me;
pub mod refresh;
pub mod register;
mod shapes;
pub mod switch;

use crate::problem::Problem;
use actix_web::http::{
    StatusCode,
    header::{HeaderValue, WWW_AUTHENTICATE},
};
use identity::{OpenAccountError, OpenSessionError, SwitchError, WrongCredentials};

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

impl From<SwitchError> for Problem {
    fn from(error: SwitchError) -> Self {
        match error {
            SwitchError::NotSignedIn => Self::unauthenticated(),
            SwitchError::NoSuchMembership(_) => Self::not_found(),
            SwitchError::Repository(error) => error.into(),
        }
    }
}
