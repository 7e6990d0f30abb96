//! Two agents with all that is theirs, and somebody of each role. One server for the whole matrix.

#![allow(
    clippy::unused_self,
    reason = "what a world knows is asked of it, whether it is kept or fixed"
)]

use super::{
    Whose,
    rows::{Row, address, picture},
};
use crate::support::{Answer, Client, PASSWORD, TestApp};
use agents::{AgentLevel, DepositEntry, DepositEntryKind};
use app::Entry;
use events::{
    Delivery, DeliveryState, Event, Fact, Failure, Topics, Webhook, WebhookFormat, WebhookSecret, WebhookUrl,
};
use identity::{Membership, Position, Role};
use kernel::{
    AccountId, AgentId, AttachmentId, Clock, ConsequenceId, ContractId, CourierId, CustomerId, DeliveryId,
    DepositEntryId, EventId, InspectionId, MembershipId, Money, OrderId, RepositoryError, SupportRequestId,
    WebhookId,
};
use serde_json::{Value, json};
use std::{cell::Cell, collections::BTreeMap};
use testing::WechatDouble;
use testing::build::{
    agents::{consequence, contract, deposit_entry, identity_number, inspection, support_request},
    inventory::product,
    territories::{agent_id, territory},
};
use uuid::Uuid;

/// The own customer's name; the other values below are known alike.
pub const CUSTOMER_NAME: &str = "欧阳春晓";
const CUSTOMER_PHONE: &str = "13811112222";
const DETAIL: &str = "灵隐路 77 号金丝雀楼";
const FAR_DETAIL: &str = "滨盛路 9 号鹭鸶居";
const COURIER_PHONE: &str = "13933334444";
const STRANGERS_NAME: &str = "司马远山";
const STRANGERS_PHONE: &str = "13855556666";
const STRANGERS_DETAIL: &str = "江南大道 88 号夜莺阁";
const STRANGE_COURIERS_PHONE: &str = "13977778888";
const APPLICANTS_MOBILE: &str = "13612123434";
const APPLICANTS_EMAIL: &str = "canary-applicant@example.com";

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Actor {
    /// Nobody who is signed in.
    Nobody,
    /// Somebody of that role; those of an agent are of agent 1.
    Role(Role),
}

impl Actor {
    /// Everybody.
    pub fn all() -> impl Iterator<Item = Self> {
        Role::ALL.into_iter().map(Self::Role).chain([Self::Nobody])
    }
}

/// What the parameter in a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    Account,
    Agent,
    Application,
    Attachment,
    Courier,
    Customer,
    DeadLetter,
    Division,
    File,
    Invitation,
    Member,
    Message,
    /// One that nothing else is tried on.
    NewCustomer,
    Order,
    Product,
    SignIn,
    Territory,
    Webhook,
}

impl Target {
    /// Whether headquarters has its own and leaves the agents theirs.
    pub fn is_of_the_office(self) -> bool {
        matches!(self, Self::Invitation | Self::Member | Self::Webhook)
    }
}

