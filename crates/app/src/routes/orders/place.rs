//! Places an order, through the intake.

use super::{OrderAnswer, actor};
use crate::{
    access::Caller,
    extract::{Body, RequiredKey, RequiredKeyParameter},
    intake::Placement,
    problem::Problem,
    routes::customers::NewAddress,
    state::State,
};
use ::orders::OrderDraft;
use actix_web::{HttpResponse, web::Data};
use kernel::{AddressId, AgentId, CustomerId, Instant, ProductId};
use regions::DivisionTree;
use serde::Deserialize;
use utoipa::ToSchema;

/// 新订单
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// 下单的客户；客户本人下单时可省略
    #[schema(value_type = Option<Uuid>)]
    customer_id: Option<CustomerId>,
    /// 客户的地址；与 `address` 二选一
    #[schema(value_type = Option<Uuid>)]
    address_id: Option<AddressId>,
    /// 随订单给出的地址
    address: Option<NewAddress>,
    #[schema(min_items = 1, max_items = 20)]
    lines: Vec<NewLine>,
    /// 期望送达时间的开始，与结束同有或同无
    #[schema(value_type = Option<String>, format = DateTime)]
    wanted_from: Option<Instant>,
    /// 期望送达时间的结束，30 天以内
    #[schema(value_type = Option<String>, format = DateTime)]
    wanted_until: Option<Instant>,
    /// 备注
    #[schema(max_length = 200)]
    note: Option<String>,
    /// 付款方式：`cash_on_delivery`（缺省）、`monthly_bill`、`bank_transfer`
    payment_method: Option<String>,
    /// 由总部指定的代理商；其他人给出的不予理会
    #[schema(value_type = Option<Uuid>)]
    agent_id: Option<AgentId>,
}

/// 新订单的一行
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOrderLine)]
pub struct NewLine {
    #[schema(value_type = Uuid)]
    product_id: ProductId,
    #[schema(minimum = 1, maximum = 10_000)]
    quantity: i64,
}

/// 下单
///
/// 由地址决定负责的代理商，并预占其库存：各行全部预占或全部不占。
#[utoipa::path(
    post,
    path = "/orders",
    params(RequiredKeyParameter),
    request_body = NewOrder,
    responses(
        (status = 201, description = "已下单", body = OrderAnswer),
        (status = 404, description = "没有这个客户（`customer_not_found`）或地址（`address_not_found`）"),
        (status = 409, description = "库存不足（`out_of_stock`，含 `shortages`）；地址不在本代理商的区域内（`outside_territory`）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    RequiredKey(key): RequiredKey,
    body: Body<NewOrder>,
) -> Result<HttpResponse, Problem> {
    let (draft, digest) = (OrderDraft::from(body.value), body.digest);
    let actor = actor(&caller.principal, caller.scope()?);
    let order = draft
        .check(DivisionTree::embedded(), actor, state.clock.now())
        .map_err(Problem::invalid)?;
    let placement = Placement {
        caller,
        key,
        digest,
        order,
    };
    Ok(state.intake.place(placement).await?.respond())
}

impl From<NewOrder> for OrderDraft {
    fn from(order: NewOrder) -> Self {
        Self {
            customer_id: order.customer_id,
            address_id: order.address_id,
            address: order.address.map(Into::into),
            lines: order
                .lines
                .into_iter()
                .map(|line| (line.product_id, line.quantity))
                .collect(),
            wanted_from: order.wanted_from,
            wanted_until: order.wanted_until,
            note: order.note,
            payment_method: order.payment_method,
            agent_id: order.agent_id,
        }
    }
}
