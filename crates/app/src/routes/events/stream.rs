//! Streams the messages of the caller's inbox as they come (server-sent events, HTML Living Standard, 9.2).
//!
//! A stream's position is the number of the last message sent. A client that comes back with it gets what came meanwhile,
//! and nothing twice.

use crate::{
    access::Caller,
    extract::Query,
    language::Language,
    live::{Deaf, Listening},
    problem::Problem,
    routes::inbox::MessageAnswer,
    state::State,
};
use ::events::{Message, MessageNumber};
use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        Method, StatusCode,
        header::{self, HeaderValue},
    },
    web::{Bytes, Data},
};
use futures_util::stream;
use kernel::Invalid;
use serde::Deserialize;
use std::{collections::BTreeSet, convert::Infallible, fmt::Write, time::Duration};
use tokio::time::{Instant, timeout};
use utoipa::IntoParams;

/// The header by which a browser tells where it was (same standard, 9.2.4).
const LAST_EVENT_ID: &str = "last-event-id";
/// When a client comes back after the stream ended.
const RETRY_MILLISECONDS: u16 = 3_000;
/// When a client that found no place may try again.
const BUSY_RETRY_SECONDS: u16 = 30;
/// How many messages are read at once.
const BATCH_MESSAGES: u16 = 100;
/// The longest stream that a client may ask for.
const MAXIMUM_SECONDS: u16 = 3_600;

/// 从哪里开始，到何时为止
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StreamParameters {
    /// 由此序号之后开始，用于不能发送 `Last-Event-ID` 的客户端；两者都有时以请求头为准。缺省只有新消息
    #[param(minimum = 0)]
    last_event_id: Option<MessageNumber>,
    /// 最长多少秒后结束，用于有时限的请求（如小程序）；0 为给出现有的即结束。缺省不限
    #[param(minimum = 0, maximum = 3600)]
    for_seconds: Option<u16>,
}

/// 实时消息
///
/// `text/event-stream`：`id` 为收件箱内的序号，`event` 为事件的名称，`data` 为一条站内消息（JSON）。断开后以
/// `Last-Event-ID` 重连，不漏不重。至少每 15 秒有一行；权限结束、令牌到期时流随即结束。
#[utoipa::path(
    get,
    path = "/events",
    params(
        StreamParameters,
        ("Last-Event-ID" = Option<MessageNumber>, Header, description = "最后收到的序号"),
    ),
    responses(
        (status = 200, description = "消息流", content_type = "text/event-stream", body = String),
        (status = 429, description = "本账号的流已满"),
        (status = 503, description = "服务器的流已满，或正在停止"),
    )
)]
pub async fn handle(
    state: Data<State>,
    caller: Caller,
    request: HttpRequest,
    language: Language,
    Query(parameters): Query<StreamParameters>,
) -> Result<HttpResponse, Problem> {
    let position = position(&request, parameters.last_event_id)?;
    let lasts = lasts(parameters.for_seconds)?;
    let listening = state.live.listen(caller.principal.account_id, caller.token)?;
    let account_id = caller.principal.account_id;
    let head = state
        .read(move |session, _| session.find_inbox_heads(&BTreeSet::from([account_id])))
        .await?
        .remove(&account_id)
        .unwrap_or_default();
    let feed = Feed {
        state,
        caller,
        language,
        listening,
        // A number that was never given out is of a database that was restored since.
        sent: position.unwrap_or(head).min(head),
        ends_at: lasts.map(|seconds| Instant::now() + seconds),
        greeted: false,
        caught_up: false,
    };
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // A proxy that gathers an answer before it hands it on would hand on nothing.
        .insert_header(("x-accel-buffering", "no"));
    if request.method() == Method::HEAD {
        return Ok(response.finish());
    }
    Ok(response.streaming(stream::unfold(feed, |mut feed| async move {
        let part = feed.next().await?;
        Some((Ok::<_, Infallible>(part), feed))
    })))
}

