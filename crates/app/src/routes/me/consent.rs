//! Agrees to a privacy policy that has changed.

use crate::{access::Caller, extract::Body, problem::Problem, state::State};
use actix_web::{HttpResponse, web::Data};
use identity::{Consent, agree_anew};
use kernel::Instant;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 同意
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Agree {
    /// 已阅读并同意的版本：须为现行版本，见 `GET /privacy-policy`
    #[schema(example = "2026-11")]
    privacy_policy_version: String,
}

/// 同意隐私政策的一次记录
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Consent)]
pub struct ConsentAnswer {
    /// 版本
    #[schema(example = "2026-11")]
    version: String,
    /// 同意的时间
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    /// 场合：`registration` 注册，`application` 提交代理申请，`renewal` 重新同意
    occasion: &'static str,
}

impl From<&Consent> for ConsentAnswer {
    fn from(consent: &Consent) -> Self {
        Self {
            version: consent.version.as_str().to_owned(),
            at: consent.at,
            occasion: consent.occasion.name(),
        }
    }
}

/// 重新同意隐私政策
///
/// 每次同意都留有记录，只增不改。
#[utoipa::path(
    post,
    path = "/me/consent",
    request_body = Agree,
    responses(
        (status = 201, description = "已记录", body = ConsentAnswer),
        (status = 422, description = "不是现行版本（outdated_policy）"),
    )
)]
pub async fn handle(state: Data<State>, caller: Caller, body: Body<Agree>) -> Result<HttpResponse, Problem> {
    let (policy, agreed) = (state.policy.in_force(), body.value.privacy_policy_version);
    let consent = state
        .command(&caller, move |work| {
            let account_id = work.principal.account_id;
            agree_anew(work.session, work.ids, work.now, &policy, account_id, &agreed)
        })
        .await?;
    Ok(HttpResponse::Created().json(ConsentAnswer::from(&consent)))
}
