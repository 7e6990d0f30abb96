//! Shows what people agree to, to anybody.

use crate::{problem::Problem, state::State};
use actix_web::{HttpResponse, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

/// 隐私政策
#[derive(Serialize, ToSchema)]
pub struct PrivacyPolicy {
    /// 现行版本：注册与提交代理申请时须同意
    #[schema(example = "2026-11")]
    version: String,
    /// 正文（Markdown）
    text: String,
}

/// 现行隐私政策
#[utoipa::path(
    get,
    path = "/privacy-policy",
    responses((status = 200, description = "版本与正文", body = PrivacyPolicy))
)]
pub async fn handle(state: Data<State>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(PrivacyPolicy {
        version: state.policy.in_force().version().as_str().to_owned(),
        text: state.policy.text().to_owned(),
    }))
}
