//! Appeals against a deduction.

use super::DepositEntryAnswer;
use crate::{
    access::Caller,
    extract::{Body, PathIds},
    problem::Problem,
    routes::agents::reached,
    state::State,
};
use ::agents::{AppealDeduction, appeal_deduction};
use actix_web::web::{Data, Json};
use kernel::{AgentId, DepositEntryId};
use serde::Deserialize;
use utoipa::ToSchema;

/// 申诉
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DeductionAppealForm)]
pub struct Form {
    /// 为什么不应扣除
    #[schema(example = "客户地址在本区", max_length = 500)]
    text: String,
}

/// 对扣除提出申诉
///
/// 一次扣除申诉一次，扣除后 15 天内。
#[utoipa::path(
    post,
    path = "/agents/{id}/deposits/{entry_id}/appeal",
    request_body = Form,
    responses(
        (status = 200, description = "已提出", body = DepositEntryAnswer),
        (
            status = 409,
            description = "不是扣除（not_a_deduction），已申诉过（already_appealed），或期限已过（appeal_too_late）"
        ),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathIds(id, entry_id): PathIds<AgentId, DepositEntryId>,
    body: Body<Form>,
) -> Result<Json<DepositEntryAnswer>, Problem> {
    let text = body.value.text;
    state
        .command(&caller, move |work| -> Result<_, Problem> {
            let scope = work.scope()?;
            let command = AppealDeduction {
                agent: reached(work.session, scope, id)?,
                entry_id,
                actor: work.principal.account_id,
                text: text.clone(),
            };
            let entry = appeal_deduction(work.session, work.ids, work.now, &command)?;
            Ok(Json(entry.into()))
        })
        .await
}
