//! A blocking client that says what came back, whatever the status.

use serde_json::Value;
use std::net::SocketAddr;
use ureq::{
    Agent,
    http::{HeaderMap, Method, Request},
};

/// Speaks to one server, as somebody or nobody.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    address: SocketAddr,
    headers: Vec<(String, Vec<u8>)>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .build()
            .new_agent();
        Self {
            agent,
            address,
            headers: Vec::new(),
        }
    }

    /// The same with one more header on each request.
    pub fn with(&self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let mut client = self.clone();
        client.headers.push((name.to_owned(), value.as_ref().to_owned()));
        client
    }

    /// The same, speaking to another server.
    pub fn to(&self, address: SocketAddr) -> Self {
        Self {
            address,
            ..self.clone()
        }
    }

    /// The same, signed in with that token.
    pub fn bearing(&self, token: &str) -> Self {
        self.with("Authorization", format!("Bearer {token}"))
    }

    /// Sends a body of any kind.
    pub fn send(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(format!("http://{}{path}", self.address));
        for (name, value) in &self.headers {
            request = request.header(name, value.as_slice());
        }
        let agent = &self.agent;
        let answered = if body.is_empty() && method != "POST" {
            agent.run(request.body(()).unwrap())
        } else {
            agent.run(request.body(body).unwrap())
        };
        let mut answered = answered.unwrap();
        Answer {
            status: answered.status().as_u16(),
            headers: answered.headers().clone(),
            body: answered
                .body_mut()
                .with_config()
                .limit(50_000_000)
                .read_to_vec()
                .unwrap(),
        }
    }

    /// Sends JSON.
    pub fn send_json(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = serde_json::to_vec(body).unwrap();
        self.with("Content-Type", "application/json")
            .send(method, path, &body)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, b"")
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send_json("POST", path, body)
    }
}

impl Answer {
    /// The body as JSON; panics with what it was otherwise.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// A header, empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The body, if the status is as expected; panics with the answer otherwise.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        if self.body.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    /// The problem document, if it is whole and has that status and code.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> Value {
        let document = self.expect(status);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(document["status"], status);
        assert_eq!(document["code"], code, "{document}");
        assert_eq!(document["type"], format!("urn:catchment:problem:{code}"));
        assert_eq!(document["request_id"], self.header("x-request-id"));
        for member in ["title", "detail"] {
            assert!(document[member].as_str().is_some_and(|text| !text.is_empty()));
        }
        document
    }
}
