//! Goes on in another membership of the caller's account.

use super::{delivery::Delivery, shapes::SignedInShape};
use crate::{access::Caller, extract::Body, problem::Problem, state::State};
use actix_web::{HttpResponse, web::Data};
use identity::switch;
use kernel::MembershipId;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// 切换身份
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// 要切换到的身份，见 `GET /me`
    membership_id: Uuid,
}

/// 切换身份
///
/// 此前的令牌全部失效，请改用答复中的令牌；以 cookie 登录的浏览器随答复换得新的 cookie 与 `csrf_token`。
#[utoipa::path(
    post,
    path = "/auth/switch",
    request_body = Switch,
    responses(
        (status = 200, description = "已切换", body = SignedInShape),
        (status = 404, description = "没有这个身份"),
    )
)]
pub async fn handle(state: Data<State>, caller: Caller, body: Body<Switch>) -> Result<HttpResponse, Problem> {
    let membership_id = MembershipId::from_uuid(body.value.membership_id);
    let (secrets, token) = (Arc::clone(&state.secrets), caller.token);
    let signed_in = state
        .write(move |session, now| switch(session, secrets.as_ref(), now, &token, membership_id))
        .await?;
    Ok(Delivery::like(&caller).answer(&state, HttpResponse::Ok(), &signed_in))
}
