//! Takes an application back.

use super::ApplicationAnswer;
use crate::{access::Caller, extract::PathId, language::Language, problem::Problem, state::State};
use ::agents::{WithdrawApplication, withdraw_application};
use actix_web::web::{Data, Json};
use kernel::ApplicationId;
use regions::DivisionTree;

/// 撤回申请
///
/// 只有提交申请的账号可以撤回。
#[utoipa::path(
    post,
    path = "/applications/{id}/withdraw",
    responses(
        (status = 200, description = "已撤回", body = ApplicationAnswer),
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
            let command = WithdrawApplication {
                application_id: id,
                account_id: work.principal.account_id,
            };
            withdraw_application(
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
