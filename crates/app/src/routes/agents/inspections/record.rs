//! Records an inspection.

use super::InspectionAnswer;
use crate::{
    access::Caller,
    extract::{Body, OptionalKey, OptionalKeyParameter, PathId},
    once::Made,
    problem::Problem,
    routes::agents::reached,
    state::State,
};
use ::agents::{RecordInspection, record_inspection};
use actix_web::{HttpResponse, web::Data};
use kernel::{AgentId, BusinessDay, ContractId};
use serde::Deserialize;
use utoipa::ToSchema;

/// 品牌检查
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = InspectionForm)]
pub struct Form {
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
    /// 检查的日期，在合同期内
    #[schema(example = "2026-11-20")]
    inspected_on: String,
    /// 分数，60 分合格
    #[schema(minimum = 0, maximum = 100)]
    score: i64,
    /// 检查所见
    #[schema(example = "门头老旧，价目表未更新", max_length = 2000)]
    findings: String,
    /// 照片：本人上传的图片
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>, max_items = 9)]
    photos: Vec<String>,
    /// 要求整改时，答复的最后一天
    #[schema(example = "2026-12-05")]
    follow_up_due_on: Option<String>,
}

/// 登记品牌检查
#[utoipa::path(
    post,
    path = "/agents/{id}/inspections",
    params(OptionalKeyParameter),
    request_body = Form,
    responses((status = 201, description = "已登记", body = InspectionAnswer))
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
            let command = RecordInspection {
                agent: reached(work.session, scope, id)?,
                contract_id: value.contract_id,
                actor: work.principal.account_id,
                inspected_on: value.inspected_on.clone(),
                score: value.score,
                findings: value.findings.clone(),
                photos: value.photos.clone(),
                follow_up_due_on: value.follow_up_due_on.clone(),
            };
            let inspection = record_inspection(work.session, work.ids, work.now, &command)?;
            Ok(Made::created(
                inspection.id.as_uuid(),
                InspectionAnswer::of(inspection, BusinessDay::of(work.now)),
            ))
        })
        .await
}
