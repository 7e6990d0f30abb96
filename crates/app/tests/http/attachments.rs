//! Pictures: what is taken, what is left of it, who sees it, and what lies on the disk.

use crate::support::{Answer, Client, TestApp};
use app::uploads::delete_orphaned_attachments;
use identity::{AuditAction, AuditFilter, Role};
use kernel::{Clock, PageRequest, RepositoryError};
use serde_json::{Value, json};
use std::{fs, time::Duration};
use testing::build::{
    agents::identity_number,
    attachments::{jpeg, png},
};

fn send(client: &Client, file: &[u8]) -> Answer {
    client
        .with("Content-Type", "application/octet-stream")
        .send("POST", "/api/v1/attachments", file)
}

fn upload(client: &Client, file: &[u8]) -> Value {
    send(client, file).expect(201)
}

fn path(attachment: &Value) -> String {
    format!("/api/v1/attachments/{}", attachment["id"].as_str().unwrap())
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|part| part == word)
}

/// A form of a person of that serial, with those pictures.
fn form(serial: u16, attachments: &[&Value]) -> Value {
    let ids: Vec<_> = attachments.iter().map(|attachment| &attachment["id"]).collect();
    json!({
        "kind": "person",
        "name": "王小明",
        "identity_number": identity_number(serial),
        "mobile": "138 0013 8000",
        "email": "wang@example.com",
        "level": "county",
        "division_codes": ["330106"],
        "privacy_policy_version": "2026-11",
        "attachments": ids,
    })
}

fn submit(client: &Client, key: &str, form: &Value) -> Answer {
    client
        .with("Idempotency-Key", key)
        .post("/api/v1/applications", form)
}

/// A JPEG with an EXIF part (Exif 2.3): the latitude 30°15' of a GPS directory, and a description.
fn photograph() -> Vec<u8> {
    let mut tiff = b"Exif\0\0MM\0\x2a\0\0\0\x08".to_vec();
    // One directory with two entries: the description, and where the GPS directory is.
    tiff.extend([0, 2, 0x01, 0x0e, 0, 2, 0, 0, 0, 14, 0, 0, 0, 38]);
    tiff.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 52, 0, 0, 0, 0]);
    tiff.extend(b"secret garden\0");
    // GPSLatitude: three fractions.
    tiff.extend([0, 1, 0, 2, 0, 5, 0, 0, 0, 3, 0, 0, 0, 70, 0, 0, 0, 0]);
    for number in [30_u32, 1, 15, 1, 0, 1] {
        tiff.extend(number.to_be_bytes());
    }
    let length = u16::try_from(tiff.len() + 2).unwrap().to_be_bytes();
    let file = jpeg(60, 40);
    [&file[..2], &[0xff, 0xe1], &length, &tiff, &file[2..]].concat()
}

#[test]
fn a_photograph_comes_back_without_its_place_and_to_its_owner_alone() {
    for app in [Some(TestApp::start()), TestApp::start_on_postgres()]
        .into_iter()
        .flatten()
    {
        let (owner, _) = app.customer("wang.xiaoming");
        let file = photograph();
        assert!(contains(&file, b"secret garden"));
        let uploaded = upload(&owner, &file);
        assert_eq!(
            (&uploaded["media_type"], &uploaded["width"], &uploaded["height"]),
            (&json!("image/jpeg"), &json!(60), &json!(40))
        );

        let answer = owner.get(&path(&uploaded));
        assert_eq!(answer.status, 200);
        assert_eq!(u64::try_from(answer.body.len()).ok(), uploaded["bytes"].as_u64());
        for word in [&b"secret garden"[..], b"Exif", &[0x88, 0x25, 0, 4]] {
            assert!(!contains(&answer.body, word));
        }
        let seen = image::load_from_memory(&answer.body).unwrap();
        assert_eq!((seen.width(), seen.height()), (60, 40));
        let id = uploaded["id"].as_str().unwrap();
        for (name, value) in [
            ("content-type", "image/jpeg"),
            (
                "content-disposition",
                &format!("attachment; filename=\"{id}.jpg\""),
            ),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            (
                "content-security-policy",
                "default-src 'none'; sandbox; frame-ancestors 'none'",
            ),
        ] {
            assert_eq!(answer.header(name), value);
        }

        // Not attached, it is nobody else's, not even headquarters'.
        let (stranger, _) = app.customer("li.si");
        for other in [&stranger, &app.headquarters(Role::HqAdmin)] {
            other.get(&path(&uploaded)).problem(404, "not_found");
        }
        app.client().get(&path(&uploaded)).problem(401, "unauthenticated");
        app.client()
            .with("Content-Type", "image/jpeg")
            .send("POST", "/api/v1/attachments", &file)
            .problem(401, "unauthenticated");
        owner.get("/api/v1/attachments/x").problem(404, "not_found");
    }
}

