//! Makes a webhook.

use super::{WebhookAnswer, office};
use crate::{access::Caller, extract::Body, problem::Problem, state::State};
use ::events::{
    AddressPolicy, CreateWebhook, Topics, WebhookFormat, WebhookSecret, WebhookUrl, create_webhook,
};
use actix_web::{HttpResponse, http::header, web::Data};
use identity::AuditAction;
use kernel::{FieldError, Validation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 新回调
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWebhook {
    /// 接收事件的网址，须为 https，不能指向内网
    #[schema(min_length = 1, max_length = 500, example = "https://example.com/catchment")]
    url: String,
    /// `json`（缺省）或 `wecom`（企业微信群机器人）
    format: Option<String>,
    /// 事件的名称，至少一种
    #[schema(min_items = 1, max_items = 100)]
    topics: Vec<String>,
}

/// 新回调与其密钥
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookWithSecret {
    #[serde(flatten)]
    webhook: WebhookAnswer,
    /// 验证签名的密钥：只在此给出一次
    secret: String,
}

/// 新增事件回调
///
/// 代理商的回调只收到本代理商的事件，总部的收到全部。密钥只给出一次，故不接受 `Idempotency-Key`：未收到答复时请删除后重建。
#[utoipa::path(
    post,
    path = "/webhooks",
    request_body = NewWebhook,
    responses(
        (status = 201, description = "已新增", body = WebhookWithSecret),
        (status = 409, description = "回调已满（`too_many_webhooks`）"),
        (status = 503, description = "暂时无法核对网址"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    body: Body<NewWebhook>,
) -> Result<HttpResponse, Problem> {
    let (url, format, topics) = check(&body.value, state.webhooks.policy()).map_err(Problem::invalid)?;
    let asked = url.clone();
    let led = state.webhooks.ask(move |port| port.resolve(&asked)).await?;
    led.map_err(super::resolved)?;
    let mut bytes = [0; 32];
    state.secrets.fill(&mut bytes);
    let command = CreateWebhook {
        url,
        format,
        topics,
        secret: WebhookSecret::of(bytes),
    };
    let webhook = state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let agent = office(work.scope()?)?;
            let webhook = create_webhook(work.session, work.ids, work.now, agent, command.clone())?;
            work.record(AuditAction::WebhookCreated, webhook.id.as_uuid(), None)?;
            Ok(webhook)
        })
        .await?;
    Ok(HttpResponse::Created()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(WebhookWithSecret {
            webhook: WebhookAnswer::from(&webhook),
            secret: webhook.secret.expose().to_owned(),
        }))
}

/// Checks every field, and reports all that are wrong.
fn check(
    body: &NewWebhook,
    policy: AddressPolicy,
) -> Result<(WebhookUrl, WebhookFormat, Topics), Vec<FieldError>> {
    let mut validation = Validation::default();
    let url = WebhookUrl::parse(&body.url);
    let url = validation.take("url", url.and_then(|url| url.check(policy).map(|()| url)));
    let format = match &body.format {
        Some(name) => validation.take("format", super::format(name)),
        None => Some(WebhookFormat::Json),
    };
    let topics = validation.take("topics", super::topics(&body.topics));
    validation.finish_with(
        url.zip(format)
            .zip(topics)
            .map(|((url, format), topics)| (url, format, topics)),
    )
}
