//! Lists customers.

use crate::{
    access::Caller,
    extract::{PageParameters, Paged, Paging, Query},
    masking::Sight,
    problem::Problem,
    state::State,
};
use ::customers::{AgentCustomer, Customer, CustomerFilter, LastFour};
use actix_web::web::{Data, Json};
use kernel::{AgentId, CustomerId, Instant, MobileNumber, PersonName, Scope, Validation};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// 客户筛选；条件可叠加
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// 完整手机号码
    phone: Option<String>,
    /// 手机号码后 4 位
    last_four: Option<String>,
    /// 完整姓名或姓氏
    name: Option<String>,
    /// 只列该代理商的客户；仅总部可指定其他代理商
    #[param(value_type = Option<Uuid>)]
    agent_id: Option<AgentId>,
}

/// 客户列表的一项
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerItem {
    #[schema(value_type = Uuid)]
    id: CustomerId,
    /// 姓名；他人所见为掩码
    name: String,
    /// 手机号码；他人所见为掩码
    phone: Option<String>,
    /// 首次在该代理商下单的时间；仅按代理商列出时有
    #[schema(value_type = Option<String>, format = DateTime)]
    first_ordered_at: Option<Instant>,
}

/// 客户列表
///
/// 最新的在前。总部见全部，代理商见自己的客户，客户只见自己。
#[utoipa::path(
    get,
    path = "/customers",
    params(Filter, PageParameters),
    responses((status = 200, description = "一页客户", body = Paged<CustomerItem>))
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    Query(filter): Query<Filter>,
    paging: Paging<CustomerId>,
) -> Result<Json<Paged<CustomerItem>>, Problem> {
    let wanted = filter.check()?;
    let scope = caller.scope()?;
    let sight = Sight::of(scope);
    let request = paging.request.clone();
    let page = state
        .read(move |session, _| {
            let agent = match (scope, filter.agent_id) {
                (Scope::All, None) | (Scope::Customer(_), _) => None,
                (Scope::All | Scope::Agent(_), Some(named)) => {
                    Some(scope.agent(named).ok_or_else(Problem::not_found)?)
                }
                (Scope::Agent(_) | Scope::Courier { .. }, _) => {
                    Some(scope.own_agent().ok_or_else(Problem::forbidden)?)
                }
            };
            Ok::<_, Problem>(match agent {
                Some(agent) => session
                    .list_agent_customers(agent, &wanted, &request)?
                    .map(|known| CustomerItem::known(&known, sight)),
                None => session
                    .list_customers(scope, &wanted, &request)?
                    .map(|customer| CustomerItem::of(&customer, sight)),
            })
        })
        .await?;
    paging.answer(page).map(Json)
}

impl Filter {
    fn check(&self) -> Result<CustomerFilter, Problem> {
        let mut validation = Validation::default();
        let phone = validation.take_optional("phone", self.phone.as_deref().map(MobileNumber::parse));
        let last_four = validation.take_optional("last_four", self.last_four.as_deref().map(LastFour::parse));
        let name = validation.take_optional("name", self.name.as_deref().map(PersonName::parse));
        validation
            .finish_with((|| {
                Some(CustomerFilter {
                    phone: phone?,
                    last_four: last_four?,
                    name: name?,
                })
            })())
            .map_err(Problem::invalid)
    }
}

impl CustomerItem {
    fn of(customer: &Customer, sight: Sight) -> Self {
        Self {
            id: customer.id,
            name: sight.name(&customer.name),
            phone: customer.phone.as_ref().map(|phone| sight.phone(phone)),
            first_ordered_at: None,
        }
    }

    fn known(known: &AgentCustomer, sight: Sight) -> Self {
        Self {
            id: known.customer_id,
            name: sight.name(&known.name),
            phone: known.phone.as_ref().map(|phone| sight.phone(phone)),
            first_ordered_at: known.first_order.map(|first| first.ordered_at),
        }
    }
}
