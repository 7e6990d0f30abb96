//! Customers and their addresses. Personal values are masked for everybody but the customer.

pub mod add_address;
pub mod addresses;
pub mod change;
pub mod create;
pub mod erase;
pub mod export;
pub mod get;
pub mod list;
pub mod reveal;

use crate::{masking::Sight, problem::Problem};
use ::customers::{
    AddAddressError, Address, AddressInput, ChangeCustomerError, CreateCustomerError, Customer,
    MAXIMUM_ADDRESSES, Position,
};
use kernel::{AddressId, CustomerId, DivisionCode, Instant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 客户
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Customer)]
pub struct CustomerAnswer {
    #[schema(value_type = Uuid)]
    id: CustomerId,
    /// 姓名；他人所见为掩码
    name: String,
    /// 手机号码；他人所见为掩码
    phone: Option<String>,
    /// 版本，与 `ETag` 相同
    version: i64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
}

impl CustomerAnswer {
    fn seen(customer: &Customer, sight: Sight) -> Self {
        Self {
            id: customer.id,
            name: sight.name(&customer.name),
            phone: customer.phone.as_ref().map(|phone| sight.phone(phone)),
            version: customer.version,
            created_at: customer.created_at,
        }
    }
}

/// 收货地址
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Address)]
pub struct AddressAnswer {
    #[schema(value_type = Uuid)]
    id: AddressId,
    /// 行政区划代码
    #[schema(value_type = String)]
    division_code: DivisionCode,
    /// 详细地址；他人所见为掩码
    detail: String,
    /// 联系人；他人所见为掩码
    contact_name: String,
    /// 联系电话；他人所见为掩码
    contact_phone: String,
    /// 经度（GCJ-02）；他人不可见
    longitude: Option<f64>,
    /// 纬度（GCJ-02）；他人不可见
    latitude: Option<f64>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
}

impl AddressAnswer {
    fn seen(address: &Address, sight: Sight) -> Self {
        let position = address.position.filter(|_| sight == Sight::Whole);
        Self {
            id: address.id,
            division_code: address.division_code,
            detail: sight.detail(address.detail.as_str()),
            contact_name: sight.name(&address.contact_name),
            contact_phone: sight.phone(&address.contact_phone),
            longitude: position.map(Position::longitude),
            latitude: position.map(Position::latitude),
            created_at: address.created_at,
        }
    }
}

/// 新地址
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAddress {
    /// 行政区划代码，6 位或 9 位
    division_code: String,
    /// 详细地址
    #[schema(min_length = 1, max_length = 200)]
    detail: String,
    /// 联系人
    #[schema(min_length = 1, max_length = 50)]
    contact_name: String,
    /// 联系电话，中国大陆手机号码
    contact_phone: String,
    /// 经度（GCJ-02），与纬度同有或同无
    longitude: Option<f64>,
    /// 纬度（GCJ-02）
    latitude: Option<f64>,
}

impl From<NewAddress> for AddressInput {
    fn from(address: NewAddress) -> Self {
        Self {
            division_code: address.division_code,
            detail: address.detail,
            contact_name: address.contact_name,
            contact_phone: address.contact_phone,
            longitude: address.longitude,
            latitude: address.latitude,
        }
    }
}

impl From<CreateCustomerError> for Problem {
    fn from(error: CreateCustomerError) -> Self {
        match error {
            CreateCustomerError::Invalid(errors) => Self::invalid(errors),
            CreateCustomerError::NotAllowed => Self::forbidden(),
            CreateCustomerError::OutsideTerritory { division_code, .. } => outside_territory(division_code),
            CreateCustomerError::Repository(error) => error.into(),
        }
    }
}

impl From<ChangeCustomerError> for Problem {
    fn from(error: ChangeCustomerError) -> Self {
        match error {
            ChangeCustomerError::Invalid(errors) => Self::invalid(errors),
            ChangeCustomerError::NotFound(_) => Self::not_found(),
            ChangeCustomerError::Stale { .. } => Self::stale_version(),
            ChangeCustomerError::Repository(error) => error.into(),
        }
    }
}

impl From<AddAddressError> for Problem {
    fn from(error: AddAddressError) -> Self {
        match error {
            AddAddressError::Invalid(errors) => Self::invalid(errors),
            AddAddressError::NotFound(_) => Self::not_found(),
            AddAddressError::TooMany => Self::conflict(
                "too_many_addresses",
                format!("每位客户最多 {MAXIMUM_ADDRESSES} 个地址"),
                format!("A customer has at most {MAXIMUM_ADDRESSES} addresses."),
            ),
            AddAddressError::OutsideTerritory { division_code, .. } => outside_territory(division_code),
            AddAddressError::Repository(error) => error.into(),
        }
    }
}

fn outside_territory(division_code: DivisionCode) -> Problem {
    Problem::conflict(
        "outside_territory",
        "该地址不在本代理商的区域内",
        "The address is outside of the agent's territory.",
    )
    .with("division_code", division_code)
}
