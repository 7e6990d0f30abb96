//! Changes a customer.

use super::CustomerAnswer;
use crate::{
    access::Caller,
    extract::{Body, IfMatch, PathId, entity_tag},
    masking::Sight,
    problem::Problem,
    state::State,
};
use ::customers::{ChangeCustomer, change_customer};
use actix_web::{HttpResponse, web::Data};
use kernel::CustomerId;
use serde::Deserialize;
use utoipa::ToSchema;

/// 客户的修改；缺省的项不变
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerChange {
    /// 姓名
    #[schema(min_length = 1, max_length = 50)]
    name: Option<String>,
    /// 中国大陆手机号码
    phone: Option<String>,
}

/// 修改客户
///
/// 带 `If-Match` 时只修改该版本。各代理商所见的姓名与电话随后更新。
#[utoipa::path(
    patch,
    path = "/customers/{id}",
    params(("If-Match" = Option<String>, Header, description = "读取时得到的 `ETag`")),
    request_body = CustomerChange,
    responses(
        (status = 200, description = "已修改", body = CustomerAnswer, headers(("ETag" = String, description = "版本"))),
        (status = 412, description = "他人已先修改"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(customer_id): PathId<CustomerId>,
    IfMatch(version): IfMatch,
    body: Body<CustomerChange>,
) -> Result<HttpResponse, Problem> {
    let body = body.value;
    let sight = Sight::of(caller.scope()?);
    let customer = state
        .command(&caller, move |work| {
            let command = ChangeCustomer {
                scope: work.scope()?,
                customer_id,
                version,
                name: body.name.clone(),
                phone: body.phone.clone(),
            };
            Ok::<_, Problem>(change_customer(work.session, work.ids, work.now, &command)?)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(entity_tag(customer.version))
        .json(CustomerAnswer::seen(&customer, sight)))
}
