//! Two servers on one PostgreSQL database: what ends on one has ended on the other.

use crate::support::{Answer, Client, TestApp};
use identity::{Account, Role};
use kernel::{AccountId, RepositoryError};
use serde_json::json;

/// Somebody who signed in on one node, as the other sees them.
struct Elsewhere {
    here: TestApp,
    there: TestApp,
    client: Client,
    account_id: AccountId,
}

impl Elsewhere {
    fn new() -> Option<Self> {
        let here = TestApp::start_on_postgres()?;
        let there = here.another_node();
        let admin = here.headquarters(Role::HqAdmin);
        let me = admin.get("/api/v1/me").expect(200);
        let client = admin.to(there.address);
        // Whatever a node could have remembered of the caller, it has seen by now.
        client.get("/api/v1/products").expect(200);
        assert_eq!(write(&client).status, 201);
        Some(Self {
            client,
            account_id: me["principal"]["account_id"].as_str().unwrap().parse().unwrap(),
            here,
            there,
        })
    }

    /// The next write and the next read on the other node, without a moment in between.
    fn is_nobody(&self) {
        write(&self.client).problem(401, "unauthenticated");
        self.client
            .get("/api/v1/products")
            .problem(401, "unauthenticated");
    }
}

fn write(client: &Client) -> Answer {
    let product = json!({
        "name": "桶装水",
        "unit": "桶",
        "unit_price_fen": 2_000,
        "container": "returnable_bucket",
    });
    client.post("/api/v1/products", &product)
}

#[test]
fn signing_out_on_one_node_acts_on_the_other_at_once() {
    let Some(world) = Elsewhere::new() else { return };
    let out = world
        .client
        .to(world.here.address)
        .send("POST", "/api/v1/auth/logout", b"");
    assert_eq!(out.status, 204);
    world.is_nobody();
}

#[test]
fn ending_a_sign_in_on_one_node_acts_on_the_other_at_once() {
    let Some(world) = Elsewhere::new() else { return };
    let other = world.here.login(Role::HqAdmin.name());
    assert_eq!(other.send("DELETE", "/api/v1/auth/sessions", b"").status, 204);
    world.is_nobody();
    other.to(world.there.address).get("/api/v1/me").expect(200);
}

#[test]
fn disabling_an_account_on_one_node_acts_on_the_other_at_once() {
    let Some(world) = Elsewhere::new() else { return };
    world
        .here
        .state
        .database
        .write::<_, RepositoryError>(|session| {
            let account = session.find_account(world.account_id)?.unwrap();
            session.save_account(&Account {
                disabled_at: Some(account.created_at),
                ..account
            })
        })
        .unwrap();
    world.is_nobody();
}

#[test]
fn ending_a_membership_on_one_node_acts_on_the_other_at_once() {
    let Some(world) = Elsewhere::new() else { return };
    world
        .here
        .state
        .database
        .write::<_, RepositoryError>(|session| {
            let memberships = session.list_memberships(world.account_id)?;
            session.end_membership(&memberships[0], memberships[0].created_at)
        })
        .unwrap();
    world.is_nobody();
}
