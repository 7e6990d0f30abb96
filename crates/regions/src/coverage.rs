//! Coverage: which divisions of a subtree have an agent at an instant, which will lose theirs soon, and which only
//! headquarters answers for.
//!
//! Everything is read from the tree and the map in memory; who answers is what [`TerritoryMap::responsible`] says.

use crate::{Division, DivisionLevel, DivisionTree, Responsible, RoutingRule, TerritoryMap};
use kernel::{DivisionCode, Instant, Invalid, Page, PageRequest};
use std::collections::HashSet;

const MICROSECONDS_PER_DAY: i64 = 86_400_000_000;

/// How a division is covered. Each division has one status, so the counts of a subtree add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CoverageStatus {
    /// A territory over the division itself answers.
    Owned,
    /// A territory over a division that it lies in answers.
    CoveredFromAbove,
    /// One of the two answers, and ends soon without a renewal.
    Expiring,
    /// Its holder is suspended, and somebody else answers meanwhile.
    Suspended,
    /// It is kept for somebody who applied, and somebody else answers meanwhile.
    OnHold,
    /// Headquarters answers.
    Vacant,
}

impl CoverageStatus {
    /// Every status.
    pub const ALL: [Self; 6] = [
        Self::Owned,
        Self::CoveredFromAbove,
        Self::Expiring,
        Self::Suspended,
        Self::OnHold,
        Self::Vacant,
    ];

    /// The stable name, also the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owned => "owned",
            Self::CoveredFromAbove => "covered_from_above",
            Self::Expiring => "expiring",
            Self::Suspended => "suspended",
            Self::OnHold => "on_hold",
            Self::Vacant => "vacant",
        }
    }
}

/// Within how many days an end is near enough to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpiringDays(u16);

impl ExpiringDays {
    /// The longest look ahead.
    pub const MAXIMUM: u16 = 366;

    /// Takes a number of days, 0 to [`Self::MAXIMUM`].
    pub fn new(days: u16) -> Result<Self, Invalid> {
        if days <= Self::MAXIMUM {
            Ok(Self(days))
        } else {
            Err(Invalid::new("out_of_range", "须为 0 至 366", "must be 0 to 366"))
        }
    }

    /// How many.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The instant so many days after `instant`, or the last one there is.
    fn after(self, instant: Instant) -> Instant {
        let ahead = i64::from(self.0) * MICROSECONDS_PER_DAY;
        Instant::from_timestamp_micros(instant.timestamp_micros().saturating_add(ahead))
            .unwrap_or(Instant::MAX_UTC)
    }
}

impl Default for ExpiringDays {
    fn default() -> Self {
        Self(60)
    }
}

/// How one division is covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoveredDivision<'tree> {
    /// The division.
    pub division: &'tree Division,
    /// Its status.
    pub status: CoverageStatus,
    /// Who answers for it, and by which rule.
    pub responsible: Responsible,
    /// Until when that holder holds the territory that decided, renewals included; `None` for headquarters.
    pub held_until: Option<Instant>,
}

/// How many counties of a subtree have which status. A city or a province without any county counts as one, so that
/// nothing of the country is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CoverageCounts {
    /// Those of [`CoverageStatus::Owned`].
    pub owned: usize,
    /// Those of [`CoverageStatus::CoveredFromAbove`].
    pub covered_from_above: usize,
    /// Those of [`CoverageStatus::Expiring`].
    pub expiring: usize,
    /// Those of [`CoverageStatus::Suspended`].
    pub suspended: usize,
    /// Those of [`CoverageStatus::OnHold`].
    pub on_hold: usize,
    /// Those of [`CoverageStatus::Vacant`].
    pub vacant: usize,
}

impl CoverageCounts {
    /// All of them.
    pub const fn total(self) -> usize {
        self.owned + self.covered_from_above + self.expiring + self.suspended + self.on_hold + self.vacant
    }

    const fn add(&mut self, status: CoverageStatus) {
        let counted = match status {
            CoverageStatus::Owned => &mut self.owned,
            CoverageStatus::CoveredFromAbove => &mut self.covered_from_above,
            CoverageStatus::Expiring => &mut self.expiring,
            CoverageStatus::Suspended => &mut self.suspended,
            CoverageStatus::OnHold => &mut self.on_hold,
            CoverageStatus::Vacant => &mut self.vacant,
        };
        *counted += 1;
    }
}

/// A division in which nobody holds anything, while somebody does in the one above it. What a suspended agent holds is no
/// gap: it cannot be granted to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap<'tree> {
    /// The division.
    pub division: &'tree Division,
    /// How many counties it has, counted as in [`CoverageCounts`]; none for a township.
    pub counties: usize,
}

/// The coverage of the country at an instant.
pub struct Coverage<'a> {
    tree: &'a DivisionTree,
    territories: &'a TerritoryMap,
    at: Instant,
    expires_until: Instant,
    on_hold: HashSet<DivisionCode>,
}

