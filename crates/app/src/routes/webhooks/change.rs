//! Changes a webhook.

use super::{WebhookAnswer, office};
use crate::{
    access::Caller,
    extract::{Body, IfMatch, PathId, entity_tag},
    problem::Problem,
    state::State,
};
use ::events::{AddressPolicy, ChangeWebhook, WebhookUrl, change_webhook};
use actix_web::{HttpResponse, http::header, web::Data};
use identity::AuditAction;
use kernel::{FieldError, Validation, WebhookId};
use serde::Deserialize;
use utoipa::ToSchema;

/// 回调的修改；缺省的项不变
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookChange {
    /// 接收事件的网址
    #[schema(min_length = 1, max_length = 500)]
    url: Option<String>,
    /// `json` 或 `wecom`
    format: Option<String>,
    /// 事件的名称，至少一种
    #[schema(min_items = 1, max_items = 100)]
    topics: Option<Vec<String>>,
    /// 是否启用；停用时等待投递的成为死信
    enabled: Option<bool>,
}

/// 修改事件回调
///
/// 带 `If-Match` 时只修改该版本。
#[utoipa::path(
    patch,
    path = "/webhooks/{id}",
    request_body = WebhookChange,
    params(("If-Match" = Option<String>, Header, description = "读取时得到的 `ETag`")),
    responses(
        (status = 200, description = "已修改", body = WebhookAnswer, headers(("ETag" = String, description = "版本"))),
        (status = 412, description = "他人已先修改"),
        (status = 503, description = "暂时无法核对网址"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<WebhookId>,
    IfMatch(version): IfMatch,
    body: Body<WebhookChange>,
) -> Result<HttpResponse, Problem> {
    let command = check(&body.value, state.webhooks.policy(), id, version).map_err(Problem::invalid)?;
    if let Some(url) = command.url.clone() {
        let led = state.webhooks.ask(move |port| port.resolve(&url)).await?;
        led.map_err(super::resolved)?;
    }
    let webhook = state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let agent = office(work.scope()?)?;
            let webhook = change_webhook(work.session, work.now, agent, command.clone())?;
            work.record(AuditAction::WebhookChanged, id.as_uuid(), None)?;
            Ok(webhook)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(entity_tag(webhook.version))
        .json(WebhookAnswer::from(&webhook)))
}

/// Checks every field that is given, and reports all that are wrong.
fn check(
    body: &WebhookChange,
    policy: AddressPolicy,
    id: WebhookId,
    version: Option<i64>,
) -> Result<ChangeWebhook, Vec<FieldError>> {
    let mut validation = Validation::default();
    let url = body.url.as_deref().and_then(|text| {
        let url = WebhookUrl::parse(text);
        validation.take("url", url.and_then(|url| url.check(policy).map(|()| url)))
    });
    let format = body
        .format
        .as_deref()
        .and_then(|name| validation.take("format", super::format(name)));
    let topics = body
        .topics
        .as_deref()
        .and_then(|names| validation.take("topics", super::topics(names)));
    validation.finish(|| ChangeWebhook {
        id,
        version,
        url,
        format,
        topics,
        enabled: body.enabled,
    })
}