/// Two agents with all that is theirs.
pub struct World {
    app: TestApp,
    /// The customer of agent 1.
    pub customer: String,
    /// A courier of agent 1.
    pub courier: String,
    /// A courier of agent 2.
    pub strange_courier: String,
    customer_client: Client,
    owner: Client,
    stranger: Client,
    clients: BTreeMap<Actor, Client>,
    usernames: BTreeMap<Actor, String>,
    applications: BTreeMap<Actor, String>,
    attachments: BTreeMap<Actor, String>,
    evidence: [AttachmentId; 2],
    wechat: WechatDouble,
    bystander: AccountId,
    strange_customers: Vec<String>,
    strange_orders: Vec<String>,
    colleagues_order: String,
    counter: Cell<u16>,
    document: Value,
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

fn order(division_code: &str, detail: &str, name: &str, phone: &str) -> Value {
    json!({
        "address": {
            "division_code": division_code,
            "detail": detail,
            "contact_name": name,
            "contact_phone": phone,
        },
        "lines": [{"product_id": product(1).id, "quantity": 1}],
    })
}

/// Somebody who registers under that name and says its phone.
fn customer(app: &TestApp, username: &str, name: &str, phone: &str) -> (Client, String) {
    let form = json!({
        "username": username, "password": PASSWORD, "name": name, "privacy_policy_version": "2026-11",
    });
    let signed_in = app.client().post("/api/v1/auth/register", &form).expect(201);
    let client = app.client().bearing(signed_in["access_token"].as_str().unwrap());
    let id = text(&signed_in["principal"], "customer_id");
    client
        .send_json(
            "PATCH",
            &format!("/api/v1/customers/{id}"),
            &json!({ "phone": phone }),
        )
        .expect(200);
    (client, id)
}

fn hire(owner: &Client, username: &str, phone: &str) -> String {
    let form = json!({"name": "李送水", "phone": phone, "username": username, "password": PASSWORD});
    text(&owner.post("/api/v1/couriers", &form).expect(201), "id")
}

/// Agents 1 and 2 each have a contract, with a deduction from its deposit that a picture of their owner's proves. Answers the
/// pictures.
fn sign_contracts(app: &TestApp, offices: [&Client; 2]) -> [AttachmentId; 2] {
    let mut number = 0;
    offices.map(|office| {
        number += 1;
        let me = office.get("/api/v1/me").expect(200);
        let account_id: AccountId = text(&me["principal"], "account_id").parse().unwrap();
        let uploaded = office
            .with("Content-Type", "application/octet-stream")
            .send("POST", "/api/v1/attachments", &picture())
            .expect(201);
        let evidence: AttachmentId = text(&uploaded, "id").parse().unwrap();
        let deduction = DepositEntry {
            kind: DepositEntryKind::Deducted,
            balance_after: Money::ZERO,
            ..deposit_entry(2, number)
        };
        app.state
            .database
            .write::<_, RepositoryError>(|session| {
                session.insert_contracts(&[contract(number, AgentLevel::County)])?;
                session.insert_deposit_entry(&deposit_entry(1, number))?;
                session.insert_deposit_entry(&deduction)?;
                session.insert_support_request(&support_request(1, number))?;
                session.insert_inspection(&inspection(1, number))?;
                session.insert_consequence(&consequence(1, number, "2026-01-01"))?;
                let record = deduction.id.as_uuid();
                session.attach_to_record(account_id, deduction.agent_id, record, &[evidence])
            })
            .unwrap();
        evidence
    })
}

/// The agent that a first parameter names: what a second one names is that agent's.
const fn agent_of(whose: Whose) -> u16 {
    match whose {
        Whose::Own | Whose::Nobodys => 1,
        Whose::Others => 2,
    }
}

impl World {
    #[expect(clippy::too_many_lines, reason = "a world is made in one go")]
    pub fn new() -> Self {
        let (app, wechat) = TestApp::start_with_wechat();
        app.products(&[1, 2]);
        let (owner, stranger) = (app.agent(1, "330106"), app.agent(2, "330108"));
        let receipt = json!({"lines": [{"product_id": product(1).id, "quantity": 10_000}]});
        for office in [&owner, &stranger] {
            office.post("/api/v1/inventory/receipts", &receipt).expect(201);
        }
        let courier = hire(&owner, "courier", COURIER_PHONE);
        let colleague = hire(&owner, "colleague", COURIER_PHONE);
        let strange_courier = hire(&stranger, "strange-courier", STRANGE_COURIERS_PHONE);
        let (customer_client, customer_id) = customer(&app, "customer", CUSTOMER_NAME, CUSTOMER_PHONE);
        let (strange_client, strange_customer) =
            customer(&app, "strange-customer", STRANGERS_NAME, STRANGERS_PHONE);
        let place = |client: &Client, key: &str, body: &Value| {
            let placed = client
                .with("Idempotency-Key", key)
                .post("/api/v1/orders", body)
                .expect(201);
            text(&placed, "id")
        };
        let strange = order("330108", STRANGERS_DETAIL, STRANGERS_NAME, STRANGERS_PHONE);
        let strange_order = place(&strange_client, "strange", &strange);
        let own = order("330106", DETAIL, CUSTOMER_NAME, CUSTOMER_PHONE);
        // The customer of agent 1 lives in the territory of agent 2 too.
        let far = order("330108", FAR_DETAIL, CUSTOMER_NAME, CUSTOMER_PHONE);
        customer_client
            .post(
                &format!("/api/v1/customers/{customer_id}/addresses"),
                &far["address"],
            )
            .expect(201);
        place(&customer_client, "first", &own);
        let colleagues_order = place(&customer_client, "colleague", &own);
        owner
            .post(
                &format!("/api/v1/orders/{colleagues_order}/assign"),
                &json!({ "courier_id": colleague }),
            )
            .expect(200);

        let evidence = sign_contracts(&app, [&owner, &stranger]);
        let mut clients = BTreeMap::from([(Actor::Nobody, app.client())]);
        let mut usernames = BTreeMap::new();
        for role in Role::ALL {
            let client = match role {
                Role::HqAdmin | Role::Operator | Role::Auditor => app.headquarters(role),
                Role::AgentOwner => owner.clone(),
                Role::AgentStaff => app.account(role.name(), Position::AgentStaff(agent_id(1))),
                Role::Courier => app.login("courier"),
                Role::Customer => customer_client.clone(),
                Role::Applicant => app.account(role.name(), Position::Applicant),
            };
            // What ends sign-ins is tried by another account in the same position.
            let me = client.get("/api/v1/me").expect(200);
            let id = |name: &str| {
                me["principal"][name]
                    .as_str()
                    .map(|id| id.parse::<Uuid>().unwrap())
            };
            let position = Position::of(
                role,
                id("agent_id").map(AgentId::from_uuid),
                id("courier_id").map(CourierId::from_uuid),
                id("customer_id").map(CustomerId::from_uuid),
            );
            let username = format!("auth-{}", role.name());
            app.account(&username, position.unwrap());
            clients.insert(Actor::Role(role), client);
            usernames.insert(Actor::Role(role), username);
        }
        let mut applications = BTreeMap::new();
        let mut attachments = BTreeMap::new();
        for (serial, (actor, client)) in (101..).zip(&clients) {
            let client = if *actor == Actor::Nobody {
                &stranger
            } else {
                client
            };
            let uploaded = client
                .with("Content-Type", "application/octet-stream")
                .send("POST", "/api/v1/attachments", &picture())
                .expect(201);
            attachments.insert(*actor, text(&uploaded, "id"));
            let form = json!({
                "attachments": [uploaded["id"]],
                "kind": "person",
                "name": STRANGERS_NAME,
                "identity_number": identity_number(serial),
                "mobile": APPLICANTS_MOBILE,
                "email": APPLICANTS_EMAIL,
                "level": "county",
                "division_codes": ["110101"],
                "privacy_policy_version": "2026-11",
            });
            let submitted = client
                .with("Idempotency-Key", "application")
                .post("/api/v1/applications", &form)
                .expect(201);
            applications.insert(*actor, text(&submitted, "id"));
        }
        app.account("bystander", Position::Applicant);
        let bystander = app.login("bystander").get("/api/v1/me").expect(200);
        let document = app.client().get("/api/v1/openapi.json").expect(200);
        Self {
            customer: customer_id,
            courier,
            customer_client,
            owner,
            stranger,
            clients,
            usernames,
            applications,
            attachments,
            evidence,
            wechat,
            bystander: text(&bystander["principal"], "account_id").parse().unwrap(),
            strange_customers: vec![strange_customer],
            strange_courier,
            strange_orders: vec![strange_order],
            colleagues_order,
            counter: Cell::new(1_000),
            document,
            app,
        }
    }

