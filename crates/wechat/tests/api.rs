//! The adapter against a server that behaves as WeChat's documentation says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use chrono::TimeDelta;
use identity::{WechatCode, WechatError, WechatPort};
use kernel::Clock;
use serde_json::json;
use std::{
    net::TcpListener,
    sync::Arc,
    time::{Duration, Instant},
};
use testing::{FixedClock, Mishap, WechatDouble};
use wechat::{AppSecret, BaseUrl, WechatApi, WechatSettings};

const LOGIN: &str = "/sns/jscode2session";
const PHONE: &str = "/wxa/business/getuserphonenumber";
const TOKEN: &str = "/cgi-bin/stable_token";

struct World {
    double: WechatDouble,
    clock: Arc<FixedClock>,
    api: WechatApi,
}

fn api(base_url: &str, secret: &str, clock: &Arc<FixedClock>) -> WechatApi {
    let settings = WechatSettings {
        base_url: BaseUrl::parse(base_url).unwrap(),
        appid: WechatDouble::APPID.to_owned(),
        secret: AppSecret::parse(secret.to_owned()).unwrap(),
    };
    WechatApi::new(settings, Arc::<FixedClock>::clone(clock))
}

impl World {
    fn new() -> Self {
        let (double, clock) = (
            WechatDouble::start(),
            Arc::new(FixedClock::at("2026-11-22T08:00:00Z")),
        );
        let api = api(&double.base_url(), WechatDouble::SECRET, &clock);
        Self { double, clock, api }
    }

    fn pass(&self, time: TimeDelta) {
        self.clock.set(self.clock.now() + time);
    }

    fn phone(&self) -> Result<String, WechatError> {
        let code = self.double.issue_phone_code("13812345678");
        let phone = self.api.phone_number(&self::code(&code))?;
        Ok(phone.as_str().to_owned())
    }

    fn login(&self) -> Result<String, WechatError> {
        let code = self.double.issue_login_code("oABC");
        let who = self.api.exchange_code(&self::code(&code))?;
        Ok(who.openid.as_str().to_owned())
    }
}

fn code(text: &str) -> WechatCode {
    WechatCode::parse(text).unwrap()
}

#[test]
fn a_code_tells_who_it_is_once() {
    let world = World::new();
    let issued = code(&world.double.issue_login_code("oABC_-x"));
    let who = world.api.exchange_code(&issued).unwrap();
    assert_eq!((who.openid.as_str(), who.unionid), ("oABC_-x", None));
    assert_eq!(world.api.exchange_code(&issued), Err(WechatError::InvalidCode));
    assert_eq!(
        world.api.exchange_code(&code("never-issued")),
        Err(WechatError::InvalidCode)
    );
    assert_eq!(world.double.token_fetches(), 0, "it needs no access token");
}

#[test]
fn a_unionid_comes_along_where_there_is_one() {
    let world = World::new();
    let with = json!({ "openid": "oABC", "unionid": "uABC" });
    let who = world
        .api
        .exchange_code(&code(&world.double.issue_login_code_with(with)));
    assert_eq!(who.unwrap().unionid.unwrap().as_str(), "uABC");
    let empty = json!({ "openid": "oABC", "unionid": "" });
    let who = world
        .api
        .exchange_code(&code(&world.double.issue_login_code_with(empty)));
    assert_eq!(who.unwrap().unionid, None);
}

#[test]
fn a_code_is_one_value_whatever_stands_in_it() {
    let world = World::new();
    let sly = code("x&js_code=y&secret=z#f");
    assert_eq!(world.api.exchange_code(&sly), Err(WechatError::InvalidCode));
    let asked = world.double.requests().concat();
    assert!(asked.contains("js_code=x%26js_code%3Dy%26secret%3Dz%23f"));
}

#[test]
fn every_documented_error_has_its_meaning_on_every_call() {
    let world = World::new();
    for (errcode, meant) in [
        (-1, WechatError::Busy),
        (40_029, WechatError::InvalidCode),
        (40_163, WechatError::InvalidCode),
        (40_226, WechatError::UserBlocked),
        (45_009, WechatError::RateLimited),
        (45_011, WechatError::RateLimited),
        (40_125, WechatError::Refused { errcode: 40_125 }),
        (i64::MAX, WechatError::Refused { errcode: i64::MAX }),
    ] {
        world.double.prepare(LOGIN, Mishap::Errcode(errcode));
        assert_eq!(world.login(), Err(meant.clone()), "{errcode}");
        world.double.prepare(PHONE, Mishap::Errcode(errcode));
        assert_eq!(world.phone(), Err(meant.clone()), "{errcode}");
        world.double.end_access_token();
        world.double.prepare(TOKEN, Mishap::Errcode(errcode));
        assert_eq!(world.phone(), Err(meant), "{errcode}");
        world.pass(TimeDelta::seconds(1));
        assert!(world.phone().is_ok() && world.login().is_ok(), "{errcode}");
    }
}

