//! Where an office is told of what happens.

pub mod change;
pub mod create;
pub mod delete;
pub mod get;
pub mod list;
pub mod test;

use crate::problem::Problem;
use ::events::{
    ChangeWebhookError, CreateWebhookError, Failure, MAXIMUM_WEBHOOKS, Topics, Webhook, WebhookFormat,
    WebhookUrl,
};
use kernel::{AgentId, Instant, Invalid, ReachedAgent, Scope, WebhookId};
use serde::Serialize;
use utoipa::ToSchema;

/// 事件回调
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook)]
pub struct WebhookAnswer {
    #[schema(value_type = Uuid)]
    id: WebhookId,
    /// 所属代理商；总部的可收到所有代理商的事件
    #[schema(value_type = Uuid)]
    agent_id: AgentId,
    /// 网址，不含查询参数
    #[schema(example = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?…")]
    url: String,
    /// `json` 或 `wecom`（企业微信群机器人）
    format: &'static str,
    /// 事件的名称
    topics: Vec<&'static str>,
    /// 是否启用；接收方答复 410 后自动停用
    enabled: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    /// 版本，同 `ETag`
    version: i64,
}

impl From<&Webhook> for WebhookAnswer {
    fn from(webhook: &Webhook) -> Self {
        Self {
            id: webhook.id,
            agent_id: webhook.agent_id,
            url: webhook.url.masked(),
            format: webhook.format.name(),
            topics: webhook.topics.names().collect(),
            enabled: webhook.enabled,
            created_at: webhook.created_at,
            version: webhook.version,
        }
    }
}

/// The office whose webhooks the caller manages.
fn office(scope: Scope) -> Result<ReachedAgent, Problem> {
    scope.own_agent().ok_or_else(Problem::forbidden)
}

/// The format of that name.
fn format(name: &str) -> Result<WebhookFormat, Invalid> {
    WebhookFormat::from_name(name)
        .ok_or_else(|| Invalid::new("unknown_format", "须为 json 或 wecom", "must be json or wecom"))
}

/// The topics of those names.
fn topics(names: &[String]) -> Result<Topics, Invalid> {
    Topics::parse(names.iter().map(String::as_str))
}

/// What the name in an address led to, as the field that it stands in is told.
fn resolved(failure: Failure) -> Problem {
    let invalid = match failure {
        Failure::PrivateAddress => WebhookUrl::private_address(),
        _ => Invalid::new("no_such_host", "域名无法解析", "has a name that leads nowhere"),
    };
    Problem::invalid_field("url", invalid)
}

impl From<CreateWebhookError> for Problem {
    fn from(error: CreateWebhookError) -> Self {
        match error {
            CreateWebhookError::TooMany => Self::conflict(
                "too_many_webhooks",
                format!("最多 {MAXIMUM_WEBHOOKS} 个回调，请先删除一些"),
                format!("There are {MAXIMUM_WEBHOOKS} webhooks already; delete some first."),
            ),
            CreateWebhookError::Repository(error) => error.into(),
        }
    }
}

impl From<ChangeWebhookError> for Problem {
    fn from(error: ChangeWebhookError) -> Self {
        match error {
            ChangeWebhookError::NotFound(_) => Self::not_found(),
            ChangeWebhookError::Stale => Self::stale_version(),
            ChangeWebhookError::Repository(error) => error.into(),
        }
    }
}
