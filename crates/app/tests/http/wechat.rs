//! Signing in with WeChat, against a server that behaves as WeChat's documentation says.

use crate::support::{Answer, Client, TestApp};
use identity::{Account, FRESH_SIGN_IN, OpenId, Position, Role};
use kernel::{Clock, RepositoryError};
use serde_json::{Value, json};
use testing::{Mishap, WechatDouble};

const LOGIN: &str = "/api/v1/auth/wechat";
const PHONE: &str = "/api/v1/auth/wechat/phone";

fn newcomer(code: &str) -> Value {
    json!({ "code": code, "privacy_policy_version": "2026-11" })
}

fn bearer(app: &TestApp, signed_in: &Value) -> Client {
    app.client().bearing(signed_in["access_token"].as_str().unwrap())
}

/// Somebody new, signed in.
fn join(app: &TestApp, double: &WechatDouble, openid: &str) -> Value {
    let code = double.issue_login_code(openid);
    app.client().post(LOGIN, &newcomer(&code)).expect(201)
}

fn bind(client: &Client, double: &WechatDouble, number: &str) -> Answer {
    client.post(PHONE, &json!({ "code": double.issue_phone_code(number) }))
}

#[test]
fn whoever_is_new_must_consent_and_is_a_customer_then() {
    let (app, double) = TestApp::start_with_wechat();
    let without = json!({ "code": double.issue_login_code("oABC") });
    let problem = app.client().post(LOGIN, &without).problem(422, "invalid_input");
    assert_eq!(problem["errors"][0]["field"], "privacy_policy_version");
    assert_eq!(problem["errors"][0]["code"], "required");

    // Nothing was kept of the one who did not consent: it is new still.
    let answer = app
        .client()
        .post(LOGIN, &newcomer(&double.issue_login_code("oABC")));
    assert_eq!(answer.header("cache-control"), "no-store");
    let signed_in = answer.expect(201);
    assert_eq!(signed_in["principal"]["name"], "微信用户");
    assert_eq!(signed_in["principal"]["role"], "customer");
    assert!(signed_in["principal"]["customer_id"].is_string());
    let me = bearer(&app, &signed_in).get("/api/v1/me").expect(200);
    assert_eq!(me["principal"], signed_in["principal"]);
}

#[test]
fn whoever_comes_again_is_the_same_account_and_need_not_consent_again() {
    let (app, double) = TestApp::start_with_wechat();
    let mut form = newcomer(&double.issue_login_code("oABC"));
    form["name"] = json!("王小明");
    let first = app.client().post(LOGIN, &form).expect(201);
    assert_eq!(first["principal"]["name"], "王小明");
    let again = json!({ "code": double.issue_login_code("oABC"), "name": "王大明" });
    let second = app.client().post(LOGIN, &again).expect(200);
    assert_eq!(
        second["principal"], first["principal"],
        "the name is for those who are new"
    );
    assert_ne!(second["access_token"], first["access_token"]);
    let other = join(&app, &double, "oabc");
    assert_ne!(other["principal"]["account_id"], first["principal"]["account_id"]);
}

#[test]
fn a_code_signs_in_once() {
    let (app, double) = TestApp::start_with_wechat();
    let code = double.issue_login_code("oABC");
    app.client().post(LOGIN, &newcomer(&code)).expect(201);
    for code in [code.as_str(), "never-issued"] {
        let refused = app.client().post(LOGIN, &newcomer(code));
        assert_eq!(refused.header("www-authenticate"), "Bearer");
        refused.problem(401, "invalid_wechat_code");
    }
}

#[test]
fn a_form_that_is_wrong_spends_no_code() {
    let (app, double) = TestApp::start_with_wechat();
    let code = double.issue_login_code("oABC");
    for (body, field) in [
        (json!({ "code": code, "name": "" }), "name"),
        (
            json!({ "code": code, "privacy_policy_version": " " }),
            "privacy_policy_version",
        ),
        (json!({ "code": code, "openid": "oABC" }), "openid"),
        (json!({ "code": "" }), "code"),
        (json!({ "code": "x".repeat(257) }), "code"),
        (json!({ "code": "a b" }), "code"),
        (json!({}), "code"),
    ] {
        let problem = app.client().post(LOGIN, &body).problem(422, "invalid_input");
        assert_eq!(problem["errors"][0]["field"], field, "{body}");
    }
    assert_eq!(double.requests(), [""; 0]);
    app.client().post(LOGIN, &newcomer(&code)).expect(201);
}

