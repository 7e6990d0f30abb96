//! The OpenAPI 3.1 document: each operation as its handler describes it, and what is the same for all of them, such as the
//! error answers, added from the route table.

use crate::{
    access::Access,
    cookies::CookieStyle,
    cross_site::is_safe,
    floods::Traffic,
    problem::ProblemDocument,
    route_table::Entry,
    routes::{ROUTES, Schemas},
};
use actix_web::http::{Method, StatusCode};
use std::sync::LazyLock;
use utoipa::{
    OpenApi as _, PartialSchema, ToSchema,
    openapi::{
        Components, Content, HttpMethod, Info, LicenseBuilder, ObjectBuilder, OpenApi, Paths, Ref, RefOr,
        Required, ResponseBuilder, Type,
        path::{Operation, ParameterBuilder, ParameterIn},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
        tag::TagBuilder,
    },
};

const BEARER: &str = "bearer";
const COOKIE: &str = "cookie";

/// What each area is called. The first part of a handler's module names its area.
const AREAS: &[(&str, &str)] = &[
    ("accounts", "账号：停用与启用"),
    ("agents", "代理商与合同"),
    ("applications", "代理申请：提交、初审与审核"),
    ("attachments", "附件：上传与查看图片"),
    ("audit", "审计日志"),
    ("auth", "登录：注册、登录、切换身份"),
    ("customers", "客户与地址"),
    ("divisions", "行政区划：树、查找与负责方"),
    ("inventory", "库存与流水"),
    ("members", "人员与邀请"),
    ("products", "产品"),
    ("orders", "订单：下单、配送、评价"),
    ("couriers", "送水员"),
    ("stats", "统计"),
    ("running", "运行：健康检查、指标与接口说明"),
    ("territories", "代理区域"),
];

/// The document as text, made once.
pub fn document_json() -> &'static str {
    static JSON: LazyLock<String> = LazyLock::new(|| {
        let mut json = document().to_pretty_json().unwrap_or_default();
        json.push('\n');
        json
    });
    &JSON
}

/// The document.
pub fn document() -> OpenApi {
    let mut info = Info::new("Catchment 区域代理系统", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "桶装水区域代理系统的接口。金额为整数分（`_fen`），时间为 UTC 的 RFC 3339，营业日为东八区的日期。\
         错误一律为 RFC 9457 的 `application/problem+json`，说明默认中文，`Accept-Language` 偏好英文时为英文。"
            .to_owned(),
    );
    info.license = Some(
        LicenseBuilder::new()
            .name("MIT OR Apache-2.0")
            .identifier(Some("MIT OR Apache-2.0"))
            .build(),
    );
    let mut paths = Paths::new();
    for entry in ROUTES {
        paths.add_path_operation(entry.path, vec![http_method(&entry.method)], complete(entry));
    }
    let mut document = OpenApi::new(info, paths);
    document.components = Some(components());
    document.tags = Some(
        AREAS
            .iter()
            .map(|(name, description)| {
                TagBuilder::new()
                    .name(*name)
                    .description(Some(*description))
                    .build()
            })
            .collect(),
    );
    document
}

fn components() -> Components {
    let mut components = Schemas::openapi().components.unwrap_or_default();
    let mut schemas = vec![(ProblemDocument::name().into_owned(), ProblemDocument::schema())];
    ProblemDocument::schemas(&mut schemas);
    components.schemas.extend(schemas);
    components.add_security_scheme(
        BEARER,
        SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some("登录所得的 `access_token`"))
                .build(),
        ),
    );
    components.add_security_scheme(
        COOKIE,
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            CookieStyle::HostOnly.access(),
            "浏览器登录（`cookie: true`）所得；演示系统不用 TLS，名称没有 `__Host-`。会改变内容的请求另须由本站页面发出，\
             并在 `X-CSRF-Token` 中携带 `csrf_token`",
        ))),
    );
    components
}

