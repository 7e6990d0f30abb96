//! Whether the process lives.

use actix_web::HttpResponse;

/// 进程存活
///
/// 进程能应答即为 200，不查询数据库。
#[utoipa::path(
    get,
    path = "/healthz",
    responses((status = 200, description = "存活", body = String, content_type = "text/plain"))
)]
pub async fn handle() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
}
