//! The administrative tree, and who answers where.

pub mod children;
pub mod get;
pub mod locate;
pub mod responsible;
pub mod search;

use crate::problem::Problem;
use actix_web::http::StatusCode;
use kernel::{DivisionCode, Invalid};
use regions::{Division, DivisionError, DivisionTree};
use serde::Serialize;
use utoipa::ToSchema;

/// 行政区划
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Division)]
pub struct DivisionAnswer {
    /// 6 位代码，乡镇为 9 位
    #[schema(value_type = String, example = "330106")]
    code: DivisionCode,
    /// 名称
    #[schema(example = "西湖区")]
    name: String,
    /// 层级：`province`、`city`、`county` 或 `township`
    level: &'static str,
    /// 上级代码；省级为 null
    #[schema(value_type = Option<String>, example = "330100")]
    parent_code: Option<DivisionCode>,
    /// 是否有下级
    has_children: bool,
}

/// 若干行政区划
#[derive(Debug, Serialize, ToSchema)]
pub struct Divisions {
    /// 数据版本
    #[schema(example = "民政部 国家地名信息库 2026-09-11")]
    edition: &'static str,
    /// 行政区划
    items: Vec<DivisionAnswer>,
}

impl From<&Division> for DivisionAnswer {
    fn from(division: &Division) -> Self {
        Self {
            code: division.code,
            name: division.name().to_owned(),
            level: division.level.name(),
            parent_code: division.parent_code,
            has_children: division.has_children,
        }
    }
}

impl Divisions {
    fn of<'tree>(divisions: impl IntoIterator<Item = &'tree Division>) -> Self {
        Self {
            edition: DivisionTree::embedded().edition(),
            items: divisions.into_iter().map(DivisionAnswer::from).collect(),
        }
    }
}

/// A code of a path that names no division: 404, with the successors of a retired one.
impl From<DivisionError> for Problem {
    fn from(error: DivisionError) -> Self {
        let successors = match &error {
            DivisionError::Retired { successors, .. } => Some(successors.clone()),
            DivisionError::Unknown(_) | DivisionError::Shell { .. } => None,
        };
        let Invalid {
            code,
            message_zh,
            message_en,
        } = error.into();
        let problem = Self::new(StatusCode::NOT_FOUND, code, message_zh, message_en);
        match successors {
            Some(successors) => problem.with("successors", successors),
            None => problem,
        }
    }
}
