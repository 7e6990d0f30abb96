//! The ids that WeChat gives to people.

use kernel::Invalid;
use std::fmt;

/// Both have 28 characters today; WeChat promises no length.
const MAXIMUM_CHARACTERS: usize = 64;

/// A person's id in one mini program. It is personal, so debug output hides it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpenId(String);

/// A person's id in all programs of one owner. It is personal, so debug output hides it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnionId(String);

impl OpenId {
    /// Takes 1 to 64 of `A-Z a-z 0-9 _ -`. Capitals matter.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        checked(text).map(Self)
    }

    /// The id. For blind indexes only.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl UnionId {
    /// Takes 1 to 64 of `A-Z a-z 0-9 _ -`. Capitals matter.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        checked(text).map(Self)
    }

    /// The id. For blind indexes only.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn checked(text: &str) -> Result<String, Invalid> {
    let lengths = 1..=MAXIMUM_CHARACTERS;
    let right = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    if lengths.contains(&text.len()) && text.chars().all(right) {
        Ok(text.to_owned())
    } else {
        Err(Invalid::new(
            "invalid_wechat_id",
            "不是微信的用户标识",
            "is not a user's id at WeChat",
        ))
    }
}

impl fmt::Debug for OpenId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("OpenId(hidden)")
    }
}

impl fmt::Debug for UnionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("UnionId(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_and_the_characters_are_bounded() {
        for text in ["o", "oGZUI0egBJY1zhBYw2KhdUfwVJJE", &"_-".repeat(32)] {
            assert_eq!(OpenId::parse(text).unwrap().as_str(), text);
            assert_eq!(UnionId::parse(text).unwrap().as_str(), text);
        }
        for text in ["", " o", "o.", "张", "o\0", &"o".repeat(65)] {
            assert!(OpenId::parse(text).is_err(), "{text}");
            assert!(UnionId::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn capitals_make_another_id() {
        assert_ne!(OpenId::parse("oA").unwrap(), OpenId::parse("oa").unwrap());
    }

    #[test]
    fn debug_output_hides_them() {
        let (openid, unionid) = (OpenId::parse("oABC").unwrap(), UnionId::parse("uABC").unwrap());
        assert_eq!(
            format!("{openid:?} {unionid:?}"),
            "OpenId(hidden) UnionId(hidden)"
        );
    }
}