#[test]
fn a_phone_is_told_once_and_only_if_it_is_of_mainland_china() {
    let world = World::new();
    let issued = code(&world.double.issue_phone_code("13812345678"));
    let phone = world.api.phone_number(&issued).unwrap();
    assert_eq!(phone.as_str(), "13812345678");
    assert_eq!(world.api.phone_number(&issued), Err(WechatError::InvalidCode));
    // The documentation shows the country as a number.
    let as_number = world.double.issue_phone_code_with("13812345678", &json!(86));
    assert_eq!(world.api.phone_number(&code(&as_number)), Ok(phone));
    for (number, country) in [
        ("13812345678", json!("1")),
        ("13812345678", json!(852)),
        ("021", json!("86")),
    ] {
        let foreign = world.double.issue_phone_code_with(number, &country);
        let refused = world.api.phone_number(&code(&foreign));
        assert_eq!(refused, Err(WechatError::ForeignPhone), "{country}");
    }
    // The code of another mini program.
    world.double.prepare(PHONE, Mishap::Errcode(40_013));
    assert_eq!(world.phone(), Err(WechatError::InvalidCode));
}

#[test]
fn an_access_token_is_fetched_once_however_many_ask_at_a_time() {
    let world = World::new();
    world
        .double
        .prepare(TOKEN, Mishap::Slow(Duration::from_millis(100)));
    std::thread::scope(|scope| {
        let asking: Vec<_> = (0..8).map(|_| scope.spawn(|| world.phone())).collect();
        for asked in asking {
            assert_eq!(asked.join().unwrap().unwrap(), "13812345678");
        }
    });
    assert_eq!(world.double.token_fetches(), 1);
}

#[test]
fn an_access_token_is_kept_until_shortly_before_it_expires() {
    let world = World::new();
    world.phone().unwrap();
    world.pass(TimeDelta::seconds(7_200 - 61));
    world.phone().unwrap();
    assert_eq!(world.double.token_fetches(), 1);
    world.pass(TimeDelta::seconds(1));
    world.phone().unwrap();
    assert_eq!(world.double.token_fetches(), 2);
}

#[test]
fn an_access_token_that_wechat_refuses_is_renewed_once() {
    let world = World::new();
    world.phone().unwrap();
    world.double.end_access_token();
    assert_eq!(world.phone().unwrap(), "13812345678");
    assert_eq!(world.double.token_fetches(), 2);
    // Refused twice in a row it is our own trouble, and nobody tries on.
    for errcode in [40_001, 42_001] {
        let fetched = world.double.token_fetches();
        world.double.prepare(PHONE, Mishap::Errcode(errcode));
        world.double.prepare(PHONE, Mishap::Errcode(errcode));
        assert_eq!(world.phone(), Err(WechatError::Refused { errcode }));
        assert_eq!(world.double.token_fetches(), fetched + 1);
    }
}

#[test]
fn no_node_ends_the_token_of_another() {
    let world = World::new();
    let other = api(&world.double.base_url(), WechatDouble::SECRET, &world.clock);
    world.phone().unwrap();
    let code_of_other = code(&world.double.issue_phone_code("13912345678"));
    other.phone_number(&code_of_other).unwrap();
    world.phone().unwrap();
    assert_eq!(world.double.token_fetches(), 2, "each fetched once");
}

#[test]
fn a_failed_fetch_is_told_to_whoever_waited_and_tried_again_later() {
    let world = World::new();
    world.double.prepare(TOKEN, Mishap::Status(502));
    assert!(matches!(world.phone(), Err(WechatError::Unreachable(_))));
    assert!(matches!(world.phone(), Err(WechatError::Unreachable(_))));
    assert_eq!(world.double.token_fetches(), 0);
    let tokens_asked = || {
        let requests = world.double.requests();
        requests.iter().filter(|request| request.ends_with(TOKEN)).count()
    };
    assert_eq!(tokens_asked(), 1);
    world.pass(TimeDelta::seconds(1));
    world.phone().unwrap();
    assert_eq!(tokens_asked(), 2);
}

