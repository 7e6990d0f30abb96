//! Orders: placing them, seeing them, and taking them to the door.

pub mod assign;
pub mod cancel;
mod change;
pub mod claim;
mod coordinates;
pub mod deliver;
pub mod fail;
pub mod get;
pub mod history;
pub mod list;
pub mod place;
pub mod rate;
pub mod reveal;
pub mod start;

use self::coordinates::lying_elsewhere;
use crate::{masking::Sight, problem::Problem};
use ::orders::{
    Actor, ChangeOrderRefusal, Order, OrderLine, OrderState, PlaceOrderRefusal, RateOrderRefusal, Rating,
    Shortage, WrongState,
};
use customers::Position;
use identity::Principal;
use kernel::{
    AddressId, AgentId, CourierId, CustomerId, DivisionCode, Instant, Invalid, OrderId, ProductId, Scope,
    TerritoryId, Text,
};
use serde::Serialize;
use utoipa::ToSchema;

/// Who acts on those rows.
const fn actor(principal: &Principal, scope: Scope) -> Actor {
    Actor {
        account_id: Some(principal.account_id),
        scope,
    }
}

/// 订单
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Order)]
pub struct OrderAnswer {
    #[schema(value_type = Uuid)]
    id: OrderId,
    /// 订单号
    #[schema(example = "00012-261122-0034-7")]
    number: String,
    /// 状态：`placed`、`assigned`、`out_for_delivery`、`delivered`、`cancelled`、`failed`
    state: &'static str,
    /// 负责的代理商
    #[schema(value_type = Uuid)]
    agent_id: AgentId,
    #[schema(value_type = Uuid)]
    customer_id: CustomerId,
    /// 现在或最后负责配送的送水员
    #[schema(value_type = Option<Uuid>)]
    courier_id: Option<CourierId>,
    routing: RoutingAnswer,
    address: OrderAddress,
    lines: Vec<LineAnswer>,
    /// 合计（分）
    total_fen: i64,
    /// 期望送达时间的开始
    #[schema(value_type = Option<String>, format = DateTime)]
    wanted_from: Option<Instant>,
    /// 期望送达时间的结束
    #[schema(value_type = Option<String>, format = DateTime)]
    wanted_until: Option<Instant>,
    /// 备注；与详细地址同见同隐
    note: Option<String>,
    /// 付款方式：`cash_on_delivery`、`monthly_bill`、`bank_transfer`
    payment_method: &'static str,
    #[schema(value_type = String, format = DateTime)]
    placed_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    delivered_at: Option<Instant>,
    /// 收回的空桶数
    buckets_returned: Option<u16>,
    /// 签收凭证
    proof: Option<String>,
    /// 取消或配送失败的原因
    reason: Option<String>,
    /// 版本：每次变更加一
    version: i64,
}

/// 订单归属的依据
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderRouting)]
pub struct RoutingAnswer {
    #[schema(value_type = String, example = "330106")]
    division_code: DivisionCode,
    /// 规则：`township`、`county`、`city`、`province`、`headquarters`、`reserved_customer`、`headquarters_override`
    rule: &'static str,
    #[schema(value_type = Option<Uuid>)]
    territory_id: Option<TerritoryId>,
    /// 坐标所在的区县，仅当与地址的区划不一致时；以地址的区划为准
    #[schema(value_type = Option<String>, example = "330105")]
    coordinates_division_code: Option<DivisionCode>,
}

/// 下单时的地址。客户本人与配送中的送水员可见全部；代理商在配送完成前可见详细地址，联系人为掩码；其他人所见均为掩码
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderAddress {
    #[schema(value_type = Option<Uuid>)]
    address_id: Option<AddressId>,
    #[schema(value_type = String, example = "330106")]
    division_code: DivisionCode,
    /// 详细地址
    detail: String,
    /// 联系人
    contact_name: String,
    /// 联系电话；客户注销后没有
    contact_phone: Option<String>,
    /// 经度（GCJ-02）；与详细地址同见同隐
    longitude: Option<f64>,
    /// 纬度（GCJ-02）
    latitude: Option<f64>,
}

