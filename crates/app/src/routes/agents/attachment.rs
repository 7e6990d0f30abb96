//! A picture that is part of a record that concerns an agent.

use crate::{
    access::Caller,
    extract::PathIds,
    problem::Problem,
    routes::{
        agents::reached,
        attachments::{PictureFile, file},
    },
    state::State,
};
use ::attachments::AttachmentScope;
use actix_web::{HttpResponse, web::Data};
use kernel::{AgentId, AttachmentId};

/// 代理商记录中的一个附件
///
/// 如扣除保证金的证据。代理商只见自己的。
#[utoipa::path(
    get,
    path = "/agents/{id}/attachments/{attachment_id}",
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
    PathIds(id, attachment_id): PathIds<AgentId, AttachmentId>,
) -> Result<HttpResponse, Problem> {
    let scope = caller.scope()?;
    let attachment = state
        .read(move |session, _| -> Result<_, Problem> {
            let agent = reached(session, scope, id)?;
            session
                .find_attachment(AttachmentScope::OfAgent(agent), attachment_id)?
                .ok_or_else(Problem::not_found)
        })
        .await?;
    file(&state, &caller, &attachment).await
}
