//! Where WeChat is, and as whom to ask it.

use std::fmt;
use thiserror::Error;
use zeroize::Zeroizing;

/// WeChat's own have 32; what is much shorter is none, or was cut off.
const MINIMUM_SECRET_CHARACTERS: usize = 16;
const MAXIMUM_SECRET_CHARACTERS: usize = 128;

/// What the adapter is told.
#[derive(Clone, Debug)]
pub struct WechatSettings {
    /// Where WeChat is.
    pub base_url: BaseUrl,
    /// The mini program's id.
    pub appid: String,
    /// What proves that we are its server.
    pub secret: AppSecret,
}

/// Why a setting is not taken. The value is never quoted: it may be a secret in the wrong place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SettingError {
    /// The address is not one that a secret may be sent to.
    #[error("must be https://HOST without a path; plain http is for loopback only")]
    BaseUrl,
    /// The secret is too short, too long, or not visible ASCII.
    #[error("must be 16 to 128 visible ASCII characters")]
    Secret,
}

/// An address without a path, such as `https://api.weixin.qq.com`. The secret travels there, so it is encrypted unless it
/// stays on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Takes `https://` and a host, or `http://` and a loopback one; either with a port. A slash at the end is cut.
    pub fn parse(text: &str) -> Result<Self, SettingError> {
        let text = text.trim().trim_end_matches('/');
        let (encrypted, authority) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(authority), _) => (true, authority),
            (None, Some(authority)) => (false, authority),
            (None, None) => return Err(SettingError::BaseUrl),
        };
        let uri: ureq::http::Uri = text.parse().map_err(|_| SettingError::BaseUrl)?;
        let host = uri
            .host()
            .filter(|host| !host.is_empty())
            .ok_or(SettingError::BaseUrl)?;
        let loopback = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        if authority.contains(['/', '?', '#', '@']) || !(encrypted || loopback) {
            return Err(SettingError::BaseUrl);
        }
        Ok(Self(text.to_owned()))
    }

    /// The address, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for BaseUrl {
    /// WeChat's own address.
    fn default() -> Self {
        Self("https://api.weixin.qq.com".to_owned())
    }
}

/// The application's secret. Debug output hides it, and its memory is wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct AppSecret(Zeroizing<String>);

impl AppSecret {
    /// Checks the length and the characters. Surrounding white space, such as the last line break of a file, is cut.
    pub fn parse(text: String) -> Result<Self, SettingError> {
        let text = Zeroizing::new(text);
        let secret = text.trim();
        let lengths = MINIMUM_SECRET_CHARACTERS..=MAXIMUM_SECRET_CHARACTERS;
        if lengths.contains(&secret.len()) && secret.chars().all(|character| character.is_ascii_graphic()) {
            Ok(Self(Zeroizing::new(secret.to_owned())))
        } else {
            Err(SettingError::Secret)
        }
    }

    /// The secret. For WeChat only.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AppSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AppSecret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_goes_nowhere_in_the_clear() {
        for text in [
            "https://api.weixin.qq.com",
            "https://api.weixin.qq.com/",
            "https://proxy.example:8443",
            "http://127.0.0.1:9000",
            "http://localhost",
            "http://[::1]:9000",
        ] {
            let url = BaseUrl::parse(text).unwrap();
            assert_eq!(url.as_str(), text.trim_end_matches('/'));
        }
        for text in [
            "",
            "api.weixin.qq.com",
            "http://api.weixin.qq.com",
            "http://localhost.example",
            "http://127.0.0.1@example.com",
            "https://user:pass@api.weixin.qq.com",
            "https://api.weixin.qq.com/path",
            "https://api.weixin.qq.com?x=1",
            "https://",
            "https:// ",
            "ftp://127.0.0.1",
        ] {
            assert_eq!(BaseUrl::parse(text), Err(SettingError::BaseUrl), "{text}");
        }
        assert_eq!(
            BaseUrl::parse(BaseUrl::default().as_str()),
            Ok(BaseUrl::default())
        );
    }

    #[test]
    fn the_secret_is_bounded_and_never_shown() {
        let secret = AppSecret::parse("  0123456789abcdef\n".to_owned()).unwrap();
        assert_eq!(secret.expose(), "0123456789abcdef");
        let settings = WechatSettings {
            base_url: BaseUrl::default(),
            appid: "wx1".to_owned(),
            secret,
        };
        assert!(!format!("{settings:?}").contains("0123456789abcdef"));
        assert!(AppSecret::parse("x".repeat(128)).is_ok());
        for text in [
            "",
            " \n",
            "0123456789abcde",
            "0123456789 abcdef",
            "0123456789密钥密钥",
            &"x".repeat(129),
        ] {
            assert_eq!(
                AppSecret::parse(text.to_owned()),
                Err(SettingError::Secret),
                "{text}"
            );
        }
    }
}
