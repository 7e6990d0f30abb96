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
use kernel::{BusinessDay, CustomerId, Invalid};
use privacy::{Person, admit_export, held_about};
use serde::Deserialize;
use storage::Session;
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
/// 系统保存的与该客户有关的全部信息，不脱敏。有账号的客户自行导出。同一客户 24 小时内至多 5 次。
#[utoipa::path(
    post,
    path = "/customers/{id}/export",
    request_body = OnRequest,
    responses(
        (status = 200, description = "全部信息", body = HeldAnswer),
        (status = 409, description = "客户有账号，由本人导出（has_account）"),
        (status = 429, description = "导出次数过多，请在 `Retry-After` 秒后再试（too_many_exports）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<CustomerId>,
    body: Body<OnRequest>,
) -> Result<HttpResponse, Problem> {
    let reason = body.value.reason()?;
    // The entry is committed before anything is shown; and what is shown is gathered where nobody who writes waits for it.
    state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            exportable(work.session, id)?;
            admit_export(work.session, work.now, work.principal.account_id, id.as_uuid())?;
            let reason = Some(reason.clone());
            Ok(work.record(AuditAction::PersonalDataExported, id.as_uuid(), reason)?)
        })
        .await?;
    let answer = state
        .read(move |session, now| -> Result<_, Problem> {
            let person = exportable(session, id)?;
            Ok(HeldAnswer::of(
                &held_about(session, &person)?,
                None,
                BusinessDay::of(now),
            ))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(answer))
}

/// The person behind the record, as long as they have no account to export by.
fn exportable(session: &mut dyn Session, id: CustomerId) -> Result<Person, Problem> {
    let person = Person::of_customer(session, id)?.ok_or_else(Problem::not_found)?;
    if person.account_id.is_some() {
        return Err(Problem::conflict(
            "has_account",
            "客户有账号，由本人登录后导出",
            "The customer has an account, and exports by it.",
        ));
    }
    Ok(person)
}
