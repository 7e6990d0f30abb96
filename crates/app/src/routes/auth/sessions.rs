//! Lists the caller's sign-ins.

use crate::{access::Caller, problem::Problem, state::State};
use actix_web::{HttpResponse, http::header, web::Data};
use identity::{SignIn, live_sign_ins};
use kernel::{Instant, SessionId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 本人的登录
#[derive(Serialize, ToSchema)]
pub struct SignIns {
    /// 尚未结束的登录，按开始的先后
    items: Vec<SignInShape>,
}

/// 一次登录
#[derive(Serialize, ToSchema)]
#[schema(as = SignIn)]
pub struct SignInShape {
    /// 编号，用于 `DELETE /auth/sessions/{id}`
    id: Uuid,
    /// 是否本次登录
    current: bool,
    /// 登录的时间
    #[schema(value_type = String, format = DateTime)]
    started_at: Instant,
    /// 最近一次续期或切换身份的时间
    #[schema(value_type = String, format = DateTime)]
    refreshed_at: Instant,
    /// 登录所用的程序，按其自述，最多 200 个字符
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    /// 登录时的网络地址
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "198.51.100.7")]
    address: Option<String>,
}

impl SignInShape {
    // It is the reader's own.
    fn of(sign_in: &SignIn, current: Option<SessionId>) -> Self {
        Self {
            id: sign_in.id.as_uuid(),
            current: current == Some(sign_in.id),
            started_at: sign_in.started_at,
            refreshed_at: sign_in.refreshed_at,
            user_agent: sign_in.user_agent.as_ref().map(ToString::to_string),
            address: sign_in.address.map(|address| address.to_string()),
        }
    }
}

/// 我的登录
///
/// 本人尚未结束的登录，最多 50 个。
#[utoipa::path(
    get,
    path = "/auth/sessions",
    responses((status = 200, description = "本人的登录", body = SignIns))
)]
pub async fn handle(state: Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let (account_id, token) = (caller.principal.account_id, caller.token);
    let (current, live) = state
        .read(move |session, now| -> Result<_, Problem> {
            let current = session.find_token(&token)?.map(|(_, sign_in)| sign_in.id);
            Ok((current, live_sign_ins(session, account_id, now)?))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(SignIns {
            items: live
                .iter()
                .map(|sign_in| SignInShape::of(sign_in, current))
                .collect(),
        }))
}
