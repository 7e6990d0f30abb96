//! Text of bounded length.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Text of 1 to `MAX` characters (Unicode scalar values), trimmed, without control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text<const MAX: usize>(String);

/// Why a text is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    /// Nothing is left after trimming.
    #[error("must not be empty")]
    Empty,
    /// It has more characters than allowed.
    #[error("must have at most {maximum} characters")]
    TooLong {
        /// The most that is allowed.
        maximum: usize,
    },
    /// It has a control character, such as NUL. Line breaks and tabs are taken.
    #[error("must not contain control characters")]
    ControlCharacter,
}

/// What stands where an erased person's values stood.
const ERASED: &str = "已注销";

impl<const MAX: usize> Text<MAX> {
    /// What stands where an erased person's text stood, and a text is needed.
    pub fn erased() -> Self {
        const { assert!(MAX >= 3, "the marker has three characters") };
        Self(ERASED.to_owned())
    }

    /// Trims and checks.
    pub fn parse(text: &str) -> Result<Self, TextError> {
        let text = text.trim();
        if text.is_empty() {
            Err(TextError::Empty)
        } else if text.chars().count() > MAX {
            Err(TextError::TooLong { maximum: MAX })
        } else if text
            .chars()
            .any(|character| character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
        {
            Err(TextError::ControlCharacter)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = TextError;

    fn try_from(text: String) -> Result<Self, TextError> {
        Self::parse(&text)
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> Self {
        text.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters_at_the_edge() {
        assert!(Text::<3>::parse(" 西湖区 ").is_ok());
        assert_eq!(Text::<2>::parse("西湖区"), Err(TextError::TooLong { maximum: 2 }));
    }

    #[test]
    fn nothing_and_control_characters_are_refused() {
        assert_eq!(Text::<9>::parse(" \n "), Err(TextError::Empty));
        assert_eq!(Text::<9>::parse("a\0b"), Err(TextError::ControlCharacter));
    }
}