#[test]
fn a_drawing_comes_back_without_texts_and_without_what_follows_its_end() {
    let app = TestApp::start();
    let (owner, _) = app.customer("wang.xiaoming");
    let file = png(40, 30);
    let end = file.len() - 12;
    // A text chunk with its length and its checksum (PNG, 11.3.4.3).
    let text = [
        &b"\0\0\0\x13tEXtComment\0secret word"[..],
        &0xbd6a_5740_u32.to_be_bytes(),
    ]
    .concat();
    let polyglot = [&file[..end], &text, &file[end..], b"<script>alert(1)</script>"].concat();
    let uploaded = upload(&owner, &polyglot);
    let answer = owner.get(&path(&uploaded));
    for word in [&b"secret word"[..], b"tEXt", b"script"] {
        assert!(!contains(&answer.body, word));
    }
    let seen = image::load_from_memory(&answer.body).unwrap().into_rgb8();
    assert_eq!(seen, testing::build::attachments::pixels(40, 30));
}

#[test]
fn what_is_no_picture_is_refused_whatever_it_is_called() {
    let app = TestApp::start();
    let (owner, _) = app.customer("wang.xiaoming");
    for file in [
        &b""[..],
        b"GIF89a\x01\0\x01\0\0\0\0;",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        b"<html><script>alert(1)</script></html>",
        b"%PDF-1.7\n",
        &[&b"<html>"[..], &png(4, 4)].concat(),
    ] {
        for media_type in ["image/jpeg", "image/png", "application/octet-stream"] {
            owner
                .with("Content-Type", media_type)
                .send("POST", "/api/v1/attachments", file)
                .problem(415, "not_a_picture");
        }
    }
    for media_type in [
        "image/gif",
        "text/html",
        "multipart/form-data; boundary=a",
        "application/json",
    ] {
        owner
            .with("Content-Type", media_type)
            .send("POST", "/api/v1/attachments", &png(4, 4))
            .problem(415, "not_a_picture");
    }
    owner
        .with("Content-Type", "image/png")
        .with("Content-Encoding", "gzip")
        .send("POST", "/api/v1/attachments", &png(4, 4))
        .problem(415, "not_a_picture");
    // The content decides, not the name.
    let named_wrongly =
        owner
            .with("Content-Type", "IMAGE/JPEG; charset=x")
            .send("POST", "/api/v1/attachments", &png(4, 4));
    assert_eq!(named_wrongly.expect(201)["media_type"], "image/png");

    send(&owner, &png(40, 30)[..20]).problem(422, "unreadable_picture");
    send(&owner, b"\xff\xd8\xff\xe0nothing more").problem(422, "unreadable_picture");
    // 60,000 by 60,000 pixels in 57 bytes.
    let bomb = [
        &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x06\0\0\0\x80\xd2\x75\x42"[..],
        b"\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xaeB`\x82",
    ]
    .concat();
    send(&owner, &bomb).problem(422, "too_many_pixels");
    assert!(fs::read_dir(app.pictures.path()).unwrap().count() <= 1);
}

#[test]
fn a_file_is_taken_up_to_five_mebibytes() {
    let app = TestApp::start();
    let (owner, _) = app.customer("wang.xiaoming");
    let mut file = png(40, 30);
    file.resize(5 * 1024 * 1024, 0);
    upload(&owner, &file);
    file.push(0);
    let refused = send(&owner, &file).problem(413, "body_too_large");
    assert_eq!(refused["maximum_bytes"], 5 * 1024 * 1024);
}

#[test]
fn an_upload_that_is_sent_again_is_one_picture() {
    let app = TestApp::start();
    let (owner, _) = app.customer("wang.xiaoming");
    let keyed = owner.with("Idempotency-Key", "first");
    let first = send(&keyed, &png(40, 30));
    let again = send(&keyed, &png(40, 30));
    assert_eq!(first.expect(201), again.expect(201));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(fs::read_dir(app.pictures.path()).unwrap().count(), 1);
    send(&keyed, &png(40, 31)).problem(422, "idempotency_key_reused");
}

