//! Changes a courier's record.

use super::CourierAnswer;
use crate::{
    access::Caller,
    extract::{Body, IfMatch, PathId, entity_tag},
    problem::Problem,
    state::State,
};
use ::orders::{ChangeCourier, change_courier};
use actix_web::{HttpResponse, web::Data};
use kernel::CourierId;
use serde::Deserialize;
use utoipa::ToSchema;

/// 送水员的修改；缺省的项不变
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CourierChange {
    #[schema(min_length = 1, max_length = 50)]
    name: Option<String>,
    /// 中国大陆手机号码
    phone: Option<String>,
    /// 是否在班；已派给本人的订单不变
    on_duty: Option<bool>,
}

/// 修改送水员
///
/// 带 `If-Match` 时只修改该版本。
#[utoipa::path(
    patch,
    path = "/couriers/{id}",
    request_body = CourierChange,
    params(("If-Match" = Option<String>, Header, description = "读取时得到的 `ETag`")),
    responses(
        (status = 200, description = "已修改", body = CourierAnswer, headers(("ETag" = String, description = "版本"))),
        (status = 412, description = "他人已先修改"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(courier_id): PathId<CourierId>,
    IfMatch(version): IfMatch,
    body: Body<CourierChange>,
) -> Result<HttpResponse, Problem> {
    let scope = caller.scope()?;
    let change = ChangeCourier {
        name: body.value.name,
        phone: body.value.phone,
        on_duty: body.value.on_duty,
    };
    let courier = state
        .command(&caller, move |work| {
            let scope = work.scope()?;
            Ok::<_, Problem>(change_courier(work.session, scope, courier_id, version, &change)?)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(entity_tag(courier.version))
        .json(CourierAnswer::seen(&courier, scope)))
}
