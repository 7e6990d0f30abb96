//! Exchanges a refresh token for the next pair.

use super::{delivery::Delivery, shapes::SignedInShape};
use crate::{extract::OptionalBody, problem::Problem, state::State};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{HeaderValue, WWW_AUTHENTICATE},
    },
    web::Data,
};
use identity::{Refresh, TokenDigest, refresh};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// 续期
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// 登录或上次续期所得的 `refresh_token`；以 cookie 登录的浏览器不写，也不需要请求体
    refresh_token: Option<String>,
}

/// 续期
///
/// 每个 `refresh_token` 只能使用一次；再次使用即视为泄露，整个登录随之结束。
/// 以 cookie 登录的浏览器只须由本站页面发出请求，不需要 `X-CSRF-Token`：答复只有本站页面读得到。
#[utoipa::path(
    post,
    path = "/auth/refresh",
    request_body = RefreshRequest,
    responses(
        (status = 200, description = "新的令牌", body = SignedInShape),
        (status = 403, description = "以 cookie 续期而不是由本站页面发出（cross_origin）"),
        (status = 401, description = "令牌无效（invalid_refresh_token），或已使用过、登录已结束（refresh_token_reused）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    request: HttpRequest,
    OptionalBody(body): OptionalBody<RefreshRequest>,
) -> Result<HttpResponse, Problem> {
    let (token, delivery) = if let Some(token) = body.refresh_token {
        (token, Delivery::Body)
    } else {
        let cookie = request.cookie(state.cookies.refresh()).ok_or_else(invalid)?;
        (
            cookie.value().to_owned(),
            Delivery::asked(&state, &request, true)?,
        )
    };
    renew(&state, &token, delivery)
        .await
        .map_err(|problem| delivery.refuse(&state, problem))
}

async fn renew(state: &State, token: &str, delivery: Delivery) -> Result<HttpResponse, Problem> {
    let presented = TokenDigest::of(token).ok_or_else(invalid)?;
    let secrets = Arc::clone(&state.secrets);
    let outcome = state
        .write(move |session, now| refresh(session, secrets.as_ref(), now, &presented))
        .await?;
    match outcome {
        Refresh::Renewed(signed_in) => Ok(delivery.answer(state, HttpResponse::Ok(), &signed_in)),
        Refresh::Reused => Err(refused(
            "refresh_token_reused",
            "此令牌已使用过，登录已结束，请重新登录",
            "This token was used before, so the sign-in has ended; sign in again.",
        )),
        Refresh::Refused => Err(invalid()),
    }
}

fn invalid() -> Problem {
    refused(
        "invalid_refresh_token",
        "令牌无效或已过期，请重新登录",
        "The token is not, or no longer, valid; sign in again.",
    )
}

fn refused(code: &'static str, chinese: &'static str, english: &'static str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, code, chinese, english)
        .header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
}
