//! What an export looks like: everything in the clear.

use super::consent::ConsentAnswer;
use ::agents::{Applicant, Contract};
use ::attachments::Attachment;
use ::customers::{Address, Position};
use ::orders::{Courier, OrderState};
use identity::{AuditEntry, Membership, SignIn};
use kernel::{AccountId, DivisionCode, Instant, Text};
use privacy::{Held, HeldAccount, HeldAgent, HeldApplication, HeldCustomer, HeldOrder};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 系统保存的与一个人有关的全部信息
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalData)]
pub struct HeldAnswer {
    /// 账号
    account: Option<AccountPart>,
    /// 客户记录，含地址与订单
    customers: Vec<CustomerPart>,
    /// 代理申请
    applications: Vec<ApplicationPart>,
    /// 上传的图片；内容由 `GET /attachments/{id}` 取得
    attachments: Vec<AttachmentPart>,
    /// 本人负责的代理商
    agents: Vec<AgentPart>,
    /// 送水员记录
    couriers: Vec<CourierPart>,
    /// 审计记录：本人的操作，以及他人对本人信息的操作
    audit_entries: Vec<AuditPart>,
}

/// 账号
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalAccount)]
pub struct AccountPart {
    id: Uuid,
    username: Option<String>,
    name: String,
    /// 是否有密码；密码只存散列
    has_password: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    disabled_at: Option<Instant>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    /// 同意隐私政策的记录
    consents: Vec<ConsentAnswer>,
    /// 身份，含已结束的
    memberships: Vec<MembershipPart>,
    /// 登录，含已结束的
    sign_ins: Vec<SignInPart>,
}

/// 身份
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalMembership)]
pub struct MembershipPart {
    id: Uuid,
    role: &'static str,
    agent_id: Option<Uuid>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
}

/// 登录
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalSignIn)]
pub struct SignInPart {
    id: Uuid,
    #[schema(value_type = String, format = DateTime)]
    started_at: Instant,
    #[schema(value_type = String, format = DateTime)]
    refreshed_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    ended_at: Option<Instant>,
    /// 登录所用的程序
    user_agent: Option<String>,
    /// 登录的来源地址
    address: Option<String>,
}

/// 上传的图片
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalAttachment)]
pub struct AttachmentPart {
    id: Uuid,
    media_type: &'static str,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
}

impl From<&Attachment> for AttachmentPart {
    fn from(attachment: &Attachment) -> Self {
        Self {
            id: attachment.id.as_uuid(),
            media_type: attachment.media_type.name(),
            created_at: attachment.created_at,
        }
    }
}

/// 客户记录
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalCustomer)]
pub struct CustomerPart {
    id: Uuid,
    name: String,
    phone: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    erased_at: Option<Instant>,
    addresses: Vec<AddressPart>,
    orders: Vec<OrderPart>,
}

/// 地址
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalAddress)]
pub struct AddressPart {
    id: Option<Uuid>,
    #[schema(value_type = String)]
    division_code: DivisionCode,
    detail: String,
    contact_name: String,
    contact_phone: Option<String>,
    longitude: Option<f64>,
    latitude: Option<f64>,
    #[schema(value_type = Option<String>, format = DateTime)]
    created_at: Option<Instant>,
}

/// 订单
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalOrder)]
pub struct OrderPart {
    id: Uuid,
    number: String,
    agent_id: Uuid,
    address: AddressPart,
    lines: Vec<LinePart>,
    total_fen: i64,
    payment_method: &'static str,
    note: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    wanted_from: Option<Instant>,
    #[schema(value_type = Option<String>, format = DateTime)]
    wanted_until: Option<Instant>,
    #[schema(value_type = String, format = DateTime)]
    placed_at: Instant,
    placed_by: Option<Uuid>,
    state: &'static str,
    courier_id: Option<Uuid>,
    #[schema(value_type = Option<String>, format = DateTime)]
    delivered_at: Option<Instant>,
    buckets_returned: Option<u16>,
    /// 签收凭据
    proof: Option<String>,
    history: Vec<ChangePart>,
    rating: Option<RatingPart>,
}

