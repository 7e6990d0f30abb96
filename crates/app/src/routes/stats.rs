//! Figures.

pub mod overview;
pub mod series;

use crate::problem::Problem;
use insights::{Counters, FigureScope};
use kernel::{AgentId, DivisionCode, Instant, Invalid, Scope};
use regions::DivisionTree;
use serde::{Deserialize, Serialize};
use storage::Session;
use utoipa::{IntoParams, ToSchema};

/// 统计范围
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Selection {
    /// 代理商；总部缺省为全部，代理商缺省为自己，也可以是区域在自己区域之内的下级代理商
    #[param(value_type = Option<Uuid>)]
    agent_id: Option<AgentId>,
    /// 只统计送往该行政区划（含其下各级，到县为止）的订单
    division: Option<String>,
}

impl Selection {
    /// Whose figures are meant, in one read: headquarters sees everybody's, an agent its own and those of the agents below
    /// it.
    fn within(&self, scope: Scope, session: &mut dyn Session, now: Instant) -> Result<FigureScope, Problem> {
        let tree = DivisionTree::embedded();
        let span = self.division.as_deref().map(|code| {
            let code = DivisionCode::parse(code)?;
            let division = tree.resolve(code).map_err(Invalid::from)?;
            Ok(division.code.span())
        });
        let span = span
            .transpose()
            .map_err(|invalid| Problem::invalid_field("division", invalid))?;
        let territories = session.territory_map()?;
        FigureScope::within_or_below(scope, self.agent_id, span, (territories.as_ref(), tree), now)
            .ok_or_else(Problem::not_found)
    }
}

/// 统计数字
#[derive(Debug, Serialize, ToSchema)]
pub struct Figures {
    /// 下单数，计在下单日
    orders: i64,
    /// 销售额（分），计在送达日
    sales_fen: i64,
    /// 送达的桶数（可回收桶装），计在送达日
    buckets: i64,
    /// 新客户数：首次在该代理商下单
    new_customers: i64,
    /// 送达数，计在送达日
    delivered: i64,
    /// 取消数，计在取消日
    cancelled: i64,
}

impl From<Counters> for Figures {
    fn from(counters: Counters) -> Self {
        Self {
            orders: counters.orders,
            sales_fen: counters.sales.fen(),
            buckets: counters.buckets,
            new_customers: counters.new_customers,
            delivered: counters.delivered,
            cancelled: counters.cancelled,
        }
    }
}
