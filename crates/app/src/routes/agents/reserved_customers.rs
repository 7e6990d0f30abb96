//! Customers whom headquarters keeps for itself inside an agent's territories.

pub mod list;
pub mod release;
pub mod reserve;

use crate::problem::Problem;
use ::orders::{MAXIMUM_RESERVED_CUSTOMERS, ReserveCustomerError, ReservedCustomer};
use kernel::{ContractId, CustomerId, Instant};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 保留客户
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReservedCustomerForm {
    /// 写明保留的合同
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
    #[schema(value_type = Uuid)]
    customer_id: CustomerId,
    /// 理由
    #[schema(example = "总部大客户", max_length = 500)]
    reason: String,
}

/// 总部在代理区域内保留的客户
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReservedCustomer)]
pub struct ReservedCustomerAnswer {
    #[schema(value_type = Uuid)]
    contract_id: ContractId,
    #[schema(value_type = Uuid)]
    customer_id: CustomerId,
    #[schema(value_type = String, format = DateTime)]
    reserved_at: Instant,
}

impl From<ReservedCustomer> for ReservedCustomerAnswer {
    fn from(reserved: ReservedCustomer) -> Self {
        Self {
            contract_id: reserved.contract_id,
            customer_id: reserved.customer_id,
            reserved_at: reserved.reserved_at,
        }
    }
}

impl From<ReserveCustomerError> for Problem {
    fn from(error: ReserveCustomerError) -> Self {
        match error {
            ReserveCustomerError::NotFound => Self::not_found(),
            ReserveCustomerError::Invalid(errors) => Self::invalid(errors),
            ReserveCustomerError::AlreadyReserved => Self::conflict(
                "already_reserved",
                "该客户已在此合同中保留",
                "The customer is reserved under the contract already.",
            ),
            ReserveCustomerError::NotReserved => Self::conflict(
                "not_reserved",
                "该客户没有在此合同中保留",
                "The customer is not reserved under the contract.",
            ),
            ReserveCustomerError::TooMany => Self::conflict(
                "too_many_reserved_customers",
                format!("每份合同至多保留 {MAXIMUM_RESERVED_CUSTOMERS} 个客户"),
                format!("A contract has at most {MAXIMUM_RESERVED_CUSTOMERS} reserved customers."),
            ),
            ReserveCustomerError::Repository(error) => error.into(),
        }
    }
}
