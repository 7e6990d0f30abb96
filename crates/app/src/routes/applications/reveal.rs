//! Shows an applicant's personal values in full.

use crate::{
    access::Caller,
    extract::{Body, PathId},
    problem::Problem,
    reveal::{RevealRequest, reveal},
    state::State,
};
use ::agents::{Applicant, ApplicationScope};
use actix_web::web::{Data, Json};
use identity::AuditAction;
use kernel::ApplicationId;
use serde::Serialize;
use utoipa::ToSchema;

/// 申请人或代理商的完整信息
#[derive(Debug, Serialize, ToSchema)]
pub struct RevealedApplicant {
    /// 姓名
    name: String,
    /// 身份证号码
    identity_number: String,
    /// 手机
    mobile: String,
    /// 邮箱
    email: String,
}

impl From<&Applicant> for RevealedApplicant {
    fn from(applicant: &Applicant) -> Self {
        Self {
            name: applicant.name.as_str().to_owned(),
            identity_number: applicant.identity_number.as_str().to_owned(),
            mobile: applicant.mobile.as_str().to_owned(),
            email: applicant.email.as_str().to_owned(),
        }
    }
}

/// 查看申请人的完整信息
///
/// 须填写理由；先记入审计日志，再显示。
#[utoipa::path(
    post,
    path = "/applications/{id}/reveal",
    request_body = RevealRequest,
    responses((status = 200, description = "完整信息", body = RevealedApplicant))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(id): PathId<ApplicationId>,
    body: Body<RevealRequest>,
) -> Result<Json<RevealedApplicant>, Problem> {
    let subject = (AuditAction::ApplicationRevealed, id.as_uuid());
    reveal(&state, &caller, subject, body.value, move |session, _| {
        let application = session.find_application(ApplicationScope::All, id)?;
        Ok(application.map(|application| RevealedApplicant::from(&application.applicant)))
    })
    .await
    .map(Json)
}
