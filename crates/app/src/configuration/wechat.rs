//! The settings of WeChat: as many as it takes, or none.

use super::settings::Settings;
use std::path::PathBuf;
use wechat::{AppSecret, BaseUrl};

const MAXIMUM_APPID_CHARACTERS: usize = 64;

/// Where WeChat is, and as whom to ask it.
#[derive(Debug)]
pub struct WechatConfiguration {
    /// `wechat_appid`: the mini program's id.
    pub appid: String,
    /// `wechat_secret` or `wechat_secret_file`.
    pub secret: SecretPlace,
    /// `wechat_base_url`. Default <https://api.weixin.qq.com>.
    pub base_url: BaseUrl,
}

/// Where the application's secret stands.
#[derive(Debug)]
pub enum SecretPlace {
    /// In the setting itself.
    Here(AppSecret),
    /// In a file that only its owner may read.
    File(PathBuf),
}

impl WechatConfiguration {
    /// The settings, `None` where there are none. Half of them are refused: a server that looks as if it had WeChat, and
    /// does not, is found out by people who cannot sign in.
    pub(super) fn read(settings: &mut Settings<'_>) -> Option<Self> {
        let appid = settings.take("wechat_appid");
        let secret = settings.take("wechat_secret");
        let file = settings.take("wechat_secret_file");
        let base_url = settings.take("wechat_base_url");
        if appid.is_none() && secret.is_none() && file.is_none() && base_url.is_none() {
            return None;
        }
        let appid = appid.filter(|appid| {
            (1..=MAXIMUM_APPID_CHARACTERS).contains(&appid.len())
                && appid.chars().all(|character| character.is_ascii_alphanumeric())
        });
        if appid.is_none() {
            settings.refuse(
                "wechat_appid",
                "must be the mini program's id, since WeChat is configured",
            );
        }
        let secret = match (secret, file) {
            (Some(_), Some(_)) => {
                settings.refuse("wechat_secret_file", "and wechat_secret exclude each other");
                None
            }
            (Some(secret), None) => match AppSecret::parse(secret) {
                Ok(secret) => Some(SecretPlace::Here(secret)),
                Err(error) => {
                    settings.refuse("wechat_secret", &error.to_string());
                    None
                }
            },
            (None, Some(file)) => Some(SecretPlace::File(file.into())),
            (None, None) => {
                settings.refuse(
                    "wechat_secret_file",
                    "or wechat_secret is required, since WeChat is configured",
                );
                None
            }
        };
        let base_url = match base_url.as_deref().map(BaseUrl::parse) {
            None => Some(BaseUrl::default()),
            Some(Ok(base_url)) => Some(base_url),
            Some(Err(error)) => {
                settings.refuse("wechat_base_url", &error.to_string());
                None
            }
        };
        Some(Self {
            appid: appid?,
            secret: secret?,
            base_url: base_url?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::ConfigurationError;

    fn read(file: &str) -> Result<Option<WechatConfiguration>, ConfigurationError> {
        let nothing = |_: &str| None;
        let mut settings = Settings::new(file, &nothing)?;
        let wechat = WechatConfiguration::read(&mut settings);
        settings.finish(wechat)
    }

    #[test]
    fn wechat_is_configured_as_a_whole_or_not_at_all() {
        assert!(read("").unwrap().is_none());
        let here = read("wechat_appid = \"wx1\"\nwechat_secret = \"canary-canary-canary\"\n")
            .unwrap()
            .unwrap();
        assert_eq!(here.base_url, BaseUrl::default());
        assert!(matches!(here.secret, SecretPlace::Here(_)));
        assert!(!format!("{here:?}").contains("canary"));
        let elsewhere =
            "wechat_appid = \"wx1\"\nwechat_secret_file = \"a\"\nwechat_base_url = \"http://[::1]:9\"\n";
        let elsewhere = read(elsewhere).unwrap().unwrap();
        assert!(matches!(elsewhere.secret, SecretPlace::File(path) if path == std::path::Path::new("a")));
        assert_eq!(elsewhere.base_url.as_str(), "http://[::1]:9");
    }

    #[test]
    fn half_of_it_is_refused_by_name_and_no_value_with_it() {
        for (file, named) in [
            ("wechat_appid = \"wx1\"", "wechat_secret_file"),
            ("wechat_secret = \"canary-canary-canary\"", "wechat_appid"),
            ("wechat_secret_file = \"a\"", "wechat_appid"),
            ("wechat_base_url = \"https://api.weixin.qq.com\"", "wechat_appid"),
            (
                "wechat_appid = \"\"\nwechat_secret = \"canary-canary-canary\"",
                "wechat_appid",
            ),
            (
                "wechat_appid = \"wx 1\"\nwechat_secret = \"canary-canary-canary\"",
                "wechat_appid",
            ),
            ("wechat_appid = \"wx1\"\nwechat_secret = \"\"", "wechat_secret"),
            (
                "wechat_appid = \"wx1\"\nwechat_secret = \"canary\"",
                "wechat_secret",
            ),
            (
                "wechat_appid = \"wx1\"\nwechat_secret = \"canary canary canary\"",
                "wechat_secret",
            ),
            (
                "wechat_appid = \"wx1\"\nwechat_secret = \"canary-canary-canary\"\nwechat_secret_file = \"a\"",
                "wechat_secret_file",
            ),
            (
                "wechat_appid = \"wx1\"\nwechat_secret = \"canary-canary-canary\"\nwechat_base_url = \"http://wechat.example\"",
                "wechat_base_url",
            ),
        ] {
            let error = read(file).unwrap_err().to_string();
            assert!(error.contains(named), "{named} is not in: {error}");
            assert!(
                !error.contains("canary") && !error.contains("wechat.example"),
                "{error}"
            );
        }
    }
}
