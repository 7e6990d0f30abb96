//! Uploaded pictures.

pub mod get;
pub mod reveal;
pub mod upload;

use crate::{
    access::Caller,
    extract::{not_a_picture, upload_too_large},
    problem::Problem,
    state::State,
};
use ::attachments::{Attachment, MAXIMUM_UNATTACHED, PictureError, UploadError};
use actix_web::{
    HttpResponse,
    http::{StatusCode, header::CONTENT_DISPOSITION},
};
use kernel::{AttachmentId, Instant};
use serde::Serialize;
use utoipa::ToSchema;

/// JPEG 或 PNG 图片
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "only described by this")]
pub struct PictureFile(Vec<u8>);

/// 已上传的图片
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Attachment)]
pub struct AttachmentAnswer {
    #[schema(value_type = Uuid)]
    id: AttachmentId,
    /// 按内容识别：`image/jpeg` 或 `image/png`
    media_type: &'static str,
    /// 保存的字节数；图片重新编码，与上传的不同
    bytes: u32,
    /// 像素
    width: u32,
    /// 像素
    height: u32,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
}

impl From<&Attachment> for AttachmentAnswer {
    fn from(attachment: &Attachment) -> Self {
        Self {
            id: attachment.id,
            media_type: attachment.media_type.name(),
            bytes: attachment.bytes,
            width: attachment.width,
            height: attachment.height,
            created_at: attachment.created_at,
        }
    }
}

/// The picture itself, as a file for the caller.
pub(super) async fn file(
    state: &State,
    caller: &Caller,
    attachment: &Attachment,
) -> Result<HttpResponse, Problem> {
    let reader = caller.principal.account_id;
    let content = state.uploads.content(reader, attachment).await?;
    let name = format!(
        "attachment; filename=\"{}.{}\"",
        attachment.id,
        attachment.media_type.extension()
    );
    Ok(HttpResponse::Ok()
        .content_type(attachment.media_type.name())
        .insert_header((CONTENT_DISPOSITION, name))
        .body(content))
}

impl From<PictureError> for Problem {
    fn from(error: PictureError) -> Self {
        let unprocessable = |code, detail_zh, detail_en| {
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail_zh, detail_en)
        };
        match error {
            PictureError::TooLarge => upload_too_large(),
            PictureError::OtherType => not_a_picture(),
            PictureError::TooManyPixels => unprocessable(
                "too_many_pixels",
                "图片过大：最多 2500 万像素，每边最多 8000",
                "The picture is too large: at most 25 million pixels, and 8,000 a side.",
            ),
            PictureError::Unreadable => unprocessable(
                "unreadable_picture",
                "图片无法读取",
                "The picture cannot be read.",
            ),
        }
    }
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::TooManyUnattached => Self::conflict(
                "too_many_unattached",
                format!("尚未用于申请的附件已有 {MAXIMUM_UNATTACHED} 个"),
                format!("{MAXIMUM_UNATTACHED} pictures wait to be attached already."),
            ),
            UploadError::Repository(error) => error.into(),
        }
    }
}
