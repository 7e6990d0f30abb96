//! Opens an account for somebody who wants to order water, and signs in.

use super::shapes::{SignedInShape, answer};
use crate::{extract::Body, problem::Problem, state::State};
use actix_web::{HttpResponse, web::Data};
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
    /// 已同意的隐私政策版本
    #[schema(example = "2026-11")]
    privacy_policy_version: String,
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
        (status = 409, description = "用户名已被使用（username_taken）"),
    )
)]
pub async fn handle(state: Data<State>, body: Body<Register>) -> Result<HttpResponse, Problem> {
    let Register {
        username,
        password,
        name,
        privacy_policy_version,
    } = body.value;
    let form =
        Registration::parse(&username, password, &name, &privacy_policy_version).map_err(Problem::invalid)?;
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
            )?)
        })
        .await?;
    Ok(answer(HttpResponse::Created(), &signed_in))
}