/// 订单的一行
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderLine)]
pub struct LineAnswer {
    #[schema(value_type = Uuid)]
    product_id: ProductId,
    product_name: String,
    quantity: i64,
    /// 下单时的单价（分）
    unit_price_fen: i64,
}

/// 评价
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rating)]
pub struct RatingAnswer {
    /// 1 到 5
    score: u8,
    comment: Option<String>,
    tags: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    rated_at: Instant,
}

impl OrderAnswer {
    /// The order as somebody of that scope sees it.
    pub(crate) fn seen(order: &Order, scope: Scope) -> Self {
        let place = sight_of_place(order, scope);
        let delivery = match &order.state {
            OrderState::Delivered(delivery) => Some(delivery),
            _ => None,
        };
        let reason = match &order.state {
            OrderState::Cancelled { reason } => reason.as_ref(),
            OrderState::Failed { reason, .. } => Some(reason),
            _ => None,
        };
        Self {
            id: order.id,
            number: order.number.to_string(),
            state: order.state.name(),
            agent_id: order.agent_id,
            customer_id: order.customer_id,
            courier_id: order.state.courier_id(),
            routing: RoutingAnswer {
                division_code: order.address.division_code,
                rule: order.routing.rule.name(),
                territory_id: order.routing.territory_id,
                coordinates_division_code: lying_elsewhere(&order.address),
            },
            address: OrderAddress::seen(order, place, sight_of_contact(order, scope)),
            lines: order.lines.iter().map(LineAnswer::from).collect(),
            total_fen: order.total.fen(),
            wanted_from: order.wanted.map(kernel::Period::from),
            wanted_until: order.wanted.map(kernel::Period::until),
            note: order.note.as_ref().filter(|_| place == Sight::Whole).map(owned),
            payment_method: order.payment_method.name(),
            placed_at: order.placed_at,
            delivered_at: delivery.map(|delivery| delivery.delivered_at),
            buckets_returned: delivery.map(|delivery| delivery.buckets_returned),
            proof: delivery.and_then(|delivery| delivery.proof.as_ref().map(owned)),
            reason: reason.map(owned),
            version: order.version,
        }
    }
}

fn owned<const MAXIMUM: usize>(text: &Text<MAXIMUM>) -> String {
    text.as_str().to_owned()
}

/// The courier who has the order sees what it needs at the door for as long as it has it, and the customer always.
fn sight_of_contact(order: &Order, scope: Scope) -> Sight {
    match scope {
        Scope::Customer(_) => Sight::Whole,
        Scope::Courier { courier_id, .. }
            if order.state.holds_stock() && order.state.courier_id() == Some(courier_id) =>
        {
            Sight::Whole
        }
        Scope::All | Scope::Agent(_) | Scope::Courier { .. } => Sight::Masked,
    }
}

/// The agent's office plans with the place of an order until it is done; it calls nobody.
fn sight_of_place(order: &Order, scope: Scope) -> Sight {
    match scope {
        Scope::Agent(_) if order.state.holds_stock() => Sight::Whole,
        _ => sight_of_contact(order, scope),
    }
}

impl OrderAddress {
    fn seen(order: &Order, place: Sight, contact: Sight) -> Self {
        let address = &order.address;
        let position = address.position.filter(|_| place == Sight::Whole);
        // What stands for an erased address hides nothing.
        let place = if address.contact_phone.is_none() {
            Sight::Whole
        } else {
            place
        };
        Self {
            address_id: address.address_id,
            division_code: address.division_code,
            detail: place.detail(address.detail.as_str()),
            contact_name: contact.name(&address.contact_name),
            contact_phone: address.contact_phone.as_ref().map(|phone| contact.phone(phone)),
            longitude: position.map(Position::longitude),
            latitude: position.map(Position::latitude),
        }
    }
}

impl From<&OrderLine> for LineAnswer {
    fn from(line: &OrderLine) -> Self {
        Self {
            product_id: line.product_id,
            product_name: line.product_name.as_str().to_owned(),
            quantity: line.quantity.get(),
            unit_price_fen: line.unit_price.fen(),
        }
    }
}

