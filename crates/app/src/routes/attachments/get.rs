//! A picture that the caller uploaded.

use super::{PictureFile, file};
use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use ::attachments::AttachmentScope;
use actix_web::{HttpResponse, web::Data};
use kernel::AttachmentId;

/// 本人上传的一个附件
///
/// 审核人员凭理由查看申请中的附件，见 `/attachments/{id}/reveal`。
#[utoipa::path(
    get,
    path = "/attachments/{id}",
    responses(
        (
            status = 200,
            description = "图片",
            content((PictureFile = "image/jpeg"), (PictureFile = "image/png"))
        ),
        (status = 429, description = "同时读取过多（too_many_downloads）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AttachmentId>,
) -> Result<HttpResponse, Problem> {
    let own = AttachmentScope::Own(caller.principal.account_id);
    let attachment = state
        .read(move |session, _| session.find_attachment(own, id))
        .await?
        .ok_or_else(Problem::not_found)?;
    file(&state, &caller, &attachment).await
}
