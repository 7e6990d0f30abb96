//! What a webhook is told of.

use crate::Fact;
use kernel::Invalid;
use std::collections::BTreeSet;

/// Names of facts, at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topics(BTreeSet<&'static str>);

impl Topics {
    /// Takes the names of facts that there are.
    pub fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, Invalid> {
        let mut topics = BTreeSet::new();
        for name in names {
            let known = Fact::NAMES.iter().find(|known| **known == name);
            topics.insert(*known.ok_or_else(|| {
                Invalid::new("unknown_topic", "没有这种事件", "is not the name of an event")
            })?);
        }
        if topics.is_empty() {
            return Err(Invalid::new(
                "empty",
                "至少选择一种事件",
                "must name at least one event",
            ));
        }
        Ok(Self(topics))
    }

    /// Whether it is told of that fact.
    pub fn contain(&self, fact: &Fact) -> bool {
        self.0.contains(fact.name())
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::OrderId;
    use uuid::Uuid;

    #[test]
    fn only_events_that_there_are_can_be_chosen() {
        let topics = Topics::parse(["order_placed", "stock_low", "order_placed"]).unwrap();
        assert_eq!(topics.names().collect::<Vec<_>>(), ["order_placed", "stock_low"]);
        let order_id = OrderId::from_uuid(Uuid::from_u128(1));
        assert!(topics.contain(&Fact::OrderPlaced { order_id }));
        assert!(!topics.contain(&Fact::OrderRated { order_id }));
        assert_eq!(Topics::parse([]).unwrap_err().code, "empty");
        assert_eq!(Topics::parse(["order_place"]).unwrap_err().code, "unknown_topic");
    }
}
