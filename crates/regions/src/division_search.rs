//! Finding divisions by name and by pinyin initials.

use crate::{Division, DivisionLevel};
use pinyin::ToPinyinMulti;

/// The most divisions that one search answers.
pub const MAXIMUM_SEARCH_LIMIT: usize = 50;

/// The initials of every name above township level. Each character keeps the set of the initials of all its readings,
/// one bit a letter, so that 重庆 is found as `cq` and as `zq` without listing combinations.
pub(crate) struct Initials(Vec<Option<Box<[u32]>>>);

/// How well a division fits; the lesser the better.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Whole,
    Beginning,
    Part,
}

impl Initials {
    /// Reads the initials of each of `divisions`.
    pub fn of(divisions: &[Division]) -> Self {
        let initials = |division: &Division| {
            (division.level != DivisionLevel::Township)
                .then(|| division.name().chars().map(letters).collect())
        };
        Self(divisions.iter().map(initials).collect())
    }

    /// Searches the divisions these initials were read from.
    pub fn search<'tree>(
        &self,
        divisions: &'tree [Division],
        query: &str,
        limit: usize,
    ) -> Vec<&'tree Division> {
        let query = query.trim();
        if query.is_empty() {
            return Vec::new();
        }
        let letters: Option<Vec<u32>> = query.chars().map(letter).collect();
        let mut found: Vec<_> = divisions
            .iter()
            .zip(&self.0)
            .filter_map(|(division, initials)| {
                let fit = match &letters {
                    Some(letters) => fit_initials(initials.as_deref()?, letters),
                    None => fit_name(division.name(), query),
                };
                Some((fit?, division.level, division.code, division))
            })
            .collect();
        found.sort_unstable_by_key(|(fit, level, code, _)| (*fit, *level, *code));
        found.truncate(limit.min(MAXIMUM_SEARCH_LIMIT));
        found.into_iter().map(|(.., division)| division).collect()
    }
}

/// The bit of a Latin letter.
fn letter(character: char) -> Option<u32> {
    let character = character.to_ascii_lowercase();
    character
        .is_ascii_lowercase()
        .then(|| 1 << (u32::from(character) - u32::from('a')))
}

/// The bits of the initials of all readings.
fn letters(character: char) -> u32 {
    character
        .to_pinyin_multi()
        .into_iter()
        .flatten()
        .fold(0, |set, reading| {
            set | reading
                .plain()
                .chars()
                .next()
                .and_then(letter)
                .unwrap_or_default()
        })
}

fn fit_initials(initials: &[u32], letters: &[u32]) -> Option<Fit> {
    let fits = letters.len() <= initials.len()
        && initials
            .iter()
            .zip(letters)
            .all(|(initial, letter)| initial & letter != 0);
    fits.then_some(if initials.len() == letters.len() {
        Fit::Whole
    } else {
        Fit::Beginning
    })
}

fn fit_name(name: &str, query: &str) -> Option<Fit> {
    match name.find(query)? {
        0 if name.len() == query.len() => Some(Fit::Whole),
        0 => Some(Fit::Beginning),
        _ => Some(Fit::Part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DivisionTree;

    fn names(query: &str, limit: usize) -> Vec<&'static str> {
        DivisionTree::embedded()
            .search(query, limit)
            .into_iter()
            .map(Division::name)
            .collect()
    }

    #[test]
    fn whole_names_come_first_and_wider_levels_before_narrower() {
        assert_eq!(names("海南", 2), ["海南省", "海南藏族自治州"]);
        assert_eq!(names("西湖区", 9)[..2], ["西湖区", "西湖区"]);
        assert!(names("湖区", 50).contains(&"西湖区"));
        assert!(names("转塘", 5).contains(&"转塘街道"));
    }

    #[test]
    fn initials_find_divisions_by_any_reading() {
        assert!(names("xhq", 50).contains(&"西湖区"));
        assert!(names("XHQ", 50).contains(&"西湖区"));
        assert!(names("hz", 50).contains(&"杭州市"));
        for query in ["cqs", "zqs"] {
            assert!(names(query, 50).contains(&"重庆市"), "{query}");
        }
    }

    #[test]
    fn a_search_is_bounded_and_takes_any_text() {
        assert_eq!(names("区", 1_000).len(), MAXIMUM_SEARCH_LIMIT);
        assert_eq!(names("区", 3).len(), 3);
        for query in ["", "  ", "%", "西湖区\0", "a1", &"x".repeat(10_000)] {
            assert!(names(query, 10).is_empty(), "{query}");
        }
    }
}