    fn next(&self) -> u16 {
        self.counter.set(self.counter.get() + 1);
        self.counter.get()
    }

    /// A user name that nobody has.
    pub fn fresh_username(&self) -> String {
        format!("fresh.{}", self.next())
    }

    /// The serial of an identity number that nobody has.
    pub fn fresh_serial(&self) -> u16 {
        self.next()
    }

    /// The contract of the agent that is asked about.
    pub fn contract(&self, whose: Whose) -> ContractId {
        contract(agent_of(whose), AgentLevel::County).id
    }

    /// The deduction from its deposit.
    pub fn deduction(&self, whose: Whose) -> DepositEntryId {
        deposit_entry(2, agent_of(whose)).id
    }

    /// What followed from a quota of the agent's.
    pub fn consequence(&self, whose: Whose) -> ConsequenceId {
        consequence(1, agent_of(whose), "2026-01-01").id
    }

    /// An inspection of the agent.
    pub fn inspection(&self, whose: Whose) -> InspectionId {
        inspection(1, agent_of(whose)).id
    }

    /// What the agent asks headquarters to pay for.
    pub fn support_request(&self, whose: Whose) -> SupportRequestId {
        support_request(1, agent_of(whose)).id
    }

    /// The picture that proves the deduction.
    pub fn evidence(&self, whose: Whose) -> AttachmentId {
        let [own, others] = self.evidence;
        if agent_of(whose) == 1 { own } else { others }
    }