/// After which number the client wants to go on.
fn position(
    request: &HttpRequest,
    parameter: Option<MessageNumber>,
) -> Result<Option<MessageNumber>, Problem> {
    let not_one = |field: &'static str| {
        let invalid = Invalid::new(
            "invalid_event_id",
            "须为收到的序号",
            "must be a number that was received",
        );
        Problem::invalid_field(field, invalid)
    };
    match request.headers().get(LAST_EVENT_ID).map(HeaderValue::to_str) {
        // What a browser sends that has received nothing yet.
        None | Some(Ok("")) => match parameter {
            Some(number) if number < 0 => Err(not_one("last_event_id")),
            parameter => Ok(parameter),
        },
        Some(text) => {
            let number = text.ok().and_then(|text| text.parse().ok());
            let number = number.filter(|number: &MessageNumber| *number >= 0);
            number.map(Some).ok_or_else(|| not_one("Last-Event-ID"))
        }
    }
}

fn lasts(seconds: Option<u16>) -> Result<Option<Duration>, Problem> {
    match seconds {
        Some(seconds) if seconds > MAXIMUM_SECONDS => Err(Problem::invalid_field(
            "for_seconds",
            Invalid::new("out_of_range", "须为 0 至 3600", "must be 0 to 3600"),
        )),
        seconds => Ok(seconds.map(|seconds| Duration::from_secs(seconds.into()))),
    }
}

impl From<Deaf> for Problem {
    fn from(deaf: Deaf) -> Self {
        let problem = match deaf {
            Deaf::Account => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_streams",
                "本账号打开的实时消息过多，请关闭一些页面",
                "The account listens from too many places; close some.",
            ),
            Deaf::Node => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "no_stream_free",
                "实时消息的连接已满，请稍后再试",
                "No stream is free; try again later.",
            ),
        };
        problem.retry_after_seconds(BUSY_RETRY_SECONDS)
    }
}

/// A stream on its way.
struct Feed {
    state: Data<State>,
    caller: Caller,
    language: Language,
    listening: Listening,
    /// The number that the client has.
    sent: MessageNumber,
    ends_at: Option<Instant>,
    greeted: bool,
    /// Whether all that came before the first signal is sent: nobody signals that.
    caught_up: bool,
}

impl Feed {
    /// What is sent next; `None` at the end. It reads no more than the client takes.
    async fn next(&mut self) -> Option<Bytes> {
        if !self.greeted {
            self.greeted = true;
            // At once, so that the client knows that it is heard.
            return Some(Bytes::from(format!("retry: {RETRY_MILLISECONDS}\n\n")));
        }
        loop {
            let signal = *self.listening.signal.borrow_and_update();
            if signal.over {
                return None;
            }
            if !self.caught_up || signal.head > self.sent {
                let messages = self.read().await?;
                // Up to the head everything was there to be read; what is not is gone for good.
                self.caught_up = messages.len() < usize::from(BATCH_MESSAGES);
                let last = messages.last().map_or(self.sent, |message| message.number);
                self.sent = if self.caught_up {
                    last.max(signal.head)
                } else {
                    last
                };
                if !messages.is_empty() {
                    return Some(self.written(&messages));
                }
            }
            let now = Instant::now();
            let left = self.ends_at.map(|end| end.saturating_duration_since(now));
            if left == Some(Duration::ZERO) {
                return None;
            }
            let silence = self.listening.heartbeat;
            let waited = left.map_or(silence, |left| left.min(silence));
            match timeout(waited, self.listening.signal.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return None,
                Err(_) if left.is_some_and(|left| left <= silence) => return None,
                Err(_) => return Some(Bytes::from_static(b":\n\n")),
            }
        }
    }

    /// The messages after those that the client has, read by its own right; `None` where it has none any more, or the
    /// database is away: the client comes back for them.
    async fn read(&self) -> Option<Vec<Message>> {
        let (caller, sent) = (self.caller.clone(), self.sent);
        let read = self
            .state
            .read(move |session, now| -> Result<_, Problem> {
                let principal = caller.confirm(session, now)?;
                Ok(session.list_messages_after(principal.account_id, sent, BATCH_MESSAGES)?)
            })
            .await;
        read.ok()
    }

    fn written(&self, messages: &[Message]) -> Bytes {
        let mut text = String::new();
        for message in messages {
            let answer = MessageAnswer::of(message, self.language);
            // One line, as JSON without spaces is; neither of the two can fail.
            let json = serde_json::to_string(&answer).unwrap_or_default();
            let (number, topic) = (message.number, message.fact.name());
            let _ = write!(text, "id: {number}\nevent: {topic}\ndata: {json}\n\n");
        }
        text.into()
    }
}
