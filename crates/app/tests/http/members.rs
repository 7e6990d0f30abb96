//! The people of an agent over HTTP: inviting, accepting, ending, disabling.

use crate::support::{Client, PASSWORD, TestApp};
use identity::{AuditAction, AuditFilter, Position, Role};
use kernel::{PageRequest, RepositoryError};
use serde_json::{Value, json};
use std::thread;
use testing::build::territories::agent_id;

fn invite(client: &Client, body: &Value) -> (String, String) {
    let invited = client.post("/api/v1/members/invitations", body).expect(201);
    let text = |name: &str| invited[name].as_str().unwrap().to_owned();
    (text("id"), text("code"))
}

fn accept(client: &Client, code: &str) -> crate::support::Answer {
    client.post("/api/v1/invitations/accept", &json!({ "code": code }))
}

fn staff() -> Value {
    json!({"role": "agent_staff", "name": "王五"})
}

fn membership_of(client: &Client, role: &str) -> String {
    let listed = client.get("/api/v1/members").expect(200);
    let mut items = listed["items"].as_array().unwrap().iter();
    let member = items.find(|item| item["role"] == role).unwrap();
    member["membership_id"].as_str().unwrap().to_owned()
}

fn recorded(app: &TestApp) -> Vec<AuditAction> {
    let page = app
        .state
        .database
        .read::<_, RepositoryError>(|session| {
            session.list_audit_entries(&AuditFilter::default(), &PageRequest::first())
        })
        .unwrap();
    let actions = page.items.iter().rev().map(|entry| entry.action);
    actions
        .filter(|action| !matches!(action, AuditAction::SignedIn | AuditAction::SignedOut))
        .collect()
}

#[test]
fn somebody_is_invited_accepts_works_and_leaves_on_both_databases() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let owner = app.agent(1, "330106");
        let (guest, _) = app.customer("wang.wu");
        let (id, code) = invite(&owner, &staff());
        let waiting = owner.get("/api/v1/members/invitations").expect(200);
        assert_eq!(waiting["items"][0]["id"], json!(id));
        assert_eq!(waiting["items"][0]["name"], "王五");
        assert!(!waiting.to_string().contains(&code));

        let membership = accept(&guest, &code).expect(201);
        assert_eq!(
            (&membership["role"], &membership["agent_id"]),
            (&json!("agent_staff"), &json!(agent_id(1)))
        );
        accept(&guest, &code).problem(404, "not_found");
        assert_eq!(
            owner.get("/api/v1/members/invitations").expect(200)["items"],
            json!([])
        );

        // The account is both now, and works in the role that stands first.
        let worker = app.login("wang.wu");
        worker.get("/api/v1/inventory").expect(200);
        worker.get("/api/v1/members").problem(403, "forbidden");
        let listed = owner.get("/api/v1/members").expect(200);
        let roles: Vec<_> = listed["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| (item["role"].as_str().unwrap(), item["name"].as_str().unwrap()))
            .collect();
        assert_eq!(roles, [("agent_owner", "李四"), ("agent_staff", "张三")]);

        let path = format!("/api/v1/members/{}", membership["id"].as_str().unwrap());
        owner.send("DELETE", &path, b"").expect(204);
        worker.get("/api/v1/inventory").problem(401, "unauthenticated");
        owner.send("DELETE", &path, b"").problem(404, "not_found");
        guest.get("/api/v1/me").expect(200);
        assert_eq!(
            recorded(&app),
            [
                AuditAction::MemberInvited,
                AuditAction::InvitationAccepted,
                AuditAction::MembershipEnded
            ]
        );
    }
}

#[test]
fn a_courier_without_an_account_gets_one_by_invitation_and_loses_it_with_the_membership() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    let hired = owner
        .post(
            "/api/v1/couriers",
            &json!({"name": "李送水", "phone": "13900001111"}),
        )
        .expect(201);
    let courier = json!({"role": "courier", "name": "李送水", "courier_id": hired["id"]});
    let (_, code) = invite(&owner, &courier);
    let (_, rival) = invite(&owner, &courier);
    let (first, _) = app.customer("li.songshui");
    let (second, _) = app.customer("li.songshui.2");
    accept(&first, &code).expect(201);
    app.login("li.songshui").get("/api/v1/orders").expect(200);
    accept(&second, &rival).problem(409, "courier_has_account");
    owner
        .post("/api/v1/members/invitations", &courier)
        .problem(409, "courier_has_account");
    assert_eq!(
        owner.get("/api/v1/couriers").expect(200)["items"][0]["has_account"],
        true
    );

    let path = format!("/api/v1/members/{}", membership_of(&owner, "courier"));
    owner.send("DELETE", &path, b"").expect(204);
    let couriers = || owner.get("/api/v1/couriers").expect(200)["items"][0].clone();
    assert_eq!(
        (&couriers()["name"], &couriers()["on_duty"]),
        (&json!("已注销"), &json!(false))
    );
    // What was refused left nothing: the other invitation is still good.
    accept(&second, &rival).expect(201);
    assert_eq!(
        couriers()["name"],
        second.get("/api/v1/me").expect(200)["principal"]["name"]
    );
    owner
        .send_json(
            "PATCH",
            &format!("/api/v1/couriers/{}", hired["id"].as_str().unwrap()),
            &json!({"phone": "13900002222"}),
        )
        .expect(200);

    // Whoever was the courier before is told nothing of the successor, and takes nothing along.
    let export = first.get("/api/v1/me/export");
    assert_eq!(export.expect(200)["couriers"], json!([]));
    assert!(!export.text().contains("13900002222"));
    first
        .post(
            "/api/v1/me/erase",
            &json!({"password": PASSWORD, "confirm": true}),
        )
        .expect(204);
    assert_eq!(couriers()["phone"], "13900002222");

    let stranger = app.agent(2, "330108");
    stranger
        .post("/api/v1/members/invitations", &courier)
        .problem(404, "not_found");
}

