//! Takes a market report.

use super::MarketReportAnswer;
use crate::{
    access::Caller,
    extract::{Body, OptionalKey, OptionalKeyParameter, PathId},
    once::Made,
    problem::Problem,
    routes::agents::reached,
    state::State,
};
use ::agents::{SubmitMarketReport, submit_market_report};
use actix_web::{HttpResponse, web::Data};
use kernel::{AgentId, ContractId};
use serde::Deserialize;
use utoipa::ToSchema;

/// 市场报告
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MarketReportForm)]
pub struct Form {
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
    /// 所报告的一期中的任意一天
    #[schema(example = "2026-09-30")]
    period: String,
    /// 1 到 10 节
    #[schema(min_items = 1, max_items = 10)]
    sections: Vec<Section>,
    /// 本人上传的图片
    #[serde(default)]
    #[schema(value_type = Vec<Uuid>, max_items = 9)]
    attachments: Vec<String>,
}

/// 市场报告的一节
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReportSectionForm)]
pub struct Section {
    #[schema(example = "竞品情况", max_length = 60)]
    title: String,
    #[schema(max_length = 2000)]
    text: String,
}

/// 提交市场报告
///
/// 每一期一份，自该期最后一天起；逾期也可补交。
#[utoipa::path(
    post,
    path = "/agents/{id}/market-reports",
    params(OptionalKeyParameter),
    request_body = Form,
    responses(
        (status = 201, description = "已提交", body = MarketReportAnswer),
        (
            status = 409,
            description = "合同不要求报告（no_reports_due），本期未结束（period_runs），或已提交（already_submitted）"
        ),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    OptionalKey(key): OptionalKey,
    PathId(id): PathId<AgentId>,
    Body { value, digest }: Body<Form>,
) -> Result<HttpResponse, Problem> {
    state
        .once(&caller, key, digest, move |work| -> Result<_, Problem> {
            let scope = work.scope()?;
            let sections = value.sections.iter();
            let command = SubmitMarketReport {
                agent: reached(work.session, scope, id)?,
                contract_id: value.contract_id,
                actor: work.principal.account_id,
                period: value.period.clone(),
                sections: sections
                    .map(|section| (section.title.clone(), section.text.clone()))
                    .collect(),
                attachments: value.attachments.clone(),
            };
            let report = submit_market_report(work.session, work.ids, work.now, &command)?;
            Ok(Made::created(
                report.id.as_uuid(),
                MarketReportAnswer::from(report),
            ))
        })
        .await
}
