//! The tree of one published edition.

use crate::{
    Division, DivisionError,
    division_search::Initials,
    edition::{Edition, Retired},
};
use kernel::DivisionCode;
use std::{
    collections::{BTreeSet, HashMap},
    iter,
    sync::LazyLock,
};

/// Codes that only group others and are absent from the edition, each beside its province: the districts (市辖区) and
/// counties (县) of the municipalities, and the counties directly under a province (省直辖县级行政区划). The standard
/// and the statistical codes write them, so addresses come with them.
const SHELLS: [(&str, &[&str]); 8] = [
    ("110000", &["110100", "110200"]),
    ("120000", &["120100", "120200"]),
    ("310000", &["310100", "310200"]),
    ("410000", &["419000"]),
    ("420000", &["429000"]),
    ("460000", &["469000"]),
    ("500000", &["500100", "500200", "500300"]),
    ("650000", &["659000"]),
];

/// Every division of one edition, compact in memory and never changed.
pub struct DivisionTree {
    edition: Box<str>,
    /// Sorted by code; everything else points into it.
    divisions: Vec<Division>,
    /// The parent of each division.
    parents: Vec<Option<usize>>,
    /// All divisions again, those of one parent together.
    siblings: Vec<usize>,
    retired: HashMap<DivisionCode, Retired>,
    shells: HashMap<DivisionCode, DivisionCode>,
    initials: Initials,
}

