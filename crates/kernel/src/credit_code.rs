//! The unified social credit code of an organisation (GB 32100-2015).

use crate::Invalid;
use std::fmt;

/// The characters in the order of their values: digits and capitals without I, O, S, V and Z (GB 32100-2015, table 1).
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// The weights of the first seventeen characters: 3^(i-1) mod 31 (GB 32100-2015, table 2).
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A checked unified social credit code.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CreditCode(String);

impl CreditCode {
    /// Checks eighteen characters and their MOD 31 check character. Surrounding spaces are cut, letters become capitals.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        const MALFORMED: Invalid = Invalid::new(
            "invalid_credit_code",
            "统一社会信用代码应为 18 位数字或大写字母（不含 I、O、S、V、Z）",
            "must have 18 digits or capitals without I, O, S, V and Z",
        );
        let text = text.trim().to_ascii_uppercase();
        let values: Vec<usize> = text
            .bytes()
            .map_while(|byte| ALPHABET.iter().position(|known| *known == byte))
            .collect();
        let (checked, check) = match values.as_slice() {
            [checked @ .., check] if checked.len() == WEIGHTS.len() && values.len() == text.len() => {
                (checked, *check)
            }
            _ => return Err(MALFORMED),
        };
        let sum: usize = checked
            .iter()
            .zip(WEIGHTS)
            .map(|(value, weight)| value * weight)
            .sum();
        if (31 - sum % 31) % 31 != check {
            return Err(Invalid::new(
                "wrong_check_character",
                "统一社会信用代码校验位不正确",
                "has a wrong check character",
            ));
        }
        Ok(Self(text))
    }

    /// The whole code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for CreditCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CreditCode({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Published codes of real public companies and authorities.
    const REAL: [&str; 3] = ["91350100M000100Y43", "91110000600037341L", "9144030071526726XG"];

    #[test]
    fn published_codes_are_taken() {
        for text in REAL {
            assert!(CreditCode::parse(text).is_ok(), "{text}");
        }
        assert_eq!(
            CreditCode::parse(" 91110000600037341l ").unwrap().as_str(),
            "91110000600037341L"
        );
    }

    #[test]
    fn each_defect_has_its_own_code() {
        let code = |text: &str| CreditCode::parse(text).unwrap_err().code;
        assert_eq!(code("91350100M000100Y4"), "invalid_credit_code");
        assert_eq!(code("91350100M000100YI3"), "invalid_credit_code");
        assert_eq!(code("91350100M000100Y44"), "wrong_check_character");
    }

    proptest! {
        #[test]
        fn one_changed_character_is_always_noticed(position in 0_usize..18, other in 0_usize..31) {
            let mut text = REAL[0].as_bytes().to_vec();
            text[position] = ALPHABET[other];
            let text = String::from_utf8(text).unwrap();
            prop_assume!(text != REAL[0]);
            prop_assert!(CreditCode::parse(&text).is_err());
        }

        #[test]
        fn no_text_makes_a_panic(text in ".{0,24}") {
            let _ = CreditCode::parse(&text);
        }
    }
}
