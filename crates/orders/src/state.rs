//! The life of an order.

use kernel::{CourierId, Instant, Text};
use thiserror::Error;

/// Where an order is in its life, with what belongs to that state alone. A rating and a refund are records of their
/// own: a delivered order stays delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderState {
    /// Stock is reserved; no courier has it. It is in the pool of its agent.
    Placed,
    /// A courier has it and has not set out.
    Assigned {
        /// The courier.
        courier_id: CourierId,
    },
    /// The courier is on the way.
    OutForDelivery {
        /// The courier.
        courier_id: CourierId,
    },
    /// It was handed over. An end.
    Delivered(Delivery),
    /// It was called off and its stock released. An end.
    Cancelled {
        /// Why; a customer need not say.
        reason: Option<Text<200>>,
    },
    /// It could not be handed over; its stock is still reserved. It is assigned again or cancelled.
    Failed {
        /// The courier who tried.
        courier_id: CourierId,
        /// Why.
        reason: Text<200>,
    },
}

/// What is known of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Who delivered.
    pub courier_id: CourierId,
    /// When.
    pub delivered_at: Instant,
    /// Empty buckets taken back.
    pub buckets_returned: u16,
    /// A photo's reference or a code, where there is one.
    pub proof: Option<Text<200>>,
}

/// A transition that the state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an order that is {from} cannot become {to}")]
pub struct WrongState {
    /// The state it is in.
    pub from: &'static str,
    /// The state that was wanted.
    pub to: &'static str,
}

impl OrderState {
    /// The stable names, in the order of an order's life.
    pub const NAMES: [&'static str; 6] = [
        "placed",
        "assigned",
        "out_for_delivery",
        "delivered",
        "cancelled",
        "failed",
    ];

