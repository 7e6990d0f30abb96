//! What each route is sent: a body good enough to get past parsing, so that 403 and 404 are about rights and not about
//! form. A body that is wrong would be told first, by 422.

#![allow(
    clippy::match_same_arms,
    reason = "the rows are read route by route, as the table is"
)]

use super::{
    Whose,
    world::{Actor, CUSTOMER_NAME, Target, World},
};
use identity::Role;
use serde_json::{Value, json};
use testing::build::{agents::identity_number, attachments::png, inventory::product};

/// What one route is sent.
pub struct Row {
    /// What the parameter in its path names.
    pub target: Option<Target>,
    /// What a second parameter in its path names: something of the agent that the first one names.
    pub second: Option<String>,
    /// The parameters without which it is 422.
    pub query: &'static str,
    /// Its body.
    pub body: Option<Value>,
    /// Its body where that is a file.
    pub file: Option<Vec<u8>>,
}

impl Row {
    fn new(target: impl Into<Option<Target>>) -> Self {
        Self {
            target: target.into(),
            second: None,
            query: "",
            body: None,
            file: None,
        }
    }

    fn second(self, id: &impl ToString) -> Self {
        Self {
            second: Some(id.to_string()),
            ..self
        }
    }

    fn body(self, body: Value) -> Self {
        Self {
            body: Some(body),
            ..self
        }
    }

    fn query(self, query: &'static str) -> Self {
        Self { query, ..self }
    }

    /// The parameters, as they follow that path.
    pub fn query_after(&self, path: &str) -> String {
        match (self.query, path.contains('?')) {
            ("", _) => String::new(),
            (query, false) => format!("?{query}"),
            (query, true) => format!("&{query}"),
        }
    }
}

/// A picture that is taken.
pub fn picture() -> Vec<u8> {
    png(2, 2)
}

pub fn address(division_code: &str) -> Value {
    json!({
        "division_code": division_code,
        "detail": "文三路 9 号",
        "contact_name": "王五",
        "contact_phone": "13700000009",
    })
}

