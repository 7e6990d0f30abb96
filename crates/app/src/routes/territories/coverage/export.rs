//! The coverage of a subtree as a file for a spreadsheet.

use super::{Ahead, Selection, Wanted};
use crate::{
    access::Caller, csv_file::CsvFile, extract::Query, language::Language, problem::Problem,
    routes::territories::public_names, state::State,
};
use actix_web::{HttpResponse, web::Data};
use identity::{AuditAction, AuditReason};
use kernel::{AgentId, BusinessDay, Invalid};
use regions::{CoverageStatus, CoveredDivision, Division, DivisionLevel, DivisionTree};
use std::{collections::BTreeMap, time::Duration};

const COLUMNS_ZH: [&str; 9] = [
    "区划代码",
    "名称",
    "层级",
    "所属",
    "状态",
    "规则",
    "代理商编号",
    "代理商",
    "有效至",
];
const COLUMNS_EN: [&str; 9] = [
    "code",
    "name",
    "level",
    "inside",
    "status",
    "rule",
    "agent number",
    "agent",
    "valid through",
];

/// 导出覆盖情况
///
/// CSV 文件（UTF-8，含 BOM，可直接用 Excel 打开）：区划及其下各级到区县，另有自有代理区域的乡镇。以 `=`、`+`、`-`、`@` 等开头的单元格前加 `'`，以免被当作公式。每次导出都记入审计。
#[utoipa::path(
    get,
    path = "/territories/coverage/export",
    params(Selection, Ahead),
    responses(
        (status = 200, description = "覆盖情况", body = String, content_type = "text/csv"),
        (status = 404, description = "不在自己的区域之内（not_found）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    language: Language,
    Query(selection): Query<Selection>,
    Query(ahead): Query<Ahead>,
) -> Result<HttpResponse, Problem> {
    let wanted = Wanted::parse(&selection, Some(&ahead))?;
    let scope = caller.scope()?;
    let of = wanted.root.map_or("country".to_owned(), |code| code.to_string());
    let reason = AuditReason::parse(&of).map_err(|error| Problem::internal(Invalid::from(error)))?;
    // The entry is committed before anything is shown.
    state
        .command(&caller, move |mut work| -> Result<_, Problem> {
            wanted.within(work.scope()?, work.session, work.now)?;
            work.record(AuditAction::CoverageExported, None, Some(reason.clone()))?;
            Ok(())
        })
        .await?;
    let file = state
        .read(move |session, now| -> Result<_, Problem> {
            let selected = wanted.within(scope, session, now)?;
            let coverage = selected.coverage();
            let rows: Vec<_> = coverage.rows(selected.root).collect();
            let names = public_names(session, scope, rows.iter().map(|row| row.responsible.agent_id))?;
            let mut file = CsvFile::with_columns(language.pick(&COLUMNS_ZH, &COLUMNS_EN))?;
            for row in &rows {
                file.add(&cells(row, &names, language))?;
            }
            file.into_bytes()
        })
        .await?;
    Ok(CsvFile::answer(file, &format!("coverage-{of}.csv")))
}

fn cells(row: &CoveredDivision<'_>, names: &BTreeMap<AgentId, String>, language: Language) -> [String; 9] {
    let above = DivisionTree::embedded().path(row.division.code).skip(1);
    let mut inside: Vec<_> = above.map(Division::name).collect();
    inside.reverse();
    let responsible = row.responsible;
    let last_day = row
        .held_until
        .map(|until| BusinessDay::of(until - Duration::from_micros(1)));
    [
        row.division.code.to_string(),
        row.division.name().to_owned(),
        language
            .pick(row.division.level.name_zh(), row.division.level.name())
            .to_owned(),
        inside.join(" / "),
        language.pick(status_zh(row.status), row.status.name()).to_owned(),
        DivisionLevel::from_name(responsible.rule.name()).map_or_else(
            || language.pick("总部", responsible.rule.name()).to_owned(),
            |level| language.pick(level.name_zh(), level.name()).to_owned(),
        ),
        responsible.agent_number.get().to_string(),
        names.get(&responsible.agent_id).cloned().unwrap_or_default(),
        last_day.map_or_else(String::new, |day| day.to_string()),
    ]
}

const fn status_zh(status: CoverageStatus) -> &'static str {
    match status {
        CoverageStatus::Owned => "自有代理商",
        CoverageStatus::CoveredFromAbove => "上级覆盖",
        CoverageStatus::Expiring => "即将到期",
        CoverageStatus::Suspended => "暂停",
        CoverageStatus::OnHold => "保留",
        CoverageStatus::Vacant => "空白",
    }
}
