//! Which applications, and in which order: the same for a list and for whoever goes through them one by one.

use crate::problem::Problem;
use ::agents::{ApplicationFilter, ApplicationOrder, FindingCode, StateName, parse_level};
use kernel::{DivisionCode, Instant, Invalid, Validation};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::IntoParams;

/// 申请筛选
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// 状态；多个以逗号分隔
    #[param(example = "submitted,reviewing")]
    state: Option<String>,
    /// 级别
    #[param(example = "county")]
    level: Option<String>,
    /// 申请了此区划之内的区划
    #[param(example = "330000")]
    division: Option<String>,
    /// 有此初审意见（按申请上次变更或重新初审时）
    #[param(example = "pending_for_other")]
    finding: Option<String>,
    /// `true` 只列已逾期的
    overdue: Option<bool>,
    /// 在此时或之后提交
    #[param(value_type = Option<String>, format = DateTime)]
    submitted_from: Option<Instant>,
    /// 在此时之前提交
    #[param(value_type = Option<String>, format = DateTime)]
    submitted_until: Option<Instant>,
    /// 次序：`newest` 由新到旧，`oldest` 由旧到新，`findings` 阻碍的意见多者先
    #[param(example = "oldest")]
    sort: Option<String>,
}

impl Filter {
    /// What the port is asked, with the order, which is `usual` unless the client says.
    pub fn check(
        self,
        now: Instant,
        usual: ApplicationOrder,
    ) -> Result<(ApplicationFilter, ApplicationOrder), Problem> {
        let mut validation = Validation::default();
        let states = validation.take("state", self.state.as_deref().map_or(Ok(BTreeSet::new()), states));
        let level = validation.take_optional("level", self.level.as_deref().map(parse_level));
        let span = validation.take_optional(
            "division",
            self.division
                .map(|code| DivisionCode::parse(&code).map(DivisionCode::span)),
        );
        let finding = validation.take_optional(
            "finding",
            self.finding.map(|name| {
                FindingCode::from_name(&name).ok_or(Invalid::new(
                    "unknown_value",
                    "没有这种初审意见",
                    "is not a finding",
                ))
            }),
        );
        let order = validation.take_optional(
            "sort",
            self.sort.map(|name| {
                ApplicationOrder::from_name(&name).ok_or(Invalid::new(
                    "unknown_value",
                    "应为 newest、oldest 或 findings",
                    "must be newest, oldest or findings",
                ))
            }),
        );
        let checked = (|| {
            let filter = ApplicationFilter {
                states: states?,
                level: level?,
                span: span?,
                finding: finding?,
                overdue_at: self.overdue.filter(|overdue| *overdue).map(|_| now),
                submitted_from: self.submitted_from,
                submitted_until: self.submitted_until,
            };
            Some((filter, order?.unwrap_or(usual)))
        })();
        validation.finish_with(checked).map_err(Problem::invalid)
    }
}

fn states(names: &str) -> Result<BTreeSet<StateName>, Invalid> {
    names
        .split(',')
        .map(|name| {
            StateName::from_name(name).ok_or(Invalid::new(
                "unknown_value",
                "没有这个状态",
                "is not a known state",
            ))
        })
        .collect()
}
