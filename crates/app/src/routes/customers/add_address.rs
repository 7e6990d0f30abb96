//! Adds an address.

use super::{AddressAnswer, NewAddress};
use crate::{
    access::Caller,
    extract::{Body, OptionalKey, OptionalKeyParameter, PathId},
    masking::Sight,
    once::Made,
    problem::Problem,
    state::State,
};
use ::customers::{AddAddress, add_address};
use actix_web::{HttpResponse, web::Data};
use kernel::CustomerId;
use regions::DivisionTree;

/// 添加地址
///
/// 代理商只能添加自己区域内的地址。
#[utoipa::path(
    post,
    path = "/customers/{id}/addresses",
    params(OptionalKeyParameter),
    request_body = NewAddress,
    responses(
        (status = 201, description = "已添加", body = AddressAnswer),
        (status = 409, description = "地址不在本代理商的区域内（`outside_territory`），或地址过多（`too_many_addresses`）"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    PathId(customer_id): PathId<CustomerId>,
    OptionalKey(key): OptionalKey,
    Body { value, digest }: Body<NewAddress>,
) -> Result<HttpResponse, Problem> {
    state
        .once(&caller, key, digest, move |work| {
            let scope = work.scope()?;
            let command = AddAddress {
                scope,
                customer_id,
                address: value.clone().into(),
            };
            let tree = DivisionTree::embedded();
            let address = add_address(work.session, tree, work.ids, work.now, &command)?;
            Ok::<_, Problem>(Made::created(
                address.id.as_uuid(),
                AddressAnswer::seen(&address, Sight::of(scope)),
            ))
        })
        .await
}
