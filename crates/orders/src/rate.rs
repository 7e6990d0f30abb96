//! Rating delivered orders.

use crate::{Actor, MAXIMUM_RATING_TAGS, OrderRepository, OrderState, Rating, Score, book::OrderBook};
use events::{Fact, OutboxRepository};
use insights::{Counters, FigureRepository, Ratings};
use inventory::StockRepository;
use kernel::{FieldError, IdSource, Instant, Invalid, OrderId, RepositoryError, Text, Validation};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// A rating somebody wants to give; made from client input by [`RatingDraft::check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateOrder {
    /// Who rates.
    pub actor: Actor,
    /// When it arrived.
    pub at: Instant,
    /// The order.
    pub order_id: OrderId,
    /// 1 to 5.
    pub score: Score,
    /// In the customer's words.
    pub comment: Option<Text<500>>,
    /// What is often said.
    pub tags: Vec<Text<20>>,
}

/// A rating, unchecked.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RatingDraft {
    /// 1 to 5.
    pub score: i64,
    /// At most 500 characters.
    pub comment: Option<String>,
    /// At most [`MAXIMUM_RATING_TAGS`] of at most 20 characters.
    pub tags: Vec<String>,
}

impl RatingDraft {
    /// Checks every field, and reports all that are wrong.
    pub fn check(self, actor: Actor, at: Instant, order_id: OrderId) -> Result<RateOrder, Vec<FieldError>> {
        let mut validation = Validation::default();
        let score = validation.take("score", Score::parse(self.score));
        let comment = validation.take_optional("comment", self.comment.as_deref().map(Text::parse));
        if self.tags.len() > MAXIMUM_RATING_TAGS {
            validation.refuse(
                "tags",
                Invalid::new("too_many", "标签最多 10 个", "must be at most ten"),
            );
        }
        let tags: Vec<_> = self
            .tags
            .iter()
            .enumerate()
            .filter_map(|(index, tag)| validation.take(format!("tags[{index}]"), Text::parse(tag)))
            .collect();
        validation.finish_with(match (score, comment) {
            (Some(score), Some(comment)) => Some(RateOrder {
                actor,
                at,
                order_id,
                score,
                comment,
                tags,
            }),
            _ => None,
        })
    }
}

/// Why an order was not rated.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RateOrderRefusal {
    /// There is no such order, or it is not the actor's.
    #[error("order {0} is not there")]
    NotFound(OrderId),
    /// Only delivered orders are rated.
    #[error("an order that is {state} cannot be rated")]
    NotDelivered {
        /// The state it is in.
        state: &'static str,
    },
    /// It was rated before.
    #[error("order {0} was rated before")]
    AlreadyRated(OrderId),
}

/// Rates every order of the set that can be rated; the outcome of each stands alone.
pub fn rate_orders(
    session: &mut (impl OrderRepository + StockRepository + FigureRepository + OutboxRepository + ?Sized),
    ids: &dyn IdSource,
    commands: &[RateOrder],
) -> Result<Vec<Result<Rating, RateOrderRefusal>>, RepositoryError> {
    let orders = session.lock_orders(&commands.iter().map(|command| command.order_id).collect())?;
    let keys = orders.values().map(crate::Order::key).collect();
    let mut rated: BTreeSet<OrderId> = session.find_ratings(&keys)?.into_keys().collect();
    let mut book = OrderBook::new(ids, BTreeMap::new());

    let mut outcomes = Vec::with_capacity(commands.len());
    for command in commands {
        let found = orders
            .get(&command.order_id)
            .filter(|order| command.actor.sees(order))
            .ok_or(RateOrderRefusal::NotFound(command.order_id));
        outcomes.push(match found.map(|order| (order, &order.state)) {
            Err(refusal) => Err(refusal),
            Ok((order, _)) if rated.contains(&order.id) => Err(RateOrderRefusal::AlreadyRated(order.id)),
            Ok((order, OrderState::Delivered(delivery))) => {
                rated.insert(order.id);
                let ratings = Ratings::one(command.score.get());
                book.count(
                    order,
                    command.at,
                    Counters {
                        ratings,
                        ..Counters::default()
                    },
                )?;
                // The order itself does not change; the rating comes after its last version.
                let version = order.version + 1;
                book.tell(
                    order.agent_id,
                    order.id,
                    version,
                    command.at,
                    Fact::OrderRated { order_id: order.id },
                );
                Ok(Rating {
                    agent_id: order.agent_id,
                    order_id: order.id,
                    customer_id: order.customer_id,
                    courier_id: delivery.courier_id,
                    score: command.score,
                    comment: command.comment.clone(),
                    tags: command.tags.clone(),
                    rated_at: command.at,
                })
            }
            Ok((_, state)) => Err(RateOrderRefusal::NotDelivered { state: state.name() }),
        });
    }

    let ratings: Vec<_> = outcomes.iter().flatten().cloned().collect();
    session.insert_ratings(&ratings)?;
    book.save(session)?;
    Ok(outcomes)
}
