//! All that is kept about a customer without an account, for whoever answers their request.

use crate::{
    access::Caller,
    extract::{Body, PathId},
    problem::Problem,
    routes::me::held::HeldAnswer,
    state::State,
};
use actix_web::{HttpResponse, http::header, web::Data};
use identity::{AuditAction, AuditReason};
use kernel::{CustomerId, Invalid};
use privacy::{Person, held_about};
use serde::Deserialize;
use utoipa::ToSchema;

/// 应客户请求的理由
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OnRequest {
    /// 理由：谁、以何种方式提出，如何核实身份；记入审计
    #[schema(example = "客户来电，已核对最近两笔订单")]
    reason: String,
}

impl OnRequest {
    /// The reason, if it is one.
    pub(super) fn reason(&self) -> Result<AuditReason, Problem> {
        AuditReason::parse(&self.reason)
            .map_err(|error| Problem::invalid_field("reason", Invalid::from(error)))
    }
}

/// 导出无账号客户的个人信息
///
/// 系统保存的与该客户有关的全部信息，不脱敏。有账号的客户自行导出。
#[utoipa::path(
    post,
    path = "/customers/{id}/export",
    request_body = OnRequest,
    responses(
        (status = 200, description = "全部信息", body = HeldAnswer),
        (status = 409, description = "客户有账号，由本人导出（has_account）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<CustomerId>,
    body: Body<OnRequest>,
) -> Result<HttpResponse, Problem> {
    let reason = body.value.reason()?;
    let answer = state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let person = Person::of_customer(work.session, id)?.ok_or_else(Problem::not_found)?;
            if person.account_id.is_some() {
                return Err(Problem::conflict(
                    "has_account",
                    "客户有账号，由本人登录后导出",
                    "The customer has an account, and exports by it.",
                ));
            }
            let reason = Some(reason.clone());
            work.record(AuditAction::PersonalDataExported, id.as_uuid(), reason)?;
            Ok(HeldAnswer::of(&held_about(work.session, &person)?, None))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(answer))
}