#[test]
fn two_at_once_with_one_openid_make_one_account() {
    let on_postgres = TestApp::start_on_postgres_with_wechat();
    for (app, double) in [Some(TestApp::start_with_wechat()), on_postgres]
        .into_iter()
        .flatten()
    {
        let codes: Vec<_> = (0..8).map(|_| double.issue_login_code("oABC")).collect();
        let answers: Vec<_> = std::thread::scope(|scope| {
            let asking: Vec<_> = codes
                .iter()
                .map(|code| scope.spawn(|| app.client().post(LOGIN, &newcomer(code))))
                .collect();
            asking.into_iter().map(|asked| asked.join().unwrap()).collect()
        });
        let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 200, 201]);
        let principals: Vec<_> = answers
            .iter()
            .map(|answer| answer.json()["principal"].clone())
            .collect();
        assert!(principals.iter().all(|principal| *principal == principals[0]));
        let customers = app
            .headquarters(Role::Operator)
            .get("/api/v1/customers")
            .expect(200);
        assert_eq!(customers["items"].as_array().unwrap().len(), 1, "{customers}");
    }
}

#[test]
fn a_disabled_account_is_answered_as_wrong_credentials() {
    let (app, double) = TestApp::start_with_wechat();
    let signed_in = join(&app, &double, "oABC");
    let id = signed_in["principal"]["account_id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let now = app.clock.now();
    app.state
        .database
        .write::<_, RepositoryError>(|session| {
            let account = session.find_account(id)?.unwrap();
            session.save_account(&Account {
                disabled_at: Some(now),
                ..account
            })
        })
        .unwrap();
    let code = double.issue_login_code("oABC");
    app.client()
        .post(LOGIN, &newcomer(&code))
        .problem(401, "wrong_credentials");
}

#[test]
fn a_bound_phone_is_the_accounts_and_the_customers() {
    let (app, double) = TestApp::start_with_wechat();
    let signed_in = join(&app, &double, "oABC");
    let client = bearer(&app, &signed_in);
    let answer = bind(&client, &double, "13812345678").expect(200);
    assert_eq!(answer, json!({ "phone": "138****5678" }));
    let path = format!(
        "/api/v1/customers/{}",
        signed_in["principal"]["customer_id"].as_str().unwrap()
    );
    let operator = app.headquarters(Role::Operator);
    let customer = operator.get(&path);
    assert_eq!(customer.header("etag"), "\"2\"");
    assert_eq!(customer.expect(200)["phone"], "138****5678");
}

#[test]
fn a_phone_is_bound_to_one_account_until_that_one_takes_another() {
    let (app, double) = TestApp::start_with_wechat();
    let first = bearer(&app, &join(&app, &double, "oABC"));
    let second = bearer(&app, &join(&app, &double, "oDEF"));
    bind(&first, &double, "13812345678").expect(200);
    bind(&first, &double, "13812345678").expect(200);
    bind(&second, &double, "13812345678").problem(409, "phone_taken");
    bind(&first, &double, "13912345678").expect(200);
    bind(&second, &double, "13812345678").expect(200);
}

#[test]
fn a_phone_is_bound_once_however_many_want_it_at_a_time() {
    let on_postgres = TestApp::start_on_postgres_with_wechat();
    for (app, double) in [Some(TestApp::start_with_wechat()), on_postgres]
        .into_iter()
        .flatten()
    {
        let clients: Vec<_> = (0..6)
            .map(|number| bearer(&app, &join(&app, &double, &format!("o{number}"))))
            .collect();
        let mut statuses: Vec<_> = std::thread::scope(|scope| {
            let asking: Vec<_> = clients
                .iter()
                .map(|client| scope.spawn(|| bind(client, &double, "13812345678").status))
                .collect();
            asking.into_iter().map(|asked| asked.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409, 409, 409, 409, 409]);
    }
}

#[test]
fn whoever_is_no_customer_binds_a_phone_too_and_whoever_is_nobody_does_not() {
    let (app, double) = TestApp::start_with_wechat();
    let operator = app.account("operator", Position::at_headquarters(Role::Operator).unwrap());
    bind(&operator, &double, "13812345678").expect(200);
    bind(&app.client(), &double, "13812345678").problem(401, "unauthenticated");
    let asked = double.requests().len();
    app.client()
        .post(PHONE, &json!({ "code": "x" }))
        .problem(401, "unauthenticated");
    assert_eq!(
        double.requests().len(),
        asked,
        "nobody's code is not even asked for"
    );
}

#[test]
fn a_phone_code_is_good_once_and_for_mainland_china_only() {
    let (app, double) = TestApp::start_with_wechat();
    let client = bearer(&app, &join(&app, &double, "oABC"));
    let code = json!({ "code": double.issue_phone_code("13812345678") });
    client.post(PHONE, &code).expect(200);
    client.post(PHONE, &code).problem(401, "invalid_wechat_code");
    let abroad = json!({ "code": double.issue_phone_code_with("13812345678", &json!("1")) });
    client.post(PHONE, &abroad).problem(422, "foreign_phone");
    let problem = client
        .post(PHONE, &json!({ "code": "" }))
        .problem(422, "invalid_input");
    assert_eq!(problem["errors"][0]["field"], "code");
}

#[test]
fn what_ails_wechat_is_told_with_the_time_to_try_again() {
    let (app, double) = TestApp::start_with_wechat();
    let client = bearer(&app, &join(&app, &double, "oABC"));
    for (mishap, status, code, retry_after) in [
        (Mishap::Errcode(45_011), 429, "wechat_rate_limited", "60"),
        (Mishap::Errcode(-1), 503, "wechat_unavailable", "5"),
        (Mishap::Status(502), 503, "wechat_unavailable", "5"),
        (Mishap::BreakOff, 503, "wechat_unavailable", "5"),
        (Mishap::Errcode(40_226), 403, "wechat_user_blocked", ""),
        (Mishap::Errcode(40_125), 500, "internal_error", ""),
    ] {
        double.prepare("/sns/jscode2session", mishap.clone());
        let answer = app
            .client()
            .post(LOGIN, &newcomer(&double.issue_login_code("oABC")));
        assert_eq!(answer.header("retry-after"), retry_after, "{code}");
        answer.problem(status, code);
        double.prepare("/wxa/business/getuserphonenumber", mishap);
        let answer = bind(&client, &double, "13812345678");
        assert_eq!(answer.header("retry-after"), retry_after, "{code}");
        answer.problem(status, code);
    }
    bind(&client, &double, "13812345678").expect(200);
}

#[test]
fn an_access_token_that_ended_is_renewed_and_nobody_notices() {
    let (app, double) = TestApp::start_with_wechat();
    let client = bearer(&app, &join(&app, &double, "oABC"));
    bind(&client, &double, "13812345678").expect(200);
    double.end_access_token();
    bind(&client, &double, "13912345678").expect(200);
    assert_eq!(double.token_fetches(), 2);
}

#[test]
fn an_installation_without_wechat_says_so() {
    let app = TestApp::start();
    app.client()
        .post(LOGIN, &newcomer("demo-xiaowang"))
        .problem(404, "wechat_not_configured");
    let (client, _) = app.customer("zhang.san");
    client
        .post(PHONE, &json!({ "code": "phone-13812345678" }))
        .problem(404, "wechat_not_configured");
}

#[test]
fn no_answer_shows_a_session_key_an_openid_or_a_secret() {
    let (app, double) = TestApp::start_with_wechat();
    let openid = OpenId::parse("oCANARYopenid").unwrap();
    let mut answers = vec![
        app.client()
            .post(LOGIN, &newcomer(&double.issue_login_code(openid.as_str()))),
        app.client()
            .post(LOGIN, &json!({ "code": double.issue_login_code("oCANARYother") })),
    ];
    let client = bearer(&app, &answers[0].json());
    answers.push(client.get("/api/v1/me"));
    answers.push(bind(&client, &double, "13812345678"));
    let session_key = WechatDouble::SESSION_KEY;
    for text in [
        format!(r#"{{"session_key":"{session_key}","openid":"o CANARY"}}"#),
        format!(r#"{{"session_key":"{session_key}""#),
        format!(r#"{{"errcode":"{session_key}"}}"#),
    ] {
        double.prepare("/sns/jscode2session", Mishap::Text(text));
        answers.push(
            app.client()
                .post(LOGIN, &newcomer(&double.issue_login_code("oABC"))),
        );
    }
    double.prepare("/sns/jscode2session", Mishap::Errcode(40_125));
    answers.push(
        app.client()
            .post(LOGIN, &newcomer(&double.issue_login_code("oABC"))),
    );
    for answer in answers {
        let shown = format!("{:?} {}", answer.headers, answer.text());
        let hidden = WechatDouble::SESSION_KEY_PARTS;
        for hidden in hidden
            .into_iter()
            .chain([WechatDouble::SECRET, "CANARY", "13812345678"])
        {
            assert!(!shown.contains(hidden), "{hidden} is in {shown}");
        }
    }
}

#[test]
fn whoever_has_no_password_signs_in_anew_to_be_erased() {
    let (app, double) = TestApp::start_with_wechat();
    let lately = bearer(&app, &join(&app, &double, "o-1"));
    app.clock.set(app.clock.now() + FRESH_SIGN_IN);
    let confirmed = json!({ "confirm": true });
    lately
        .post("/api/v1/me/erase", &confirmed)
        .problem(403, "sign_in_too_old");
    lately.get("/api/v1/me").expect(200);
    let code = double.issue_login_code("o-1");
    let anew = bearer(&app, &app.client().post(LOGIN, &newcomer(&code)).expect(200));
    anew.post("/api/v1/me/erase", &confirmed).expect(204);
    lately.get("/api/v1/me").problem(401, "unauthenticated");
}
