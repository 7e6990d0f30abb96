//! Lists orders.

use super::OrderAnswer;
use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging, Query},
    problem::Problem,
    state::State,
};
use ::orders::{OrderFilter, OrderNumber, OrderState};
use actix_web::web::{Data, Json};
use chrono::NaiveDate;
use kernel::{
    AgentId, BusinessDay, BusinessRange, CourierId, CustomerId, DivisionCode, Invalid, OrderId, Scope,
    Validation,
};
use regions::DivisionTree;
use serde::Deserialize;
use utoipa::IntoParams;

/// Before the first order and after the last: where a list is bounded on one side only.
const EARLIEST: NaiveDate = date(2000, 1, 1);
const LATEST: NaiveDate = date(9999, 12, 31);

const fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => unreachable!(),
    }
}

/// 订单筛选；条件可叠加
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// 状态
    state: Option<String>,
    /// 送水员
    #[param(value_type = Option<Uuid>)]
    courier_id: Option<CourierId>,
    /// 客户
    #[param(value_type = Option<Uuid>)]
    customer_id: Option<CustomerId>,
    /// 送达地址所在的行政区划，含其下各级
    division: Option<String>,
    /// 下单的营业日，自
    placed_from: Option<NaiveDate>,
    /// 下单的营业日，至（含）
    placed_until: Option<NaiveDate>,
    /// 订单号
    number: Option<String>,
    /// 代理商；代理商只能是自己
    #[param(value_type = Option<Uuid>)]
    agent_id: Option<AgentId>,
}

/// 订单列表
///
/// 最新的在前。总部见全部，代理商见自己的，送水员见自己的与待派的，客户见自己的。
#[utoipa::path(
    get,
    path = "/orders",
    params(Filter, PageParameters),
    responses((status = 200, description = "一页订单", body = Paged<OrderAnswer>))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    Query(filter): Query<Filter>,
    paging: Paging<OrderId>,
) -> Result<Json<Paged<OrderAnswer>>, Problem> {
    let scope = caller.scope()?;
    if let (Scope::Agent(own) | Scope::Courier { agent_id: own, .. }, Some(named)) = (scope, filter.agent_id)
        && named != own
    {
        return Err(Problem::not_found());
    }
    let wanted = filter.check()?;
    let request = paging.request.clone();
    let page = state
        .read(move |session, _| session.list_orders(scope, &wanted, &request))
        .await?;
    paging
        .answer(page.map(|order| OrderAnswer::seen(&order, scope)))
        .map(Json)
}

impl Filter {
    fn check(&self) -> Result<OrderFilter, Problem> {
        let mut validation = Validation::default();
        let state = validation.take_optional("state", self.state.as_deref().map(state_name));
        let division = self.division.as_deref().map(|code| {
            let code = DivisionCode::parse(code)?;
            DivisionTree::embedded().resolve(code).map_err(Invalid::from)
        });
        let division = validation.take_optional("division", division);
        let placed = validation.take("placed_until", self.placed());
        let number = validation.take_optional("number", self.number.as_deref().map(order_number));
        validation
            .finish_with((|| {
                Some(OrderFilter {
                    agent_id: self.agent_id,
                    state: state?,
                    courier_id: self.courier_id,
                    customer_id: self.customer_id,
                    span: division?.map(|division| division.code.span()),
                    placed: placed?,
                    number: number?,
                })
            })())
            .map_err(Problem::invalid)
    }

    fn placed(&self) -> Result<Option<BusinessRange>, Invalid> {
        if self.placed_from.is_none() && self.placed_until.is_none() {
            return Ok(None);
        }
        let first = self.placed_from.unwrap_or(EARLIEST);
        let last = self.placed_until.unwrap_or(LATEST);
        if last < first {
            return Err(Invalid::new(
                "before_from",
                "不应早于 placed_from",
                "must not be before placed_from",
            ));
        }
        Ok(Some(BusinessRange {
            first: BusinessDay::from_date(first),
            last: BusinessDay::from_date(last),
        }))
    }
}

fn state_name(name: &str) -> Result<&'static str, Invalid> {
    OrderState::NAMES
        .into_iter()
        .find(|known| *known == name)
        .ok_or(Invalid::new(
            "unknown_value",
            "没有这个订单状态",
            "is not a state of orders",
        ))
}

fn order_number(text: &str) -> Result<OrderNumber, Invalid> {
    OrderNumber::parse(text).ok_or(Invalid::new(
        "invalid_order_number",
        "订单号不正确，请核对各位数字",
        "is not an order's number",
    ))
}
