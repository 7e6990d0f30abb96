//! Asking WeChat: off the async threads, and never by so many at a time that a slow WeChat takes the threads that the
//! database needs.

use crate::problem::Problem;
use actix_web::{
    http::{
        StatusCode,
        header::{HeaderValue, WWW_AUTHENTICATE},
    },
    web::block,
};
use identity::{WechatError, WechatPort};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// How many may wait for WeChat; further ones are turned away at once.
const PLACES: usize = 16;
/// WeChat counts per minute.
const RATE_RETRY_AFTER_SECONDS: u16 = 60;
/// A busy or unreachable WeChat recovers on its own.
const RETRY_AFTER_SECONDS: u16 = 5;

/// WeChat, as the handlers ask it.
pub struct Wechat {
    port: Arc<dyn WechatPort>,
    places: Arc<Semaphore>,
}

impl Wechat {
    /// A queue before that port.
    pub fn new(port: Arc<dyn WechatPort>) -> Self {
        Self {
            port,
            places: Arc::new(Semaphore::new(PLACES)),
        }
    }

    /// Asks; 503 at once where too many wait already. A question that nobody waits for any more keeps its place until it is
    /// answered.
    pub async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn WechatPort) -> Result<T, WechatError> + Send + 'static,
    ) -> Result<T, Problem> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| busy())?;
        let port = Arc::clone(&self.port);
        let answer = block(move || {
            let _held = place;
            question(port.as_ref())
        })
        .await;
        Ok(answer.map_err(Problem::internal)??)
    }
}

fn busy() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "wechat_unavailable",
        "暂时无法连接微信，请稍后再试",
        "WeChat cannot be reached just now; try again later.",
    )
    .retry_after_seconds(RETRY_AFTER_SECONDS)
}

impl From<WechatError> for Problem {
    fn from(error: WechatError) -> Self {
        match error {
            WechatError::InvalidCode => Self::new(
                StatusCode::UNAUTHORIZED,
                "invalid_wechat_code",
                "微信 code 无效、已过期或已使用，请重新获取",
                "The code is invalid, too old or used; get another from WeChat.",
            )
            .header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            WechatError::RateLimited => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "wechat_rate_limited",
                "操作过于频繁，微信要求稍后再试",
                "WeChat limits the rate; try again in a minute.",
            )
            .retry_after_seconds(RATE_RETRY_AFTER_SECONDS),
            WechatError::UserBlocked => Self::new(
                StatusCode::FORBIDDEN,
                "wechat_user_blocked",
                "微信判定该用户存在风险，无法登录",
                "WeChat blocks this user.",
            ),
            WechatError::ForeignPhone => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "foreign_phone",
                "仅支持中国大陆手机号码",
                "Only phones of mainland China can be bound.",
            ),
            WechatError::Busy | WechatError::Unreachable(_) => busy().because(error),
            // Our appid, secret or permission is wrong: whoever runs the server must see it, not the client.
            WechatError::Refused { .. } => Self::internal(error),
            // Nothing is broken and no later try helps: this installation does not have that way in.
            WechatError::NotConfigured => Self::new(
                StatusCode::NOT_FOUND,
                "wechat_not_configured",
                "此系统未开通微信登录",
                "This installation has no sign-in with WeChat.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::ResponseError;
    use identity::NoWechat;
    use std::{sync::mpsc, time::Duration};
    use tokio::time::{sleep, timeout};

    #[actix_web::test]
    async fn a_full_queue_turns_away_at_once() {
        let wechat = Wechat::new(Arc::new(NoWechat));
        let all = u32::try_from(PLACES).unwrap();
        let places = wechat.places.try_acquire_many(all).unwrap();
        let refused = wechat.ask(|_| Ok(())).await.unwrap_err();
        assert_eq!(refused.status_code(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refused.code(), "wechat_unavailable");
        drop(places);
        assert!(wechat.ask(|_| Ok(())).await.is_ok());
    }

    #[actix_web::test]
    async fn a_question_that_nobody_waits_for_any_more_keeps_its_place_until_it_is_answered() {
        let wechat = Wechat::new(Arc::new(NoWechat));
        let (answer, answered) = mpsc::channel::<()>();
        let waiting = wechat.ask(move |_| {
            answered.recv().unwrap();
            Ok(())
        });
        assert!(timeout(Duration::from_millis(50), waiting).await.is_err());
        assert_eq!(wechat.places.available_permits(), PLACES - 1);
        answer.send(()).unwrap();
        while wechat.places.available_permits() < PLACES {
            sleep(Duration::from_millis(1)).await;
        }
    }

    #[test]
    fn each_failure_has_a_status_and_a_code_of_its_own() {
        for (error, status, code) in [
            (WechatError::InvalidCode, 401, "invalid_wechat_code"),
            (WechatError::RateLimited, 429, "wechat_rate_limited"),
            (WechatError::UserBlocked, 403, "wechat_user_blocked"),
            (WechatError::ForeignPhone, 422, "foreign_phone"),
            (WechatError::Busy, 503, "wechat_unavailable"),
            (
                WechatError::Unreachable("x".to_owned()),
                503,
                "wechat_unavailable",
            ),
            (WechatError::Refused { errcode: 40_125 }, 500, "internal_error"),
            (WechatError::NotConfigured, 404, "wechat_not_configured"),
        ] {
            let problem = Problem::from(error);
            assert_eq!((problem.status_code().as_u16(), problem.code()), (status, code));
        }
    }
}
