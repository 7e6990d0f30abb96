//! The gate and the extractors behind it, with a route table of their own.

use crate::{
    edge::{EdgeOptions, edge},
    floods::{FloodLimits, Floods},
    presented::bearer_token,
    route_table::{self, route_table},
    state::State,
};
use actix_web::{
    App,
    dev::ServiceResponse,
    http::header::HeaderValue,
    middleware::from_fn,
    test::{TestRequest, call_service, init_service, read_body},
    web::Data,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use identity::TokenDigest;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};
use storage::{Database, Keys, Options, Vault};
use tempfile::TempDir;
use testing::build::attachments::MemoryContents;
use testing::{FixedClock, PlainPasswords, SeededIds};

mod panics {
    #[utoipa::path(get, path = "/panics", responses((status = 200, description = "")))]
    #[allow(clippy::unused_async, reason = "as every handler")]
    pub async fn handle() -> actix_web::HttpResponse {
        panic!("as the test wants")
    }
}

mod stuck {
    #[utoipa::path(get, path = "/stuck", responses((status = 200, description = "")))]
    pub async fn handle() -> actix_web::HttpResponse {
        std::future::pending().await
    }
}

mod private {
    use crate::access::Caller;
    use actix_web::HttpResponse;

    #[utoipa::path(get, path = "/private", responses((status = 200, description = "")))]
    pub async fn handle(_: Caller) -> HttpResponse {
        HttpResponse::Ok().finish()
    }
}

mod echo {
    use crate::extract::Body;
    use actix_web::HttpResponse;
    use serde::Deserialize;

    #[derive(Deserialize, utoipa::ToSchema)]
    #[serde(deny_unknown_fields)]
    pub struct Echo {
        text: String,
    }

    #[utoipa::path(post, path = "/echo", request_body = Echo, responses((status = 200, description = "")))]
    pub async fn handle(body: Body<Echo>) -> HttpResponse {
        HttpResponse::Ok().body(body.value.text)
    }
}

mod numbers {
    use crate::{
        extract::{PageParameters, Paged, Paging},
        problem::Problem,
    };
    use actix_web::web::Json;
    use kernel::Page;

    /// The numbers from 1 to 50.
    #[utoipa::path(get, path = "/numbers", params(PageParameters), responses((status = 200, description = "")))]
    pub async fn handle(paging: Paging<u8>) -> Result<Json<Paged<u8>>, Problem> {
        let after = paging.request.after.unwrap_or_default();
        let fetched = (after + 1..=50)
            .take(usize::from(paging.request.limit) + 1)
            .collect();
        paging
            .answer(Page::cut(fetched, &paging.request, |number| *number))
            .map(Json)
    }
}

route_table! {
    "/test" {
        GET  "/panics"  Public   Shared  => panics;
        GET  "/stuck"   Public   Shared  => stuck;
        GET  "/private" SignedIn Account => private;
        POST "/echo"    Public   Shared  => echo;
        GET  "/numbers" Public   Shared  => numbers;
    }
}

fn state() -> (State, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("a.db").display());
    let vault = Vault::new(&Keys::generate(false).unwrap()).unwrap();
    let database = Database::open(&url, Options::default(), vault).unwrap();
    database.migrate().unwrap();
    let clock = Arc::new(FixedClock::at("2026-11-22T08:00:00Z"));
    let ids = Arc::new(SeededIds::new(1));
    let state = State::with(
        database,
        clock,
        ids,
        Arc::new(PlainPasswords),
        Arc::new(MemoryContents::default()),
    )
    .unwrap();
    (state, folder)
}

#[actix_web::test]
async fn a_handler_that_does_not_answer_is_a_503_that_says_when_to_try_again() {
    let answers = answers(vec![TestRequest::get().uri("/test/stuck")]).await;
    let [answer] = answers.try_into().unwrap();
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers().get("retry-after").unwrap(), "5");
}

async fn answers(requests: Vec<TestRequest>) -> Vec<ServiceResponse> {
    let (state, _folder) = state();
    let service = init_service(
        App::new()
            .app_data(Data::new(state))
            .app_data(Data::new(EdgeOptions::default()))
            .app_data(Data::new(Floods::new(FloodLimits::default())))
            .configure(|config| route_table::configure(config, ROUTES, Duration::from_millis(200)))
            .wrap(from_fn(edge)),
    )
    .await;
    let mut answers = Vec::new();
    for request in requests {
        answers.push(
            call_service(&service, request.to_request())
                .await
                .map_into_boxed_body(),
        );
    }
    answers
}