impl<'a> Coverage<'a> {
    /// The coverage at `at`; what ends within those days after it is expiring.
    pub fn new(
        tree: &'a DivisionTree,
        territories: &'a TerritoryMap,
        at: Instant,
        expiring_within: ExpiringDays,
    ) -> Self {
        Self {
            tree,
            territories,
            at,
            expires_until: expiring_within.after(at),
            on_hold: HashSet::new(),
        }
    }

    /// The same with those divisions on hold for somebody who applied for them.
    #[must_use]
    pub fn with_holds(self, on_hold: impl IntoIterator<Item = DivisionCode>) -> Self {
        Self {
            on_hold: on_hold.into_iter().collect(),
            ..self
        }
    }

    /// How the division is covered.
    pub fn of(&self, division: &'a Division) -> CoveredDivision<'a> {
        let responsible = self.territories.responsible(self.tree, division.code, self.at);
        let deciding = self
            .tree
            .path(division.code)
            .find(|above| RoutingRule::from(above.level) == responsible.rule);
        let held_until = deciding.and_then(|decided| self.territories.held_until(decided.code, self.at));
        let passed_over = || {
            let path = self.tree.path(division.code).map(|division| division.code);
            path.take_while(move |code| deciding.is_none_or(|decided| decided.code != *code))
        };
        let is_suspended = |code| self.territories.holder(code, self.at).is_some();
        let status = match (deciding, held_until) {
            (Some(decided), Some(until)) if decided.code == division.code && self.expires_until < until => {
                CoverageStatus::Owned
            }
            _ if passed_over().any(is_suspended) => CoverageStatus::Suspended,
            _ if passed_over().any(|code| self.on_hold.contains(&code)) => CoverageStatus::OnHold,
            (Some(_), Some(until)) if until <= self.expires_until => CoverageStatus::Expiring,
            (Some(_), Some(_)) => CoverageStatus::CoveredFromAbove,
            _ => CoverageStatus::Vacant,
        };
        CoveredDivision {
            division,
            status,
            responsible,
            held_until,
        }
    }

    /// The divisions directly below `root` in the order of the codes, without one the provinces.
    pub fn children(&self, root: Option<DivisionCode>) -> impl Iterator<Item = CoveredDivision<'a>> {
        self.tree.children(root).map(|division| self.of(division))
    }

    /// The counties of the subtree by status.
    pub fn counts(&self, root: Option<DivisionCode>) -> CoverageCounts {
        let mut counts = CoverageCounts::default();
        for county in self.counties(root) {
            counts.add(self.of(county).status);
        }
        counts
    }

    /// Every division of the subtree down to the counties, and the townships that have a territory of their own, in the
    /// order of the codes.
    pub fn rows(&self, root: Option<DivisionCode>) -> impl Iterator<Item = CoveredDivision<'a>> {
        self.tree
            .subtree(root)
            .iter()
            .map(|division| self.of(division))
            .filter(|row| {
                row.division.level != DivisionLevel::Township || row.responsible.rule == RoutingRule::Township
            })
    }

    /// The largest divisions of the subtree in which nobody holds anything, in the order of the codes.
    pub fn gaps(
        &self,
        root: Option<DivisionCode>,
        page: &PageRequest<DivisionCode>,
    ) -> Page<Gap<'a>, DivisionCode> {
        let held: HashSet<_> = self.territories.held(self.at).collect();
        let around: HashSet<_> = held
            .iter()
            .flat_map(|code| self.tree.path(*code).skip(1))
            .map(|division| division.code)
            .collect();
        let covered_above = root.is_some_and(|root| {
            let mut above = self.tree.path(root).skip(1);
            above.any(|division| held.contains(&division.code))
        });
        let mut fetched = Vec::new();
        let mut passed = if covered_above { u32::MAX } else { 0 };
        for division in self.tree.subtree(root) {
            let code = division.code;
            if code.nine_digits() < passed || around.contains(&code) && !held.contains(&code) {
                continue;
            }
            // Held or a gap: either way nothing below it is a gap of its own.
            passed = code.span().end;
            if held.contains(&code) || page.after.is_some_and(|after| code <= after) {
                continue;
            }
            fetched.push(Gap {
                division,
                counties: self.counties(Some(code)).count(),
            });
            if fetched.len() > usize::from(page.limit) {
                break;
            }
        }
        Page::cut(fetched, page, |gap| gap.division.code)
    }

    /// The counties of the subtree, and the divisions above that have none.
    fn counties(&self, root: Option<DivisionCode>) -> impl Iterator<Item = &'a Division> {
        let tree = self.tree;
        tree.subtree(root)
            .iter()
            .filter(move |division| match division.level {
                DivisionLevel::Township => false,
                DivisionLevel::County => true,
                DivisionLevel::Province | DivisionLevel::City => tree
                    .children(Some(division.code))
                    .all(|child| child.level == DivisionLevel::Township),
            })
    }
}
