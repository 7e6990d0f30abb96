//! A small server on loopback that behaves as WeChat's documentation says.
//!
//! Sources: <https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/>, `auth.code2Session`, `getPhoneNumber`,
//! `getStableAccessToken`. Errors come with status 200 and an `errcode`; a code is good once.

use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

/// The double. It stops when dropped.
pub struct WechatDouble {
    address: SocketAddr,
    known: Arc<Mutex<Known>>,
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// What it does once in place of an answer.
#[derive(Clone, Debug)]
pub enum Mishap {
    /// Answers with that error.
    Errcode(i64),
    /// Answers with that status and no body.
    Status(u16),
    /// Answers with that text in place of JSON.
    Text(String),
    /// Says that more is to come, and hangs up.
    BreakOff,
    /// Answers rightly, after that time.
    Slow(Duration),
}

#[derive(Default)]
struct Known {
    login_codes: BTreeMap<String, Value>,
    phone_codes: BTreeMap<String, Value>,
    used: BTreeSet<String>,
    codes: usize,
    token: usize,
    token_ended: bool,
    token_fetches: usize,
    mishaps: VecDeque<(&'static str, Mishap)>,
    requests: Vec<String>,
}

impl WechatDouble {
    /// The mini program it knows.
    pub const APPID: &str = "wx0123456789abcdef";
    /// That mini program's secret: a canary that must stand nowhere else.
    pub const SECRET: &str = "canary-app-secret-4f1e9b7a";
    /// The `session_key` of everybody: a canary that must stand nowhere else. The backslash is JSON's, as WeChat writes it.
    pub const SESSION_KEY: &str = r"Y2FuYXJ5\/c2Vzc2lvbi1rZXk=";
    /// The parts of it that would betray it, escaped or not.
    pub const SESSION_KEY_PARTS: [&str; 2] = ["Y2FuYXJ5", "c2Vzc2lvbi1rZXk"];

    /// On a port of the system's choice.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (known, stopping) = (Arc::default(), Arc::new(AtomicBool::new(false)));
        let (shared, told): (Arc<Mutex<Known>>, _) = (Arc::clone(&known), Arc::clone(&stopping));
        let thread = std::thread::spawn(move || {
            for connection in listener.incoming() {
                if told.load(Ordering::SeqCst) {
                    break;
                }
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || {
                    // Whoever hangs up has its reasons.
                    let _ = serve(&connection.unwrap(), &shared);
                });
            }
        });
        Self {
            address,
            known,
            stopping,
            thread: Some(thread),
        }
    }

    /// Where it is.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A fresh code of `wx.login` for somebody.
    pub fn issue_login_code(&self, openid: &str) -> String {
        self.issue_login_code_with(json!({ "openid": openid }))
    }

    /// The same, for an answer with these members beside its `session_key`.
    pub fn issue_login_code_with(&self, members: Value) -> String {
        let mut known = self.known.lock().unwrap();
        let code = known.next_code();
        known.login_codes.insert(code.clone(), members);
        code
    }

    /// A fresh code of the phone button, for a number of mainland China.
    pub fn issue_phone_code(&self, number: &str) -> String {
        self.issue_phone_code_with(number, &json!("86"))
    }

    /// A fresh code of the phone button, for a number of that country.
    pub fn issue_phone_code_with(&self, number: &str, country_code: &Value) -> String {
        let mut known = self.known.lock().unwrap();
        let code = known.next_code();
        let info = json!({
            "phoneNumber": number,
            "purePhoneNumber": number,
            "countryCode": country_code,
            "watermark": { "timestamp": 1_637_744_274, "appid": Self::APPID },
        });
        known.phone_codes.insert(code.clone(), info);
        code
    }

    /// The next request of that path (`/sns/jscode2session` …) comes to grief.
    pub fn prepare(&self, path: &'static str, mishap: Mishap) {
        self.known.lock().unwrap().mishaps.push_back((path, mishap));
    }

    /// Ends the access token before its time; the next fetch hands out another.
    pub fn end_access_token(&self) {
        self.known.lock().unwrap().token_ended = true;
    }

    /// How often an access token was fetched.
    pub fn token_fetches(&self) -> usize {
        self.known.lock().unwrap().token_fetches
    }

    /// Method and target of every request so far.
    pub fn requests(&self) -> Vec<String> {
        self.known.lock().unwrap().requests.clone()
    }
}

