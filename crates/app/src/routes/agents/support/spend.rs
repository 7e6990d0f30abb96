//! Tells what approved market support was spent on.

use super::SupportRequestAnswer;
use crate::{
    access::Caller,
    extract::{Body, OptionalKey, OptionalKeyParameter, PathIds},
    once::Made,
    problem::Problem,
    routes::agents::reached,
    state::State,
};
use ::agents::{SpendSupport, spend_support};
use actix_web::{HttpResponse, http::StatusCode, web::Data};
use kernel::{AgentId, SupportRequestId};
use serde::Deserialize;
use utoipa::ToSchema;

/// 市场支持的一笔使用
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SupportSpendingForm)]
pub struct Form {
    /// 金额（分）
    #[schema(minimum = 1, maximum = 10_000_000_000_i64)]
    amount_fen: i64,
    /// 用于何处
    #[schema(example = "印制海报 500 张", max_length = 500)]
    purpose: String,
    /// 本人上传的图片，如发票
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>, max_items = 5)]
    attachments: Vec<String>,
}

/// 登记市场支持的使用
///
/// 合计不超过批准的金额。
#[utoipa::path(
    post,
    path = "/agents/{id}/support/{request_id}/spend",
    params(OptionalKeyParameter),
    request_body = Form,
    responses(
        (status = 200, description = "已登记", body = SupportRequestAnswer),
        (
            status = 409,
            description = "超过批准的金额（support_overspent），当前状态不允许（invalid_state），\
                           或登记过多（too_many_spendings）"
        ),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    OptionalKey(key): OptionalKey,
    PathIds(id, request_id): PathIds<AgentId, SupportRequestId>,
    Body { value, digest }: Body<Form>,
) -> Result<HttpResponse, Problem> {
    state
        .once(&caller, key, digest, move |work| -> Result<_, Problem> {
            let scope = work.scope()?;
            let command = SpendSupport {
                agent: reached(work.session, scope, id)?,
                request_id,
                actor: work.principal.account_id,
                amount_fen: value.amount_fen,
                purpose: value.purpose.clone(),
                attachments: value.attachments.clone(),
            };
            let request = spend_support(work.session, work.ids, work.now, &command)?;
            Ok(Made {
                id: Some(request_id.as_uuid()),
                status: StatusCode::OK,
                body: SupportRequestAnswer::from(request),
            })
        })
        .await
}
