//! Takes goods in.

use super::MovementAnswer;
use crate::{
    access::Caller,
    extract::{AgentParameter, Body, OptionalKey, OptionalKeyParameter, Query},
    once::Made,
    problem::Problem,
    state::State,
};
use ::inventory::{ReceiptLine, ReceiveStock, receive_stock};
use actix_web::{HttpResponse, http::StatusCode, web::Data};
use kernel::ProductId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 入库单
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// 1 到 100 行，全部入库或全部不入
    #[schema(min_items = 1, max_items = 100)]
    lines: Vec<Line>,
    /// 备注
    #[schema(max_length = 200)]
    reason: Option<String>,
}

/// 入库单的一行
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReceiptLine)]
pub struct Line {
    #[schema(value_type = Uuid)]
    product_id: ProductId,
    /// 数量
    #[schema(minimum = 1, maximum = 10_000)]
    quantity: i64,
}

/// 入库结果
#[derive(Debug, Serialize, ToSchema)]
pub struct Received {
    /// 每行一条流水
    movements: Vec<MovementAnswer>,
}

/// 入库
#[utoipa::path(
    post,
    path = "/inventory/receipts",
    params(AgentParameter, OptionalKeyParameter),
    request_body = Receipt,
    responses((status = 201, description = "已入库", body = Received))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    Query(agent): Query<AgentParameter>,
    OptionalKey(key): OptionalKey,
    Body { value, digest }: Body<Receipt>,
) -> Result<HttpResponse, Problem> {
    state
        .once(&caller, key, digest, move |work| {
            let scope = work.scope()?;
            let command = ReceiveStock {
                agent_id: agent.existing_within(scope, work.session)?,
                actor: Some(work.principal.account_id),
                lines: value.lines.iter().map(ReceiptLine::from).collect(),
                reason: value.reason.clone(),
            };
            let movements = receive_stock(work.session, work.ids, work.now, &command)?;
            Ok::<_, Problem>(Made {
                id: None,
                status: StatusCode::CREATED,
                body: Received {
                    movements: movements.into_iter().map(MovementAnswer::from).collect(),
                },
            })
        })
        .await
}

impl From<&Line> for ReceiptLine {
    fn from(line: &Line) -> Self {
        Self {
            product_id: line.product_id,
            quantity: line.quantity,
        }
    }
}
