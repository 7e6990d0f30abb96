//! Places a set of orders in one transaction: who may, who was answered before, and the answers kept beside their keys.

use super::Placement;
use crate::{
    once::{Answer, key_reused},
    problem::Problem,
    routes::orders::OrderAnswer,
};
use actix_web::http::StatusCode;
use identity::{IdempotencyKey, IdempotencyRecord, Permission, Principal, TokenDigest};
use kernel::{AccountId, IdSource, Instant, RepositoryError};
use orders::{Order, place_orders};
use regions::DivisionTree;
use std::collections::{BTreeMap, btree_map::Entry};
use storage::Session;

type Records = BTreeMap<(AccountId, IdempotencyKey), IdempotencyRecord>;
type Callers = BTreeMap<TokenDigest, Principal>;

/// What becomes of one placement.
enum Way {
    /// It has its answer.
    Answered(Result<Answer, Problem>),
    /// It is the order of that position among those to place.
    Fresh(usize),
    /// The same request as that one, sent twice.
    Rival(usize),
}

/// Places what is new of the set and answers each of it. No two of it ask for different things under one key.
pub(super) fn place_set(
    session: &mut dyn Session,
    ids: &dyn IdSource,
    now: Instant,
    set: &[Placement],
) -> Result<Vec<Result<Answer, Problem>>, RepositoryError> {
    let tokens: Vec<_> = set.iter().map(|placement| placement.caller.token).collect();
    let keys: Vec<_> = set.iter().map(Placement::name).collect();
    let callers = session.find_callers(&tokens, now)?;
    let records = session.find_idempotency_records(&keys)?;

    let mut fresh: Vec<&Placement> = Vec::new();
    let mut positions = BTreeMap::new();
    let ways: Vec<_> = set
        .iter()
        .map(
            |placement| match answer_beforehand(placement, &callers, &records) {
                Some(answer) => Way::Answered(answer),
                None => match positions.entry(placement.name()) {
                    Entry::Occupied(first) => Way::Rival(*first.get()),
                    Entry::Vacant(first) => {
                        first.insert(fresh.len());
                        fresh.push(placement);
                        Way::Fresh(fresh.len() - 1)
                    }
                },
            },
        )
        .collect();

    let commands: Vec<_> = fresh.iter().map(|placement| placement.order.clone()).collect();
    let outcomes = place_orders(session, DivisionTree::embedded(), ids, &commands)?;
    let mut kept = Vec::new();
    let mut answers = Vec::new();
    for (placement, outcome) in fresh.into_iter().zip(outcomes) {
        answers.push(match outcome {
            Ok(order) => {
                let record = placement.record(&order, now)?;
                let answer = Answer::replay(&record).map(|answer| Answer {
                    replayed: false,
                    ..answer
                });
                kept.push(record);
                answer
            }
            Err(refusal) => Err(refusal.into()),
        });
    }
    session.insert_idempotency_records(&kept)?;

    Ok(ways
        .into_iter()
        .map(|way| match way {
            Way::Answered(answer) => answer,
            Way::Fresh(position) => answer_of(&answers, position),
            Way::Rival(position) => answer_of(&answers, position).map(|answer| Answer {
                replayed: true,
                ..answer
            }),
        })
        .collect())
}

fn answer_of(answers: &[Result<Answer, Problem>], position: usize) -> Result<Answer, Problem> {
    answers
        .get(position)
        .cloned()
        .unwrap_or_else(|| Err(Problem::internal("an order of the set has no outcome")))
}

/// The answer to whoever may no longer, and to whoever was answered before; `None` for a new order.
fn answer_beforehand(
    placement: &Placement,
    callers: &Callers,
    records: &Records,
) -> Option<Result<Answer, Problem>> {
    let Some(principal) = callers.get(&placement.caller.token) else {
        return Some(Err(Problem::unauthenticated()));
    };
    // The order was checked in the scope that the caller had then.
    let scope = placement.caller.reach().scope(principal).ok();
    if !principal.may(Permission::PlaceOrders) || scope != Some(placement.order.actor.scope) {
        return Some(Err(Problem::forbidden()));
    }
    let record = records.get(&placement.name())?;
    Some(if record.request_digest == placement.digest {
        Answer::replay(record)
    } else {
        Err(key_reused())
    })
}

impl Placement {
    fn name(&self) -> (AccountId, IdempotencyKey) {
        (self.caller.principal.account_id, self.key.clone())
    }

    /// The order's answer, kept beside the key.
    fn record(&self, order: &Order, now: Instant) -> Result<IdempotencyRecord, RepositoryError> {
        let answer = OrderAnswer::seen(order, self.order.actor.scope);
        let (account_id, key) = self.name();
        Ok(IdempotencyRecord {
            account_id,
            key,
            request_digest: self.digest,
            status: StatusCode::CREATED.as_u16(),
            answer: serde_json::to_vec(&answer)
                .map_err(|error| RepositoryError::Refused(error.to_string()))?,
            resource_id: Some(order.id.as_uuid()),
            created_at: now,
        })
    }
}
