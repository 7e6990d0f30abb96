//! Mobile numbers of mainland China (numbering plan of the Ministry of Industry and Information Technology: eleven
//! digits, the first 1, the second 3 to 9).

use crate::Invalid;
use std::fmt;

/// A checked mobile number, normalised to its eleven digits. Debug output shows it masked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MobileNumber(String);

impl MobileNumber {
    /// Takes eleven digits, with an optional `+86` or `86` in front; spaces and hyphens are ignored.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let plain: String = text
            .chars()
            .filter(|character| !matches!(character, ' ' | '-'))
            .collect();
        let digits = match plain.strip_prefix("+86") {
            Some(rest) => rest,
            None if plain.len() == 13 => plain.strip_prefix("86").unwrap_or(&plain),
            None => &plain,
        };
        match digits.as_bytes() {
            [b'1', b'3'..=b'9', rest @ ..] if rest.len() == 9 && rest.iter().all(u8::is_ascii_digit) => {
                Ok(Self(digits.to_owned()))
            }
            _ => Err(Invalid::new(
                "invalid_mobile_number",
                "请填写 11 位中国大陆手机号码",
                "must be a mobile number of mainland China",
            )),
        }
    }

    /// The eleven digits. For sealing and for blind indexes only.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last four digits, by which people look a customer up.
    pub fn last_four(&self) -> &str {
        self.0.get(7..).unwrap_or_default()
    }

    /// The first three and the last four digits: `138****5678`.
    pub fn masked(&self) -> String {
        format!("{}****{}", self.0.get(..3).unwrap_or_default(), self.last_four())
    }
}

impl fmt::Debug for MobileNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "MobileNumber({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_way_to_write_a_number_is_the_same_number() {
        for text in [
            "13812345678",
            "+86 138 1234 5678",
            "86-138-1234-5678",
            "8613812345678",
            "+8613812345678",
        ] {
            assert_eq!(
                MobileNumber::parse(text).unwrap().as_str(),
                "13812345678",
                "{text}"
            );
        }
    }

    #[test]
    fn other_numbers_are_refused() {
        for text in [
            "",
            "12812345678",
            "1381234567",
            "138123456789",
            "+8513812345678",
            "1381234567x",
            "１3812345678",
        ] {
            assert!(MobileNumber::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn debug_output_is_masked() {
        assert_eq!(
            format!("{:?}", MobileNumber::parse("13812345678").unwrap()),
            "MobileNumber(138****5678)"
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_a_panic(text in ".{0,24}") {
            let _ = MobileNumber::parse(&text);
        }
    }
}
