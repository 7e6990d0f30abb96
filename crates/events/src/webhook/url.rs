//! The address of a webhook.

use super::{AddressPolicy, is_public};
use kernel::Invalid;
use std::{fmt, net::IpAddr};
use url::{Host, Url};

/// What is longer is no address that somebody typed.
const MAXIMUM_CHARACTERS: usize = 500;

/// An address of `http` or `https` without user, password and fragment. What follows its path may be secret, as the key of a
/// `WeCom` robot is, so that neither debug output nor [`Self::masked`] shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(Url);

impl WebhookUrl {
    /// Takes an address of at most 500 characters.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = || {
            Invalid::new(
                "invalid_url",
                "须为 https:// 开头的网址，不含用户名、密码与 #，最多 500 个字符",
                "must be an https:// address without user, password or #, of at most 500 characters",
            )
        };
        if text.len() > MAXIMUM_CHARACTERS {
            return Err(invalid());
        }
        let url = Url::parse(text).map_err(|_| invalid())?;
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        if matches!(url.scheme(), "http" | "https") && url.has_host() && plain {
            Ok(Self(url))
        } else {
            Err(invalid())
        }
    }

    /// Refuses what the policy does not allow and the text alone tells: no encryption, an address that is not public. Where a
    /// name leads is asked when it is resolved.
    pub fn check(&self, policy: AddressPolicy) -> Result<(), Invalid> {
        if policy == AddressPolicy::Anywhere {
            return Ok(());
        }
        if self.0.scheme() != "https" {
            return Err(Invalid::new(
                "not_encrypted",
                "须为 https:// 开头的网址",
                "must be an https:// address",
            ));
        }
        let literal = match self.0.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) | None => None,
        };
        if literal.is_some_and(|address| !is_public(address)) {
            return Err(Self::private_address());
        }
        Ok(())
    }

    /// The refusal of an address, or of a name that leads to one, that is not of the public internet.
    pub fn private_address() -> Invalid {
        Invalid::new(
            "private_address",
            "不能指向内网、本机或保留地址",
            "leads to an address that is not of the public internet",
        )
    }

    /// The address. For sending to it, and for sealing.
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }

    /// The address without what follows its path.
    pub fn masked(&self) -> String {
        let mut shown = self.0.clone();
        shown.set_query(None);
        match self.0.query() {
            Some(_) => format!("{shown}?…"),
            None => shown.into(),
        }
    }
}

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "WebhookUrl({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_the_web_is_taken_and_its_secret_part_never_shown() {
        let robot = WebhookUrl::parse("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a").unwrap();
        assert_eq!(
            robot.masked(),
            "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?…"
        );
        assert!(!format!("{robot:?}").contains("693a"));
        assert!(robot.check(AddressPolicy::PublicOnly).is_ok());
        let long = format!("https://example.com/{}", "a".repeat(480));
        assert!(WebhookUrl::parse(&long).is_ok());
        for text in [
            "",
            "example.com",
            "ftp://example.com",
            "file:///etc/passwd",
            "https://",
            "https://user@example.com",
            "https://user:pass@example.com",
            "https://example.com/#a",
            &format!("{long}a"),
        ] {
            assert_eq!(WebhookUrl::parse(text).unwrap_err().code, "invalid_url", "{text}");
        }
    }

    #[test]
    fn an_address_that_is_not_public_is_refused_however_it_is_written() {
        for text in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://10.0.0.1:8443/",
            "https://169.254.169.254/latest/meta-data",
        ] {
            let url = WebhookUrl::parse(text).unwrap();
            assert_eq!(
                url.check(AddressPolicy::PublicOnly).unwrap_err().code,
                "private_address",
                "{text}"
            );
            assert!(url.check(AddressPolicy::Anywhere).is_ok());
        }
        let plain = WebhookUrl::parse("http://example.com/").unwrap();
        assert_eq!(
            plain.check(AddressPolicy::PublicOnly).unwrap_err().code,
            "not_encrypted"
        );
    }
}
