//! Shows a picture that is part of an application.

use super::{PictureFile, file};
use crate::{
    access::Caller,
    extract::{Body, PathId},
    problem::Problem,
    reveal::{RevealRequest, reveal},
    state::State,
};
use ::attachments::AttachmentScope;
use actix_web::{HttpResponse, web::Data};
use identity::AuditAction;
use kernel::AttachmentId;

/// 查看申请中的一个附件
///
/// 须填写理由；先记入审计日志，再显示。
#[utoipa::path(
    post,
    path = "/attachments/{id}/reveal",
    request_body = RevealRequest,
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
    body: Body<RevealRequest>,
) -> Result<HttpResponse, Problem> {
    let subject = (AuditAction::AttachmentRevealed, id.as_uuid());
    let attachment = reveal(&state, &caller, subject, body.value, move |session, _| {
        Ok(session.find_attachment(AttachmentScope::Attached, id)?)
    })
    .await?;
    file(&state, &caller, &attachment).await
}