    /// The stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Assigned { .. } => "assigned",
            Self::OutForDelivery { .. } => "out_for_delivery",
            Self::Delivered(_) => "delivered",
            Self::Cancelled { .. } => "cancelled",
            Self::Failed { .. } => "failed",
        }
    }

    /// The courier who has it, or had it last.
    pub const fn courier_id(&self) -> Option<CourierId> {
        match self {
            Self::Placed | Self::Cancelled { .. } => None,
            Self::Assigned { courier_id }
            | Self::OutForDelivery { courier_id }
            | Self::Failed { courier_id, .. } => Some(*courier_id),
            Self::Delivered(delivery) => Some(delivery.courier_id),
        }
    }

    /// Whether stock is reserved for it.
    pub const fn holds_stock(&self) -> bool {
        !matches!(self, Self::Delivered(_) | Self::Cancelled { .. })
    }

    /// The same state without what somebody wrote about it.
    #[must_use]
    pub(crate) fn without_words(self) -> Self {
        match self {
            Self::Delivered(delivery) => Self::Delivered(Delivery {
                proof: None,
                ..delivery
            }),
            Self::Cancelled { .. } => Self::Cancelled { reason: None },
            Self::Failed { courier_id, .. } => Self::Failed {
                courier_id,
                reason: Text::erased(),
            },
            Self::Placed | Self::Assigned { .. } | Self::OutForDelivery { .. } => self,
        }
    }

    /// Gives it to a courier: from the pool, or again after a failed delivery.
    pub fn assign(self, courier_id: CourierId) -> Result<Self, WrongState> {
        match self {
            Self::Placed | Self::Failed { .. } => Ok(Self::Assigned { courier_id }),
            other => Err(other.cannot_become("assigned")),
        }
    }

    /// A courier takes it from the pool. One that is assigned or failed is no longer there.
    pub fn claim(self, courier_id: CourierId) -> Result<Self, WrongState> {
        match self {
            Self::Placed => Ok(Self::Assigned { courier_id }),
            other => Err(other.cannot_become("assigned")),
        }
    }

    /// The courier sets out.
    pub fn start(self) -> Result<Self, WrongState> {
        match self {
            Self::Assigned { courier_id } => Ok(Self::OutForDelivery { courier_id }),
            other => Err(other.cannot_become("out_for_delivery")),
        }
    }

    /// The courier hands it over.
    pub fn deliver(
        self,
        delivered_at: Instant,
        buckets_returned: u16,
        proof: Option<Text<200>>,
    ) -> Result<Self, WrongState> {
        match self {
            Self::OutForDelivery { courier_id } => Ok(Self::Delivered(Delivery {
                courier_id,
                delivered_at,
                buckets_returned,
                proof,
            })),
            other => Err(other.cannot_become("delivered")),
        }
    }

    /// The courier could not hand it over.
    pub fn fail(self, reason: Text<200>) -> Result<Self, WrongState> {
        match self {
            Self::OutForDelivery { courier_id } => Ok(Self::Failed { courier_id, reason }),
            other => Err(other.cannot_become("failed")),
        }
    }

    /// Calls it off: the customer until it is out, the agent and headquarters until it is delivered.
    pub fn cancel(self, by_customer: bool, reason: Option<Text<200>>) -> Result<Self, WrongState> {
        match self {
            Self::Placed | Self::Assigned { .. } => Ok(Self::Cancelled { reason }),
            Self::OutForDelivery { .. } | Self::Failed { .. } if !by_customer => {
                Ok(Self::Cancelled { reason })
            }
            other => Err(other.cannot_become("cancelled")),
        }
    }

    const fn cannot_become(&self, to: &'static str) -> WrongState {
        WrongState {
            from: self.name(),
            to,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn courier() -> CourierId {
        CourierId::from_uuid(Uuid::from_u128(1))
    }

    fn text(text: &str) -> Text<200> {
        Text::parse(text).unwrap()
    }

    fn at() -> Instant {
        "2026-11-22T08:00:00Z".parse().unwrap()
    }

    fn all() -> [OrderState; 6] {
        let delivery = Delivery {
            courier_id: courier(),
            delivered_at: at(),
            buckets_returned: 0,
            proof: None,
        };
        [
            OrderState::Placed,
            OrderState::Assigned {
                courier_id: courier(),
            },
            OrderState::OutForDelivery {
                courier_id: courier(),
            },
            OrderState::Delivered(delivery),
            OrderState::Cancelled { reason: None },
            OrderState::Failed {
                courier_id: courier(),
                reason: text("无人在家"),
            },
        ]
    }

    /// From which states, by name, a transition is allowed.
    fn allowed(transition: impl Fn(OrderState) -> Result<OrderState, WrongState>) -> Vec<&'static str> {
        all()
            .into_iter()
            .filter(|state| transition(state.clone()).is_ok())
            .map(|state| state.name())
            .collect()
    }

    #[test]
    fn each_transition_is_allowed_from_its_own_states_only() {
        assert_eq!(allowed(|state| state.assign(courier())), ["placed", "failed"]);
        assert_eq!(allowed(|state| state.claim(courier())), ["placed"]);
        assert_eq!(allowed(OrderState::start), ["assigned"]);
        assert_eq!(
            allowed(|state| state.deliver(at(), 0, None)),
            ["out_for_delivery"]
        );
        assert_eq!(allowed(|state| state.fail(text("拒收"))), ["out_for_delivery"]);
        assert_eq!(allowed(|state| state.cancel(true, None)), ["placed", "assigned"]);
        assert_eq!(
            allowed(|state| state.cancel(false, None)),
            ["placed", "assigned", "out_for_delivery", "failed"]
        );
    }

    #[test]
    fn a_refusal_names_both_states() {
        let refusal = OrderState::Placed.start().unwrap_err();
        assert_eq!(
            refusal,
            WrongState {
                from: "placed",
                to: "out_for_delivery"
            }
        );
    }

    #[test]
    fn stock_is_held_until_delivered_or_cancelled() {
        let holding: Vec<_> = all()
            .into_iter()
            .filter(OrderState::holds_stock)
            .map(|state| state.name())
            .collect();
        assert_eq!(holding, ["placed", "assigned", "out_for_delivery", "failed"]);
        assert_eq!(all().map(|state| state.name()), OrderState::NAMES);
    }
}
