//! The resident identity number (GB 11643-1999).

use crate::{BusinessDay, Invalid};
use chrono::{Datelike, NaiveDate};
use std::fmt;

/// Applicants are at least this old.
pub const MINIMUM_APPLICANT_AGE_YEARS: i32 = 18;

/// The weights of the first seventeen digits: 2^(17-i) mod 11, ISO 7064 MOD 11-2 as GB 11643-1999 gives them.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character for each remainder, same source.
const CHECK_CHARACTERS: [u8; 11] = *b"10X98765432";
/// The two digits a province's codes begin with (GB/T 2260), with 81, 82 and 83 for the residence permits of Hong Kong,
/// Macau and Taiwan residents (State Council order of 2018, in force 2018-09-01).
const PROVINCES: [u8; 35] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54,
    61, 62, 63, 64, 65, 71, 81, 82, 83,
];

/// A checked resident identity number, or the number of a foreigner's permanent-residence card (2023 form, first
/// digit 9, the province in digits 2 and 3). Debug output shows it masked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdentityNumber {
    text: String,
    birth_date: NaiveDate,
}

impl IdentityNumber {
    /// Checks eighteen characters: province, a real birth date that is not after `today`, check character. Surrounding
    /// spaces are cut and `x` becomes `X`. The county digits are not looked up: an old number's county may be retired.
    pub fn parse(text: &str, today: BusinessDay) -> Result<Self, Invalid> {
        let number = Self::parse_any_day(text)?;
        if number.birth_date > today.date() {
            return Err(Invalid::new(
                "birth_date_in_future",
                "身份证号码中的出生日期晚于今天",
                "has a birth date in the future",
            ));
        }
        Ok(number)
    }

    /// The same checks without that of the birth date against today: for a number read back from storage.
    pub fn parse_any_day(text: &str) -> Result<Self, Invalid> {
        const MALFORMED: Invalid = Invalid::new(
            "invalid_identity_number",
            "身份证号码应为 18 位，前 17 位为数字",
            "must have 17 digits and a check character",
        );
        let text = text.trim().to_ascii_uppercase();
        let (digits, check) = match text.as_bytes() {
            [digits @ .., check]
                if digits.len() == WEIGHTS.len() && digits.iter().all(u8::is_ascii_digit) =>
            {
                (digits, *check)
            }
            _ => return Err(MALFORMED),
        };
        let number = |from: usize, to: usize| {
            text.get(from..to)
                .and_then(|part| part.parse::<u32>().ok())
                .unwrap_or(0)
        };
        let province = province_digits(&text).unwrap_or_default();
        if !PROVINCES.contains(&province) {
            return Err(Invalid::new(
                "unknown_province",
                "身份证号码的省份代码不存在",
                "begins with no province's code",
            ));
        }
        let birth_date = i32::try_from(number(6, 10))
            .ok()
            .filter(|year| *year >= 1_800)
            .and_then(|year| NaiveDate::from_ymd_opt(year, number(10, 12), number(12, 14)))
            .ok_or(Invalid::new(
                "invalid_birth_date",
                "身份证号码中的出生日期不存在",
                "has a birth date that does not exist",
            ))?;
        let sum: u32 = digits
            .iter()
            .zip(WEIGHTS)
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        let expected = usize::try_from(sum % 11)
            .ok()
            .and_then(|remainder| CHECK_CHARACTERS.get(remainder));
        if expected != Some(&check) {
            return Err(Invalid::new(
                "wrong_check_character",
                "身份证号码校验位不正确",
                "has a wrong check character",
            ));
        }
        Ok(Self { text, birth_date })
    }

    /// Refuses a holder who has not reached [`MINIMUM_APPLICANT_AGE_YEARS`] on `today`.
    pub fn require_adult(self, today: BusinessDay) -> Result<Self, Invalid> {
        let adult_on = self
            .birth_date
            .with_year(self.birth_date.year() + MINIMUM_APPLICANT_AGE_YEARS)
            .or_else(|| {
                // Born on a 29th of February: of age on the 1st of March of a common year.
                NaiveDate::from_ymd_opt(self.birth_date.year() + MINIMUM_APPLICANT_AGE_YEARS, 3, 1)
            });
        if adult_on.is_some_and(|day| day <= today.date()) {
            Ok(self)
        } else {
            Err(Invalid::new(
                "under_age",
                "申请人须年满 18 周岁",
                "belongs to a person under 18",
            ))
        }
    }

    /// The day the holder was born.
    pub const fn birth_date(&self) -> NaiveDate {
        self.birth_date
    }