/// What the route of that module is sent by that actor. A route that is not here fails the test: say what its parameter
/// names and what it is sent.
#[expect(clippy::too_many_lines, reason = "a table")]
pub fn row(world: &World, module: &str, actor: Actor, whose: Whose) -> Row {
    let none = || Row::new(None);
    match module {
        "auth::register" => none().body(json!({
            "username": world.fresh_username(),
            "password": crate::support::PASSWORD,
            "name": "王五",
            "privacy_policy_version": "2026-11",
        })),
        "auth::login" => none().body(json!({"username": "bystander", "password": crate::support::PASSWORD})),
        "auth::refresh" => none().body(json!({ "refresh_token": world.fresh_refresh_token() })),
        "auth::switch" => none().body(json!({ "membership_id": world.membership_of(actor) })),
        "auth::wechat" => none().body(json!({
            "code": world.fresh_wechat_code(), "privacy_policy_version": "2026-11",
        })),
        "auth::wechat_phone" => none().body(json!({ "code": world.fresh_phone_code() })),
        "auth::password" => none().body(json!({
            "current_password": crate::support::PASSWORD, "new_password": crate::support::PASSWORD,
        })),
        "auth::logout" | "auth::me" | "auth::sessions" | "auth::end_other_sessions" => none(),
        "auth::end_session" => Row::new(Target::SignIn),

        "products::list" => none(),
        "products::add" => none().body(json!({
            "name": "矿泉水", "unit": "桶", "unit_price_fen": 2_000, "container": "returnable_bucket",
        })),
        "products::change" => Row::new(Target::Product).body(json!({"unit_price_fen": 2_000})),

        "inventory::list" | "inventory::movements" => none(),
        "inventory::receive" => none().body(json!({"lines": [{"product_id": product(1).id, "quantity": 1}]})),
        "inventory::set_threshold" => Row::new(Target::Product).body(json!({"threshold": 1})),

        "customers::list" => none(),
        "customers::create" => none().body(json!({
            "name": "王五", "phone": "13700000009", "address": address("330106"),
        })),
        "customers::get" | "customers::addresses" => Row::new(Target::Customer),
        // As it is: the answer is what is looked at.
        "customers::change" => Row::new(Target::Customer).body(json!({"name": CUSTOMER_NAME})),
        "customers::add_address" => Row::new(Target::Customer).body(address("330106")),

        "me::consent" => none().body(json!({"privacy_policy_version": "2026-11"})),
        "me::export" | "privacy_policy::get" => none(),
        // Not confirmed, which is told first: nobody of the matrix is erased.
        "me::erase" => none().body(json!({"confirm": false})),
        "customers::export" | "customers::erase" => {
            Row::new(Target::NewCustomer).body(json!({"reason": "客户来电"}))
        }

        "customers::reveal" => Row::new(Target::Customer).body(json!({"reason": "核对"})),
        "orders::reveal" => Row::new(Target::Order).body(json!({"reason": "核对"})),
        "applications::reveal" => Row::new(Target::Application).body(json!({"reason": "核对"})),
        "agents::reveal" => Row::new(Target::Agent).body(json!({"reason": "核对"})),
        "audit::list" => none(),

        "attachments::upload" => Row {
            file: Some(picture()),
            ..none()
        },
        "attachments::get" => Row::new(Target::Attachment),
        "attachments::reveal" => Row::new(Target::Attachment).body(json!({"reason": "核对"})),

        "divisions::children" => none(),
        "divisions::search" => none().query("q=xhq"),
        "divisions::locate" => none().query("longitude=120.130663&latitude=30.259924"),
        "divisions::get" | "divisions::responsible" => Row::new(Target::Division),

        "applications::submit" => none().body(json!({
            "kind": "person",
            "name": "王小明",
            "identity_number": identity_number(world.fresh_serial()),
            "mobile": "13800138000",
            "email": "wang@example.com",
            "level": "county",
            "division_codes": ["110101"],
            "privacy_policy_version": "2026-11",
        })),
        "applications::list" | "applications::next" => none(),
        "applications::availability" => none().query("division=330106"),
        "applications::get" | "applications::withdraw" | "applications::review" => {
            Row::new(Target::Application)
        }
        "applications::supplement" => Row::new(Target::Application).body(json!({"note": "已补充"})),
        "applications::request_supplement" => {
            Row::new(Target::Application).body(json!({"message": "请补充"}))
        }
        "applications::approve" => Row::new(Target::Application).body(json!({"contract": {
            "exclusivity": "exclusive",
            "share_rate_bp": 3_000,
            "valid_from": "2026-11-22",
            "valid_until": "2029-11-22",
        }})),
        "applications::hold" => {
            Row::new(Target::Application).body(json!({"until": "2026-12-15", "reason": "等待验收"}))
        }
        "applications::release" => Row::new(Target::Application).body(json!({"reason": "不再保留"})),
        "applications::reject" => Row::new(Target::Application).body(json!({"reason": "已有规划"})),

        "territories::list" => none(),
        "territories::coverage::get" | "territories::coverage::gaps" | "territories::coverage::export" => {
            none().query("division=330106")
        }
        "territories::check" => none().body(json!({
            "division_codes": ["110101"],
            "exclusivity": "exclusive",
            "valid_from": "2026-12-01",
            "valid_until": "2029-12-01",
        })),

        "territories::transfers" => {
            none().body(json!({"territory_ids": [], "reason": "区域调整", "dry_run": true}))
        }
        "territories::outdated" => none(),
        "territories::consents::give" => Row::new(Target::Territory).body(json!({
            "division_code": "330106109",
            "valid_from": "2026-12-01",
            "valid_until": "2026-12-15",
            "reason": "同意设立",
        })),
        "territories::consents::withdraw" => Row::new(Target::Territory)
            .body(json!({"consent_id": world.consent_of(actor), "reason": "自行经营"})),

        "agents::list" => none(),
        "agents::get" | "agents::contract" | "agents::history" | "agents::overview" | "agents::departure" => {
            Row::new(Target::Agent)
        }
        // So far ahead that nothing else of the matrix feels it.
        "agents::suspend" => Row::new(Target::Agent)
            .body(json!({"from": "2030-01-01", "until": "2030-02-01", "reason": "整改"})),
        "agents::reserved_customers::list" => Row::new(Target::Agent),
        // A contract that the agent does not have: nobody's orders go another way.
        "agents::reserved_customers::reserve" | "agents::reserved_customers::release" => {
            Row::new(Target::Agent).body(json!({
                "contract_id": "01940000-0000-7000-8000-0000deadbeef",
                "customer_id": world.customer,
                "reason": "总部大客户",
            }))
        }
        "agents::resume" => Row::new(Target::Agent).body(json!({"reason": "整改完成"})),
        "agents::terminate" => {
            Row::new(Target::Agent).body(json!({"effective_at": "2031-01-01", "reason": "终止"}))
        }
        "agents::withdraw_termination" | "agents::close_termination" => {
            Row::new(Target::Agent).body(json!({"reason": "核对"}))
        }
        "agents::renew" => Row::new(Target::Agent).body(json!({
            "contract_id": "01940000-0000-7000-8000-0000deadbeef",
            "contract": {
                "exclusivity": "exclusive",
                "share_rate_bp": 3_000,
                "valid_from": "2029-11-22",
                "valid_until": "2032-11-22",
            },
            "reason": "续约",
        })),

        "agents::attachment" => Row::new(Target::Agent).second(&world.evidence(whose)),
        "agents::deposits::list" => Row::new(Target::Agent),
        "agents::deposits::pay" | "agents::deposits::refund" => Row::new(Target::Agent).body(json!({
            "contract_id": world.contract(whose), "amount_fen": 1, "reference": "0017",
        })),
        "agents::deposits::deduct" => Row::new(Target::Agent).body(json!({
            "contract_id": world.contract(whose), "amount_fen": 1, "reason": "跨区销售", "attachments": [],
        })),
        "agents::deposits::appeal" => Row::new(Target::Agent)
            .second(&world.deduction(whose))
            .body(json!({"text": "在本区"})),
        "agents::deposits::decide" => Row::new(Target::Agent)
            .second(&world.deduction(whose))
            .body(json!({"outcome": "upheld", "reason": "证据充分"})),

        "agents::support::list" => Row::new(Target::Agent),
        "agents::support::request" => Row::new(Target::Agent).body(json!({
            "contract_id": world.contract(whose), "amount_fen": 1, "purpose": "推广",
        })),
        "agents::support::approve" => Row::new(Target::Agent)
            .second(&world.support_request(whose))
            .body(json!({})),
        "agents::support::reject" => Row::new(Target::Agent)
            .second(&world.support_request(whose))
            .body(json!({"reason": "与总部的活动重复"})),
        "agents::support::spend" => Row::new(Target::Agent)
            .second(&world.support_request(whose))
            .body(json!({"amount_fen": 1, "purpose": "海报"})),
        "agents::support::cancel" => Row::new(Target::Agent).second(&world.support_request(whose)),

        "agents::obligations::list" | "agents::obligations::quotas" => Row::new(Target::Agent),
        "agents::inspections::list" | "agents::market_reports::list" => Row::new(Target::Agent),
        "agents::inspections::record" => Row::new(Target::Agent).body(json!({
            "contract_id": world.contract(whose), "inspected_on": "2026-11-20", "score": 80, "findings": "门头老旧",
        })),
        "agents::inspections::answer" => Row::new(Target::Agent)
            .second(&world.inspection(whose))
            .body(json!({"text": "已更换"})),
        "agents::inspections::close" => Row::new(Target::Agent).second(&world.inspection(whose)),
        "agents::market_reports::submit" => Row::new(Target::Agent).body(json!({
            "contract_id": world.contract(whose), "period": "2026-09-30",
            "sections": [{"title": "竞品情况", "text": "新增两家水站"}],
        })),

        "agents::consequences::list" => Row::new(Target::Agent),
        "agents::consequences::decide" => Row::new(Target::Agent)
            .second(&world.consequence(whose))
            .body(json!({"decision": "dismiss", "reason": "停水检修"})),

        "orders::place" => none().body(json!({
            "customer_id": world.customer,
            "address": address("330106"),
            "lines": [{"product_id": product(1).id, "quantity": 1}],
        })),
        "orders::list" => none(),
        "orders::get" | "orders::history" | "orders::claim" | "orders::start" => Row::new(Target::Order),
        "orders::assign" => Row::new(Target::Order).body(json!({
            "courier_id": if whose == Whose::Others { &world.strange_courier } else { &world.courier },
        })),
        "orders::deliver" => Row::new(Target::Order).body(json!({"buckets_returned": 1})),
        "orders::fail" | "orders::cancel" => Row::new(Target::Order).body(json!({"reason": "不在家"})),
        "orders::rate" => Row::new(Target::Order).body(json!({"score": 5})),

        "couriers::list" => none(),
        "couriers::hire" => none().body(json!({"name": "王五", "phone": "13700000009"})),
        "couriers::change" => Row::new(Target::Courier).body(json!({"on_duty": true})),

        "members::list" | "members::invitations" => none(),
        "members::invite" => none().body(json!({
            "role": if actor == Actor::Role(Role::HqAdmin) { "operator" } else { "agent_staff" },
            "name": "王五",
        })),
        "members::withdraw" => Row::new(Target::Invitation),
        "members::end" => Row::new(Target::Member),
        "members::accept" => none().body(json!({ "code": world.fresh_code() })),
        "accounts::disable" | "accounts::enable" => Row::new(Target::Account),

        // What there is now; a stream would be waited for.
        "events::stream" => none().query("for_seconds=0"),
        "inbox::list" => none(),
        "inbox::read" => Row::new(Target::Message),
        "inbox::read_all" => none().body(json!({"up_to": 0})),

        "webhooks::list" | "dead_letters::list" => none(),
        "webhooks::create" => none().body(json!({"url": "http://127.0.0.1:9/", "topics": ["order_placed"]})),
        "webhooks::get" | "webhooks::delete" | "webhooks::test" => Row::new(Target::Webhook),
        "webhooks::change" => Row::new(Target::Webhook).body(json!({"topics": ["order_rated"]})),
        "dead_letters::replay" => Row::new(Target::DeadLetter),

        "stats::overview" => none(),
        "stats::series" => none().query("from=2026-11-01&until=2026-11-22"),

        "running::openapi" | "running::healthz" | "running::readyz" | "running::metrics"
        | "running::docs" => none(),
        "running::docs_file" => Row::new(Target::File),

        unknown => panic!("the matrix does not know {unknown}: add what it is sent"),
    }
}
