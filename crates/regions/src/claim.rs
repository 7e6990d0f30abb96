//! What a territory keeps others from, in a form that a database constraint can hold.

use crate::{DivisionLevel, Exclusivity, HolderConsent};
use kernel::{DivisionCode, DivisionSpan, Period};

/// One level, over a run of codes, for a period. Two territories conflict exactly if a claim of one has a level, a code
/// and an instant in common with a claim of the other.
///
/// An exclusive county and a shared province above it do not conflict, whichever came first; an exclusive province
/// claims the county level too, and so conflicts with both an exclusive and a shared county inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The level that is claimed.
    pub level: DivisionLevel,
    /// The codes that it is claimed over.
    pub span: DivisionSpan,
    /// While it is claimed.
    pub validity: Period,
}

/// Room for every nine-digit code, so that the ranges of two levels never touch.
const LEVEL_WIDTH: i64 = 1_000_000_000;

impl Claim {
    /// The claims of a grant: its own level, and every level below where it is exclusive.
    pub fn of(
        division: DivisionCode,
        level: DivisionLevel,
        exclusivity: Exclusivity,
        validity: Period,
    ) -> Vec<Self> {
        DivisionLevel::ALL
            .into_iter()
            .filter(|claimed| match exclusivity {
                Exclusivity::Exclusive => *claimed >= level,
                Exclusivity::SharedBelow => *claimed == level,
            })
            .map(|claimed| Self {
                level: claimed,
                span: division.span(),
                validity,
            })
            .collect()
    }

    /// What is left of it where the holder consents to others: nothing, itself, or up to four parts that together are
    /// all of it but the codes and instants of the consent.
    pub fn without(self, consent: &HolderConsent) -> Vec<Self> {
        let opened = Self {
            level: self.level,
            span: consent.division_code.span(),
            validity: consent.validity,
        };
        if self.level < consent.level || !self.conflicts_with(&opened) {
            return vec![self];
        }
        let span = |first, end| (first < end).then_some(DivisionSpan { first, end });
        let beside = [
            span(self.span.first, opened.span.first),
            span(opened.span.end, self.span.end),
        ];
        let shared = self.span.intersection(opened.span);
        let (from, until) = (self.validity.from(), self.validity.until());
        let around = [
            Period::new(from, opened.validity.from()),
            Period::new(opened.validity.until(), until),
        ];
        let beside = beside.into_iter().flatten().map(|span| Self { span, ..self });
        let around = around.into_iter().flatten().zip(shared.into_iter().cycle());
        let around = around.map(|(validity, span)| Self {
            span,
            validity,
            ..self
        });
        beside.chain(around).collect()
    }

    /// Level and codes as one range of integers `[first, end)`: the level's place from 1 for a province to 4 for a
    /// township, followed by nine digits. Two claims overlap in level and code exactly if their ranges overlap.
    pub fn range(&self) -> (i64, i64) {
        let place = match self.level {
            DivisionLevel::Province => 1,
            DivisionLevel::City => 2,
            DivisionLevel::County => 3,
            DivisionLevel::Township => 4,
        };
        let base = place * LEVEL_WIDTH;
        (base + i64::from(self.span.first), base + i64::from(self.span.end))
    }

