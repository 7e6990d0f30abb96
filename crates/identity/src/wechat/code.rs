//! The codes that a mini program is given by WeChat.

use kernel::Invalid;
use std::fmt;

/// Codes have 32 to 64 characters today; WeChat promises no length.
const MAXIMUM_CHARACTERS: usize = 256;

/// A code as a mini program hands it over: 1 to 256 visible ASCII characters. It signs somebody in, so debug output hides
/// it.
#[derive(Clone, PartialEq, Eq)]
pub struct WechatCode(String);

impl WechatCode {
    /// Checks the length and the characters; only WeChat can tell whether it is good.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let lengths = 1..=MAXIMUM_CHARACTERS;
        if lengths.contains(&text.len()) && text.chars().all(|character| character.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(
                "malformed_wechat_code",
                "不是微信给出的 code",
                "is not a code of WeChat's",
            ))
        }
    }

    /// The code. For WeChat only.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for WechatCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WechatCode(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_and_the_characters_are_bounded() {
        for text in ["0", "0a3Kq0000xY-_", &"x".repeat(256)] {
            assert_eq!(WechatCode::parse(text).unwrap().expose(), text);
        }
        for text in ["", " ", "a b", "码", "a\n", "a\0", &"x".repeat(257)] {
            let refused = WechatCode::parse(text).unwrap_err();
            assert_eq!(refused.code, "malformed_wechat_code", "{text}");
        }
    }

    #[test]
    fn debug_output_hides_it() {
        let code = WechatCode::parse("081Kq4Ga1").unwrap();
        assert_eq!(format!("{code:?}"), "WechatCode(hidden)");
    }
}
