//! From an openid to an account that may sign in.

use super::{Admitted, WrongCredentials};
use crate::{AccountRepository, LoginKey, OpenId};
use kernel::RepositoryError;
use thiserror::Error;

/// Why somebody whom WeChat vouches for is not let in.
#[derive(Debug, Error)]
pub enum AdmitWithWechatError {
    /// The account may not sign in.
    #[error(transparent)]
    WrongCredentials(#[from] WrongCredentials),
    /// The database could not do it.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Admits the account of an openid; `None` where nobody has opened one yet.
pub fn admit_with_wechat(
    session: &mut (impl AccountRepository + ?Sized),
    openid: &OpenId,
) -> Result<Option<Admitted>, AdmitWithWechatError> {
    let key = LoginKey::WechatOpenId(openid.clone());
    match session.find_account_by_login_key(&key)? {
        Some(account) if account.disabled_at.is_some() => Err(WrongCredentials.into()),
        found => Ok(found.map(Admitted::by_wechat)),
    }
}
