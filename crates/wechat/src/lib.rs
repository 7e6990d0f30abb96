//! WeChat's server API over HTTPS: the adapter of [`identity::WechatPort`].
//!
//! It owns the application's secret, the access token and every `session_key` that WeChat sends, and lets none of them
//! out: no error, no debug output and no type of this crate shows one. It knows no database and no web framework.
//!
//! WeChat answers errors with status 200 and an `errcode`. The calls, with their error codes, are documented at
//! <https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/>: `auth.code2Session`, `getPhoneNumber` and
//! `getStableAccessToken`.
//!
//! ```
//! use identity::{WechatCode, WechatPort};
//! use std::sync::Arc;
//! use testing::WechatDouble;
//! use wechat::{AppSecret, BaseUrl, WechatApi, WechatSettings};
//!
//! // In production the address is https://api.weixin.qq.com, which is `BaseUrl::default()`.
//! let double = WechatDouble::start();
//! let api = WechatApi::new(
//!     WechatSettings {
//!         base_url: BaseUrl::parse(&double.base_url()).unwrap(),
//!         appid: WechatDouble::APPID.to_owned(),
//!         secret: AppSecret::parse(WechatDouble::SECRET.to_owned()).unwrap(),
//!     },
//!     Arc::new(kernel::SystemClock),
//! );
//!
//! let code = WechatCode::parse(&double.issue_login_code("oGZUI0egBJY1zhBYw2KhdUfwVJJE")).unwrap();
//! let who = api.exchange_code(&code).unwrap();
//! assert_eq!(who.openid.as_str(), "oGZUI0egBJY1zhBYw2KhdUfwVJJE");
//! ```

mod access_token;
mod api;
mod settings;
mod transport;

pub use api::WechatApi;
pub use settings::{AppSecret, BaseUrl, SettingError, WechatSettings};
