//! Every route that takes something personal, what it refuses too.

use super::values::Canaries;
use crate::support::{Client, TestApp};
use identity::Role;
use serde_json::{Value, json};
use testing::{
    WechatDouble,
    build::{inventory::product, territories::agent_id},
};

/// How often each route is called.
pub const ROUNDS: usize = 12;

/// Who acts.
pub struct Shop {
    pub admin: Client,
    owner: Client,
}

pub fn open_shop(app: &TestApp, canaries: &mut Canaries) -> Shop {
    app.products(&[1]);
    canaries.keep("WeChat's secret", WechatDouble::SECRET);
    for part in WechatDouble::SESSION_KEY_PARTS {
        canaries.keep("session key", part);
    }
    let shop = Shop {
        admin: app.headquarters(Role::HqAdmin),
        owner: app.agent(1, "330106"),
    };
    for _ in 0..5 {
        let receipt = json!({
            "lines": [{"product_id": product(1).id, "quantity": 10_000}],
            "reason": canaries.text("reason of a receipt"),
        });
        shop.owner
            .post("/api/v1/inventory/receipts", &receipt)
            .expect(201);
    }
    shop
}

/// Everything once.
pub fn round(app: &TestApp, wechat: &WechatDouble, shop: &Shop, canaries: &mut Canaries) {
    let (customer, password) = register(app, canaries);
    let added = customers(shop, &customer, canaries);
    let courier = courier(app, shop, canaries);
    let orders = ["deliver", "fail", "cancel"].map(|way| order(shop, &customer, &courier, way, canaries));
    let application = apply(shop, &customer, canaries);
    with_wechat(app, wechat, canaries);
    invite(app, shop, canaries);
    for (client, path) in [
        (&shop.owner, added.clone()),
        (&shop.owner, orders[0].clone()),
        (&shop.admin, application),
        (&shop.admin, format!("/api/v1/agents/{}", agent_id(1))),
    ] {
        let reason = json!({"reason": canaries.text("reason of a reveal")});
        client.post(&format!("{path}/reveal"), &reason).expect(200);
    }
    refused(app, canaries);
    leave(shop, &added, (&customer, &password), canaries);
}

fn with_wechat(app: &TestApp, wechat: &WechatDouble, canaries: &mut Canaries) {
    let members = json!({"openid": canaries.openid(), "unionid": canaries.openid()});
    let code = canaries.keep("WeChat code", &wechat.issue_login_code_with(members));
    let form = json!({"code": code, "name": canaries.name(), "privacy_policy_version": "2026-11"});
    let signed_in = app.client().post("/api/v1/auth/wechat", &form).expect(201);
    canaries.keep("refresh token", signed_in["refresh_token"].as_str().unwrap());
    let token = canaries.keep("access token", signed_in["access_token"].as_str().unwrap());
    let phone = canaries.phone();
    let code = canaries.keep("WeChat code", &wechat.issue_phone_code(&phone));
    app.client()
        .bearing(&token)
        .post("/api/v1/auth/wechat/phone", &json!({"code": code}))
        .expect(200);
}

fn invite(app: &TestApp, shop: &Shop, canaries: &mut Canaries) {
    let (guest, _) = register(app, canaries);
    let invitation = json!({"role": "agent_staff", "name": canaries.name()});
    let invited = shop
        .owner
        .post("/api/v1/members/invitations", &invitation)
        .expect(201);
    let code = canaries.keep("code of an invitation", invited["code"].as_str().unwrap());
    guest
        .post("/api/v1/invitations/accept", &json!({"code": code}))
        .expect(201);
}

/// One who has no account is exported and erased at their request, one who has does both, and changes the password before.
fn leave(shop: &Shop, added: &str, (customer, password): (&Client, &str), canaries: &mut Canaries) {
    for (verb, status) in [("export", 200), ("erase", 204)] {
        let reason = json!({"reason": canaries.text("reason of an export or erasure")});
        shop.admin
            .post(&format!("{added}/{verb}"), &reason)
            .expect(status);
    }
    let new = canaries.password();
    let change = |current: &str, new: &str| {
        let body = json!({"current_password": current, "new_password": new});
        customer.post("/api/v1/auth/password", &body)
    };
    change(&canaries.password(), &new).problem(403, "wrong_password");
    change(password, &new).expect(204);
    customer.get("/api/v1/me/export").expect(200);
    let erase = |password: &str| {
        let body = json!({"password": password, "confirm": true});
        customer.post("/api/v1/me/erase", &body)
    };
    erase(&canaries.password()).problem(403, "wrong_password");
    erase(&new).expect(204);
}