/// 订单的一行
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalOrderLine)]
pub struct LinePart {
    product_id: Uuid,
    product_name: String,
    quantity: i64,
    unit_price_fen: i64,
}

/// 一次变更
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalChange)]
pub struct ChangePart {
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    /// 操作的账号；系统自身的操作没有
    actor: Option<Uuid>,
    from: Option<&'static str>,
    to: &'static str,
    reason: Option<String>,
}

/// 评价
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalRating)]
pub struct RatingPart {
    score: u8,
    comment: Option<String>,
    tags: Vec<String>,
    #[schema(value_type = String, format = DateTime)]
    rated_at: Instant,
}

/// 代理申请
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalApplication)]
pub struct ApplicationPart {
    id: Uuid,
    applicant: ApplicantPart,
    level: &'static str,
    #[schema(value_type = Vec<String>)]
    division_codes: Vec<DivisionCode>,
    privacy_policy_version: String,
    attachments: Vec<Uuid>,
    state: &'static str,
    /// 初审意见的代码
    findings: Vec<&'static str>,
    #[schema(value_type = String, format = DateTime)]
    submitted_at: Instant,
    history: Vec<ChangePart>,
}

/// 申请人，或代理商的负责人
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalApplicant)]
pub struct ApplicantPart {
    name: String,
    identity_number: String,
    company_name: Option<String>,
    credit_code: Option<String>,
    mobile: String,
    email: String,
}

/// 代理商
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalAgent)]
pub struct AgentPart {
    id: Uuid,
    number: u16,
    holder: Option<ApplicantPart>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
    contracts: Vec<ContractPart>,
}

/// 代理合同
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalContract)]
pub struct ContractPart {
    id: Uuid,
    application_id: Uuid,
    level: &'static str,
    exclusivity: &'static str,
    share_rate_bp: u16,
    override_rate_bp: u16,
    deposit_fen: i64,
    #[schema(value_type = String, format = DateTime)]
    valid_from: Instant,
    #[schema(value_type = String, format = DateTime)]
    valid_until: Instant,
    #[schema(value_type = String, format = DateTime)]
    signed_at: Instant,
}

/// 送水员记录
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalCourier)]
pub struct CourierPart {
    id: Uuid,
    agent_id: Uuid,
    name: String,
    phone: Option<String>,
    on_duty: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Instant,
}

/// 审计记录
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalAuditEntry)]
pub struct AuditPart {
    id: Uuid,
    #[schema(value_type = String, format = DateTime)]
    at: Instant,
    action: &'static str,
    /// 操作者当时的身份；系统自身的操作没有
    role: Option<&'static str>,
    /// 是否本人操作
    own: bool,
    /// 理由
    reason: Option<String>,
    /// 本人操作时的来源地址
    address: Option<String>,
}

fn owned<const MAX: usize>(text: &Text<MAX>) -> String {
    text.as_str().to_owned()
}

impl HeldAnswer {
    /// All of it, for that account's holder.
    pub(in crate::routes) fn of(held: &Held, account_id: Option<AccountId>) -> Self {
        Self {
            account: held.account.as_ref().map(AccountPart::from),
            customers: held.customers.iter().map(CustomerPart::from).collect(),
            applications: held.applications.iter().map(ApplicationPart::from).collect(),
            attachments: held.attachments.iter().map(AttachmentPart::from).collect(),
            agents: held.agents.iter().map(AgentPart::from).collect(),
            couriers: held.couriers.iter().map(CourierPart::from).collect(),
            audit_entries: held
                .audit_entries
                .iter()
                .map(|entry| AuditPart::of(entry, account_id))
                .collect(),
        }
    }
}

impl From<&HeldAccount> for AccountPart {
    fn from(held: &HeldAccount) -> Self {
        let account = &held.account;
        Self {
            id: account.id.as_uuid(),
            username: account
                .username
                .as_ref()
                .map(|username| username.as_str().to_owned()),
            name: account.name.as_str().to_owned(),
            has_password: account.password_hash.is_some(),
            disabled_at: account.disabled_at,
            created_at: account.created_at,
            consents: held.consents.iter().map(ConsentAnswer::from).collect(),
            memberships: held.memberships.iter().map(MembershipPart::from).collect(),
            sign_ins: held.sign_ins.iter().map(SignInPart::from).collect(),
        }
    }
}

