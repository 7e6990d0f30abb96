//! What an export looks like: everything in the clear.

mod mapping;

use super::consent::ConsentAnswer;
use crate::routes::agents::{
    consequences::ConsequenceAnswer, deposits::DepositEntryAnswer, inspections::InspectionAnswer,
    market_reports::MarketReportAnswer, support::SupportRequestAnswer,
};
use kernel::{DivisionCode, Instant};
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
    /// 站内消息，最新的在前
    messages: Vec<MessagePart>,
}

/// 站内消息
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalMessage)]
pub struct MessagePart {
    id: Uuid,
    /// 事件的名称
    topic: &'static str,
    /// 有关事物的种类
    subject_kind: &'static str,
    subject_id: Uuid,
    #[schema(value_type = String, format = DateTime)]
    occurred_at: Instant,
    #[schema(value_type = Option<String>, format = DateTime)]
    read_at: Option<Instant>,
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
    /// 保证金流水，最新的在前
    deposits: Vec<DepositEntryAnswer>,
    /// 市场支持申请，最新的在前
    support: Vec<SupportRequestAnswer>,
    /// 品牌检查，最新的在前
    inspections: Vec<InspectionAnswer>,
    /// 市场报告，按提交的先后
    market_reports: Vec<MarketReportAnswer>,
    /// 履约后果，最新的在前
    consequences: Vec<ConsequenceAnswer>,
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