fn keyed(client: &Client, canaries: &Canaries) -> Client {
    client.with("Idempotency-Key", format!("key-{}", canaries.len()))
}

fn id(answer: &Value) -> String {
    answer["id"].as_str().unwrap().to_owned()
}

fn sign_in(app: &TestApp, username: &str, password: &str, canaries: &mut Canaries) -> Client {
    let credentials = json!({"username": username, "password": password});
    let signed_in = app.client().post("/api/v1/auth/login", &credentials).expect(200);
    let token = canaries.keep("refresh token", signed_in["refresh_token"].as_str().unwrap());
    canaries.keep("access token", signed_in["access_token"].as_str().unwrap());
    let renewed = app
        .client()
        .post("/api/v1/auth/refresh", &json!({"refresh_token": token}))
        .expect(200);
    canaries.keep("refresh token", renewed["refresh_token"].as_str().unwrap());
    let token = canaries.keep("access token", renewed["access_token"].as_str().unwrap());
    app.client().bearing(&token)
}

/// Somebody new, and their password.
fn register(app: &TestApp, canaries: &mut Canaries) -> (Client, String) {
    let (username, password) = (canaries.username(), canaries.password());
    let form = json!({
        "username": username,
        "password": password,
        "name": canaries.name(),
        "privacy_policy_version": "2026-11",
    });
    app.client().post("/api/v1/auth/register", &form).expect(201);
    let client = sign_in(app, &username, &password, canaries);
    client.get("/api/v1/me").expect(200);
    (client, password)
}

fn address(canaries: &mut Canaries) -> Value {
    let (longitude, latitude) = canaries.position();
    json!({
        "division_code": "330106",
        "detail": canaries.text("detail of an address"),
        "contact_name": canaries.name(),
        "contact_phone": canaries.phone(),
        "longitude": longitude,
        "latitude": latitude,
    })
}

/// Answers where the one is that the agent added.
fn customers(shop: &Shop, customer: &Client, canaries: &mut Canaries) -> String {
    let form = json!({"name": canaries.name(), "phone": canaries.phone(), "address": address(canaries)});
    let added = keyed(&shop.owner, canaries)
        .post("/api/v1/customers", &form)
        .expect(201);
    let path = format!("/api/v1/customers/{}", id(&added));
    let (name, phone) = (canaries.name(), canaries.phone());
    shop.owner
        .send_json("PATCH", &path, &json!({"name": name, "phone": phone}))
        .expect(200);
    for query in [
        format!("phone={phone}"),
        format!("last_four={}", &phone[7..]),
        format!("name={}", percent_encoded(&name)),
    ] {
        shop.owner.get(&format!("/api/v1/customers?{query}")).expect(200);
    }
    let form = address(canaries);
    shop.owner.post(&format!("{path}/addresses"), &form).expect(201);
    customer.get("/api/v1/customers").expect(200);
    path
}

fn percent_encoded(text: &str) -> String {
    let bytes: Vec<_> = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
    bytes.concat()
}

fn courier(app: &TestApp, shop: &Shop, canaries: &mut Canaries) -> (Client, String) {
    let (username, password) = (canaries.username(), canaries.password());
    let form = json!({
        "name": canaries.name(),
        "phone": canaries.phone(),
        "username": username,
        "password": password,
    });
    let hired = shop.owner.post("/api/v1/couriers", &form).expect(201);
    let change = json!({"name": canaries.name(), "phone": canaries.phone()});
    shop.owner
        .send_json("PATCH", &format!("/api/v1/couriers/{}", id(&hired)), &change)
        .expect(200);
    (sign_in(app, &username, &password, canaries), id(&hired))
}