/// The handler's own description, completed by what follows from the table.
fn complete(entry: &Entry) -> Operation {
    let mut operation = (entry.operation)();
    let module: Vec<_> = entry.module.split("::").map(str::trim).collect();
    operation.operation_id = Some(module.join("_"));
    operation.tags = Some(module.iter().take(1).map(ToString::to_string).collect());
    operation.security = match entry.access {
        Access::Public => None,
        Access::SignedIn | Access::Permission(_) => Some(
            [BEARER, COOKIE]
                .map(|scheme| SecurityRequirement::new(scheme, Vec::<String>::new()))
                .to_vec(),
        ),
    };
    describe_csrf_token(entry, &mut operation);
    describe_path_parameters(entry, &mut operation);
    for status in common_errors(entry, &operation) {
        let answers = &mut operation.responses.responses;
        answers
            .entry(status.as_u16().to_string())
            .or_insert_with(|| problem_answer(status));
    }
    // A handler declares its own errors by status and words; the body of each is a problem.
    for (status, answer) in &mut operation.responses.responses {
        let is_error = status.starts_with(['4', '5']);
        if let RefOr::T(answer) = answer
            && is_error
            && answer.content.is_empty()
        {
            answer
                .content
                .insert("application/problem+json".to_owned(), problem_content().into());
        }
    }
    operation
}

/// Whether a browser that sends its cookie has to prove that a page of ours asks.
fn needs_csrf_token(entry: &Entry) -> bool {
    entry.access != Access::Public && !is_safe(&entry.method)
}

fn describe_csrf_token(entry: &Entry, operation: &mut Operation) {
    if !needs_csrf_token(entry) {
        return;
    }
    let parameter = ParameterBuilder::new()
        .name("X-CSRF-Token")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "以 cookie 登录时必填：登录、续期或 `GET /me` 所得的 `csrf_token`",
        ))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build();
    operation
        .parameters
        .get_or_insert_default()
        .push(RefOr::T(parameter));
}

fn describe_path_parameters(entry: &Entry, operation: &mut Operation) {
    let described: Vec<_> = operation
        .parameters
        .iter()
        .flatten()
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path => {
                Some(parameter.name.clone())
            }
            _ => None,
        })
        .collect();
    for segment in entry.path.split('/') {
        let name = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
        let Some(name) = name.filter(|name| described.iter().all(|described| described != name)) else {
            continue;
        };
        let parameter = ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
            .build();
        operation
            .parameters
            .get_or_insert_default()
            .push(RefOr::T(parameter));
    }
}

/// The errors that every route of its kind can answer.
fn common_errors(entry: &Entry, operation: &Operation) -> Vec<StatusCode> {
    let mut errors = vec![StatusCode::INTERNAL_SERVER_ERROR, StatusCode::SERVICE_UNAVAILABLE];
    if operation.request_body.is_some() {
        errors.extend([
            StatusCode::BAD_REQUEST,
            StatusCode::REQUEST_TIMEOUT,
            StatusCode::PAYLOAD_TOO_LARGE,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ]);
    }
    // Even a route without parameters refuses those it is sent.
    errors.push(StatusCode::UNPROCESSABLE_ENTITY);
    if entry.path.contains('{') || names_an_agent(operation) {
        errors.push(StatusCode::NOT_FOUND);
    }
    if entry.traffic() != Traffic::Watching {
        errors.push(StatusCode::TOO_MANY_REQUESTS);
    }
    match entry.access {
        Access::Public => {}
        Access::SignedIn => errors.push(StatusCode::UNAUTHORIZED),
        Access::Permission(_) => errors.extend([StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN]),
    }
    if needs_csrf_token(entry) {
        errors.push(StatusCode::FORBIDDEN);
    }
    if entry.method != Method::GET {
        errors.push(StatusCode::INSUFFICIENT_STORAGE);
    }
    errors
}

/// Whether a parameter says whose rows are meant: those of another agent are not there.
fn names_an_agent(operation: &Operation) -> bool {
    let mut parameters = operation.parameters.iter().flatten();
    parameters.any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == "agent_id"))
}

fn problem_answer(status: StatusCode) -> RefOr<utoipa::openapi::Response> {
    let words = crate::problem::title_zh(status);
    RefOr::T(
        ResponseBuilder::new()
            .description(words)
            .content("application/problem+json", problem_content())
            .build(),
    )
}

fn problem_content() -> Content {
    Content::new(Some(Ref::from_schema_name(ProblemDocument::name())))
}

fn http_method(method: &Method) -> HttpMethod {
    match *method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}