impl From<&Membership> for MembershipPart {
    fn from(membership: &Membership) -> Self {
        Self {
            id: membership.id.as_uuid(),
            role: membership.position.role().name(),
            agent_id: membership.position.agent_id().map(kernel::AgentId::as_uuid),
            created_at: membership.created_at,
            ended_at: membership.ended_at,
        }
    }
}

impl From<&SignIn> for SignInPart {
    fn from(sign_in: &SignIn) -> Self {
        Self {
            id: sign_in.id.as_uuid(),
            started_at: sign_in.started_at,
            refreshed_at: sign_in.refreshed_at,
            ended_at: sign_in.ended_at,
            user_agent: sign_in.user_agent.as_ref().map(ToString::to_string),
            address: sign_in.address.map(|address| address.to_string()),
        }
    }
}

impl From<&HeldCustomer> for CustomerPart {
    fn from(held: &HeldCustomer) -> Self {
        let customer = &held.customer;
        Self {
            id: customer.id.as_uuid(),
            name: customer.name.as_str().to_owned(),
            phone: customer.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            created_at: customer.created_at,
            erased_at: customer.erased_at,
            addresses: held.addresses.iter().map(AddressPart::from).collect(),
            orders: held.orders.iter().map(OrderPart::from).collect(),
        }
    }
}

impl From<&Address> for AddressPart {
    fn from(address: &Address) -> Self {
        Self {
            id: Some(address.id.as_uuid()),
            division_code: address.division_code,
            detail: owned(&address.detail),
            contact_name: address.contact_name.as_str().to_owned(),
            contact_phone: Some(address.contact_phone.as_str().to_owned()),
            longitude: address.position.map(Position::longitude),
            latitude: address.position.map(Position::latitude),
            created_at: Some(address.created_at),
        }
    }
}

impl From<&HeldOrder> for OrderPart {
    fn from(held: &HeldOrder) -> Self {
        let order = &held.order;
        let address = &order.address;
        let delivery = match &order.state {
            OrderState::Delivered(delivery) => Some(delivery),
            _ => None,
        };
        Self {
            id: order.id.as_uuid(),
            number: order.number.to_string(),
            agent_id: order.agent_id.as_uuid(),
            address: AddressPart {
                id: address.address_id.map(kernel::AddressId::as_uuid),
                division_code: address.division_code,
                detail: owned(&address.detail),
                contact_name: address.contact_name.as_str().to_owned(),
                contact_phone: address
                    .contact_phone
                    .as_ref()
                    .map(|phone| phone.as_str().to_owned()),
                longitude: address.position.map(Position::longitude),
                latitude: address.position.map(Position::latitude),
                created_at: None,
            },
            lines: order
                .lines
                .iter()
                .map(|line| LinePart {
                    product_id: line.product_id.as_uuid(),
                    product_name: owned(&line.product_name),
                    quantity: line.quantity.get(),
                    unit_price_fen: line.unit_price.fen(),
                })
                .collect(),
            total_fen: order.total.fen(),
            payment_method: order.payment_method.name(),
            note: order.note.as_ref().map(owned),
            wanted_from: order.wanted.map(kernel::Period::from),
            wanted_until: order.wanted.map(kernel::Period::until),
            placed_at: order.placed_at,
            placed_by: order.placed_by.map(AccountId::as_uuid),
            state: order.state.name(),
            courier_id: order.state.courier_id().map(kernel::CourierId::as_uuid),
            delivered_at: delivery.map(|delivery| delivery.delivered_at),
            buckets_returned: delivery.map(|delivery| delivery.buckets_returned),
            proof: delivery.and_then(|delivery| delivery.proof.as_ref()).map(owned),
            history: held
                .history
                .iter()
                .map(|entry| ChangePart {
                    at: entry.at,
                    actor: entry.actor.map(AccountId::as_uuid),
                    from: entry.from_state,
                    to: entry.to_state,
                    reason: entry.reason.as_ref().map(owned),
                })
                .collect(),
            rating: held.rating.as_ref().map(|rating| RatingPart {
                score: rating.score.get(),
                comment: rating.comment.as_ref().map(owned),
                tags: rating.tags.iter().map(owned).collect(),
                rated_at: rating.rated_at,
            }),
        }
    }
}

