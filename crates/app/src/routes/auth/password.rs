//! Changes the caller's password.

use super::verify::verify;
use crate::{access::Caller, client_address::ClientAddress, extract::Body, problem::Problem, state::State};
use actix_web::{HttpResponse, http::StatusCode, web::Data};
use identity::{AuditAction, Password, WrongCredentials, ask_password, attempt_succeeded, change_password};
use serde::Deserialize;
use utoipa::ToSchema;

/// 修改密码
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// 当前密码
    #[schema(format = Password)]
    current_password: String,
    /// 新密码：8 至 128 个字符
    #[schema(format = Password, min_length = 8, max_length = 128)]
    new_password: String,
}

/// 修改密码
///
/// 本次登录以外，本人的全部登录立即结束。当前密码不正确的次数与登录失败一并计算。
#[utoipa::path(
    post,
    path = "/auth/password",
    request_body = ChangePassword,
    responses(
        (status = 204, description = "已修改"),
        (status = 403, description = "当前密码不正确（wrong_password）"),
        (status = 409, description = "此账号没有密码，以其他方式登录（no_password）"),
        (status = 429, description = "失败次数过多，请在 `Retry-After` 秒后再试（too_many_attempts）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    address: ClientAddress,
    body: Body<ChangePassword>,
) -> Result<HttpResponse, Problem> {
    let ChangePassword {
        current_password,
        new_password,
    } = body.value;
    let new =
        Password::parse(new_password).map_err(|invalid| Problem::invalid_field("new_password", invalid))?;
    let (attempt, credentials) = state
        .command(&caller, move |work| {
            ask_password(
                work.session,
                work.now,
                work.principal.account_id,
                address.counting_key(),
            )
        })
        .await?;
    let (admitted, new_hash) = verify(
        &state,
        &attempt,
        credentials,
        &caller.origin,
        move |credentials, hasher| {
            let admitted = credentials.admit(hasher, current_password)?;
            Ok((admitted, hasher.hash(&new)))
        },
    )
    .await?
    .map_err(|WrongCredentials| wrong_password())?;
    let token = caller.token;
    state
        .command(&caller, move |mut work| -> Result<(), Problem> {
            let ended = change_password(work.session, work.now, &token, &admitted, &new_hash)?;
            attempt_succeeded(work.session, work.now, &attempt)?;
            let account_id = work.principal.account_id.as_uuid();
            work.record(AuditAction::PasswordChanged, account_id, None)?;
            for id in ended {
                work.record(AuditAction::SignInEnded, id.as_uuid(), None)?;
            }
            Ok(())
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Not 401: the token that asks is good.
pub(in crate::routes) fn wrong_password() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "wrong_password",
        "当前密码不正确",
        "The current password is wrong.",
    )
}
