//! All that is kept about the person behind the account.

use super::held::HeldAnswer;
use crate::{access::Caller, problem::Problem, state::State};
use actix_web::{HttpResponse, http::header, web::Data};
use identity::AuditAction;
use privacy::{Person, held_about};

/// 导出个人信息
///
/// 系统保存的与本人有关的全部信息，不脱敏。每次导出都记入审计。
#[utoipa::path(
    get,
    path = "/me/export",
    responses((status = 200, description = "全部信息", body = HeldAnswer))
)]
pub async fn handle(state: Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let answer = state
        .command(&caller, |mut work| -> Result<_, Problem> {
            let account_id = work.principal.account_id;
            let person = Person::of_account(work.session, account_id)?;
            work.record(AuditAction::PersonalDataExported, account_id.as_uuid(), None)?;
            let held = held_about(work.session, &person)?;
            Ok(HeldAnswer::of(&held, person.account_id))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(answer))
}
