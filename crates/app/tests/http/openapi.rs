//! The served description is the committed one, and is complete.

use crate::support::TestApp;
use serde_json::Value;
use std::{fs, path::Path};

#[test]
fn the_committed_document_is_the_served_one() {
    let committed = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json"));
    let served = TestApp::start().client().get("/api/v1/openapi.json").text();
    assert!(
        committed.is_ok_and(|committed| committed == served),
        "crates/app/openapi.json is not current: run `cargo run -- openapi > crates/app/openapi.json`"
    );
}

#[test]
fn every_operation_is_described_in_chinese_with_its_errors() {
    let document: Value = serde_json::from_str(app::openapi::document_json()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let operations: Vec<_> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().iter();
            methods.map(move |(method, operation)| (format!("{method} {path}"), operation))
        })
        .collect();
    assert_eq!(operations.len(), app::ROUTES.len());
    for (name, operation) in operations {
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(!summary.is_ascii(), "{name} has no Chinese summary");
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let content = answer["content"].as_object();
            let problem = content.and_then(|content| content.get("application/problem+json"));
            assert_eq!(
                status.starts_with(['4', '5']),
                problem.is_some(),
                "{name} {status}"
            );
        }
        assert!(operation["responses"]["500"].is_object(), "{name}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document: Value = serde_json::from_str(app::openapi::document_json()).unwrap();
    let text = app::openapi::document_json();
    for reference in text.split("\"$ref\": \"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer} is not there");
    }
}