    /// A refresh token that is good.
    pub fn fresh_refresh_token(&self) -> String {
        let credentials = json!({"username": "bystander", "password": PASSWORD});
        let signed_in = self
            .app
            .client()
            .post("/api/v1/auth/login", &credentials)
            .expect(200);
        text(&signed_in, "refresh_token")
    }

    /// The code of an invitation to work for agent 2, where nobody of the matrix works.
    pub fn fresh_code(&self) -> String {
        text(&self.invite(&self.stranger, "agent_staff"), "code")
    }

    fn invite(&self, office: &Client, role: &str) -> Value {
        let body = json!({"role": role, "name": "王五"});
        office.post("/api/v1/members/invitations", &body).expect(201)
    }

    /// A membership of the account that the actor tries sign-ins with.
    pub fn membership_of(&self, actor: Actor) -> String {
        match actor {
            Actor::Nobody => Uuid::from_u128(1).to_string(),
            Actor::Role(_) => {
                let me = self
                    .app
                    .login(&self.usernames[&actor])
                    .get("/api/v1/me")
                    .expect(200);
                text(&me["principal"], "membership_id")
            }
        }
    }

    /// A sign-in of that account, begun now.
    fn sign_in_of(&self, username: &str) -> String {
        let listed = self.app.login(username).get("/api/v1/auth/sessions").expect(200);
        let mut items = listed["items"].as_array().unwrap().iter();
        text(items.find(|item| item["current"] == true).unwrap(), "id")
    }

    /// A code by which WeChat knows somebody new.
    pub fn fresh_wechat_code(&self) -> String {
        self.wechat.issue_login_code(&format!("openid-{}", self.next()))
    }

    /// A code by which WeChat tells a phone that nobody has.
    pub fn fresh_phone_code(&self) -> String {
        self.wechat.issue_phone_code(&format!("1370000{}", self.next()))
    }

    /// Whether the route's query may name an agent.
    pub fn takes_an_agent(&self, entry: &Entry) -> bool {
        let operation = &self.document["paths"][entry.path][entry.method.as_str().to_lowercase()];
        let mut parameters = operation["parameters"].as_array().into_iter().flatten();
        parameters.any(|parameter| parameter["name"] == "agent_id" && parameter["in"] == "query")
    }

    /// Sends what the row says. Whatever changes a sign-in is done in one of its own.
    pub fn send(&self, entry: &Entry, actor: Actor, row: &Row, path: &str) -> Answer {
        let mut client = self.clients[&actor].clone();
        if entry.module.starts_with("auth")
            && let Some(username) = self.usernames.get(&actor)
        {
            client = self.app.login(username);
        }
        if entry.method == "POST" {
            client = client.with("Idempotency-Key", format!("key-{}", self.next()));
        }
        match (&row.body, &row.file) {
            (Some(body), _) => client.send_json(entry.method.as_str(), path, body),
            (None, Some(file)) => client.with("Content-Type", "application/octet-stream").send(
                entry.method.as_str(),
                path,
                file,
            ),
            (None, None) => client.send(entry.method.as_str(), path, b""),
        }
    }

    /// The known values that are not for that actor's eyes, whatever it asks for.
    pub fn canaries_not_for(&self, actor: Actor, reveals: bool) -> Vec<&'static str> {
        let role = match actor {
            Actor::Nobody => None,
            Actor::Role(role) => Some(role),
        };
        let is_office = matches!(role, Some(Role::AgentOwner | Role::AgentStaff));
        if reveals {
            // Everybody may be told of themselves, an office of its own customers, headquarters of all.
            return if is_office {
                vec![
                    STRANGERS_PHONE,
                    STRANGERS_DETAIL,
                    STRANGE_COURIERS_PHONE,
                    FAR_DETAIL,
                ]
            } else {
                Vec::new()
            };
        }
        let mut canaries = vec![
            STRANGERS_NAME,
            STRANGERS_PHONE,
            STRANGERS_DETAIL,
            STRANGE_COURIERS_PHONE,
            APPLICANTS_MOBILE,
            APPLICANTS_EMAIL,
            "33010619900101",
        ];
        // A customer sees its own; a courier what it needs at the door.
        if !matches!(role, Some(Role::Customer | Role::Courier)) {
            canaries.extend([CUSTOMER_NAME, CUSTOMER_PHONE]);
        }
        if role != Some(Role::Customer) {
            canaries.push(FAR_DETAIL);
        }
        if !is_office {
            canaries.push(COURIER_PHONE);
        }
        if !is_office && !matches!(role, Some(Role::Customer | Role::Courier)) {
            canaries.push(DETAIL);
        }
        canaries
    }

