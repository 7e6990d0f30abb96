//! The address of the API reference page.

use actix_web::{HttpResponse, http::header};

/// 接口说明页
#[utoipa::path(
    get,
    path = "/docs",
    responses((status = 308, description = "转到说明页", headers(("Location" = String, description = "说明页地址"))))
)]
pub async fn handle() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, "/docs/index.html"))
        .finish()
}