    /// Whether the two have a level, a code and an instant in common.
    pub fn conflicts_with(&self, other: &Self) -> bool {
        self.level == other.level && self.span.overlaps(other.span) && self.validity.overlaps(other.validity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DivisionLevel::{City, County, Province, Township};
    use Exclusivity::{Exclusive, SharedBelow};
    use proptest::prelude::*;

    fn claims(code: &str, level: DivisionLevel, exclusivity: Exclusivity, years: (i64, i64)) -> Vec<Claim> {
        let year = |year: i64| kernel::Instant::from_timestamp(year * 31_536_000, 0).unwrap();
        let validity = Period::new(year(years.0), year(years.1)).unwrap();
        Claim::of(code.parse().unwrap(), level, exclusivity, validity)
    }

    fn conflict(left: &[Claim], right: &[Claim]) -> bool {
        left.iter()
            .any(|left| right.iter().any(|right| left.conflicts_with(right)))
    }

    #[test]
    fn an_exclusive_grant_claims_every_level_below_and_a_shared_one_its_own() {
        let levels = |exclusivity| -> Vec<_> {
            claims("330100", City, exclusivity, (0, 1))
                .iter()
                .map(|claim| claim.level)
                .collect()
        };
        assert_eq!(levels(Exclusive), [City, County, Township]);
        assert_eq!(levels(SharedBelow), [City]);
    }

    #[test]
    fn exclusivity_decides_who_may_stand_inside_whichever_came_first() {
        for (outer, inner, conflicts) in [
            (Exclusive, Exclusive, true),
            (Exclusive, SharedBelow, true),
            (SharedBelow, Exclusive, false),
            (SharedBelow, SharedBelow, false),
        ] {
            let province = claims("330000", Province, outer, (0, 1));
            let county = claims("330106", County, inner, (0, 1));
            assert_eq!(
                conflict(&province, &county),
                conflicts,
                "{outer:?} around {inner:?}"
            );
            assert_eq!(
                conflict(&county, &province),
                conflicts,
                "{inner:?} inside {outer:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_consent_takes_its_codes_and_instants_out_of_the_lower_levels_and_nothing_else(
            opened in 0_usize..4, years in (0_i64..6, 1_i64..6),
        ) {
            let (code, opened_level) = [
                ("330100", City), ("330106", County), ("330106109", Township), ("340100", City),
            ][opened];
            let year = |year: i64| kernel::Instant::from_timestamp(year * 31_536_000, 0).unwrap();
            let consent = HolderConsent {
                id: kernel::HolderConsentId::from_uuid(uuid::Uuid::nil()),
                division_code: code.parse().unwrap(),
                level: opened_level,
                validity: Period::new(year(years.0), year(years.0 + years.1)).unwrap(),
                given_at: year(0),
            };
            for whole in claims("330000", Province, Exclusive, (2, 5)) {
                let parts = whole.without(&consent);
                for (index, part) in parts.iter().enumerate() {
                    prop_assert!(parts[index + 1..].iter().all(|other| !part.conflicts_with(other)));
                }
                // Every corner that could matter: a code and an instant, in or out.
                for code in ["330000", "330100", "330106", "330106109", "330106110", "330108", "330200", "340100"] {
                    for at in 0..12 {
                        let probe = claims(code, whole.level, SharedBelow, (at, at + 1))
                            .into_iter()
                            .map(|claim| Claim { span: DivisionSpan::only(code.parse().unwrap()), ..claim })
                            .collect::<Vec<_>>();
                        let claimed = conflict(&[whole], &probe);
                        let opened = whole.level >= consent.level
                            && consent.division_code.span().contains(code.parse().unwrap())
                            && consent.validity.contains(year(at));
                        prop_assert_eq!(conflict(&parts, &probe), claimed && !opened, "{} {}", code, at);
                    }
                }
            }
        }
    }

    #[test]
    fn one_division_has_one_holder_at_a_time() {
        let first = claims("441900", City, SharedBelow, (0, 2));
        assert!(conflict(&first, &claims("441900", City, SharedBelow, (1, 3))));
        assert!(!conflict(&first, &claims("441900", City, SharedBelow, (2, 3))));
        assert!(!conflict(&first, &claims("442000", City, SharedBelow, (0, 2))));
    }

    #[test]
    fn ranges_overlap_exactly_where_level_and_codes_do() {
        let codes = ["330000", "330100", "330106", "330106001", "340000", "999999999"];
        let all: Vec<_> = codes
            .iter()
            .flat_map(|code| DivisionLevel::ALL.map(|level| claims(code, level, SharedBelow, (0, 1))))
            .flatten()
            .collect();
        for left in &all {
            for right in &all {
                let ((first, end), (other_first, other_end)) = (left.range(), right.range());
                assert_eq!(first < other_end && other_first < end, left.conflicts_with(right));
            }
        }
    }
}