    /// The ids to try, several where others' are of several kinds.
    pub fn ids(&self, target: Target, actor: Actor, whose: Whose) -> Vec<String> {
        match whose {
            Whose::Nobodys => vec![match target {
                Target::Division => "999999".to_owned(),
                Target::File => "nothing.js".to_owned(),
                _ => Uuid::from_u128(0x0194_0000_0000_7000_8000_0000_dead_beef).to_string(),
            }],
            Whose::Own => vec![self.own(target, actor)],
            Whose::Others => self.others(target, actor),
        }
    }

    /// An id inside the actor's reach, fresh where a request may use it up.
    fn own(&self, target: Target, actor: Actor) -> String {
        match target {
            Target::Account => self.bystander.as_uuid().to_string(),
            Target::Agent => agent_id(1).as_uuid().to_string(),
            Target::Application => self.applications[&actor].clone(),
            Target::Attachment => self.attachments[&actor].clone(),
            Target::SignIn => self.usernames.get(&actor).map_or_else(
                || Uuid::from_u128(1).to_string(),
                |username| self.sign_in_of(username),
            ),
            Target::Courier => self.courier.clone(),
            Target::Customer => self.customer.clone(),
            Target::Division => "330106".to_owned(),
            Target::File => "index.html".to_owned(),
            Target::Invitation => match actor {
                Actor::Role(Role::HqAdmin) => text(&self.invite(&self.clients[&actor], "operator"), "id"),
                _ => text(&self.invite(&self.owner, "agent_staff"), "id"),
            },
            Target::Member => match actor {
                Actor::Role(role) if role.is_headquarters() => self.member(Position::Operator),
                _ => self.member(Position::AgentStaff(agent_id(1))),
            },
            Target::DeadLetter => self.dead_letter(agent_id(1)),
            Target::Webhook => match actor {
                Actor::Role(role) if role.is_headquarters() => self.webhook(AgentId::HEADQUARTERS),
                _ => self.webhook(agent_id(1)),
            }
            .id
            .to_string(),
            Target::Message => self.message(self.account_of(actor)),
            Target::NewCustomer => {
                let form = json!({"name": "王五", "address": address("330106")});
                text(&self.owner.post("/api/v1/customers", &form).expect(201), "id")
            }
            Target::Order => {
                let own = order("330106", DETAIL, CUSTOMER_NAME, CUSTOMER_PHONE);
                let placed = self
                    .customer_client
                    .with("Idempotency-Key", format!("own-{}", self.next()))
                    .post("/api/v1/orders", &own)
                    .expect(201);
                text(&placed, "id")
            }
            Target::Product => product(1).id.as_uuid().to_string(),
            Target::Territory => territory(1, "330106").id.as_uuid().to_string(),
        }
    }

    /// A consent of agent 1, given just now, for the owner; none for others.
    pub fn consent_of(&self, actor: Actor) -> String {
        if actor != Actor::Role(Role::AgentOwner) {
            return Uuid::from_u128(1).to_string();
        }
        let path = format!(
            "/api/v1/territories/{}/consents",
            self.own(Target::Territory, actor)
        );
        let form = json!({
            "division_code": "330106109",
            "valid_from": "2026-12-01",
            "valid_until": "2026-12-15",
            "reason": "同意设立",
        });
        let given = self.owner.post(&path, &form).expect(201);
        text(&given["consents"].as_array().unwrap()[0], "id")
    }

