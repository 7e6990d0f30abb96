//! The privacy policy, and agreeing to it, over HTTP.

use crate::support::{PASSWORD, TestApp};
use kernel::RepositoryError;
use serde_json::json;

fn registration(version: &str) -> serde_json::Value {
    json!({ "username": "zhang.san", "password": PASSWORD, "name": "张三", "privacy_policy_version": version })
}

#[test]
fn anybody_reads_the_policy_in_force() {
    let app = TestApp::start();
    let policy = app.client().get("/api/v1/privacy-policy").expect(200);
    assert_eq!(policy["version"], "2026-11");
    assert!(policy["text"].as_str().unwrap().contains("保存多久"));
}

#[test]
fn only_the_policy_in_force_can_be_agreed_to() {
    let app = TestApp::start();
    for outdated in ["2026-10", "2027-01"] {
        let problem = app
            .client()
            .post("/api/v1/auth/register", &registration(outdated))
            .problem(422, "invalid_input");
        let error = &problem["errors"][0];
        assert_eq!(error["field"], "privacy_policy_version");
        assert_eq!(error["code"], "outdated_policy");
        assert!(error["message"].as_str().unwrap().contains("2026-11"), "{error}");
    }
    let (client, _) = app.customer("li.si");
    client
        .post(
            "/api/v1/me/consent",
            &json!({ "privacy_policy_version": "2026-10" }),
        )
        .problem(422, "invalid_input");
    app.client()
        .post(
            "/api/v1/me/consent",
            &json!({ "privacy_policy_version": "2026-11" }),
        )
        .problem(401, "unauthenticated");
}

#[test]
fn every_agreement_is_kept() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let (client, signed_in) = app.customer("zhang.san");
        let agreed = client
            .post(
                "/api/v1/me/consent",
                &json!({ "privacy_policy_version": "2026-11" }),
            )
            .expect(201);
        assert_eq!(agreed["occasion"], "renewal");
        assert_eq!(agreed["version"], "2026-11");
        let account_id = signed_in["principal"]["account_id"].as_str().unwrap();
        let account_id = account_id.parse().unwrap();
        let kept = app
            .state
            .database
            .read::<_, RepositoryError>(|session| session.list_consents(account_id))
            .unwrap();
        let occasions: Vec<_> = kept.iter().map(|consent| consent.occasion.name()).collect();
        assert_eq!(occasions, ["registration", "renewal"]);
    }
}
