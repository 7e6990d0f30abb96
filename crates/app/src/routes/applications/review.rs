//! Opens the review of an application.

use super::ApplicationAnswer;
use crate::{access::Caller, extract::PathId, language::Language, problem::Problem, state::State};
use ::agents::{OpenReview, open_review};
use actix_web::web::{Data, Json};
use kernel::ApplicationId;
use regions::DivisionTree;

/// 开始审核
///
/// 按此刻重新初审。
#[utoipa::path(
    post,
    path = "/applications/{id}/review",
    responses(
        (status = 200, description = "审核中", body = ApplicationAnswer),
        (status = 409, description = "当前状态不允许（invalid_state）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    language: Language,
    PathId(id): PathId<ApplicationId>,
) -> Result<Json<ApplicationAnswer>, Problem> {
    let now = state.clock.now();
    let application = state
        .command(&caller, move |work| {
            let command = OpenReview {
                application_id: id,
                actor: work.principal.account_id,
            };
            open_review(
                work.session,
                work.ids,
                DivisionTree::embedded(),
                work.now,
                &command,
            )
        })
        .await?;
    Ok(Json(ApplicationAnswer::of(&application, now, language)))
}
