//! User names.

use kernel::Invalid;
use std::fmt;

const MINIMUM_CHARACTERS: usize = 2;
const MAXIMUM_CHARACTERS: usize = 32;

/// What somebody signs in as: 2 to 32 of `a-z 0-9 _ . -`, a letter first. Capitals are taken and kept small, so that
/// no two names differ only by them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Username(String);

impl Username {
    /// Checks and lowers. Surrounding spaces are cut.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let name = text.trim().to_ascii_lowercase();
        let lengths = MINIMUM_CHARACTERS..=MAXIMUM_CHARACTERS;
        let characters_are_right = name.starts_with(|first: char| first.is_ascii_lowercase())
            && name.chars().all(|character| {
                character.is_ascii_lowercase()
                    || character.is_ascii_digit()
                    || matches!(character, '_' | '.' | '-')
            });
        if lengths.contains(&name.len()) && characters_are_right {
            Ok(Self(name))
        } else {
            Err(Invalid::new(
                "invalid_username",
                "用户名须为 2 至 32 个小写字母、数字或 _ . -，并以字母开头",
                "must be 2 to 32 letters, digits or _ . - and start with a letter",
            ))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Username {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_and_surrounding_spaces_make_no_other_name() {
        assert_eq!(
            Username::parse(" Xihu-Courier ").unwrap().as_str(),
            "xihu-courier"
        );
    }

    #[test]
    fn the_length_and_the_characters_are_bounded() {
        assert!(Username::parse("hq").is_ok());
        assert!(Username::parse(&"a".repeat(32)).is_ok());
        for text in [
            "",
            "a",
            "1abc",
            "_abc",
            "a bc",
            "王小明",
            "abc\0",
            &"a".repeat(33),
        ] {
            assert_eq!(
                Username::parse(text).unwrap_err().code,
                "invalid_username",
                "{text}"
            );
        }
    }
}
