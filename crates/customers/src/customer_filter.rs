//! How customers are looked up.

use kernel::{Invalid, MobileNumber, PersonName};
use std::fmt;

/// The last four digits of a phone number. Debug output hides them.
#[derive(Clone, PartialEq, Eq)]
pub struct LastFour(String);

impl LastFour {
    /// Takes exactly four digits.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        if text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Invalid::new(
                "invalid_last_four",
                "请填写手机号码的后 4 位数字",
                "must be the last four digits of a phone number",
            ))
        }
    }

    /// The digits. For blind indexes only.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LastFour {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LastFour(****)")
    }
}

/// Which customers; every condition that is there must hold. Sealed values are found by equality only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomerFilter {
    /// With exactly this phone number.
    pub phone: Option<MobileNumber>,
    /// With a phone number that ends so.
    pub last_four: Option<LastFour>,
    /// With this whole name, or with this surname.
    pub name: Option<PersonName>,
}

impl CustomerFilter {
    /// Whether a customer of that name and phone is one of them.
    pub fn matches(&self, name: &PersonName, phone: Option<&MobileNumber>) -> bool {
        self.phone.as_ref().is_none_or(|wanted| phone == Some(wanted))
            && self
                .last_four
                .as_ref()
                .is_none_or(|wanted| phone.map(MobileNumber::last_four) == Some(wanted.as_str()))
            && self
                .name
                .as_ref()
                .is_none_or(|wanted| name == wanted || name.surname() == wanted.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_four_are_four_digits() {
        assert!(LastFour::parse("5678").is_ok());
        for text in ["", "567", "56789", "56a8", "１２"] {
            assert!(LastFour::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_is_found_whole_or_by_its_surname() {
        let name = |text: &str| PersonName::parse(text).unwrap();
        let by_name = |text: &str| CustomerFilter {
            name: Some(name(text)),
            ..CustomerFilter::default()
        };
        for (wanted, found) in [("欧阳修远", true), ("欧阳", true), ("欧", false), ("修远", false)] {
            assert_eq!(
                by_name(wanted).matches(&name("欧阳修远"), None),
                found,
                "{wanted}"
            );
        }
    }
}
