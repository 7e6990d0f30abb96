//! Commands that a client may send again: the answer is kept in the transaction of the effect, and told again to the same
//! request under the same key. Refusals leave nothing behind.

#[cfg(test)]
mod tests;

use crate::{
    access::Caller,
    problem::Problem,
    state::{State, Work},
};
use actix_web::{
    HttpResponse,
    http::{StatusCode, header::HeaderName},
};
use identity::{IdempotencyKey, IdempotencyRecord, RequestDigest};
use kernel::RepositoryError;
use serde::Serialize;
use uuid::Uuid;

/// Tells a client that its request had its effect before.
const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// What a command made, as it is answered.
pub struct Made<T> {
    /// Its id.
    pub id: Option<Uuid>,
    /// The status, 200 to 299.
    pub status: StatusCode,
    /// The body.
    pub body: T,
}

impl<T> Made<T> {
    /// Something new: 201.
    pub const fn created(id: Uuid, body: T) -> Self {
        Self {
            id: Some(id),
            status: StatusCode::CREATED,
            body,
        }
    }
}

/// An answer, fresh or kept.
#[derive(Clone)]
pub(crate) struct Answer {
    /// The status, 200 to 299.
    pub(crate) status: StatusCode,
    /// The JSON.
    pub(crate) body: Vec<u8>,
    /// Whether the request had its effect before.
    pub(crate) replayed: bool,
}

impl Answer {
    /// The answer to a request that has come again.
    pub(crate) fn replay(record: &IdempotencyRecord) -> Result<Self, Problem> {
        Ok(Self {
            status: StatusCode::from_u16(record.status).map_err(Problem::internal)?,
            body: record.answer.clone(),
            replayed: true,
        })
    }

    /// The answer as the client gets it.
    pub(crate) fn respond(self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.content_type("application/json");
        if self.replayed {
            response.insert_header((IDEMPOTENCY_REPLAYED, "true"));
        }
        response.body(self.body)
    }
}

impl State {
    /// Carries out a command as [`Self::command`] does, once for each key of the caller. The same key with another request is
    /// 422; a rival with the same key in flight is waited for by the database.
    pub async fn once<T, E>(
        &self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        digest: RequestDigest,
        command: impl Fn(Work<'_>) -> Result<Made<T>, E> + Send + 'static,
    ) -> Result<HttpResponse, Problem>
    where
        T: Serialize,
        E: Into<Problem> + From<RepositoryError> + 'static,
    {
        let answer = self
            .command(caller, move |mut work| -> Result<Answer, Problem> {
                if let Some(key) = &key
                    && let Some(answer) = replay(&mut work, key, digest)?
                {
                    return Ok(answer);
                }
                let (account_id, now) = (work.principal.account_id, work.now);
                let made = command(work.reborrow()).map_err(Into::into)?;
                let body = serde_json::to_vec(&made.body).map_err(Problem::internal)?;
                if let Some(key) = &key {
                    work.session.insert_idempotency_records(&[IdempotencyRecord {
                        account_id,
                        key: key.clone(),
                        request_digest: digest,
                        status: made.status.as_u16(),
                        answer: body.clone(),
                        resource_id: made.id,
                        created_at: now,
                    }])?;
                }
                Ok(Answer {
                    status: made.status,
                    body,
                    replayed: false,
                })
            })
            .await?;
        Ok(answer.respond())
    }
}

impl State {
    /// The answer to a request that had its effect before, so that work outside a transaction need not be done again.
    pub async fn replayed(
        &self,
        caller: &Caller,
        key: &IdempotencyKey,
        digest: RequestDigest,
    ) -> Result<Option<HttpResponse>, Problem> {
        let key = key.clone();
        let answer = self
            .command(caller, move |mut work| replay(&mut work, &key, digest))
            .await?;
        Ok(answer.map(Answer::respond))
    }
}

fn replay(
    work: &mut Work<'_>,
    key: &IdempotencyKey,
    digest: RequestDigest,
) -> Result<Option<Answer>, Problem> {
    let name = (work.principal.account_id, key.clone());
    let records = work
        .session
        .find_idempotency_records(std::slice::from_ref(&name))?;
    let Some(record) = records.get(&name) else {
        return Ok(None);
    };
    if record.request_digest != digest {
        return Err(key_reused());
    }
    Answer::replay(record).map(Some)
}

/// 422: the key names another request.
pub fn key_reused() -> Problem {
    Problem::invalid_field(
        "Idempotency-Key",
        kernel::Invalid::new(
            "idempotency_key_reused",
            "此键已用于另一个请求",
            "was used for another request",
        ),
    )
    .called("idempotency_key_reused")
}
