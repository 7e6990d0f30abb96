//! What a client calls itself.

use std::fmt;

/// How much of it is kept.
const MAXIMUM_CHARACTERS: usize = 200;

/// The `User-Agent` of a request, cut to 200 characters, so that its owner recognises the device in a list. Nothing else
/// is made of it: anybody may write anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserAgent(String);

impl UserAgent {
    /// Drops control characters and surrounding spaces and cuts the rest; `None` if nothing is left.
    pub fn cut(text: &str) -> Option<Self> {
        let kept: String = text
            .trim()
            .chars()
            .filter(|character| !character.is_control())
            .take(MAXIMUM_CHARACTERS)
            .collect();
        (!kept.is_empty()).then_some(Self(kept))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserAgent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_cut_in_characters_and_nothing_is_none() {
        let cut = |text: &str| UserAgent::cut(text).map(|agent| agent.to_string());
        assert_eq!(cut(" 微信/8.0\u{7} "), Some("微信/8.0".to_owned()));
        assert_eq!(cut(&"水".repeat(200)), Some("水".repeat(200)));
        assert_eq!(cut(&"水".repeat(201)), Some("水".repeat(200)));
        assert_eq!(cut(" \u{0} "), None);
    }
}
