//! Adds a customer.

use super::{AddressAnswer, CustomerAnswer, NewAddress};
use crate::{
    access::Caller,
    extract::{Body, OptionalKey, OptionalKeyParameter},
    masking::Sight,
    once::Made,
    problem::Problem,
    state::State,
};
use ::customers::{CreateCustomer, create_customer};
use actix_web::{HttpResponse, web::Data};
use regions::DivisionTree;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 新客户
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCustomer {
    /// 姓名
    #[schema(min_length = 1, max_length = 50)]
    name: String,
    /// 中国大陆手机号码
    phone: Option<String>,
    /// 首个地址；代理商必填，且须在自己的区域内
    address: Option<NewAddress>,
}

/// 新建的客户
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreatedCustomer)]
pub struct Created {
    #[serde(flatten)]
    customer: CustomerAnswer,
    /// 首个地址
    address: Option<AddressAnswer>,
}

/// 新建客户
#[utoipa::path(
    post,
    path = "/customers",
    params(OptionalKeyParameter),
    request_body = NewCustomer,
    responses(
        (status = 201, description = "已新建", body = Created),
        (status = 409, description = "地址不在本代理商的区域内（`outside_territory`）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    OptionalKey(key): OptionalKey,
    Body { value, digest }: Body<NewCustomer>,
) -> Result<HttpResponse, Problem> {
    state
        .once(&caller, key, digest, move |work| {
            let scope = work.scope()?;
            let command = CreateCustomer {
                scope,
                account_id: None,
                name: value.name.clone(),
                phone: value.phone.clone(),
                address: value.address.clone().map(Into::into),
            };
            let tree = DivisionTree::embedded();
            let created = create_customer(work.session, tree, work.ids, work.now, &command)?;
            let (sight, address) = (Sight::of(scope), created.address);
            Ok::<_, Problem>(Made::created(
                created.customer.id.as_uuid(),
                Created {
                    customer: CustomerAnswer::seen(&created.customer, sight),
                    address: address.map(|address| AddressAnswer::seen(&address, sight)),
                },
            ))
        })
        .await
}