/// Answers where it is.
fn order(
    shop: &Shop,
    customer: &Client,
    courier: &(Client, String),
    way: &str,
    canaries: &mut Canaries,
) -> String {
    let form = json!({
        "address": address(canaries),
        "lines": [{"product_id": product(1).id, "quantity": 1}],
        "note": canaries.text("note of an order"),
    });
    let placed = keyed(customer, canaries)
        .post("/api/v1/orders", &form)
        .expect(201);
    let path = format!("/api/v1/orders/{}", id(&placed));
    let (courier, courier_id) = courier;
    if way != "cancel" {
        shop.owner
            .post(&format!("{path}/assign"), &json!({"courier_id": courier_id}))
            .expect(200);
        courier.send("POST", &format!("{path}/start"), b"").expect(200);
    }
    match way {
        "deliver" => {
            let delivery = json!({"buckets_returned": 1, "proof": canaries.text("proof")});
            courier.post(&format!("{path}/deliver"), &delivery).expect(200);
            let rating = json!({
                "score": 2,
                "comment": canaries.text("comment"),
                "tags": [canaries.text("tag")],
            });
            keyed(customer, canaries)
                .post(&format!("{path}/rating"), &rating)
                .expect(201);
        }
        "fail" => {
            let failure = json!({"reason": canaries.text("reason of a failure")});
            courier.post(&format!("{path}/fail"), &failure).expect(200);
            // Nobody is erased who still waits for water.
            let cancellation = json!({"reason": canaries.text("reason of a cancellation")});
            shop.owner
                .post(&format!("{path}/cancel"), &cancellation)
                .expect(200);
        }
        _ => {
            let cancellation = json!({"reason": canaries.text("reason of a cancellation")});
            customer
                .post(&format!("{path}/cancel"), &cancellation)
                .expect(200);
        }
    }
    shop.admin.get(&format!("{path}/history")).expect(200);
    path
}

/// Answers where it is.
fn apply(shop: &Shop, client: &Client, canaries: &mut Canaries) -> String {
    let form = json!({
        "kind": "person",
        "name": canaries.name(),
        "identity_number": canaries.identity_number(),
        "mobile": canaries.phone(),
        "email": canaries.email(),
        "level": "county",
        "division_codes": ["330105"],
        "privacy_policy_version": "2026-11",
    });
    let submitted = keyed(client, canaries)
        .post("/api/v1/applications", &form)
        .expect(201);
    let path = format!("/api/v1/applications/{}", id(&submitted));
    let act = |client: &Client, verb: &str, body: &Value| {
        client.post(&format!("{path}/{verb}"), body).expect(200);
    };
    act(&shop.admin, "review", &json!({}));
    let message = json!({"message": canaries.text("message to an applicant")});
    act(&shop.admin, "request-supplement", &message);
    let supplement = json!({
        "note": canaries.text("note of a supplement"),
        "mobile": canaries.phone(),
        "email": canaries.email(),
    });
    act(client, "supplement", &supplement);
    act(&shop.admin, "review", &json!({}));
    let reason = json!({"reason": canaries.text("reason of a rejection")});
    act(&shop.admin, "reject", &reason);
    path
}

/// What is refused is not kept, and not told to the log either.
fn refused(app: &TestApp, canaries: &mut Canaries) {
    let wrong = json!({"username": canaries.username(), "password": canaries.password()});
    app.client()
        .post("/api/v1/auth/login", &wrong)
        .problem(401, "wrong_credentials");
    let broken = format!(
        "{{\"username\": \"{}\", \"password\": ",
        canaries.text("broken body")
    );
    let json = app.client().with("Content-Type", "application/json");
    assert!(json.send("POST", "/api/v1/auth/login", broken.as_bytes()).status < 500);
    let unknown = json!({canaries.text("unknown field"): canaries.text("unknown value")});
    assert_eq!(app.client().post("/api/v1/auth/register", &unknown).status, 422);
    let token = canaries.text("wrong token");
    let stranger = app.client().bearing(&percent_encoded(&token));
    assert_eq!(stranger.get("/api/v1/me").status, 401);
    let path = format!("/api/v1/{}", canaries.username());
    assert_eq!(app.client().get(&path).status, 404);
    let query = format!(
        "/api/v1/customers?phone={}&colour={}",
        canaries.phone(),
        canaries.username()
    );
    assert_eq!(app.client().get(&query).status, 422);
}
