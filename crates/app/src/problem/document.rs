//! The document itself, and the usual words for each status.

use crate::language::Language;
use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// 错误说明（RFC 9457，`application/problem+json`）。有些错误另带成员，如 `conflicts`、`shortages`。
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// 错误类型的 URI
    #[serde(rename = "type")]
    #[schema(example = "urn:catchment:problem:invalid_input")]
    pub(super) kind: String,
    /// 状态的简短说明
    pub(super) title: String,
    /// HTTP 状态码
    #[schema(example = 422)]
    pub(super) status: u16,
    /// 供程序使用的稳定代码
    #[schema(example = "invalid_input")]
    pub(super) code: String,
    /// 本次错误的说明：中文；`Accept-Language` 偏好英文时为英文
    pub(super) detail: String,
    /// 请求编号，与 `X-Request-Id` 相同
    pub(super) request_id: String,
    /// 未通过检查的字段，一次全部列出
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(super) errors: Vec<FieldProblem>,
    #[serde(flatten)]
    #[schema(ignore)]
    pub(super) members: serde_json::Map<String, serde_json::Value>,
}

/// 一个未通过检查的字段
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// 字段路径，如 `lines[0].quantity`
    pub(super) field: String,
    /// 供程序使用的稳定代码
    pub(super) code: String,
    /// 说明
    pub(super) message: String,
}

/// The status in words.
pub(super) fn title(status: StatusCode, language: Language) -> &'static str {
    let chinese = match status.as_u16() {
        400 => "请求格式错误",
        401 => "未登录",
        403 => "没有权限",
        404 => "未找到",
        405 => "方法不允许",
        408 => "请求超时",
        409 => "冲突",
        412 => "版本已过期",
        413 => "请求体过大",
        415 => "媒体类型不支持",
        422 => "内容无效",
        429 => "请求过多",
        500 => "服务器内部错误",
        503 => "服务暂不可用",
        507 => "存储空间不足",
        _ => "请求未完成",
    };
    language.pick(
        chinese,
        status.canonical_reason().unwrap_or("Request not completed"),
    )
}

/// Code and sentence, where nothing more is known than the status.
pub(super) fn words(status: StatusCode) -> (&'static str, &'static str, &'static str) {
    match status.as_u16() {
        400 => ("bad_request", "请求无法解析", "The request cannot be understood."),
        401 => (
            "unauthenticated",
            "请先登录，或登录已失效",
            "Sign in first, or again: the token is missing or no longer valid.",
        ),
        403 => (
            "forbidden",
            "当前身份没有权限执行此操作",
            "The role you act in may not do this.",
        ),
        404 => (
            "not_found",
            "没有这个资源，或不属于您",
            "There is no such thing, or it is not yours.",
        ),
        405 => (
            "method_not_allowed",
            "此路径不支持该方法",
            "This path does not take that method.",
        ),
        408 => (
            "request_timeout",
            "请求体发送过慢",
            "The request body took too long to arrive.",
        ),
        409 => (
            "conflict",
            "与当前状态冲突",
            "The present state does not allow this.",
        ),
        412 => (
            "stale_version",
            "内容已被他人修改，请重新读取后再试",
            "It was changed by somebody else; read it again.",
        ),
        413 => ("body_too_large", "请求体过大", "The request body is too large."),
        415 => (
            "unsupported_media_type",
            "请求体须为未压缩的 application/json",
            "The body must be application/json, not compressed.",
        ),
        422 => (
            "invalid_input",
            "提交的内容有误，请检查各字段",
            "Some fields are invalid.",
        ),
        429 => (
            "too_many_requests",
            "请求过于频繁，请稍后再试",
            "Too many requests; try again later.",
        ),
        500 => (
            "internal_error",
            "服务器内部错误，请凭请求编号联系我们",
            "Something failed on our side; tell us the request id.",
        ),
        503 => (
            "unavailable",
            "服务暂不可用，请稍后再试",
            "The service is not available just now; try again.",
        ),
        507 => (
            "storage_full",
            "存储空间不足，暂时无法保存",
            "There is no room left to save this.",
        ),
        _ => (
            "request_failed",
            "请求未完成",
            "The request could not be completed.",
        ),
    }
}