    /// The two digits that the codes of the holder's province of registration begin with: 81, 82 and 83 for residence
    /// permits, where 83 is written for Taiwan.
    pub fn province_digits(&self) -> u8 {
        province_digits(&self.text).unwrap_or_default()
    }

    /// The whole number. For sealing and for blind indexes only.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first three and the last four characters: `110***********1234`.
    pub fn masked(&self) -> String {
        let (head, tail) = (
            self.text.get(..3).unwrap_or_default(),
            self.text.get(14..).unwrap_or_default(),
        );
        format!("{head}***********{tail}")
    }
}

/// A resident's number never begins with 9, since no province of birth does: such a card has them one digit later.
fn province_digits(text: &str) -> Option<u8> {
    let digits = if text.starts_with('9') {
        text.get(1..3)
    } else {
        text.get(..2)
    };
    digits?.parse().ok()
}

impl fmt::Debug for IdentityNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "IdentityNumber({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn today() -> BusinessDay {
        BusinessDay::from_date("2026-11-22".parse().unwrap())
    }

    fn with_check(digits: &str) -> String {
        let sum: u32 = digits
            .bytes()
            .zip(WEIGHTS)
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        format!(
            "{digits}{}",
            char::from(CHECK_CHARACTERS[usize::try_from(sum % 11).unwrap()])
        )
    }

    fn code(text: &str) -> &'static str {
        IdentityNumber::parse(text, today()).unwrap_err().code
    }

    #[test]
    fn the_examples_of_the_standard_are_taken() {
        // GB 11643-1999, 4.2: 11010519491231002X and 440524188001010014.
        for text in ["11010519491231002X", "440524188001010014", " 11010519491231002x "] {
            assert!(IdentityNumber::parse(text, today()).is_ok(), "{text}");
        }
        assert_eq!(
            IdentityNumber::parse("11010519491231002x", today())
                .unwrap()
                .as_str(),
            "11010519491231002X"
        );
    }

    #[test]
    fn each_defect_has_its_own_code() {
        assert_eq!(code("1101051949123100"), "invalid_identity_number");
        assert_eq!(code("1101051949123100ZX"), "invalid_identity_number");
        assert_eq!(code("１１0105194912310021"), "invalid_identity_number");
        assert_eq!(code(&with_check("10010519491231002")), "unknown_province");
        assert_eq!(code(&with_check("11010519490229002")), "invalid_birth_date");
        assert_eq!(code(&with_check("11010520261123002")), "birth_date_in_future");
        assert_eq!(code("110105194912310021"), "wrong_check_character");
    }

    #[test]
    fn residence_permits_and_foreigners_cards_are_taken() {
        for digits in [
            "81000019900101001",
            "82000019900101001",
            "83000019900101001",
            "93301019900101001",
            "91100019900101001",
        ] {
            assert!(
                IdentityNumber::parse(&with_check(digits), today()).is_ok(),
                "{digits}"
            );
        }
        assert_eq!(code(&with_check("90001019900101001")), "unknown_province");
        let province = |digits| {
            let number = IdentityNumber::parse(&with_check(digits), today()).unwrap();
            number.province_digits()
        };
        assert_eq!(province("83000019900101001"), 83);
        assert_eq!(province("93301019900101001"), 33);
    }

    #[test]
    fn the_birthday_makes_an_adult() {
        let number =
            |birth: &str| IdentityNumber::parse(&with_check(&format!("330106{birth}001")), today()).unwrap();
        assert!(number("20081122").require_adult(today()).is_ok());
        assert_eq!(
            number("20081123").require_adult(today()).unwrap_err().code,
            "under_age"
        );
        let march = BusinessDay::from_date("2026-03-01".parse().unwrap());
        assert!(number("20080229").require_adult(march).is_ok());
        assert!(number("20080229").require_adult(march.minus_days(1)).is_err());
    }

    #[test]
    fn debug_output_shows_the_ends_only() {
        let number = IdentityNumber::parse("11010519491231002X", today()).unwrap();
        assert_eq!(format!("{number:?}"), "IdentityNumber(110***********002X)");
    }

    proptest! {
        #[test]
        fn one_changed_digit_is_always_noticed(position in 0_usize..17, other in 0_u8..10) {
            let original = "33010619900307123";
            let mut digits = original.as_bytes().to_vec();
            digits[position] = b'0' + other;
            let changed = String::from_utf8(digits).unwrap();
            prop_assume!(changed != original);
            let check = with_check(original).pop().unwrap();
            let text = format!("{changed}{check}");
            prop_assert!(IdentityNumber::parse(&text, today()).is_err());
        }

        #[test]
        fn no_text_makes_a_panic(text in ".{0,24}") {
            let _ = IdentityNumber::parse(&text, today());
        }
    }
}
