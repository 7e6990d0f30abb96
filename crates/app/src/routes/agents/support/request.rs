//! Asks for market support.

use super::SupportRequestAnswer;
use crate::{
    access::Caller,
    extract::{Body, OptionalKey, OptionalKeyParameter, PathId},
    once::Made,
    problem::Problem,
    routes::agents::reached,
    state::State,
};
use ::agents::{RequestSupport, request_support};
use actix_web::{HttpResponse, web::Data};
use kernel::{AgentId, ContractId};
use serde::Deserialize;
use utoipa::ToSchema;

/// 市场支持申请
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SupportRequestForm)]
pub struct Form {
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
    /// 金额（分）
    #[schema(minimum = 1, maximum = 10_000_000_000_i64)]
    amount_fen: i64,
    /// 用途
    #[schema(example = "社区推广活动", max_length = 500)]
    purpose: String,
    /// 本人上传的图片
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>, max_items = 5)]
    attachments: Vec<String>,
}

/// 申请市场支持
#[utoipa::path(
    post,
    path = "/agents/{id}/support",
    params(OptionalKeyParameter),
    request_body = Form,
    responses(
        (status = 201, description = "已提出", body = SupportRequestAnswer),
        (status = 409, description = "合同已到期（contract_over）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    OptionalKey(key): OptionalKey,
    PathId(id): PathId<AgentId>,
    Body { value, digest }: Body<Form>,
) -> Result<HttpResponse, Problem> {
    state
        .once(&caller, key, digest, move |work| -> Result<_, Problem> {
            let scope = work.scope()?;
            let command = RequestSupport {
                agent: reached(work.session, scope, id)?,
                contract_id: value.contract_id,
                actor: work.principal.account_id,
                amount_fen: value.amount_fen,
                purpose: value.purpose.clone(),
                attachments: value.attachments.clone(),
            };
            let request = request_support(work.session, work.ids, work.now, &command)?;
            Ok(Made::created(
                request.id.as_uuid(),
                SupportRequestAnswer::from(request),
            ))
        })
        .await
}
