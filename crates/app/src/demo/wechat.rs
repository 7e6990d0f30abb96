//! A WeChat that exists in the demo alone: it reaches nobody and believes everybody.
//!
//! `demo-NAME` is a login code of the person NAME, `phone-NUMBER` a phone code of that number. Each is good once in a
//! process, as WeChat's are; a counter makes further ones: `demo-NAME-2`, `demo-NAME-3` …

use identity::{OpenId, WechatCode, WechatError, WechatIdentity, WechatPort};
use kernel::MobileNumber;
use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

const LOGIN_PREFIX: &str = "demo-";
const PHONE_PREFIX: &str = "phone-";
/// How many used codes are remembered; the next one makes all of them good again.
const USED_CODES_MAX: usize = 10_000;

/// The demo's stand-in for WeChat. Only `catchment demo` makes one.
#[derive(Default)]
pub(crate) struct DemoWechat {
    used: Mutex<BTreeSet<String>>,
}

impl DemoWechat {
    /// What a code stands for, if it has the prefix and was not used.
    fn spend<'a>(&self, code: &'a WechatCode, prefix: &str) -> Result<&'a str, WechatError> {
        let rest = code
            .expose()
            .strip_prefix(prefix)
            .ok_or(WechatError::InvalidCode)?;
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= USED_CODES_MAX {
            used.clear();
        }
        if used.insert(code.expose().to_owned()) {
            Ok(without_counter(rest))
        } else {
            Err(WechatError::InvalidCode)
        }
    }
}

/// Cuts `-2` off `NAME-2`.
fn without_counter(text: &str) -> &str {
    match text.rsplit_once('-') {
        Some((name, counter)) if counter.parse::<u32>().is_ok() => name,
        _ => text,
    }
}

impl WechatPort for DemoWechat {
    fn exchange_code(&self, code: &WechatCode) -> Result<WechatIdentity, WechatError> {
        let name = self.spend(code, LOGIN_PREFIX)?;
        let openid = OpenId::parse(name).map_err(|_| WechatError::InvalidCode)?;
        Ok(WechatIdentity {
            openid,
            unionid: None,
        })
    }

    fn phone_number(&self, code: &WechatCode) -> Result<MobileNumber, WechatError> {
        MobileNumber::parse(self.spend(code, PHONE_PREFIX)?).map_err(|_| WechatError::ForeignPhone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> WechatCode {
        WechatCode::parse(text).unwrap()
    }

    #[test]
    fn a_code_is_somebody_once_and_the_next_one_the_same_person() {
        let wechat = DemoWechat::default();
        let first = wechat.exchange_code(&code("demo-xiaowang")).unwrap();
        assert_eq!(
            wechat.exchange_code(&code("demo-xiaowang")),
            Err(WechatError::InvalidCode)
        );
        let second = wechat.exchange_code(&code("demo-xiaowang-2")).unwrap();
        assert_eq!(first, second);
        assert_ne!(wechat.exchange_code(&code("demo-xiaoli")).unwrap(), first);
    }

    #[test]
    fn a_phone_is_told_once() {
        let wechat = DemoWechat::default();
        let first = wechat.phone_number(&code("phone-13800138000")).unwrap();
        assert_eq!(first.as_str(), "13800138000");
        assert_eq!(
            wechat.phone_number(&code("phone-13800138000")),
            Err(WechatError::InvalidCode)
        );
        assert_eq!(wechat.phone_number(&code("phone-13800138000-2")), Ok(first));
        assert_eq!(
            wechat.phone_number(&code("phone-110")),
            Err(WechatError::ForeignPhone)
        );
    }

    #[test]
    fn other_codes_are_nobody() {
        let wechat = DemoWechat::default();
        for text in ["demo-", "demo--2", "xiaowang", "phone-13800138000", "demo-a.b"] {
            let refused = wechat.exchange_code(&code(text));
            assert_eq!(refused, Err(WechatError::InvalidCode), "{text}");
        }
        let refused = wechat.phone_number(&code("demo-xiaowang"));
        assert_eq!(refused, Err(WechatError::InvalidCode));
    }
}
