//! Takes a picture.

use super::{AttachmentAnswer, PictureFile};
use crate::{
    access::Caller,
    extract::{OptionalKey, OptionalKeyParameter, Upload},
    once::Made,
    problem::Problem,
    state::State,
};
use ::attachments::{BeginUpload, ContentKey, begin_upload, finish_upload};
use actix_web::{HttpResponse, web::Data};

/// 上传附件
///
/// 请求体即图片文件，至多 5 MiB；类型以内容为准，只接受 JPEG 与 PNG。图片重新编码后加密保存，拍摄地点等元数据不保留。
/// 24 小时内未用于申请的附件会被删除。
#[utoipa::path(
    post,
    path = "/attachments",
    params(OptionalKeyParameter),
    request_body(content(
        (PictureFile = "image/jpeg"),
        (PictureFile = "image/png"),
        (PictureFile = "application/octet-stream"),
    )),
    responses(
        (status = 201, description = "已保存", body = AttachmentAnswer),
        (status = 409, description = "尚未用于申请的附件过多（too_many_unattached）"),
        (status = 415, description = "不是 JPEG 或 PNG（not_a_picture）"),
        (status = 422, description = "图片无法读取（unreadable_picture）或像素过多（too_many_pixels）"),
        (status = 429, description = "同时上传过多（too_many_uploads）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    OptionalKey(key): OptionalKey,
    upload: Upload,
) -> Result<HttpResponse, Problem> {
    let Upload { file, digest, place } = upload;
    if let Some(key) = &key
        && let Some(answer) = state.replayed(&caller, key, digest).await?
    {
        return Ok(answer);
    }
    let (picture, place) = state.uploads.read(file, place).await??;

    let mut content_key = [0; 32];
    state.secrets.fill(&mut content_key);
    let content_key = ContentKey::from_bytes(content_key);
    let described = picture.description();
    // The row comes first, so that the clean-up finds whatever is broken off from here on.
    let attachment = state
        .command(&caller, move |work| {
            let command = BeginUpload {
                account_id: work.principal.account_id,
                content_key: content_key.clone(),
            };
            begin_upload(work.session, work.ids, work.now, described, &command)
        })
        .await?;
    state.uploads.keep(&attachment, picture, place).await?;
    state
        .once(&caller, key, digest, move |work| -> Result<_, Problem> {
            finish_upload(work.session, attachment.id)?;
            Ok(Made::created(
                attachment.id.as_uuid(),
                AttachmentAnswer::from(&attachment),
            ))
        })
        .await
}
