//! Decides an appeal against a deduction.

use super::DepositEntryAnswer;
use crate::{
    access::Caller,
    extract::{Body, PathIds},
    problem::Problem,
    routes::agents::reached,
    state::State,
};
use ::agents::{DecideAppeal, decide_appeal};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::{AgentId, DepositEntryId};
use serde::Deserialize;
use utoipa::ToSchema;

/// 裁定申诉
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AppealDecisionForm)]
pub struct Form {
    /// `upheld` 维持扣除，`reversed` 撤销扣除
    #[schema(example = "reversed")]
    outcome: String,
    /// 理由
    #[schema(example = "订单地址属实", max_length = 500)]
    reason: String,
}

/// 裁定申诉
///
/// 撤销的扣除不改动，另记一条 `reversed` 流水。
#[utoipa::path(
    post,
    path = "/agents/{id}/deposits/{entry_id}/appeal/decide",
    request_body = Form,
    responses(
        (status = 200, description = "已裁定", body = DepositEntryAnswer),
        (status = 409, description = "没有待裁定的申诉（no_open_appeal）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathIds(id, entry_id): PathIds<AgentId, DepositEntryId>,
    body: Body<Form>,
) -> Result<Json<DepositEntryAnswer>, Problem> {
    let Form { outcome, reason } = body.value;
    state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let scope = work.scope()?;
            let command = DecideAppeal {
                agent: reached(work.session, scope, id)?,
                entry_id,
                actor: work.principal.account_id,
                outcome: outcome.clone(),
                reason: reason.clone(),
            };
            let entry = decide_appeal(work.session, work.ids, work.now, &command)?;
            work.record(AuditAction::DeductionAppealDecided, entry_id.as_uuid(), None)?;
            Ok(Json(entry.into()))
        })
        .await
}
