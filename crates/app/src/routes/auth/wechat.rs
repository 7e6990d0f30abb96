//! Signs in with WeChat, opening an account for whoever is new.

use super::{client::SignInClient, delivery::Delivery, shapes::SignedInShape};
use crate::{extract::Body, problem::Problem, state::State};
use actix_web::{HttpRequest, HttpResponse, web::Data};
use customers::register_customer;
use identity::{
    Admitted, OpenWechatAccount, Position, WechatCode, WechatRegistration, admit_with_wechat, open_session,
    open_wechat_account,
};
use kernel::AccountId;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// 微信登录
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WechatLogin {
    /// 小程序 `wx.login` 得到的 code，只能使用一次
    #[schema(example = "demo-xiaowang", min_length = 1, max_length = 256)]
    code: String,
    /// 已同意的隐私政策版本，须为现行版本；首次登录必填
    #[schema(example = "2026-11")]
    privacy_policy_version: Option<String>,
    /// 姓名；仅首次登录时使用，缺省为“微信用户”
    #[schema(example = "王小明")]
    name: Option<String>,
    /// 浏览器登录：令牌写入脚本读不到的 cookie，答复中只有 `csrf_token`
    #[serde(default)]
    #[schema(example = false)]
    cookie: bool,
}

/// 微信登录
///
/// 首次登录即注册，身份为客户；此时须已同意隐私政策，否则为 422，code 随之作废，请取得同意后以新的 code 重试。
/// 演示系统不连接微信：`demo-某名` 即为一个微信用户，只能使用一次，此后依次为 `demo-某名-2`、`demo-某名-3` 等。
#[utoipa::path(
    post,
    path = "/auth/wechat",
    request_body = WechatLogin,
    responses(
        (status = 200, description = "已登录", body = SignedInShape),
        (status = 201, description = "首次登录：已注册并登录", body = SignedInShape),
        (status = 401, description = "code 无效、已过期或已使用（invalid_wechat_code）；账号已停用（wrong_credentials）"),
        (status = 403, description = "微信判定该用户存在风险（wechat_user_blocked）；此账号已没有可用的身份（no_membership）；以 cookie 登录而不是由本站页面发出（cross_origin）"),
        (status = 404, description = "此系统未开通微信登录（wechat_not_configured）"),
        (status = 429, description = "微信要求稍后再试（wechat_rate_limited）"),
        (status = 503, description = "暂时无法连接微信（wechat_unavailable）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    request: HttpRequest,
    SignInClient(client): SignInClient,
    body: Body<WechatLogin>,
) -> Result<HttpResponse, Problem> {
    let WechatLogin {
        code,
        privacy_policy_version,
        name,
        cookie,
    } = body.value;
    let delivery = Delivery::asked(&state, &request, cookie)?;
    // A code is good once, so it is spent only on a form that is right.
    let code = WechatCode::parse(&code).map_err(|invalid| Problem::invalid_field("code", invalid))?;
    let form = WechatRegistration::parse(
        name.as_deref(),
        privacy_policy_version.as_deref(),
        &state.policy.in_force(),
    )
    .map_err(Problem::invalid)?;
    let who = state
        .wechat
        .ask(move |wechat| wechat.exchange_code(&code))
        .await?;
    let (ids, secrets) = (Arc::clone(&state.ids), Arc::clone(&state.secrets));
    let (is_new, signed_in) = state
        .write(move |session, now| -> Result<_, Problem> {
            let known = admit_with_wechat(session, &who.openid)?;
            let is_new = known.is_none();
            let admitted = if let Some(admitted) = known {
                admitted
            } else {
                let id = AccountId::from_uuid(ids.next_uuid(now));
                let customer = register_customer(session, ids.as_ref(), now, id, form.name.clone())?;
                let command = OpenWechatAccount {
                    id,
                    openid: who.openid.clone(),
                    registration: form.clone(),
                    position: Position::Customer(customer.id),
                };
                let (account, _) = open_wechat_account(session, ids.as_ref(), now, command)?;
                Admitted::newly_opened(account)
            };
            let signed_in = open_session(session, ids.as_ref(), secrets.as_ref(), now, &admitted, &client)?;
            Ok((is_new, signed_in))
        })
        .await?;
    let response = if is_new {
        HttpResponse::Created()
    } else {
        HttpResponse::Ok()
    };
    Ok(delivery.answer(&state, response, &signed_in))
}
