//! Opens an account for somebody who wants to order water, and signs in.

use super::{client::SignInClient, delivery::Delivery, shapes::SignedInShape};
use crate::{extract::Body, problem::Problem, state::State};
use actix_web::{HttpRequest, HttpResponse, web::Data};
use customers::register_customer;
use identity::{Admitted, OpenAccount, Position, Registration, open_account, open_session};
use kernel::AccountId;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// 注册
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// 用户名：2 至 32 个小写字母、数字或 _ . -，以字母开头
    #[schema(example = "zhang.san")]
    username: String,
    /// 密码：8 至 128 个字符
    #[schema(format = Password, min_length = 8, max_length = 128)]
    password: String,
    /// 姓名
    #[schema(example = "张三")]
    name: String,
    /// 已同意的隐私政策版本：须为现行版本，见 `GET /privacy-policy`
    #[schema(example = "2026-11")]
    privacy_policy_version: String,
    /// 浏览器登录：令牌写入脚本读不到的 cookie，答复中只有 `csrf_token`
    #[serde(default)]
    #[schema(example = false)]
    cookie: bool,
}

/// 注册并登录
///
/// 新账号的身份为客户。用户名已被使用时为 409，因此重复提交不会开出第二个账号。
#[utoipa::path(
    post,
    path = "/auth/register",
    request_body = Register,
    responses(
        (status = 201, description = "已注册并登录", body = SignedInShape),
        (status = 403, description = "以 cookie 登录而不是由本站页面发出（cross_origin）"),
        (status = 409, description = "用户名已被使用（username_taken）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    request: HttpRequest,
    SignInClient(client): SignInClient,
    body: Body<Register>,
) -> Result<HttpResponse, Problem> {
    let Register {
        username,
        password,
        name,
        privacy_policy_version,
        cookie,
    } = body.value;
    let delivery = Delivery::asked(&state, &request, cookie)?;
    let form = Registration::parse(
        &username,
        password,
        &name,
        &privacy_policy_version,
        &state.policy.in_force(),
    )
    .map_err(Problem::invalid)?;
    let password = form.password.clone();
    let password_hash = state.passwords.run(move |hasher| hasher.hash(&password)).await?;
    let (ids, secrets) = (Arc::clone(&state.ids), Arc::clone(&state.secrets));
    let signed_in = state
        .write(move |session, now| -> Result<_, Problem> {
            let id = AccountId::from_uuid(ids.next_uuid(now));
            let customer = register_customer(session, ids.as_ref(), now, id, form.name.clone())?;
            let command = OpenAccount {
                id,
                username: form.username.clone(),
                password_hash: password_hash.clone(),
                name: form.name.clone(),
                privacy_policy_version: Some(form.privacy_policy_version.clone()),
                position: Position::Customer(customer.id),
            };
            let (account, _) = open_account(session, ids.as_ref(), now, command)?;
            let admitted = Admitted::newly_opened(account);
            Ok(open_session(
                session,
                ids.as_ref(),
                secrets.as_ref(),
                now,
                &admitted,
                &client,
            )?)
        })
        .await?;
    Ok(delivery.answer(&state, HttpResponse::Created(), &signed_in))
}