#[test]
fn what_is_no_answer_of_wechats_is_no_sign_in() {
    let world = World::new();
    let texts = [
        "",
        "<html>login to the network</html>",
        "[]",
        "{}",
        r#"{"errcode":"40029"}"#,
        r#"{"openid":""}"#,
        r#"{"openid":"张三"}"#,
        r#"{"openid":7}"#,
    ];
    let padding = " ".repeat(16 * 1_024);
    let long = format!(r#"{{"openid":"oABC"}}{padding}"#);
    let texts = texts.into_iter().map(str::to_owned).chain([long]);
    let mishaps = [200, 204, 302, 404, 500].map(Mishap::Status);
    for mishap in texts.map(Mishap::Text).chain(mishaps).chain([Mishap::BreakOff]) {
        world.double.prepare(LOGIN, mishap.clone());
        let refused = world.login();
        assert!(
            matches!(refused, Err(WechatError::Unreachable(_))),
            "{mishap:?}: {refused:?}"
        );
        world.double.prepare(PHONE, mishap.clone());
        let refused = world.phone();
        assert!(
            matches!(refused, Err(WechatError::Unreachable(_))),
            "{mishap:?}: {refused:?}"
        );
    }
    assert_eq!(world.login().unwrap(), "oABC");
}

#[test]
fn the_longest_answer_is_taken() {
    let world = World::new();
    let answer = r#"{"openid":"oABC"}"#;
    let padding = " ".repeat(16 * 1_024 - answer.len());
    world
        .double
        .prepare(LOGIN, Mishap::Text(format!("{answer}{padding}")));
    assert_eq!(world.login().unwrap(), "oABC");
}

#[test]
fn a_slow_wechat_is_given_up_in_time() {
    let world = World::new();
    world.double.prepare(LOGIN, Mishap::Slow(Duration::from_secs(8)));
    let begun = Instant::now();
    let refused = world.login();
    assert_eq!(
        refused,
        Err(WechatError::Unreachable("it took too long".to_owned()))
    );
    assert!(begun.elapsed() < Duration::from_secs(7), "{:?}", begun.elapsed());
}

#[test]
fn nobody_there_is_an_error_that_says_so() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let clock = Arc::new(FixedClock::at("2026-11-22T08:00:00Z"));
    let api = api(&format!("http://{closed}"), WechatDouble::SECRET, &clock);
    let refused = api.exchange_code(&code("x")).unwrap_err();
    assert!(matches!(refused, WechatError::Unreachable(_)), "{refused:?}");
    assert!(!refused.to_string().contains(WechatDouble::SECRET));
}

#[test]
fn no_secret_code_token_or_session_key_is_ever_shown() {
    let world = World::new();
    let mut shown = vec![format!("{:?}", world.api)];
    let who = world
        .api
        .exchange_code(&code(&world.double.issue_login_code("oPERSONAL")));
    shown.push(format!("{who:?}"));
    let session_key = WechatDouble::SESSION_KEY;
    let mishaps = [
        Mishap::Text(format!(
            r#"{{"session_key":"{session_key}","openid":"o PERSONAL"}}"#
        )),
        Mishap::Text(format!(r#"{{"openid":7,"session_key":"{session_key}"}}"#)),
        Mishap::Text(format!(r#"{{"session_key":"{session_key}""#)),
        Mishap::Text(format!(r#"{{"errcode":"{session_key}"}}"#)),
        Mishap::BreakOff,
        Mishap::Status(500),
        Mishap::Errcode(40_125),
        Mishap::Errcode(40_029),
    ];
    for mishap in mishaps {
        world.double.prepare(LOGIN, mishap.clone());
        let error = world.login().unwrap_err();
        shown.push(format!("{error} {error:?}"));
        world.double.prepare(PHONE, mishap);
        let error = world.phone().unwrap_err();
        shown.push(format!("{error} {error:?}"));
    }
    let wrong = api(&world.double.base_url(), "canary-wrong-secret", &world.clock);
    for error in [
        wrong.exchange_code(&code("x-code_")).unwrap_err(),
        wrong.phone_number(&code("x-code_")).unwrap_err(),
    ] {
        assert_eq!(error, WechatError::Refused { errcode: 40_125 });
        shown.push(format!("{error} {error:?}"));
    }
    let shown = shown.concat();
    for hidden in WechatDouble::SESSION_KEY_PARTS.into_iter().chain([
        WechatDouble::SECRET,
        "canary-wrong-secret",
        "code_",
        "access-token",
        "PERSONAL",
    ]) {
        assert!(!shown.contains(hidden), "{hidden} is in {shown}");
    }
}