impl From<&Applicant> for ApplicantPart {
    fn from(applicant: &Applicant) -> Self {
        let company = applicant.company.as_ref();
        Self {
            name: applicant.name.as_str().to_owned(),
            identity_number: applicant.identity_number.as_str().to_owned(),
            company_name: company.map(|company| owned(&company.name)),
            credit_code: company.map(|company| company.credit_code.as_str().to_owned()),
            mobile: applicant.mobile.as_str().to_owned(),
            email: applicant.email.as_str().to_owned(),
        }
    }
}

impl From<&HeldApplication> for ApplicationPart {
    fn from(held: &HeldApplication) -> Self {
        let application = &held.application;
        Self {
            id: application.id.as_uuid(),
            applicant: ApplicantPart::from(&application.applicant),
            level: application.level.name(),
            division_codes: application.division_codes.clone(),
            privacy_policy_version: owned(&application.privacy_policy_version),
            attachments: application.attachments.iter().map(|id| id.as_uuid()).collect(),
            state: application.state.name().name(),
            findings: application
                .findings
                .iter()
                .map(|finding| finding.code.name())
                .collect(),
            submitted_at: application.submitted_at,
            history: held
                .history
                .iter()
                .map(|entry| ChangePart {
                    at: entry.at,
                    actor: Some(entry.actor.as_uuid()),
                    from: entry.from.map(::agents::StateName::name),
                    to: entry.to.name(),
                    reason: entry.reason.as_ref().map(owned),
                })
                .collect(),
        }
    }
}

impl From<&HeldAgent> for AgentPart {
    fn from(held: &HeldAgent) -> Self {
        Self {
            id: held.agent.id.as_uuid(),
            number: held.agent.number.get(),
            holder: held.agent.holder.as_ref().map(ApplicantPart::from),
            created_at: held.agent.created_at,
            contracts: held.contracts.iter().map(ContractPart::from).collect(),
        }
    }
}

impl From<&Contract> for ContractPart {
    fn from(contract: &Contract) -> Self {
        let terms = &contract.terms;
        Self {
            id: contract.id.as_uuid(),
            application_id: contract.application_id.as_uuid(),
            level: contract.level.name(),
            exclusivity: terms.exclusivity.name(),
            share_rate_bp: terms.share_rate.basis_points(),
            override_rate_bp: terms.override_rate.basis_points(),
            deposit_fen: terms.deposit.fen(),
            valid_from: terms.validity.from(),
            valid_until: terms.validity.until(),
            signed_at: contract.signed_at,
        }
    }
}

impl From<&Courier> for CourierPart {
    fn from(courier: &Courier) -> Self {
        Self {
            id: courier.id.as_uuid(),
            agent_id: courier.agent_id.as_uuid(),
            name: courier.name.as_str().to_owned(),
            phone: courier.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            on_duty: courier.on_duty,
            created_at: courier.created_at,
        }
    }
}

impl AuditPart {
    /// An entry, without what is somebody else's: who they are, and where they sat.
    fn of(entry: &AuditEntry, account_id: Option<AccountId>) -> Self {
        let actor = entry.actor.map(|actor| actor.account_id);
        let own = actor.is_some() && actor == account_id;
        Self {
            id: entry.id.as_uuid(),
            at: entry.at,
            action: entry.action.name(),
            role: entry.actor.map(|actor| actor.role.name()),
            own,
            reason: entry.reason.as_ref().map(owned),
            address: entry
                .origin
                .address
                .filter(|_| own)
                .map(|address| address.to_string()),
        }
    }
}
