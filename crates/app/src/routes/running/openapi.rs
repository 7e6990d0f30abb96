//! The API's own description.

use crate::openapi::document_json;
use actix_web::HttpResponse;

/// 接口描述
///
/// 本服务的 OpenAPI 3.1 文档，由代码生成。
#[utoipa::path(
    get,
    path = "/openapi.json",
    responses((status = 200, description = "OpenAPI 3.1 文档", body = Object))
)]
pub async fn handle() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(document_json())
}
