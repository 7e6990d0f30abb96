//! Lists products.

use super::ProductAnswer;
use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging, Query},
    problem::Problem,
    state::State,
};
use actix_web::web::{Data, Json};
use kernel::ProductId;
use serde::Deserialize;
use utoipa::IntoParams;

/// 产品筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// 为 true 时只列在售产品；总部以外的人总是只见在售产品
    listed: Option<bool>,
}

/// 产品列表
///
/// 按添加的先后。
#[utoipa::path(
    get,
    path = "/products",
    params(Filter, PageParameters),
    responses((status = 200, description = "一页产品", body = Paged<ProductAnswer>))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    Query(filter): Query<Filter>,
    paging: Paging<ProductId>,
) -> Result<Json<Paged<ProductAnswer>>, Problem> {
    let listed_only = filter.listed.unwrap_or(false) || !caller.principal.role.is_headquarters();
    let request = paging.request.clone();
    let page = state
        .read(move |session, _| session.list_products(listed_only, &request))
        .await?;
    paging.answer(page.map(ProductAnswer::from)).map(Json)
}
