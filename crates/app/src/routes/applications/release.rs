//! Ends the hold of an application before its time.

use super::ApplicationAnswer;
use crate::{
    access::Caller,
    extract::{Body, PathId},
    language::Language,
    problem::Problem,
    state::State,
};
use ::agents::{ReleaseApplication, release_application};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::ApplicationId;
use regions::DivisionTree;
use serde::Deserialize;
use utoipa::ToSchema;

/// 撤销保留
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldRelease {
    /// 理由
    #[schema(example = "申请人放弃仓库", max_length = 500)]
    reason: String,
}

/// 撤销保留
///
/// 同一区划的其他申请随即重新初审。
#[utoipa::path(
    post,
    path = "/applications/{id}/release",
    request_body = HoldRelease,
    responses(
        (status = 200, description = "已撤销保留", body = ApplicationAnswer),
        (status = 409, description = "没有保留（not_on_hold），或申请已结（invalid_state）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    language: Language,
    PathId(id): PathId<ApplicationId>,
    body: Body<HoldRelease>,
) -> Result<Json<ApplicationAnswer>, Problem> {
    let reason = body.value.reason;
    let now = state.clock.now();
    let application = state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let command = ReleaseApplication {
                application_id: id,
                actor: work.principal.account_id,
                reason: reason.clone(),
            };
            let tree = DivisionTree::embedded();
            let released = release_application(&mut *work.session, work.ids, tree, work.now, &command)?;
            // Why is in the application's own history.
            work.record(AuditAction::ApplicationReleased, id.as_uuid(), None)?;
            Ok(released)
        })
        .await?;
    Ok(Json(ApplicationAnswer::of(&application, now, language)))
}
