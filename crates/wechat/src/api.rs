//! The calls, and what WeChat's numbers mean.

use crate::{
    WechatSettings,
    access_token::AccessTokens,
    transport::{Answer, Transport},
};
use identity::{OpenId, UnionId, WechatCode, WechatError, WechatIdentity, WechatPort};
use kernel::{Clock, MobileNumber};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};
use zeroize::Zeroizing;

/// The access token is not, or no longer, good.
const TOKEN_INVALID: i64 = 40_001;
const TOKEN_EXPIRED: i64 = 42_001;
/// On `getuserphonenumber`, whose caller is known by its access token: the code is another mini program's.
const APPID_MISMATCH: i64 = 40_013;
/// Mainland China.
const COUNTRY_CODE: &str = "86";

/// WeChat's server API.
pub struct WechatApi {
    transport: Transport,
    settings: WechatSettings,
    access_tokens: AccessTokens,
}

/// What `jscode2session` answers. Its `session_key` is skipped by the parser and never copied.
#[derive(Deserialize)]
struct Session {
    openid: Zeroizing<String>,
    #[serde(default)]
    unionid: Option<Zeroizing<String>>,
}

#[derive(Serialize)]
struct PhoneRequest<'a> {
    code: &'a str,
}

#[derive(Deserialize)]
struct PhoneAnswer {
    phone_info: PhoneInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhoneInfo {
    pure_phone_number: Zeroizing<String>,
    country_code: CountryCode,
}

/// WeChat's documentation shows a number; its servers send a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum CountryCode {
    Number(u32),
    Text(String),
}

impl CountryCode {
    fn is_mainland_china(&self) -> bool {
        match self {
            Self::Number(number) => number.to_string() == COUNTRY_CODE,
            Self::Text(text) => text == COUNTRY_CODE,
        }
    }
}

impl WechatApi {
    /// Speaks to WeChat as those settings say. The clock tells when the access token ends. Nothing is sent before the
    /// first call.
    pub fn new(settings: WechatSettings, clock: Arc<dyn Clock>) -> Self {
        Self {
            transport: Transport::new(settings.base_url.clone()),
            access_tokens: AccessTokens::new(clock),
            settings,
        }
    }

    /// Asks for a phone with a token that WeChat has not refused; with a fresh one if it does so now, once.
    fn ask_for_phone(&self, body: &[u8]) -> Result<Answer<PhoneAnswer>, WechatError> {
        let ask = |token: &str| {
            let query = [("access_token", token)];
            self.transport
                .post("/wxa/business/getuserphonenumber", &query, body)
        };
        let token = self.access_tokens.token(&self.transport, &self.settings, None)?;
        match ask(&token)? {
            Err(TOKEN_INVALID | TOKEN_EXPIRED) => {
                let fresh = self
                    .access_tokens
                    .token(&self.transport, &self.settings, Some(&token))?;
                ask(&fresh)
            }
            answer => Ok(answer),
        }
    }
}

impl WechatPort for WechatApi {
    fn exchange_code(&self, code: &WechatCode) -> Result<WechatIdentity, WechatError> {
        let query = [
            ("appid", self.settings.appid.as_str()),
            ("secret", self.settings.secret.expose()),
            ("js_code", code.expose()),
            ("grant_type", "authorization_code"),
        ];
        let session: Session = self
            .transport
            .get("/sns/jscode2session", &query)?
            .map_err(error_of)?;
        let unionid = session.unionid.filter(|unionid| !unionid.is_empty());
        Ok(WechatIdentity {
            openid: OpenId::parse(&session.openid).map_err(|_| not_an_answer())?,
            unionid: unionid
                .map(|unionid| UnionId::parse(&unionid).map_err(|_| not_an_answer()))
                .transpose()?,
        })
    }

    fn phone_number(&self, code: &WechatCode) -> Result<MobileNumber, WechatError> {
        let request = PhoneRequest { code: code.expose() };
        let body = serde_json::to_vec(&request).map_err(|_| not_an_answer())?;
        let PhoneAnswer { phone_info } = self.ask_for_phone(&body)?.map_err(|errcode| match errcode {
            APPID_MISMATCH => WechatError::InvalidCode,
            errcode => error_of(errcode),
        })?;
        if !phone_info.country_code.is_mainland_china() {
            return Err(WechatError::ForeignPhone);
        }
        MobileNumber::parse(&phone_info.pure_phone_number).map_err(|_| WechatError::ForeignPhone)
    }
}

/// What WeChat's numbers mean, wherever they come.
pub(crate) const fn error_of(errcode: i64) -> WechatError {
    match errcode {
        -1 => WechatError::Busy,
        // Not a code of ours, or too old; used before.
        40_029 | 40_163 => WechatError::InvalidCode,
        40_226 => WechatError::UserBlocked,
        // Per person and minute; per day; per minute of all.
        45_009 | 45_011 => WechatError::RateLimited,
        errcode => WechatError::Refused { errcode },
    }
}

fn not_an_answer() -> WechatError {
    WechatError::Unreachable("the answer is not one of WeChat's".to_owned())
}

impl fmt::Debug for WechatApi {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("WechatApi")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