impl DivisionTree {
    /// The edition that is packed into this crate, unpacked at the first call.
    pub fn embedded() -> &'static Self {
        static TREE: LazyLock<DivisionTree> = LazyLock::new(|| DivisionTree::build(Edition::embedded()));
        &TREE
    }

    fn build(edition: Edition) -> Self {
        let Edition {
            name,
            mut divisions,
            retired,
        } = edition;
        let index = |code: DivisionCode| {
            divisions
                .binary_search_by_key(&code, |division| division.code)
                .ok()
        };
        let parents: Vec<_> = divisions
            .iter()
            .map(|division| division.parent_code.and_then(index))
            .collect();
        for parent in parents.iter().flatten() {
            if let Some(parent) = divisions.get_mut(*parent) {
                parent.has_children = true;
            }
        }
        let mut siblings: Vec<_> = (0..divisions.len()).collect();
        siblings.sort_by_key(|index| parents.get(*index).copied());
        let shells = SHELLS
            .into_iter()
            .flat_map(|(province, shells)| shells.iter().map(move |shell| (shell, province)))
            .filter_map(|(shell, province)| Some((shell.parse().ok()?, province.parse().ok()?)))
            .collect();
        let initials = Initials::of(&divisions);
        Self {
            edition: name,
            divisions,
            parents,
            siblings,
            retired,
            shells,
            initials,
        }
    }

    /// The name of the edition: who published it, and when it was taken.
    pub const fn edition(&self) -> &str {
        &self.edition
    }

    /// Every division, in the order of the codes.
    pub fn divisions(&self) -> &[Division] {
        &self.divisions
    }

    /// The division of that code, `None` for every other code, shells and retired ones included.
    pub fn find(&self, code: DivisionCode) -> Option<&Division> {
        self.divisions.get(self.index(code)?)
    }

    /// The division that a given code means: its own, or for a shell the province.
    pub fn resolve(&self, code: DivisionCode) -> Result<&Division, DivisionError> {
        match self.grantable(code) {
            Err(DivisionError::Shell { province, .. }) => {
                self.find(province).ok_or(DivisionError::Unknown(code))
            }
            resolved => resolved,
        }
    }

    /// The division that can be granted under that code. A shell is refused: it is no place.
    pub fn grantable(&self, code: DivisionCode) -> Result<&Division, DivisionError> {
        if let Some(division) = self.find(code) {
            Ok(division)
        } else if let Some(province) = self.shells.get(&code) {
            Err(DivisionError::Shell {
                code,
                province: *province,
            })
        } else if let Some(retired) = self.retired.get(&code) {
            let (name, successors) = (retired.name.clone(), self.successors(code));
            Err(DivisionError::Retired {
                code,
                name,
                successors,
            })
        } else {
            Err(DivisionError::Unknown(code))
        }
    }

    /// Whether the code only groups others.
    pub fn is_shell(&self, code: DivisionCode) -> bool {
        self.shells.contains_key(&code)
    }

    /// The divisions directly below `parent` in the order of the codes, without one the provinces.
    pub fn children(&self, parent: Option<DivisionCode>) -> impl Iterator<Item = &Division> {
        let run = match parent.map(|code| self.index(code)) {
            Some(None) => &[],
            None => self.below(None),
            Some(parent) => self.below(parent),
        };
        run.iter().filter_map(|index| self.divisions.get(*index))
    }

    /// The division and what it lies in, most specific first; nothing for a code that is not in the edition.
    pub fn path(&self, code: DivisionCode) -> impl Iterator<Item = &Division> {
        iter::successors(self.index(code), |index| {
            self.parents.get(*index).copied().flatten()
        })
        .filter_map(|index| self.divisions.get(index))
    }

    /// The division and everything below it in the order of the codes, without one the whole edition; nothing for a code
    /// that is not in the edition. Whatever lies in a division has its code inside the division's span.
    pub fn subtree(&self, root: Option<DivisionCode>) -> &[Division] {
        let Some(code) = root else {
            return &self.divisions;
        };
        let span = code.span();
        let before = |end: u32| {
            self.divisions
                .partition_point(|division| division.code.nine_digits() < end)
        };
        match self.find(code) {
            Some(_) => self.divisions.get(before(span.first)..before(span.end)),
            None => None,
        }
        .unwrap_or_default()
    }

    /// At most `limit` divisions, and never more than [`crate::MAXIMUM_SEARCH_LIMIT`], whose name has `query` in it,
    /// or whose name begins with those pinyin initials (not for townships): whole names first, then beginnings, then
    /// the rest; the wider level first among equals.
    pub fn search(&self, query: &str, limit: usize) -> Vec<&Division> {
        self.initials.search(&self.divisions, query, limit)
    }

    fn index(&self, code: DivisionCode) -> Option<usize> {
        self.divisions
            .binary_search_by_key(&code, |division| division.code)
            .ok()
    }

    fn below(&self, parent: Option<usize>) -> &[usize] {
        let of = |index: &usize| self.parents.get(*index).copied().flatten();
        let first = self.siblings.partition_point(|index| of(index) < parent);
        let end = self.siblings.partition_point(|index| of(index) <= parent);
        self.siblings.get(first..end).unwrap_or_default()
    }

    /// What took the place of a division that the edition has no more, as far as the change events know; nothing where
    /// the edition has it.
    pub fn successors(&self, code: DivisionCode) -> Vec<DivisionCode> {
        if self.find(code).is_some() {
            return Vec::new();
        }
        // A code given out again later can lead in a circle, so each is followed once.
        let (mut seen, mut waiting) = (BTreeSet::from([code]), vec![code]);
        let mut found = BTreeSet::new();
        while let Some(retired) = waiting.pop().and_then(|code| self.retired.get(&code)) {
            for next in &retired.successors {
                if self.find(*next).is_some() {
                    found.insert(*next);
                } else if self.retired.contains_key(next) && seen.insert(*next) {
                    waiting.push(*next);
                }
            }
        }
        found.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DivisionLevel;

    /// A city whose township hangs on it, and change events that go round in a circle.
    fn uneven() -> DivisionTree {
        let divisions = "a small edition\n440000\tp\t\t广东省\n441900\tc\t440000\t东莞市\n441900003\tt\t441900\t东城街道\n";
        let changes = "441901\t1985\t东莞县\t441902\n441902\t1988\t东莞市\t441901,441900\n";
        DivisionTree::build(Edition::parse(divisions, changes).ok().unwrap())
    }

    #[test]
    fn a_township_may_hang_on_a_city() {
        let tree = uneven();
        let names = |code: &str| {
            tree.path(code.parse().unwrap())
                .map(Division::name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names("441900003"), ["东城街道", "东莞市", "广东省"]);
        let below: Vec<_> = tree.children(Some("441900".parse().unwrap())).collect();
        assert_eq!(below.len(), 1);
        assert_eq!(below[0].level, DivisionLevel::Township);
    }

    #[test]
    fn a_circle_of_change_events_ends() {
        let successors = |code: &str| match uneven().resolve(code.parse().unwrap()) {
            Err(DivisionError::Retired { successors, .. }) => successors,
            other => panic!("{other:?}"),
        };
        assert_eq!(successors("441901"), ["441900".parse().unwrap()]);
        assert_eq!(successors("441902"), ["441900".parse().unwrap()]);
    }
}
