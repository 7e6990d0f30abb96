//! A picture.

use super::{PictureFile, scope_of};
use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use actix_web::{HttpResponse, http::header::CONTENT_DISPOSITION, web::Data};
use identity::AuditAction;
use kernel::AttachmentId;

/// 一个附件
///
/// 本人上传的，以及（审核人员）申请中的附件。审核人员每次查看都记入审计日志。
#[utoipa::path(
    get,
    path = "/attachments/{id}",
    responses((
        status = 200,
        description = "图片",
        content((PictureFile = "image/jpeg"), (PictureFile = "image/png"))
    ))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<AttachmentId>,
) -> Result<HttpResponse, Problem> {
    let reach = caller.reach();
    let scope = scope_of(reach, &caller.principal)?;
    let found = state
        .read(move |session, _| session.find_attachment(scope, id))
        .await?
        .ok_or_else(Problem::not_found)?;
    let attachment = if found.account_id == caller.principal.account_id {
        found
    } else {
        // The entry is committed before anything is shown.
        state
            .command(&caller, move |mut work| -> Result<_, Problem> {
                let scope = scope_of(reach, work.principal)?;
                let attachment = work.session.find_attachment(scope, id)?;
                work.record(AuditAction::AttachmentRevealed, id.as_uuid(), None)?;
                attachment.ok_or_else(Problem::not_found)
            })
            .await?
    };
    let content = state.uploads.content(&attachment).await?;
    let file_name = format!(
        "attachment; filename=\"{id}.{}\"",
        attachment.media_type.extension()
    );
    Ok(HttpResponse::Ok()
        .content_type(attachment.media_type.name())
        .insert_header((CONTENT_DISPOSITION, file_name))
        .body(content))
}
