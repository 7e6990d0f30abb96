//! The files of the API reference page, Swagger UI, compiled into the program: it needs no network.

use crate::{extract::PathId, problem::Problem};
use actix_web::{HttpResponse, http::header};
use std::sync::Arc;
use utoipa_swagger_ui::{Config, serve};

/// 接口说明页的文件
#[utoipa::path(
    get,
    path = "/docs/{file}",
    responses((status = 200, description = "文件", body = String, content_type = "text/html"))
)]
pub async fn handle(PathId(file): PathId<String>) -> Result<HttpResponse, Problem> {
    let config = Config::from("/api/v1/openapi.json")
        .use_base_layout()
        .display_request_duration(true);
    let file = serve(&file, Arc::new(config))
        .map_err(Problem::internal)?
        .ok_or_else(Problem::not_found)?;
    let mut response = HttpResponse::Ok();
    response.content_type(file.content_type);
    if file.gzpipped {
        response.insert_header(header::ContentEncoding::Gzip);
    }
    Ok(response.body(file.bytes.into_owned()))
}
