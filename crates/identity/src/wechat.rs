//! Signing in with WeChat: the port behind which a mini program's codes are exchanged.
//!
//! A mini program gets its codes from WeChat (`wx.login`, the phone button), hands them to the server, and WeChat tells
//! the server alone whom they stand for. The `session_key` that comes with it is of no use here, so no type of this port
//! has room for it.

mod code;
mod openid;

pub use code::WechatCode;
pub use openid::{OpenId, UnionId};

use kernel::MobileNumber;
use thiserror::Error;

/// Who WeChat says somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WechatIdentity {
    /// The person's id in our mini program.
    pub openid: OpenId,
    /// The person's id in all programs of one owner; absent where the mini program is bound to no open platform.
    pub unionid: Option<UnionId>,
}

/// WeChat. Every method asks over the network and blocks: call them off the async threads and never inside a
/// transaction.
pub trait WechatPort: Send + Sync {
    /// Whom a code of `wx.login` stands for. A code is good once, for five minutes.
    fn exchange_code(&self, code: &WechatCode) -> Result<WechatIdentity, WechatError>;

    /// The phone that a code of the phone button stands for, as WeChat verified it. A code is good once, for five
    /// minutes.
    fn phone_number(&self, code: &WechatCode) -> Result<MobileNumber, WechatError>;
}

/// Why WeChat did not tell. None of them carries a code, an id or a key.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WechatError {
    /// The code is not one of our mini program's, is too old, or was used before.
    #[error("the code is invalid or was used before")]
    InvalidCode,
    /// Too many were exchanged for this person, or in all, within a minute.
    #[error("WeChat limits the rate")]
    RateLimited,
    /// WeChat holds this person for dangerous and lets nobody sign it in.
    #[error("WeChat blocked the user")]
    UserBlocked,
    /// The phone is not one of mainland China, which is all we can reach.
    #[error("the phone is not one of mainland China")]
    ForeignPhone,
    /// WeChat is too busy to answer.
    #[error("WeChat is busy")]
    Busy,
    /// WeChat was not reached, or what came back is no answer of WeChat's.
    #[error("WeChat was not reached: {0}")]
    Unreachable(String),
    /// WeChat refused for a reason that lies with us, such as a wrong secret.
    #[error("WeChat refuses with error {errcode}")]
    Refused {
        /// WeChat's own number for it.
        errcode: i64,
    },
    /// This installation has no mini program.
    #[error("WeChat is not configured")]
    NotConfigured,
}

/// The port of an installation that has no mini program.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoWechat;

impl WechatPort for NoWechat {
    fn exchange_code(&self, _: &WechatCode) -> Result<WechatIdentity, WechatError> {
        Err(WechatError::NotConfigured)
    }

    fn phone_number(&self, _: &WechatCode) -> Result<MobileNumber, WechatError> {
        Err(WechatError::NotConfigured)
    }
}