    /// Ids of the same kind that are others'.
    fn others(&self, target: Target, actor: Actor) -> Vec<String> {
        match target {
            // Everybody's, or headquarters' alone.
            Target::Account | Target::Division | Target::File | Target::NewCustomer | Target::Product => {
                Vec::new()
            }
            Target::Agent => vec![agent_id(2).as_uuid().to_string()],
            Target::Territory => vec![territory(2, "330108").id.as_uuid().to_string()],
            Target::Application => vec![self.applications[&Actor::Nobody].clone()],
            Target::Attachment => vec![self.attachments[&Actor::Nobody].clone()],
            Target::SignIn => vec![self.sign_in_of("agent-2")],
            Target::Courier => vec![self.strange_courier.clone()],
            Target::Customer => self.strange_customers.clone(),
            Target::Invitation => vec![text(&self.invite(&self.stranger, "agent_staff"), "id")],
            Target::Member => vec![self.member(Position::AgentStaff(agent_id(2)))],
            Target::DeadLetter => vec![self.dead_letter(agent_id(2))],
            Target::Webhook => vec![self.webhook(agent_id(2)).id.to_string()],
            Target::Message => vec![self.message(self.bystander)],
            Target::Order => {
                let mut orders = self.strange_orders.clone();
                if actor == Actor::Role(Role::Courier) {
                    orders.push(self.colleagues_order.clone());
                }
                orders
            }
        }
    }

    /// The account that the actor is signed in with; nobody's is the bystander's.
    fn account_of(&self, actor: Actor) -> AccountId {
        if actor == Actor::Nobody {
            return self.bystander;
        }
        let me = self.clients[&actor].get("/api/v1/me").expect(200);
        text(&me["principal"], "account_id").parse().unwrap()
    }

    /// A message that this account has, and nobody else.
    fn message(&self, account_id: AccountId) -> String {
        let now = self.app.clock.now();
        let order_id = OrderId::from_uuid(self.app.state.ids.next_uuid(now));
        let event = Event {
            id: EventId::from_uuid(self.app.state.ids.next_uuid(now)),
            agent_id: AgentId::HEADQUARTERS,
            aggregate_id: order_id.as_uuid(),
            aggregate_version: 1,
            occurred_at: now,
            fact: Fact::OrderDelivered { order_id },
        };
        self.app
            .state
            .database
            .write::<_, RepositoryError>(|session| {
                session.insert_messages(&BTreeMap::from([(account_id, vec![&event])]))
            })
            .unwrap();
        event.id.to_string()
    }

    /// A webhook of that office. Nothing listens where it points.
    fn webhook(&self, agent_id: AgentId) -> Webhook {
        let now = self.app.clock.now();
        let webhook = Webhook {
            id: WebhookId::from_uuid(self.app.state.ids.next_uuid(now)),
            agent_id,
            url: WebhookUrl::parse("http://127.0.0.1:9/").unwrap(),
            format: WebhookFormat::Json,
            topics: Topics::parse(["order_rated"]).unwrap(),
            enabled: true,
            secret: WebhookSecret::of([7; 32]),
            created_at: now,
            version: 1,
        };
        self.app
            .state
            .database
            .write::<_, RepositoryError>(|session| session.insert_webhook(&webhook))
            .unwrap();
        webhook
    }

    /// A dead letter of that agent.
    fn dead_letter(&self, agent_id: AgentId) -> String {
        let (now, webhook) = (self.app.clock.now(), self.webhook(agent_id));
        let order_id = OrderId::from_uuid(self.app.state.ids.next_uuid(now));
        let letter = Delivery {
            id: DeliveryId::from_uuid(self.app.state.ids.next_uuid(now)),
            agent_id,
            webhook_id: webhook.id,
            event: Event {
                id: EventId::from_uuid(self.app.state.ids.next_uuid(now)),
                agent_id,
                aggregate_id: order_id.as_uuid(),
                aggregate_version: 1,
                occurred_at: now,
                fact: Fact::OrderRated { order_id },
            },
            state: DeliveryState::Dead { at: now },
            attempts: 12,
            last_failure: Some(Failure::Timeout),
        };
        self.app
            .state
            .database
            .write::<_, RepositoryError>(|session| session.insert_deliveries(std::slice::from_ref(&letter)))
            .unwrap();
        letter.id.to_string()
    }

    /// One more membership of the bystander.
    fn member(&self, position: Position) -> String {
        let now = self.app.clock.now();
        let membership = Membership {
            id: MembershipId::from_uuid(self.app.state.ids.next_uuid(now)),
            account_id: self.bystander,
            position,
            created_at: now,
            ended_at: None,
        };
        self.app
            .state
            .database
            .write::<_, RepositoryError>(|session| session.insert_memberships(&[membership]))
            .unwrap();
        membership.id.as_uuid().to_string()
    }
}
