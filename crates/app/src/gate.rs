//! What stands in front of every route: floods are shed, nobody passes who may not, no parameter passes that is not
//! documented, and a panic behind it, or no answer at all, becomes an answer.
//!
//! A route is made from its [`Entry`] alone, so there is none without a gate and no gate without an [`Access`] and a
//! [`Reach`](crate::reach::Reach).

#[cfg(test)]
mod tests;

use crate::{
    access::{Access, Caller},
    answer_clock::AnswerClock,
    client_address::ClientAddress,
    extract::unknown_parameters,
    floods::Floods,
    origin::RequestOrigin,
    presented::Presented,
    problem::Problem,
    route_table::Entry,
    state::State,
};
use actix_web::{
    Error, HttpMessage, HttpRequest, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::StatusCode,
    middleware::Next,
    web::Data,
};
use futures_util::FutureExt;
use identity::Permission;
use std::{panic::AssertUnwindSafe, rc::Rc, time::Duration};

/// One entry of the route table, with what its documentation says it takes.
pub struct Gate {
    /// The entry.
    pub entry: &'static Entry,
    /// The names of its query parameters.
    pub parameters: Vec<String>,
    /// How long its handler may take to begin its answer, once the request's body is there.
    pub answer_timeout: Duration,
}

/// When a client whose answer took too long may ask again.
const RETRY_SECONDS: u16 = 5;

/// Lets a request through to its handler, or answers why not.
pub async fn gate(
    gate: Rc<Gate>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    request.extensions_mut().insert(gate.entry);
    // The handler consumes the request, and a panic would leave nothing to answer.
    let answered_request = request.request().clone();
    if let Err(problem) = admit(&gate, &answered_request).await {
        return Ok(request.into_response(problem.error_response()));
    }
    let clock = AnswerClock::start(gate.answer_timeout);
    request.extensions_mut().insert(clock.clone());
    let handled = AssertUnwindSafe(next.call(request)).catch_unwind();
    let problem = match clock.time(handled).await {
        Ok(Ok(answered)) => return answered.map(ServiceResponse::map_into_boxed_body),
        // The panic hook has logged where.
        Ok(Err(_)) => Problem::internal("the handler panicked"),
        // What it had handed to the database may still be done: a client asks again with the same idempotency key.
        Err(_) => Problem::of_status(StatusCode::SERVICE_UNAVAILABLE)
            .because("the handler took too long")
            .retry_after_seconds(RETRY_SECONDS),
    };
    Ok(ServiceResponse::new(answered_request, problem.error_response()))
}

async fn admit(gate: &Gate, request: &HttpRequest) -> Result<(), Problem> {
    let floods = wired::<Floods>(request)?;
    floods.admit(gate.entry.traffic(), ClientAddress::found(request)?)?;
    unknown_parameters(request.query_string(), &gate.parameters)?;
    let permission = match gate.entry.access {
        Access::Public => return Ok(()),
        Access::SignedIn => None,
        Access::Permission(permission) => Some(permission),
    };
    let state = wired::<State>(request)?;
    let presented = Presented::of(request, state.cookies).ok_or_else(Problem::unauthenticated)?;
    presented.refuse_forgery(request, state)?;
    let reach = gate.entry.reach;
    let RequestOrigin(origin) = RequestOrigin::of(request);
    let caller = Caller::authenticate(state, presented.token, origin, permission, reach).await?;
    if permission == Some(Permission::PlaceOrders) {
        floods.admit_order(caller.principal.account_id)?;
    }
    request.extensions_mut().insert(caller.presented_by(presented.by));
    Ok(())
}

/// What was wired up when the server started.
fn wired<T: 'static>(request: &HttpRequest) -> Result<&Data<T>, Problem> {
    request
        .app_data::<Data<T>>()
        .ok_or_else(|| Problem::internal("a route without what it works with"))
}
