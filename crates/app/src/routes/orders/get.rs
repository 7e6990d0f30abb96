//! Shows an order.

use super::{OrderAnswer, RatingAnswer};
use crate::{access::Caller, extract::PathId, problem::Problem, state::State};
use actix_web::web::{Data, Json};
use kernel::OrderId;
use serde::Serialize;
use utoipa::ToSchema;

/// 订单详情
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderDetails {
    #[serde(flatten)]
    order: OrderAnswer,
    /// 客户的评价
    rating: Option<RatingAnswer>,
}

/// 订单详情
#[utoipa::path(
    get,
    path = "/orders/{id}",
    responses((status = 200, description = "订单", body = OrderDetails))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(order_id): PathId<OrderId>,
) -> Result<Json<OrderDetails>, Problem> {
    let scope = caller.scope()?;
    state
        .read(move |session, _| {
            let order = session
                .find_order(scope, order_id)?
                .ok_or_else(Problem::not_found)?;
            let ratings = session.find_ratings(&[order.key()].into())?;
            Ok::<_, Problem>(OrderDetails {
                order: OrderAnswer::seen(&order, scope),
                rating: ratings.get(&order.id).map(RatingAnswer::from),
            })
        })
        .await
        .map(Json)
}
