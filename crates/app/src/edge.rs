//! The outermost middleware: gives each request its id and language, writes out every error as a problem document, and
//! tells logs and metrics how the request went. Neither ever sees a query string, a body or a raw path.

use crate::{
    allowed_origins::AllowedOrigins,
    client_address::{ClientAddress, TrustedProxies, tell_of_untrusted},
    floods::FloodLimits,
    language::Language,
    metrics,
    problem::Problem,
    request_id::{RequestId, X_REQUEST_ID},
    route_table::Entry,
    security_headers,
    state::State,
};
use actix_web::{
    Error, HttpMessage, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, HeaderValue},
    middleware::Next,
    web::Data,
};
use std::time::Instant;
use tracing::Instrument;

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// What the edge is told: whom to believe, whom to let in, and how much of it.
///
/// By default nobody is believed, no other page let in, and nothing counted.
#[derive(Clone, Debug, Default)]
pub struct EdgeOptions {
    /// The proxies whose word on the client's address counts.
    pub trusted_proxies: TrustedProxies,
    /// The web pages beside our own whose scripts may call.
    pub allowed_origins: AllowedOrigins,
    /// Whether browsers reach the server by TLS only, its own or a proxy's.
    pub behind_tls: bool,
    /// How much one client may ask for.
    pub flood_limits: FloodLimits,
}

/// Wraps everything the server answers.
pub async fn edge(
    state: Data<State>,
    options: Data<EdgeOptions>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let begun = Instant::now();
    let language = Language::of(request.headers());
    let request_id = RequestId::of(request.headers(), state.ids.as_ref(), state.clock.now());
    let peer = request.peer_addr().map(|peer| peer.ip());
    let address = ClientAddress::of(peer, request.headers(), &options.trusted_proxies);
    tell_of_untrusted(peer, request.headers(), &options.trusted_proxies);
    request.extensions_mut().insert(language);
    request.extensions_mut().insert(address);
    request.extensions_mut().insert(request_id.clone());

    let span = tracing::info_span!("request", %request_id);
    let answered = next.call(request).instrument(span.clone()).await;
    let mut response = match answered {
        Ok(response) => response.map_into_boxed_body(),
        // Only what fails before a route is chosen comes here, and it leaves no request to answer.
        Err(error) => return Err(Rendered::of(&error, language, request_id, options.behind_tls).into()),
    };

    let problem = problem_of(&response);
    if let Some(problem) = &problem {
        response = response.map_body(|head, _| {
            head.headers.insert(header::CONTENT_TYPE, PROBLEM_JSON);
            write(problem, language, &request_id)
        });
        response
            .headers_mut()
            .insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
    }
    if let Ok(value) = HeaderValue::from_str(request_id.as_str()) {
        response.headers_mut().insert(X_REQUEST_ID, value);
    }
    let (status, entry) = (response.status(), entry_of(&response));
    security_headers::protect(response.headers_mut(), status, entry, options.behind_tls);
    span.in_scope(|| report(&response, problem.as_ref(), begun));
    Ok(response)
}

/// The problem that the answer carries, or the plain one of its status where somebody else made an error answer.
fn problem_of(response: &ServiceResponse) -> Option<Problem> {
    let status = response.status();
    let carried = response.response().extensions().get::<Problem>().cloned();
    carried.or_else(|| {
        (status.is_client_error() || status.is_server_error()).then(|| {
            let problem = Problem::of_status(status);
            match response.response().error() {
                Some(error) => problem.because(error),
                None => problem,
            }
        })
    })
}

fn write(problem: &Problem, language: Language, request_id: &RequestId) -> BoxBody {
    BoxBody::new(serde_json::to_vec(&problem.document(language, request_id)).unwrap_or_default())
}

/// The route that answered, if one did.
fn entry_of(response: &ServiceResponse) -> Option<&'static Entry> {
    response.request().extensions().get::<&'static Entry>().copied()
}

fn report(response: &ServiceResponse, problem: Option<&Problem>, begun: Instant) {
    let (method, pattern) = entry_of(response).map_or(("other", "unmatched"), |entry| {
        (entry.method.as_str(), entry.path)
    });
    let (status, latency) = (response.status().as_u16(), begun.elapsed());
    metrics::record_request(method, pattern, status, latency);
    // Whole microseconds: a longer fraction says nothing, and looks like a coordinate.
    let latency_ms = (latency.as_secs_f64() * 1_000_000.0).round() / 1_000.0;
    let code = problem.map(Problem::code);
    let cause = problem.and_then(Problem::cause);
    if response.status().is_server_error() {
        tracing::error!(method, pattern, status, latency_ms, code, cause, "answered");
    } else {
        tracing::info!(method, pattern, status, latency_ms, code, cause, "answered");
    }
}

/// A problem written out already, for the one case in which the edge cannot change a response any more.
#[derive(Debug)]
struct Rendered {
    problem: Problem,
    language: Language,
    request_id: RequestId,
    behind_tls: bool,
}

impl Rendered {
    fn of(error: &Error, language: Language, request_id: RequestId, behind_tls: bool) -> Self {
        let problem = match error.as_error::<Problem>() {
            Some(problem) => problem.clone(),
            None => Problem::of_status(error.as_response_error().status_code()).because(error),
        };
        tracing::warn!(%request_id, code = problem.code(), cause = problem.cause(), "answered");
        Self {
            problem,
            language,
            request_id,
            behind_tls,
        }
    }
}

impl std::fmt::Display for Rendered {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.problem.fmt(formatter)
    }
}

impl ResponseError for Rendered {
    fn status_code(&self) -> actix_web::http::StatusCode {
        self.problem.status_code()
    }

    fn error_response(&self) -> actix_web::HttpResponse<BoxBody> {
        let mut response = self.problem.error_response();
        response.headers_mut().insert(header::CONTENT_TYPE, PROBLEM_JSON);
        if let Ok(value) = HeaderValue::from_str(self.request_id.as_str()) {
            response.headers_mut().insert(X_REQUEST_ID, value);
        }
        let status = response.status();
        security_headers::protect(response.headers_mut(), status, None, self.behind_tls);
        response.set_body(write(&self.problem, self.language, &self.request_id))
    }
}
