//! Hands in an application.

use super::ApplicationAnswer;
use crate::{
    access::Caller,
    extract::{Body, RequiredKey, RequiredKeyParameter},
    language::Language,
    once::Made,
    problem::Problem,
    state::State,
};
use ::agents::{ApplicationForm, SubmitApplication, submit_application};
use actix_web::{HttpResponse, web::Data};
use regions::DivisionTree;
use serde::Deserialize;
use utoipa::ToSchema;

/// 代理申请表
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ApplicationForm)]
pub struct Form {
    /// `person` 个人，`enterprise` 企业
    #[schema(example = "person")]
    kind: String,
    /// 姓名
    #[schema(example = "张三")]
    name: String,
    /// 18 位身份证号码，须年满 18 周岁
    #[schema(example = "11010519491231002X")]
    identity_number: String,
    /// 企业名称；企业必填，个人不填
    company_name: Option<String>,
    /// 统一社会信用代码；企业必填，个人不填
    credit_code: Option<String>,
    /// 手机
    #[schema(example = "13800138000")]
    mobile: String,
    /// 邮箱
    #[schema(example = "zhang@example.com")]
    email: String,
    /// 级别：`province`、`city` 或 `county`
    #[schema(example = "county")]
    level: String,
    /// 区划代码，1 至 20 个
    #[schema(example = json!(["330106"]))]
    division_codes: Vec<String>,
    /// 已同意的隐私政策版本：须为现行版本，见 `GET /privacy-policy`
    #[schema(example = "2026-11")]
    privacy_policy_version: String,
    /// 本账号先以 `POST /attachments` 上传的附件的 id，至多 20 个
    #[serde(default)]
    attachments: Option<Vec<String>>,
}

impl From<Form> for ApplicationForm {
    fn from(form: Form) -> Self {
        Self {
            kind: form.kind,
            name: form.name,
            identity_number: form.identity_number,
            company_name: form.company_name,
            credit_code: form.credit_code,
            mobile: form.mobile,
            email: form.email,
            level: form.level,
            division_codes: form.division_codes,
            privacy_policy_version: form.privacy_policy_version,
            attachments: form.attachments.unwrap_or_default(),
        }
    }
}

/// 提交代理申请
///
/// 格式错误一次报全，且不保存任何内容。保存时自动初审，意见随申请返回。
#[utoipa::path(
    post,
    path = "/applications",
    params(RequiredKeyParameter),
    request_body = Form,
    responses(
        (status = 201, description = "已提交", body = ApplicationAnswer),
        (status = 409, description = "同一身份对其中的区划已有未结的申请（duplicate_application）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    RequiredKey(key): RequiredKey,
    language: Language,
    body: Body<Form>,
) -> Result<HttpResponse, Problem> {
    let form = ApplicationForm::from(body.value);
    let (policy, deadlines) = (state.policy.in_force(), state.deadlines);
    state
        .once(
            &caller,
            Some(key),
            body.digest,
            move |work| -> Result<_, Problem> {
                let command = SubmitApplication {
                    account_id: work.principal.account_id,
                    form: form.clone(),
                    policy: policy.clone(),
                    deadlines,
                };
                let application = submit_application(
                    work.session,
                    work.ids,
                    DivisionTree::embedded(),
                    work.now,
                    &command,
                )?;
                Ok(Made::created(
                    application.id.as_uuid(),
                    ApplicationAnswer::of(&application, work.now, language),
                ))
            },
        )
        .await
}