impl Drop for WechatDouble {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        // Wakes the listener up.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Known {
    fn next_code(&mut self) -> String {
        self.codes += 1;
        format!("0a1B2c-code_{}", self.codes)
    }

    fn token(&self) -> String {
        format!("access-token-{}", self.token)
    }

    fn mishap(&mut self, path: &str) -> Option<Mishap> {
        let at = self.mishaps.iter().position(|(of, _)| *of == path)?;
        self.mishaps.remove(at).map(|(_, mishap)| mishap)
    }

    fn answer(&mut self, method: &str, path: &str, query: &BTreeMap<String, String>, body: &Value) -> Value {
        let given = |name: &str| query.get(name).map_or("", String::as_str);
        match (method, path) {
            ("GET", "/sns/jscode2session") => match (given("appid"), given("secret"), given("grant_type")) {
                (WechatDouble::APPID, WechatDouble::SECRET, "authorization_code") => {
                    self.session(given("js_code"))
                }
                (WechatDouble::APPID, _, "authorization_code") => errcode(40_125),
                (_, _, "authorization_code") => errcode(40_013),
                _ => errcode(40_002),
            },
            ("POST", "/cgi-bin/stable_token") => {
                self.token_fetches += 1;
                if body["appid"] != WechatDouble::APPID || body["grant_type"] != "client_credential" {
                    return errcode(40_013);
                }
                if body["secret"] != WechatDouble::SECRET {
                    return errcode(40_125);
                }
                if self.token == 0 || self.token_ended || body["force_refresh"] == true {
                    self.token += 1;
                    self.token_ended = false;
                }
                json!({ "access_token": self.token(), "expires_in": 7_200 })
            }
            ("POST", "/wxa/business/getuserphonenumber") => {
                if given("access_token") != self.token() || self.token == 0 {
                    errcode(40_001)
                } else if self.token_ended {
                    errcode(42_001)
                } else {
                    self.phone(body["code"].as_str().unwrap_or_default())
                }
            }
            _ => errcode(43_001),
        }
    }

    fn session(&mut self, code: &str) -> Value {
        let Some(members) = self.login_codes.get(code).cloned() else {
            return errcode(40_029);
        };
        if !self.used.insert(code.to_owned()) {
            return errcode(40_163);
        }
        let mut answer = members;
        answer["session_key"] = json!("SESSION_KEY");
        answer
    }

    fn phone(&mut self, code: &str) -> Value {
        match self.phone_codes.get(code).cloned() {
            Some(info) if self.used.insert(code.to_owned()) => {
                json!({ "errcode": 0, "errmsg": "ok", "phone_info": info })
            }
            // This call knows one number for both.
            _ => errcode(40_029),
        }
    }
}

fn errcode(number: i64) -> Value {
    json!({ "errcode": number, "errmsg": format!("as documented, rid: {number}") })
}

fn serve(connection: &TcpStream, known: &Mutex<Known>) -> std::io::Result<()> {
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut length = 0;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header)? == 0 || header == "\r\n" {
            break;
        }
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = serde_json::from_slice(&body).unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let query: BTreeMap<_, _> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();

    let (mishap, answer) = {
        let mut known = known.lock().unwrap();
        known.requests.push(format!("{method} {target}"));
        match known.mishap(path) {
            None => (None, known.answer(method, path, &query, &body)),
            Some(Mishap::Slow(time)) => (
                Some(Mishap::Slow(time)),
                known.answer(method, path, &query, &body),
            ),
            Some(Mishap::Errcode(number)) => (None, errcode(number)),
            Some(mishap) => (Some(mishap), Value::Null),
        }
    };
    let text = answer
        .to_string()
        .replace("SESSION_KEY", WechatDouble::SESSION_KEY);
    match mishap {
        None | Some(Mishap::Errcode(_)) => reply(connection, 200, text.len(), &text),
        Some(Mishap::Slow(time)) => {
            std::thread::sleep(time);
            reply(connection, 200, text.len(), &text)
        }
        Some(Mishap::Status(status)) => reply(connection, status, 0, ""),
        Some(Mishap::Text(text)) => reply(connection, 200, text.len(), &text),
        Some(Mishap::BreakOff) => reply(connection, 200, 1_000, r#"{"openid":"o"#),
    }
}

fn reply(mut connection: &TcpStream, status: u16, length: usize, text: &str) -> std::io::Result<()> {
    write!(
        connection,
        "HTTP/1.1 {status} As asked\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\
         Location: https://example.com/elsewhere\r\nConnection: close\r\n\r\n{text}"
    )
}
