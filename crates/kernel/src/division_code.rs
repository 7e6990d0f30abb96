//! Codes of administrative divisions (GB/T 2260 for six digits, GB/T 10114 for the three of a township).

use crate::Invalid;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A division's code: six digits for a province, city or county, nine for a township. A code of the right form may
/// still be unknown to the edition; only `regions` knows that.
///
/// It is kept as nine digits, the last three zero above township level.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DivisionCode(u32);

const TOWNSHIP_FACTOR: u32 = 1_000;
const COUNTY_FACTOR: u32 = 100;

impl DivisionCode {
    /// Six or nine digits, of which the first is not zero.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        const MALFORMED: Invalid = Invalid::new(
            "invalid_division_code",
            "行政区划代码应为 6 位或 9 位数字",
            "must have six or nine digits",
        );
        if !matches!(text.len(), 6 | 9)
            || !text.bytes().all(|byte| byte.is_ascii_digit())
            || text.starts_with('0')
        {
            return Err(MALFORMED);
        }
        let digits: u32 = text.parse().map_err(|_| MALFORMED)?;
        Ok(Self(if text.len() == 6 {
            digits * TOWNSHIP_FACTOR
        } else {
            digits
        }))
    }

    /// Takes nine digits as they are stored.
    pub const fn from_nine_digits(digits: u32) -> Option<Self> {
        if digits >= 100_000_000 && digits <= 999_999_999 {
            Some(Self(digits))
        } else {
            None
        }
    }

    /// The nine digits as a number, for storage.
    pub const fn nine_digits(self) -> u32 {
        self.0
    }

    /// Whether the code is of a township: its last three digits are not all zero.
    pub const fn is_township(self) -> bool {
        !self.0.is_multiple_of(TOWNSHIP_FACTOR)
    }

    /// The run of codes that lie inside this division. In every published edition the children of a division carry
    /// codes inside its run, however uneven the tree: a test in `regions` holds this over the whole edition.
    pub const fn span(self) -> DivisionSpan {
        let first = self.0;
        let width = if self.is_township() {
            1
        } else if !(first / TOWNSHIP_FACTOR).is_multiple_of(COUNTY_FACTOR) {
            TOWNSHIP_FACTOR
        } else if !(first / TOWNSHIP_FACTOR / COUNTY_FACTOR).is_multiple_of(COUNTY_FACTOR) {
            TOWNSHIP_FACTOR * COUNTY_FACTOR
        } else {
            TOWNSHIP_FACTOR * COUNTY_FACTOR * COUNTY_FACTOR
        };
        DivisionSpan {
            first,
            end: first + width,
        }
    }
}

/// A run of nine-digit codes `[first, end)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DivisionSpan {
    /// The first code inside.
    pub first: u32,
    /// The first code after.
    pub end: u32,
}

impl DivisionSpan {
    /// The run of that one code, without what lies inside its division.
    pub const fn only(code: DivisionCode) -> Self {
        Self {
            first: code.0,
            end: code.0 + 1,
        }
    }

    /// Whether the two have a code in common.
    pub const fn overlaps(self, other: Self) -> bool {
        self.first < other.end && other.first < self.end
    }

    /// What the two have in common.
    pub fn intersection(self, other: Self) -> Option<Self> {
        self.overlaps(other).then(|| Self {
            first: self.first.max(other.first),
            end: self.end.min(other.end),
        })
    }

    /// Whether `code` lies inside.
    pub const fn contains(self, code: DivisionCode) -> bool {
        self.first <= code.0 && code.0 < self.end
    }
}

impl fmt::Display for DivisionCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_township() {
            write!(formatter, "{:09}", self.0)
        } else {
            write!(formatter, "{:06}", self.0 / TOWNSHIP_FACTOR)
        }
    }
}

impl fmt::Debug for DivisionCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "DivisionCode({self})")
    }
}

impl FromStr for DivisionCode {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::parse(text)
    }
}

impl TryFrom<String> for DivisionCode {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<DivisionCode> for String {
    fn from(code: DivisionCode) -> Self {
        code.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_taken_prints_as_it_was_given_whatever_the_text(text in "\\PC*|[0-9]{5,10}") {
            if let Ok(code) = DivisionCode::parse(&text) {
                let township_of_itself = text.len() == 9 && text.ends_with("000");
                prop_assert!(code.span().contains(code));
                prop_assert!(code.to_string() == text || township_of_itself, "{text} {code}");
            }
        }
    }

    #[test]
    fn codes_print_as_they_were_given() {
        for text in ["330000", "330106", "330106001", "441900003"] {
            assert_eq!(DivisionCode::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "",
            "33010",
            "3301061",
            "3301060012",
            "33010a",
            "033010",
            "３３０１０６",
            "330106 ",
        ] {
            assert!(DivisionCode::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_span_holds_what_lies_below() {
        let span = |text: &str| DivisionCode::parse(text).unwrap().span();
        assert!(span("330000").contains(DivisionCode::parse("330106001").unwrap()));
        assert!(span("330100").contains(DivisionCode::parse("330106").unwrap()));
        assert!(!span("330100").contains(DivisionCode::parse("330200").unwrap()));
        assert!(!span("429004").overlaps(span("429005")));
    }
}
