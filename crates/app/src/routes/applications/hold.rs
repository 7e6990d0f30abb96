//! Puts the divisions of an application on hold for it.

use super::ApplicationAnswer;
use crate::{
    access::Caller,
    extract::{Body, PathId},
    language::Language,
    problem::Problem,
    state::State,
};
use ::agents::{HoldApplication, hold_application};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::ApplicationId;
use regions::DivisionTree;
use serde::Deserialize;
use utoipa::ToSchema;

/// 保留
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HoldRequest)]
pub struct HoldForm {
    /// 保留至何时（不含）：RFC 3339 时间，或日期；最长 90 天
    #[schema(example = "2026-12-15")]
    until: String,
    /// 理由
    #[schema(example = "等待仓库验收", max_length = 500)]
    reason: String,
}

/// 为申请保留区划
///
/// 申请未结时，其全部区划保留至指定时间；再次保留即更改时间。到期、撤销保留、或申请已结时自动失效。
#[utoipa::path(
    post,
    path = "/applications/{id}/hold",
    request_body = HoldForm,
    responses(
        (status = 200, description = "已保留", body = ApplicationAnswer),
        (
            status = 409,
            description = "其中的区划已为另一份申请保留（on_hold_for_other），或申请已结（invalid_state）"
        ),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    language: Language,
    PathId(id): PathId<ApplicationId>,
    body: Body<HoldForm>,
) -> Result<Json<ApplicationAnswer>, Problem> {
    let form = body.value;
    let now = state.clock.now();
    let application = state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let HoldForm { until, reason } = form.clone();
            let command = HoldApplication {
                application_id: id,
                actor: work.principal.account_id,
                until,
                reason,
            };
            let tree = DivisionTree::embedded();
            let held = hold_application(&mut *work.session, work.ids, tree, work.now, &command)?;
            // Why is in the application's own history.
            work.record(AuditAction::ApplicationHeld, id.as_uuid(), None)?;
            Ok(held)
        })
        .await?;
    Ok(Json(ApplicationAnswer::of(&application, now, language)))
}
