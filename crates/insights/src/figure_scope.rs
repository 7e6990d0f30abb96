//! Whose figures are read.

use kernel::{AgentId, DivisionSpan, Instant, Scope};
use regions::{DivisionTree, TerritoryMap};

/// Whose figures are read: made from a [`Scope`], so that nobody reads figures by merely naming an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FigureScope {
    agent_id: Option<AgentId>,
    spans: Option<Vec<DivisionSpan>>,
}

impl FigureScope {
    /// The figures inside the scope, of the agent named, in the counties of that run of codes. Headquarters that names
    /// nobody means everybody. `None` where the agent is outside, and for whoever has no figures at all.
    pub fn within(scope: Scope, named: Option<AgentId>, span: Option<DivisionSpan>) -> Option<Self> {
        let agent_id = match (scope, named) {
            (Scope::All, None) => None,
            (_, Some(named)) => Some(scope.agent(named)?.id()),
            (_, None) => Some(scope.own_agent()?.id()),
        };
        Some(Self {
            agent_id,
            spans: span.map(|span| vec![span]),
        })
    }

    /// The same, and besides those of an agent that works below the own one at `now`, as far as they were made inside the own
    /// territories: figures tell nothing of persons.
    pub fn within_or_below(
        scope: Scope,
        named: Option<AgentId>,
        span: Option<DivisionSpan>,
        (territories, tree): (&TerritoryMap, &DivisionTree),
        now: Instant,
    ) -> Option<Self> {
        Self::within(scope, named, span).or_else(|| {
            let (lower, upper) = (named?, scope.own_agent()?.id());
            territories.is_below(tree, lower, upper, now).then(|| {
                let own = territories.spans(upper, now).into_iter();
                let wanted = |own: DivisionSpan| match span {
                    Some(span) => own.intersection(span),
                    None => Some(own),
                };
                Self {
                    agent_id: Some(lower),
                    spans: Some(own.filter_map(wanted).collect()),
                }
            })
        })
    }

    /// One agent's, or all agents'.
    pub const fn agent_id(&self) -> Option<AgentId> {
        self.agent_id
    }

    /// Only what is delivered in counties of these runs of codes, which have none in common; everywhere where absent.
    pub fn spans(&self) -> Option<&[DivisionSpan]> {
        self.spans.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{CustomerId, DivisionCode};
    use testing::{
        build::territories::{agent_id, shared_territory, territory},
        instant,
    };
    use uuid::Uuid;

    #[test]
    fn figures_are_the_own_ones_those_below_and_everything_for_headquarters() {
        let map = TerritoryMap::build(
            1,
            &[
                shared_territory(1, "330000"),
                shared_territory(2, "330100"),
                territory(3, "330106"),
                territory(4, "440100"),
            ],
        );
        let tree = DivisionTree::embedded();
        let read = |scope, named: Option<u16>| {
            let now = instant("2026-06-01T00:00:00Z");
            FigureScope::within_or_below(scope, named.map(agent_id), None, (&map, tree), now)
                .map(|scope| scope.agent_id())
        };
        let (province, city) = (Scope::Agent(agent_id(1)), Scope::Agent(agent_id(2)));
        assert_eq!(read(province, None), Some(Some(agent_id(1))));
        for below in [2, 3] {
            assert_eq!(read(province, Some(below)), Some(Some(agent_id(below))));
        }
        assert_eq!(read(city, Some(3)), Some(Some(agent_id(3))));
        for (scope, outside) in [
            (province, 4),
            (city, 1),
            (city, 4),
            (Scope::Agent(agent_id(3)), 2),
        ] {
            assert_eq!(read(scope, Some(outside)), None);
        }
        assert_eq!(read(Scope::All, None), Some(None));
        assert_eq!(read(Scope::All, Some(4)), Some(Some(agent_id(4))));
        let customer = Scope::Customer(CustomerId::from_uuid(Uuid::from_u128(1)));
        assert_eq!(read(customer, None), None);
        assert_eq!(read(customer, Some(3)), None);
    }

    #[test]
    fn what_is_told_of_an_agent_below_is_what_it_does_inside() {
        let map = TerritoryMap::build(
            1,
            &[
                shared_territory(1, "330000"),
                shared_territory(1, "330100"),
                territory(3, "330106"),
                territory(3, "440100"),
            ],
        );
        let tree = DivisionTree::embedded();
        let spans = |scope, division: Option<&str>| {
            let span = division.map(|code| code.parse::<DivisionCode>().unwrap().span());
            let now = instant("2026-06-01T00:00:00Z");
            let scope =
                FigureScope::within_or_below(scope, Some(agent_id(3)), span, (&map, tree), now).unwrap();
            scope.spans().map(<[_]>::to_vec)
        };
        let span = |code: &str| code.parse::<DivisionCode>().unwrap().span();
        let province = Scope::Agent(agent_id(1));
        assert_eq!(spans(province, None), Some(vec![span("330000")]));
        assert_eq!(spans(province, Some("330106")), Some(vec![span("330106")]));
        assert_eq!(spans(province, Some("440100")), Some(Vec::new()));
        assert_eq!(spans(Scope::All, None), None);
        assert_eq!(spans(Scope::Agent(agent_id(3)), None), None);
    }
}