async fn answer(request: TestRequest) -> (u16, Value) {
    let answer = answers(vec![request]).await.pop().unwrap();
    let status = answer.status().as_u16();
    let body = read_body(answer).await;
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

fn post(body: impl Into<actix_web::web::Bytes>) -> TestRequest {
    TestRequest::post()
        .uri("/test/echo")
        .insert_header(("Content-Type", "application/json; charset=utf-8"))
        .set_payload(body)
}

#[actix_web::test]
async fn a_panic_is_a_500_that_tells_nothing() {
    let (status, body) = answer(TestRequest::get().uri("/test/panics")).await;
    assert_eq!(status, 500);
    assert_eq!(body["code"], "internal_error");
    assert!(!body.to_string().contains("as the test wants"));
}

#[actix_web::test]
async fn without_a_good_token_a_private_route_is_401() {
    let (unknown, _) =
        identity::TokenText::generate(&Sevens, kernel::AccountId::from_uuid(uuid::Uuid::nil()));
    let unknown = format!("Bearer {}", unknown.expose());
    for header in [
        None,
        Some("Basic YTpi"),
        Some("Bearer"),
        Some("Bearer x"),
        Some(unknown.as_str()),
    ] {
        let mut request = TestRequest::get().uri("/test/private");
        if let Some(header) = header {
            request = request.insert_header(("Authorization", header));
        }
        let answer = answers(vec![request]).await.pop().unwrap();
        assert_eq!(answer.status().as_u16(), 401, "{header:?}");
        assert_eq!(answer.headers().get("WWW-Authenticate").unwrap(), "Bearer");
    }
}

struct Sevens;

impl identity::SecretSource for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

#[actix_web::test]
async fn a_body_is_plain_json_of_a_bounded_size() {
    let (status, body) = answer(post("{")).await;
    assert_eq!((status, &body["code"]), (400, &json!("malformed_json")));
    let (status, body) = answer(post(r#"{"text":"a","more":1}"#)).await;
    assert_eq!((status, &body["errors"][0]["field"]), (422, &json!("more")));
    let (status, _) = answer(post("text=a").insert_header(("Content-Type", "text/plain"))).await;
    assert_eq!(status, 415);
    let (status, _) = answer(post("x").insert_header(("Content-Encoding", "gzip"))).await;
    assert_eq!(status, 415);

    let at_the_limit = |extra: usize| {
        let around = r#"{"text":""}"#.len();
        let text = "a".repeat(crate::extract::MAXIMUM_BODY_BYTES - around + extra);
        format!(r#"{{"text":"{text}"}}"#)
    };
    assert_eq!(answer(post(at_the_limit(0))).await.0, 200);
    let (status, body) = answer(post(at_the_limit(1))).await;
    assert_eq!((status, &body["code"]), (413, &json!("body_too_large")));
    assert_eq!(body["maximum_bytes"], crate::extract::MAXIMUM_BODY_BYTES);
}

#[actix_web::test]
async fn pages_follow_each_other_and_a_cursor_cannot_be_made_up() {
    let (state, _folder) = state();
    let service = init_service(
        App::new()
            .app_data(Data::new(state))
            .app_data(Data::new(EdgeOptions::default()))
            .app_data(Data::new(Floods::new(FloodLimits::default())))
            .configure(|config| route_table::configure(config, ROUTES, Duration::from_millis(200)))
            .wrap(from_fn(edge)),
    )
    .await;
    let get = async |query: &str| {
        let request = TestRequest::get()
            .uri(&format!("/test/numbers{query}"))
            .to_request();
        let answer = call_service(&service, request).await;
        let status = answer.status().as_u16();
        (
            status,
            serde_json::from_slice::<Value>(&read_body(answer).await).unwrap(),
        )
    };

    let (status, first) = get("").await;
    assert_eq!((status, first["items"].as_array().unwrap().len()), (200, 20));
    let cursor = first["next_cursor"].as_str().unwrap().to_owned();
    let (_, rest) = get(&format!("?limit=100&cursor={cursor}")).await;
    assert_eq!(rest["items"][0], 21);
    assert_eq!(rest["next_cursor"], Value::Null);

    for limit in ["0", "101", "-1", "many"] {
        assert_eq!(get(&format!("?limit={limit}")).await.0, 422, "{limit}");
    }
    let altered = if cursor.starts_with('A') { "B" } else { "A" }.to_owned() + &cursor[1..];
    for forged in [altered.as_str(), "", "x", "%00", "AAAA", &"A".repeat(2_000)] {
        let (status, body) = get(&format!("?cursor={forged}")).await;
        assert_eq!(status, 422, "{forged}");
        assert!(
            forged == "%00" || body["code"] == "invalid_cursor",
            "{forged}: {body}"
        );
    }
}

#[test]
fn the_bodies_that_handlers_name_are_gathered_from_the_table() {
    use utoipa::OpenApi;
    let components = Schemas::openapi().components.unwrap();
    assert!(components.schemas.contains_key("Echo"));
}

proptest! {
    #[test]
    fn no_authorization_panics_and_one_of_the_right_form_is_read(
        lines in prop::collection::vec(prop::collection::vec(prop_oneof![32_u8..127, 128_u8..=255], 0..80), 0..3),
        scheme in "(?i)bearer",
        bytes in prop::collection::vec(any::<u8>(), 48),
    ) {
        let read = |lines: &[Vec<u8>]| {
            let request = lines.iter().fold(TestRequest::default(), |request, line| {
                request.append_header(("Authorization", HeaderValue::from_bytes(line).unwrap()))
            });
            bearer_token(&request.to_http_request())
        };
        prop_assert_eq!(read(&lines), None, "random bytes are no token of the right length");
        let token = BASE64_URL_SAFE_NO_PAD.encode(&bytes);
        let line = format!("{scheme} {token}").into_bytes();
        prop_assert_eq!(read(std::slice::from_ref(&line)), TokenDigest::of(&token));
        prop_assert!(TokenDigest::of(&token).is_some());
        prop_assert_eq!(read(&[line.clone(), line]), None, "two are as wrong as none");
    }
}
