//! Binds the phone that WeChat verified to the caller's account.

use crate::{access::Caller, extract::Body, problem::Problem, state::State};
use actix_web::{HttpResponse, web::Data};
use customers::{ChangeCustomer, change_customer};
use identity::{AuditAction, WechatCode, bind_phone};
use kernel::Scope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 绑定手机
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WechatPhone {
    /// 小程序手机号按钮（`getPhoneNumber`）得到的 code，只能使用一次
    #[schema(example = "phone-13800138000", min_length = 1, max_length = 256)]
    code: String,
}

/// 已绑定的手机
#[derive(Serialize, ToSchema)]
pub struct BoundPhone {
    /// 手机号码，已遮盖
    #[schema(example = "138****8000")]
    phone: String,
}

/// 绑定微信手机号
///
/// 一个手机号只属于一个账号；再次绑定即更换。账号同时是客户时，客户的电话随之更新。
/// 演示系统不连接微信：`phone-号码` 即为该号码，只能使用一次，此后依次为 `phone-号码-2` 等。
#[utoipa::path(
    post,
    path = "/auth/wechat/phone",
    request_body = WechatPhone,
    responses(
        (status = 200, description = "已绑定", body = BoundPhone),
        (status = 401, description = "未登录（unauthenticated）；code 无效、已过期或已使用（invalid_wechat_code）"),
        (status = 403, description = "微信判定该用户存在风险（wechat_user_blocked）"),
        (status = 404, description = "此系统未开通微信登录（wechat_not_configured）"),
        (status = 409, description = "手机号已属于另一个账号（phone_taken）"),
        (status = 422, description = "输入有误（invalid_input）；不是中国大陆手机号码（foreign_phone）"),
        (status = 429, description = "微信要求稍后再试（wechat_rate_limited）"),
        (status = 503, description = "暂时无法连接微信（wechat_unavailable）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    body: Body<WechatPhone>,
) -> Result<HttpResponse, Problem> {
    let code =
        WechatCode::parse(&body.value.code).map_err(|invalid| Problem::invalid_field("code", invalid))?;
    let phone = state.wechat.ask(move |wechat| wechat.phone_number(&code)).await?;
    let masked = phone.masked();
    state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let account_id = work.principal.account_id;
            bind_phone(work.session, account_id, &phone)?;
            // Whatever the account acts as at the moment, the customer that it is has that phone now.
            if let Some(customer) = work.session.find_customer_by_account(account_id)? {
                let command = ChangeCustomer {
                    scope: Scope::Customer(customer.id),
                    customer_id: customer.id,
                    version: None,
                    name: None,
                    phone: Some(phone.as_str().to_owned()),
                };
                change_customer(work.session, work.ids, work.now, &command)?;
            }
            work.record(AuditAction::PhoneBound, account_id.as_uuid(), None)?;
            Ok(())
        })
        .await?;
    Ok(HttpResponse::Ok().json(BoundPhone { phone: masked }))
}
