//! What an account is found by beside its user name.

use crate::OpenId;
use kernel::MobileNumber;

/// Something that belongs to one account at most. Storage keeps a keyed digest of it and never the value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoginKey {
    /// The holder's id in our WeChat mini program.
    WechatOpenId(OpenId),
    /// The holder's phone, as WeChat verified it.
    Phone(MobileNumber),
}

impl LoginKey {
    /// The stable name of its kind, as stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::WechatOpenId(_) => "wechat_openid",
            Self::Phone(_) => "phone",
        }
    }

    /// The value, normalised. For blind indexes only.
    pub fn value(&self) -> &str {
        match self {
            Self::WechatOpenId(openid) => openid.as_str(),
            Self::Phone(phone) => phone.as_str(),
        }
    }
}
