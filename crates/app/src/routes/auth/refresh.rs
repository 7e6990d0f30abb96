//! Exchanges a refresh token for the next pair.

use super::shapes::{SignedInShape, answer};
use crate::{extract::Body, problem::Problem, state::State};
use actix_web::{
    HttpResponse,
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
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// 登录或上次续期所得的 `refresh_token`
    refresh_token: String,
}

/// 续期
///
/// 每个 `refresh_token` 只能使用一次；再次使用即视为泄露，整个登录随之结束。
#[utoipa::path(
    post,
    path = "/auth/refresh",
    request_body = RefreshRequest,
    responses(
        (status = 200, description = "新的令牌", body = SignedInShape),
        (status = 401, description = "令牌无效（invalid_refresh_token），或已使用过、登录已结束（refresh_token_reused）"),
    )
)]
pub async fn handle(state: Data<State>, body: Body<RefreshRequest>) -> Result<HttpResponse, Problem> {
    let presented = TokenDigest::of(&body.value.refresh_token).ok_or_else(invalid)?;
    let secrets = Arc::clone(&state.secrets);
    let outcome = state
        .write(move |session, now| refresh(session, secrets.as_ref(), now, &presented))
        .await?;
    match outcome {
        Refresh::Renewed(signed_in) => Ok(answer(HttpResponse::Ok(), &signed_in)),
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
