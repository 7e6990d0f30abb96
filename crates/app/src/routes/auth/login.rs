//! Signs in by user name and password.

use super::shapes::{SignedInShape, answer};
use crate::{extract::Body, problem::Problem, state::State};
use actix_web::{HttpResponse, web::Data};
use identity::{find_credentials, open_session};
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
}

/// 登录
///
/// 以权限最高的身份开始；用 `/auth/switch` 换成另一个。
#[utoipa::path(
    post,
    path = "/auth/login",
    request_body = Login,
    responses(
        (status = 200, description = "已登录", body = SignedInShape),
        (status = 401, description = "用户名或密码不正确（wrong_credentials）"),
        (status = 403, description = "此账号已没有可用的身份（no_membership）"),
    )
)]
pub async fn handle(state: Data<State>, body: Body<Login>) -> Result<HttpResponse, Problem> {
    let Login { username, password } = body.value;
    let credentials = state
        .read(move |session, _| find_credentials(session, &username))
        .await?;
    let admitted = state
        .passwords
        .run(move |hasher| credentials.admit(hasher, password))
        .await??;
    let (ids, secrets) = (Arc::clone(&state.ids), Arc::clone(&state.secrets));
    let signed_in = state
        .write(move |session, now| open_session(session, ids.as_ref(), secrets.as_ref(), now, &admitted))
        .await?;
    Ok(answer(HttpResponse::Ok(), &signed_in))
}
