//! The program as it is started with WeChat: what it refuses, and that its log keeps WeChat's secrets.

use crate::program::{catchment, done, listening, refused_command, terminate};
use serde_json::json;
use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};
use testing::WechatDouble;

fn with_wechat(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = catchment(folder, arguments);
    command.env("CATCHMENT_WECHAT_APPID", WechatDouble::APPID);
    command
}

fn refused(command: &mut Command) -> String {
    let said = refused_command(command);
    assert!(!said.contains(WechatDouble::SECRET), "{said}");
    said
}

#[test]
fn half_of_wechat_or_a_secret_open_to_others_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let said = refused(&mut with_wechat(folder, &["serve"]));
    assert!(said.contains("CATCHMENT_WECHAT_SECRET_FILE"), "{said}");

    let secret = folder.join("wechat-secret");
    let with_file = || {
        let mut command = with_wechat(folder, &["serve"]);
        command.env("CATCHMENT_WECHAT_SECRET_FILE", "wechat-secret");
        command
    };
    assert!(refused(&mut with_file()).contains("cannot be read"));
    fs::write(&secret, WechatDouble::SECRET).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(refused(&mut with_file()).contains("chmod 600 wechat-secret"));
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    // The secret is taken; the next thing that is missing is the key file.
    assert!(refused(&mut with_file()).contains("catchment keys generate"));
}

#[test]
fn not_even_the_most_talkative_log_tells_wechats_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    done(folder, &["keys", "generate", "keys.toml"]);
    done(folder, &["migrate"]);
    let double = WechatDouble::start();
    let mut server = with_wechat(folder, &["serve"])
        .env("CATCHMENT_WECHAT_SECRET", WechatDouble::SECRET)
        .env("CATCHMENT_WECHAT_BASE_URL", double.base_url())
        .env("CATCHMENT_LOG_FILTER", "trace,ureq::run=trace")
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let address = listening(&mut lines);
    let reading = std::thread::spawn(move || lines.collect::<Vec<_>>().join("\n"));

    let post = |path: &str, token: &str, body: serde_json::Value| {
        let answer = ureq::post(format!("http://{address}/api/v1/{path}"))
            .header("Authorization", format!("Bearer {token}"))
            .send_json(body);
        answer
            .unwrap()
            .body_mut()
            .read_json::<serde_json::Value>()
            .unwrap()
    };
    let code = double.issue_login_code("oCANARYopenid");
    let form = json!({ "code": code, "privacy_policy_version": "2026-11" });
    let signed_in = post("auth/wechat", "nobody", form);
    let token = signed_in["access_token"].as_str().unwrap();
    let code = double.issue_phone_code("13812345678");
    post("auth/wechat/phone", token, json!({ "code": code }));
    terminate(&server);
    assert!(server.wait().unwrap().success());

    let log = reading.join().unwrap();
    assert!(log.contains("TRACE"), "it was as talkative as it can be");
    assert_eq!(double.requests().len(), 3);
    let hidden = WechatDouble::SESSION_KEY_PARTS;
    for hidden in hidden.into_iter().chain([
        WechatDouble::SECRET,
        "oCANARYopenid",
        "access-token-1",
        "13812345678",
    ]) {
        let told = log.lines().find(|line| line.contains(hidden));
        assert_eq!(told, None, "{hidden}");
    }
}
