//! Signs in by user name and password.

use super::{client::SignInClient, delivery::Delivery, shapes::SignedInShape, verify::verify};
use crate::{client_address::ClientAddress, extract::Body, problem::Problem, state::State};
use actix_web::{HttpRequest, HttpResponse, web::Data};
use identity::{AttemptedName, attempt_succeeded, count_attempt, find_credentials, open_session};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// 用户名与密码
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// 用户名
    #[schema(example = "hq")]
    username: String,
    /// 密码
    #[schema(format = Password, example = "catchment-demo")]
    password: String,
    /// 浏览器登录：令牌写入脚本读不到的 cookie，答复中只有 `csrf_token`
    #[serde(default)]
    #[schema(example = false)]
    cookie: bool,
}

/// 登录
///
/// 以权限最高的身份开始；用 `/auth/switch` 换成另一个。同一账号同时最多 50 个登录，超出时最早的结束。
/// 失败过多时须等待，与账号是否存在无关。
#[utoipa::path(
    post,
    path = "/auth/login",
    request_body = Login,
    responses(
        (status = 200, description = "已登录", body = SignedInShape),
        (status = 401, description = "用户名或密码不正确（wrong_credentials）"),
        (status = 403, description = "此账号已没有可用的身份（no_membership）；以 cookie 登录而不是由本站页面发出（cross_origin）"),
        (status = 429, description = "失败次数过多，请在 `Retry-After` 秒后再试（too_many_attempts）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    request: HttpRequest,
    address: ClientAddress,
    SignInClient(client): SignInClient,
    body: Body<Login>,
) -> Result<HttpResponse, Problem> {
    let Login {
        username,
        password,
        cookie,
    } = body.value;
    let delivery = Delivery::asked(&state, &request, cookie)?;
    let (attempt, credentials) = state
        .write(move |session, now| -> Result<_, Problem> {
            let name = AttemptedName::of(&username);
            let attempt = count_attempt(session, now, name, address.counting_key())?;
            Ok((attempt, find_credentials(session, &username)?))
        })
        .await?;
    let admitted = verify(
        &state,
        &attempt,
        credentials,
        &client.origin,
        move |credentials, hasher| credentials.admit(hasher, password),
    )
    .await??;
    let (ids, secrets) = (Arc::clone(&state.ids), Arc::clone(&state.secrets));
    let signed_in = state
        .write(move |session, now| -> Result<_, Problem> {
            let (ids, secrets) = (ids.as_ref(), secrets.as_ref());
            let signed_in = open_session(session, ids, secrets, now, &admitted, &client)?;
            attempt_succeeded(session, now, &attempt)?;
            Ok(signed_in)
        })
        .await?;
    Ok(delivery.answer(&state, HttpResponse::Ok(), &signed_in))
}
