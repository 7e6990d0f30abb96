//! Answers a request for a supplement.

use super::ApplicationAnswer;
use crate::{
    access::Caller,
    extract::{Body, PathId},
    language::Language,
    problem::Problem,
    state::State,
};
use ::agents::{SupplementApplication, supplement_application};
use actix_web::web::{Data, Json};
use kernel::ApplicationId;
use regions::DivisionTree;
use serde::Deserialize;
use utoipa::ToSchema;

/// 补充材料；至少填一项
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Supplement {
    /// 说明
    #[schema(max_length = 500)]
    note: Option<String>,
    /// 新增的附件的 id
    attachments: Option<Vec<String>>,
    /// 更正的手机
    mobile: Option<String>,
    /// 更正的邮箱
    email: Option<String>,
}

/// 补充材料
///
/// 只有提交申请的账号可以补充。补充后重新初审，回到已提交。
#[utoipa::path(
    post,
    path = "/applications/{id}/supplement",
    request_body = Supplement,
    responses(
        (status = 200, description = "已补充", body = ApplicationAnswer),
        (status = 409, description = "当前状态不允许（invalid_state）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    language: Language,
    PathId(id): PathId<ApplicationId>,
    body: Body<Supplement>,
) -> Result<Json<ApplicationAnswer>, Problem> {
    let (supplement, deadlines) = (body.value, state.deadlines);
    let now = state.clock.now();
    let application = state
        .command(&caller, move |work| {
            let Supplement {
                note,
                attachments,
                mobile,
                email,
            } = supplement.clone();
            let command = SupplementApplication {
                application_id: id,
                account_id: work.principal.account_id,
                note,
                attachments: attachments.unwrap_or_default(),
                mobile,
                email,
                deadlines,
            };
            supplement_application(
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