impl From<&Rating> for RatingAnswer {
    fn from(rating: &Rating) -> Self {
        Self {
            score: rating.score.get(),
            comment: rating.comment.as_ref().map(owned),
            tags: rating.tags.iter().map(owned).collect(),
            rated_at: rating.rated_at,
        }
    }
}

#[derive(Serialize)]
struct ShortageAnswer {
    product_id: ProductId,
    requested: i64,
    available: i64,
}

impl From<PlaceOrderRefusal> for Problem {
    fn from(refusal: PlaceOrderRefusal) -> Self {
        match refusal {
            PlaceOrderRefusal::CustomerNotFound(_) => Self::not_found().called("customer_not_found"),
            PlaceOrderRefusal::AddressNotFound(_) => Self::not_found().called("address_not_found"),
            PlaceOrderRefusal::ProductNotForSale { line } => Self::invalid_field(
                format!("lines[{line}].product_id"),
                Invalid::new("product_not_for_sale", "没有在售的这个产品", "is not for sale"),
            ),
            PlaceOrderRefusal::AgentNotFound(_) => Self::invalid_field(
                "agent_id",
                Invalid::new(
                    "unknown_agent",
                    "没有这个代理商，或其区域均已到期",
                    "holds no territory",
                ),
            ),
            PlaceOrderRefusal::OutsideTerritory { division_code } => Self::conflict(
                "outside_territory",
                "地址不在本代理商的区域内",
                "The address is outside the agent's territory.",
            )
            .with("division_code", division_code.to_string()),
            PlaceOrderRefusal::OutOfStock(shortages) => out_of_stock(&shortages),
            PlaceOrderRefusal::TotalTooLarge => Self::invalid_field(
                "lines",
                Invalid::new("total_too_large", "合计金额过大", "amount to too much"),
            ),
        }
    }
}

fn out_of_stock(shortages: &[Shortage]) -> Problem {
    let shortages: Vec<_> = shortages
        .iter()
        .map(|shortage| ShortageAnswer {
            product_id: shortage.product_id,
            requested: shortage.requested,
            available: shortage.available,
        })
        .collect();
    Problem::conflict("out_of_stock", "库存不足", "There is too little stock.").with("shortages", shortages)
}

impl From<ChangeOrderRefusal> for Problem {
    fn from(refusal: ChangeOrderRefusal) -> Self {
        match refusal {
            ChangeOrderRefusal::NotFound(_) => Self::not_found(),
            ChangeOrderRefusal::WrongState(WrongState { from, to }) => wrong_state(from).with("wanted", to),
            ChangeOrderRefusal::CourierNotFound(_) => Self::invalid_field(
                "courier_id",
                Invalid::new(
                    "unknown_courier",
                    "该代理商没有这个送水员",
                    "is no courier of the order's agent",
                ),
            ),
            ChangeOrderRefusal::CourierOffDuty(_) => {
                Self::conflict("courier_off_duty", "送水员不在班", "The courier is off duty.")
            }
            ChangeOrderRefusal::NotACourier => Self::forbidden(),
            ChangeOrderRefusal::ReasonRequired => Self::invalid_field("reason", Invalid::required()),
        }
    }
}

impl From<RateOrderRefusal> for Problem {
    fn from(refusal: RateOrderRefusal) -> Self {
        match refusal {
            RateOrderRefusal::NotFound(_) => Self::not_found(),
            RateOrderRefusal::NotDelivered { state } => wrong_state(state),
            RateOrderRefusal::AlreadyRated(_) => {
                Self::conflict("already_rated", "订单已评价", "The order was rated before.")
            }
        }
    }
}

/// 409, naming the state that the order is in.
fn wrong_state(state: &'static str) -> Problem {
    Problem::conflict(
        "wrong_state",
        format!("订单当前状态为 {state}，不能执行此操作"),
        format!("The order is {state}, which does not allow this."),
    )
    .with("state", state)
}

/// The outcome of a command that was a set of its own.
fn only<Outcome, Refusal: Into<Problem>>(
    outcomes: Vec<Result<Outcome, Refusal>>,
) -> Result<Outcome, Problem> {
    match outcomes.into_iter().next() {
        Some(outcome) => outcome.map_err(Into::into),
        None => Err(Problem::internal("a set of one has one outcome")),
    }
}
