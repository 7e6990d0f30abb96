//! Why a grant that someone thinks of cannot stand beside a territory that is there, in words.

use crate::{CheckTerritories, Claim, Division, DivisionLevel, DivisionTree, Territory};
use kernel::{BusinessDay, Instant};
use std::time::Duration;

/// The rule of exclusivity that keeps two grants apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExclusivityRule {
    /// One division has one holder at a time.
    SameDivision,
    /// The wanted division lies inside a territory that is exclusive.
    InsideExclusive,
    /// The wanted grant is to be exclusive, and the territory lies inside of it.
    ExclusiveAround,
}

impl ExclusivityRule {
    /// Every rule.
    pub const ALL: [Self; 3] = [Self::SameDivision, Self::InsideExclusive, Self::ExclusiveAround];

    /// The stable name, also the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SameDivision => "same_division",
            Self::InsideExclusive => "inside_exclusive",
            Self::ExclusiveAround => "exclusive_around",
        }
    }
}

/// How one wanted division and one territory stand in each other's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Obstacle<'a> {
    /// The division that is wanted.
    pub wanted: &'a Division,
    /// The territory that is there.
    pub territory: &'a Territory,
    /// Its division, `None` where the edition has it no more.
    pub held: Option<&'a Division>,
    /// The rule that both cannot keep.
    pub rule: ExclusivityRule,
    /// The first day that both would hold.
    pub first_day: BusinessDay,
    /// The last one.
    pub last_day: BusinessDay,
}

impl<'a> Obstacle<'a> {
    /// What each wanted division has against the territory, in their order; nothing where the two can stand side by side.
    pub fn between(tree: &'a DivisionTree, wanted: &CheckTerritories, territory: &'a Territory) -> Vec<Self> {
        let divisions = wanted.division_codes.iter();
        divisions
            .filter_map(|code| tree.find(*code))
            .filter(|division| {
                let (exclusivity, validity) = (wanted.exclusivity, wanted.validity);
                territory.conflicts_with(&Claim::of(division.code, division.level, exclusivity, validity))
            })
            .map(|division| Self {
                wanted: division,
                territory,
                held: tree.find(territory.division_code),
                rule: rule(division, territory),
                first_day: BusinessDay::of(wanted.validity.from().max(territory.validity.from())),
                last_day: last_day(wanted.validity.until().min(territory.validity.until())),
            })
            .collect()
    }

    /// For a Chinese reader. `holder` is what the territory's agent is called where everyone may read.
    pub fn message_zh(&self, holder: &str) -> String {
        let wanted = zh(self.wanted.name(), self.wanted.level);
        let code = || self.territory.division_code.to_string();
        let held = self.held.map_or_else(code, |held| zh(held.name(), held.level));
        let (from, until) = self.held_days();
        let both = format!("{} 至 {}", self.first_day, self.last_day);
        match self.rule {
            ExclusivityRule::SameDivision => format!(
                "{wanted}已授予{holder}（{from} 至 {until}）。同一区划同时只能有一个代理商，{both} 不能再授予。"
            ),
            ExclusivityRule::InsideExclusive => format!(
                "{wanted}在{holder}独占的{held}之内（{from} 至 {until}）。独占区域内不能另设代理商，{both} 不能授予。"
            ),
            ExclusivityRule::ExclusiveAround => format!(
                "{wanted}之内的{held}已授予{holder}（{from} 至 {until}）。独占区域内不能有其他代理商，{both} 不能独占。"
            ),
        }
    }

    /// For an English reader.
    pub fn message_en(&self, holder: &str) -> String {
        let wanted = en(self.wanted.name(), self.wanted.level);
        let code = || self.territory.division_code.to_string();
        let held = self.held.map_or_else(code, |held| en(held.name(), held.level));
        let (from, until) = self.held_days();
        let both = format!("from {} to {}", self.first_day, self.last_day);
        match self.rule {
            ExclusivityRule::SameDivision => format!(
                "{wanted} is granted to {holder} ({from} to {until}). A division has one agent at a time, so it cannot be granted {both}."
            ),
            ExclusivityRule::InsideExclusive => format!(
                "{wanted} lies inside {held}, which {holder} holds exclusively ({from} to {until}). Nobody else may be appointed inside, so it cannot be granted {both}."
            ),
            ExclusivityRule::ExclusiveAround => format!(
                "{held} inside {wanted} is granted to {holder} ({from} to {until}). An exclusive grant has nobody else inside, so it cannot be exclusive {both}."
            ),
        }
    }

    fn held_days(&self) -> (BusinessDay, BusinessDay) {
        let validity = self.territory.validity;
        (BusinessDay::of(validity.from()), last_day(validity.until()))
    }
}

/// The territory's division may be one that the edition has no more, so its codes are asked and not the tree.
fn rule(wanted: &Division, territory: &Territory) -> ExclusivityRule {
    if wanted.code == territory.division_code {
        ExclusivityRule::SameDivision
    } else if territory.division_code.span().contains(wanted.code) {
        ExclusivityRule::InsideExclusive
    } else {
        ExclusivityRule::ExclusiveAround
    }
}

/// The day of the last instant before `until`.
fn last_day(until: Instant) -> BusinessDay {
    BusinessDay::of(until - Duration::from_micros(1))
}

fn zh(name: &str, level: DivisionLevel) -> String {
    format!("{name}（{}）", level.name_zh())
}

fn en(name: &str, level: DivisionLevel) -> String {
    format!("{name} ({})", level.name())
}
