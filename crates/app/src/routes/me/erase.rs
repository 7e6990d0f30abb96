//! Erases the person behind the account.

use crate::{
    access::Caller,
    client_address::ClientAddress,
    extract::Body,
    problem::Problem,
    routes::auth::{password::wrong_password, verify::verify},
    state::State,
};
use actix_web::{HttpResponse, http::StatusCode, web::Data};
use identity::{
    Attempt, AuditAction, Credentials, PasswordHasher, WrongCredentials, ask_password, attempt_succeeded,
    signed_in_just_now,
};
use kernel::Invalid;
use privacy::{Person, erase_person};
use serde::Deserialize;
use utoipa::ToSchema;

/// 注销
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Erase {
    /// 当前密码；账号有密码时必填，没有密码时须在 10 分钟内登录过
    #[schema(format = Password)]
    password: Option<String>,
    /// 须为 true：注销不可恢复
    #[schema(example = true)]
    confirm: bool,
}

/// 注销账号
///
/// 除依法须保存的订单事实与合同外，与本人有关的信息立即删除，不可恢复；账号不能再登录，用户名可由他人使用。
#[utoipa::path(
    post,
    path = "/me/erase",
    request_body = Erase,
    responses(
        (status = 204, description = "已注销"),
        (status = 403, description = "当前密码不正确（wrong_password）；没有密码且登录已久，请重新登录（sign_in_too_old）"),
        (status = 429, description = "失败次数过多，请在 `Retry-After` 秒后再试（too_many_attempts）"),
        (status = 409, description = "有未完结的订单（open_orders）、合同仍在履行（holds_contract）或仍在任职（employed）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    address: ClientAddress,
    body: Body<Erase>,
) -> Result<HttpResponse, Problem> {
    let Erase { password, confirm } = body.value;
    if !confirm {
        return Err(Problem::invalid_field(
            "confirm",
            Invalid::new("not_confirmed", "请确认注销", "must be true"),
        ));
    }
    let account_id = caller.principal.account_id;
    let account = state
        .read(move |session, _| session.find_account(account_id))
        .await?
        .ok_or_else(Problem::unauthenticated)?;
    let hash = account.password_hash;
    let attempt = match (&hash, password) {
        (None, _) => None,
        (Some(_), None) => return Err(Problem::invalid_field("password", Invalid::required())),
        (Some(_), Some(password)) => Some(confirm_password(&state, &caller, address, password).await?),
    };
    let token = caller.token;
    let erasures = state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let account = work.session.find_account(account_id)?;
            if account.is_none_or(|account| account.password_hash != hash) {
                return Err(wrong_password());
            }
            match &attempt {
                Some(attempt) => attempt_succeeded(work.session, work.now, attempt)?,
                None if signed_in_just_now(work.session, work.now, &token)? => {}
                None => return Err(sign_in_too_old()),
            }
            let person = Person::of_account(work.session, account_id)?;
            let erasures = erase_person(work.session, work.ids, work.now, &person)?;
            work.record(AuditAction::PersonErased, account_id.as_uuid(), None)?;
            Ok(erasures)
        })
        .await?;
    state.finish_erasure(erasures).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Not 401: the token that asks is good.
fn sign_in_too_old() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "sign_in_too_old",
        "登录已久，请重新登录后再试",
        "The sign-in is too old: sign in again first.",
    )
}

/// Verifies the password again. It counts as an attempt to sign in, or a stolen token would be a way to guess it.
async fn confirm_password(
    state: &State,
    caller: &Caller,
    address: ClientAddress,
    password: String,
) -> Result<Attempt, Problem> {
    let account_id = caller.principal.account_id;
    let key = address.counting_key();
    let (attempt, credentials) = state
        .command(caller, move |work| {
            ask_password(work.session, work.now, account_id, key)
        })
        .await?;
    let work =
        move |credentials: Credentials, hasher: &dyn PasswordHasher| credentials.admit(hasher, password);
    match verify(state, &attempt, credentials, &caller.origin, work).await? {
        Ok(_) => Ok(attempt),
        Err(WrongCredentials) => Err(wrong_password()),
    }
}