#[test]
fn an_account_has_so_many_pictures_waiting_and_orphans_go_after_a_day() {
    let app = TestApp::start();
    let (owner, _) = app.customer("wang.xiaoming");
    let first = upload(&owner, &png(4, 3));
    for _ in 1..50 {
        upload(&owner, &png(4, 3));
    }
    send(&owner, &png(4, 3)).problem(409, "too_many_unattached");
    let attached = submit(&owner, "first", &form(1, &[&first])).expect(201);
    assert_eq!(attached["attachments"], json!([first["id"]]));
    upload(&owner, &png(4, 3));

    let delete = |limit| {
        let (database, contents) = (&app.state.database, app.state.uploads.contents());
        delete_orphaned_attachments(database, contents.as_ref(), app.clock.now(), limit).unwrap()
    };
    app.clock.set(app.clock.now() + Duration::from_hours(24));
    assert_eq!(delete(100), 0);
    app.clock.set(app.clock.now() + Duration::from_secs(1));
    assert_eq!((delete(30), delete(30), delete(30)), (30, 20, 0));
    let left: Vec<_> = fs::read_dir(app.pictures.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(left, [first["id"].as_str().unwrap()]);
    let owner = app.login("wang.xiaoming");
    assert_eq!(owner.get(&path(&first)).status, 200);
}

#[test]
fn an_application_takes_its_own_accounts_pictures_once() {
    let app = TestApp::start();
    let (owner, _) = app.customer("wang.xiaoming");
    let (stranger, _) = app.customer("li.si");
    let (own, second, foreign) = (
        upload(&owner, &png(4, 3)),
        upload(&owner, &png(4, 3)),
        upload(&stranger, &png(4, 3)),
    );
    let absent = json!({ "id": "00000000-0000-7000-8000-000000000099" });
    for (attachments, field, code) in [
        ([&own, &foreign], "attachments[1]", "unknown_attachment"),
        ([&absent, &own], "attachments[0]", "unknown_attachment"),
        (
            [&own, &json!({ "id": "licence.jpg" })],
            "attachments[1]",
            "unknown_attachment",
        ),
        ([&own, &own], "attachments[1]", "duplicate"),
    ] {
        let problem = submit(&owner, code, &form(1, &attachments)).problem(422, "invalid_input");
        assert_eq!(
            problem["errors"],
            json!([{
                "field": field,
                "code": code,
                "message": problem["errors"][0]["message"],
            }])
        );
    }
    let submitted = submit(&owner, "right", &form(1, &[&own])).expect(201);
    assert_eq!(
        (&submitted["findings"], &submitted["attachments"]),
        (&json!([]), &json!([own["id"]]))
    );
    // It is part of one application only.
    let again = submit(&owner, "again", &form(2, &[&own]));
    assert_eq!(
        again.problem(422, "invalid_input")["errors"][0]["field"],
        "attachments[0]"
    );

    let operator = app.headquarters(Role::Operator);
    let verb = |verb: &str| format!("/api/v1/applications/{}{verb}", submitted["id"].as_str().unwrap());
    operator
        .post(
            &verb("/request-supplement"),
            &json!({ "message": "请补充营业执照" }),
        )
        .expect(200);
    let supplement =
        |attachments: Value| owner.post(&verb("/supplement"), &json!({ "attachments": attachments }));
    for (attachments, field) in [
        (json!([foreign["id"]]), "attachments[0]"),
        (json!([second["id"], own["id"]]), "attachments[1]"),
    ] {
        let problem = supplement(attachments).problem(422, "invalid_input");
        assert_eq!(problem["errors"][0]["field"], field);
        assert_eq!(problem["errors"][0]["code"], "unknown_attachment");
    }
    let answered = supplement(json!([second["id"]])).expect(200);
    assert_eq!(answered["attachments"], json!([own["id"], second["id"]]));
    assert_eq!(
        operator.get(&verb("")).expect(200)["attachments"],
        answered["attachments"]
    );

    let bare = submit(&stranger, "bare", &form(3, &[])).expect(201);
    assert!(
        bare["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|finding| finding["code"] == "attachment_missing")
    );
}

#[test]
fn reviewers_see_the_pictures_of_applications_for_a_reason_that_the_log_keeps() {
    let app = TestApp::start();
    let (owner, _) = app.customer("wang.xiaoming");
    let picture = upload(&owner, &photograph());
    submit(&owner, "first", &form(1, &[&picture])).expect(201);
    let looked = || {
        let filter = AuditFilter {
            action: Some(AuditAction::AttachmentRevealed),
            ..AuditFilter::default()
        };
        let page = PageRequest {
            limit: 100,
            after: None,
        };
        let database = &app.state.database;
        let entries = database
            .read::<_, RepositoryError>(|session| session.list_audit_entries(&filter, &page))
            .unwrap();
        let told = entries.items.into_iter().map(|entry| {
            assert_eq!(
                entry.subject.unwrap().to_string(),
                picture["id"].as_str().unwrap()
            );
            entry.actor.unwrap().role
        });
        told.collect::<Vec<_>>()
    };
    let reveal = |client: &Client, reason: &str| {
        client.post(
            &format!("{}/reveal", path(&picture)),
            &json!({ "reason": reason }),
        )
    };
    assert_eq!(owner.get(&path(&picture)).status, 200);
    let (operator, auditor) = (app.headquarters(Role::Operator), app.headquarters(Role::Auditor));
    operator.get(&path(&picture)).problem(404, "not_found");
    reveal(&operator, "").problem(422, "invalid_input");
    reveal(&auditor, "核对执照").problem(403, "forbidden");
    assert_eq!(looked(), []);
    let shown = reveal(&operator, "核对执照");
    assert_eq!(shown.header("cache-control"), "no-store");
    assert_eq!(shown.body, owner.get(&path(&picture)).body);
    assert_eq!(looked(), [Role::Operator]);
    let (stranger, _) = app.customer("li.si");
    for other in [&stranger, &app.agent(7, "330200")] {
        other.get(&path(&picture)).problem(404, "not_found");
        reveal(other, "好奇").problem(403, "forbidden");
    }
    let loose = upload(&owner, &jpeg(60, 40));
    let loose = format!("{}/reveal", path(&loose));
    operator
        .post(&loose, &json!({"reason": "核对"}))
        .problem(404, "not_found");
    assert_eq!(looked().len(), 1);
}

#[test]
fn nothing_readable_lies_on_the_disk_and_an_altered_file_is_refused() {
    let app = TestApp::start();
    let (owner, _) = app.customer("wang.xiaoming");
    let (first, second) = (upload(&owner, &jpeg(60, 40)), upload(&owner, &jpeg(60, 40)));
    let plain = owner.get(&path(&first)).body;
    let file = |attachment: &Value| app.pictures.path().join(attachment["id"].as_str().unwrap());
    let (sealed, other) = (fs::read(file(&first)).unwrap(), fs::read(file(&second)).unwrap());
    for part in plain.windows(8).step_by(8) {
        assert!(!contains(&sealed, part));
    }
    assert_ne!(sealed, other, "each has a key of its own");

    let mut altered = sealed.clone();
    altered[sealed.len() / 2] ^= 1;
    for broken in [altered, sealed[..20].to_vec(), other, plain] {
        fs::write(file(&first), broken).unwrap();
        owner.get(&path(&first)).problem(500, "internal_error");
    }
    fs::write(file(&first), sealed).unwrap();
    assert_eq!(owner.get(&path(&first)).status, 200);
    fs::remove_file(file(&first)).unwrap();
    owner.get(&path(&first)).problem(500, "internal_error");
}

#[test]
fn a_store_that_fails_leaves_a_row_that_nobody_sees_and_the_clean_up_finds() {
    let app = TestApp::start();
    let (owner, _) = app.customer("wang.xiaoming");
    let away = app.pictures.path().with_extension("away");
    fs::rename(app.pictures.path(), &away).unwrap();
    send(&owner, &png(4, 3)).problem(503, "unavailable");
    fs::rename(&away, app.pictures.path()).unwrap();
    app.clock.set(app.clock.now() + Duration::from_hours(25));
    let contents = app.state.uploads.contents();
    let deleted =
        delete_orphaned_attachments(&app.state.database, contents.as_ref(), app.clock.now(), 100).unwrap();
    assert_eq!(deleted, 1);
}