#[test]
fn each_appoints_and_dismisses_only_whom_its_role_may() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    let stranger = app.agent(2, "330108");
    let administrator = app.headquarters(Role::HqAdmin);
    for (client, role) in [
        (&owner, "agent_owner"),
        (&owner, "operator"),
        (&owner, "hq_admin"),
        (&administrator, "hq_admin"),
        (&administrator, "agent_staff"),
    ] {
        client
            .post(
                "/api/v1/members/invitations",
                &json!({"role": role, "name": "王五"}),
            )
            .problem(403, "role_not_appointable");
    }
    let own = format!("/api/v1/members/{}", membership_of(&owner, "agent_owner"));
    owner.send("DELETE", &own, b"").problem(409, "own_membership");
    for client in [&stranger, &administrator] {
        client.send("DELETE", &own, b"").problem(404, "not_found");
    }
    let partner = app.account("partner", Position::AgentOwner(agent_id(1)));
    partner
        .send("DELETE", &own, b"")
        .problem(403, "role_not_appointable");

    let (id, code) = invite(&owner, &staff());
    let invitation = format!("/api/v1/members/invitations/{id}");
    stranger
        .send("DELETE", &invitation, b"")
        .problem(404, "not_found");
    owner.send("DELETE", &invitation, b"").expect(204);
    owner.send("DELETE", &invitation, b"").problem(404, "not_found");
    let (guest, _) = app.customer("wang.wu");
    accept(&guest, &code).problem(404, "not_found");

    let (_, code) = invite(&administrator, &json!({"role": "auditor", "name": "王五"}));
    accept(&guest, &code).expect(201);
    app.login("wang.wu").get("/api/v1/agents").expect(200);
}

#[test]
fn every_wrong_field_of_an_invitation_is_reported_at_once() {
    let app = TestApp::start();
    let owner = app.agent(1, "330106");
    let fields = |body: Value| {
        let problem = owner.post("/api/v1/members/invitations", &body).expect(422);
        let errors = problem["errors"].as_array().unwrap().iter();
        errors
            .map(|error| error["field"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(fields(json!({"role": "king", "name": ""})), ["name", "role"]);
    assert_eq!(fields(json!({"role": "customer", "name": "王五"})), ["role"]);
    assert_eq!(fields(json!({"role": "courier", "name": "王五"})), ["courier_id"]);
    let given = json!({"role": "agent_staff", "name": "王五", "courier_id": agent_id(1)});
    assert_eq!(fields(given), ["courier_id"]);
    for code in ["", "x", &"A".repeat(64)] {
        accept(&owner, code).problem(404, "not_found");
    }
}

#[test]
fn a_code_is_accepted_once_however_many_come_at_once_on_both_databases() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let owner = app.agent(1, "330106");
        let (_, code) = invite(&owner, &staff());
        let guests: Vec<_> = (0..8)
            .map(|number| app.customer(&format!("guest.{number}")).0)
            .collect();
        let mut statuses: Vec<_> = thread::scope(|scope| {
            let running: Vec<_> = guests
                .iter()
                .map(|guest| scope.spawn(|| accept(guest, &code).status))
                .collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 404, 404, 404, 404, 404, 404, 404]);
        let listed = owner.get("/api/v1/members").expect(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn a_disabled_account_is_nobody_until_it_is_enabled() {
    let app = TestApp::start();
    let administrator = app.headquarters(Role::HqAdmin);
    let (guest, signed_in) = app.customer("wang.wu");
    let path = |id: &Value, verb: &str| format!("/api/v1/accounts/{}/{verb}", id.as_str().unwrap());
    let id = &signed_in["principal"]["account_id"];
    for _ in 0..2 {
        administrator.send("POST", &path(id, "disable"), b"").expect(204);
        guest.get("/api/v1/me").problem(401, "unauthenticated");
    }
    administrator.send("POST", &path(id, "enable"), b"").expect(204);
    guest.get("/api/v1/me").expect(200);
    // What changed nothing is not told twice.
    assert_eq!(
        recorded(&app),
        [AuditAction::AccountDisabled, AuditAction::AccountEnabled]
    );

    let me = administrator.get("/api/v1/me").expect(200);
    administrator
        .send("POST", &path(&me["principal"]["account_id"], "disable"), b"")
        .problem(409, "own_account");
    app.headquarters(Role::Operator)
        .send("POST", &path(id, "disable"), b"")
        .problem(403, "forbidden");
}
