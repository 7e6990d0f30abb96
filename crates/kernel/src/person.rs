//! Names of people.

use crate::{Invalid, Text};
use std::fmt;

/// The most characters a person's name may have; the longest names on identity cards, with the separating dots of
/// minority names, stay well below.
const MAXIMUM_CHARACTERS: usize = 50;

/// A person's name. Debug output shows it masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonName(Text<MAXIMUM_CHARACTERS>);

impl PersonName {
    /// Takes 1 to 50 characters on one line.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.contains(char::is_control) {
            return Err(Invalid::from(crate::TextError::ControlCharacter));
        }
        Ok(Self(Text::parse(text)?))
    }

    /// What stands where an erased person's name stood.
    pub fn erased() -> Self {
        Self(Text::erased())
    }

    /// The whole name. For sealing and for blind indexes only.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The surname, by which people look a customer up: the two characters of a compound surname, otherwise the first.
    pub fn surname(&self) -> &str {
        /// The compound surnames that are still common (《百家姓》 and the census of 2020).
        const COMPOUND: [&str; 12] = [
            "欧阳", "上官", "司马", "诸葛", "司徒", "东方", "皇甫", "尉迟", "夏侯", "慕容", "端木", "令狐",
        ];
        let name = self.as_str();
        let characters = if COMPOUND.iter().any(|surname| name.starts_with(surname)) {
            2
        } else {
            1
        };
        let end = name
            .char_indices()
            .nth(characters)
            .map_or(name.len(), |(index, _)| index);
        name.get(..end).unwrap_or_default()
    }

    /// The surname and stars: `张**`. An erased name hides nobody.
    pub fn masked(&self) -> String {
        if *self == Self::erased() {
            return self.as_str().to_owned();
        }
        let rest = self
            .as_str()
            .chars()
            .count()
            .saturating_sub(self.surname().chars().count());
        format!("{}{}", self.surname(), "*".repeat(rest.clamp(1, 2)))
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PersonName({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_masked_behind_its_surname() {
        let masked = |name: &str| PersonName::parse(name).unwrap().masked();
        assert_eq!(masked("张三"), "张*");
        assert_eq!(masked("欧阳修远"), "欧阳**");
        assert_eq!(masked("买买提·艾力"), "买**");
        assert_eq!(masked("李"), "李*");
        assert_eq!(PersonName::erased().masked(), "已注销");
    }

    #[test]
    fn a_name_is_one_line_of_bounded_length() {
        assert!(PersonName::parse(&"王".repeat(50)).is_ok());
        assert_eq!(PersonName::parse(&"王".repeat(51)).unwrap_err().code, "too_long");
        assert_eq!(PersonName::parse("张\n三").unwrap_err().code, "control_character");
        assert_eq!(PersonName::parse("  ").unwrap_err().code, "empty");
    }
}
