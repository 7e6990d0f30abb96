//! All that is kept about the person behind the account.

use super::held::HeldAnswer;
use crate::{access::Caller, problem::Problem, state::State};
use actix_web::{HttpResponse, http::header, web::Data};
use identity::AuditAction;
use kernel::BusinessDay;
use privacy::{Person, admit_export, held_about};

/// 导出个人信息
///
/// 系统保存的与本人有关的全部信息，不脱敏。每次导出都记入审计；24 小时内至多 5 次。
#[utoipa::path(
    get,
    path = "/me/export",
    responses(
        (status = 200, description = "全部信息", body = HeldAnswer),
        (status = 429, description = "导出次数过多，请在 `Retry-After` 秒后再试（too_many_exports）"),
    )
)]
pub async fn handle(state: Data<State>, caller: Caller) -> Result<HttpResponse, Problem> {
    let account_id = caller.principal.account_id;
    // The entry is committed before anything is shown; and what is shown is gathered where nobody who writes waits for it.
    state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            let subject = account_id.as_uuid();
            admit_export(work.session, work.now, account_id, subject)?;
            Ok(work.record(AuditAction::PersonalDataExported, subject, None)?)
        })
        .await?;
    let answer = state
        .read(move |session, now| -> Result<_, Problem> {
            let person = Person::of_account(session, account_id)?;
            Ok(HeldAnswer::of(
                &held_about(session, &person)?,
                person.account_id,
                BusinessDay::of(now),
            ))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(answer))
}
