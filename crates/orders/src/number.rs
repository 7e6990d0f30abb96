//! Order numbers: what people read to each other.

use kernel::{AgentNumber, BusinessDay};
use std::fmt;

/// An order's number: the agent's number, the business day, the agent's count on that day and a check digit
/// (Luhn, ISO/IEC 7812-1 annex B), such as `00012-261122-0034-7`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderNumber {
    agent: AgentNumber,
    day: BusinessDay,
    count: u32,
}

impl OrderNumber {
    /// The number of an agent's `count`th order of a day, counting from one.
    pub const fn new(agent: AgentNumber, day: BusinessDay, count: u32) -> Self {
        Self { agent, day, count }
    }

    /// Reads a number as people type it, with or without hyphens; `None` where it is no number or its check digit is
    /// wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text
            .chars()
            .filter(|character| !matches!(character, '-' | ' '))
            .collect();
        if digits.len() < 16 || digits.len() > 20 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let (body, check) = digits.split_at_checked(digits.len() - 1)?;
        if luhn(body).to_string() != check {
            return None;
        }
        let agent = body.get(..5)?.parse().ok()?;
        let day = chrono::NaiveDate::parse_from_str(&format!("20{}", body.get(5..11)?), "%Y%m%d").ok()?;
        let count = body.get(11..)?.parse().ok()?;
        let number = Self::new(AgentNumber::new(agent), BusinessDay::from_date(day), count);
        // One number has one form: no superfluous zeros.
        (number.body() == body).then_some(number)
    }

    /// The agent.
    pub const fn agent(self) -> AgentNumber {
        self.agent
    }

    /// The business day the order was placed on.
    pub const fn day(self) -> BusinessDay {
        self.day
    }

    /// Which of the agent's orders of that day it is, counting from one.
    pub const fn count(self) -> u32 {
        self.count
    }

    fn body(self) -> String {
        format!(
            "{:05}{}{:04}",
            self.agent.get(),
            self.day.date().format("%y%m%d"),
            self.count
        )
    }
}

/// The digit that makes the whole divisible by ten, every second digit doubled from the right.
fn luhn(body: &str) -> u32 {
    let sum: u32 = body
        .bytes()
        .rev()
        .map(|byte| u32::from(byte.saturating_sub(b'0')))
        .enumerate()
        .map(|(index, digit)| {
            if index % 2 == 0 {
                digit * 2 / 10 + digit * 2 % 10
            } else {
                digit
            }
        })
        .sum();
    (10 - sum % 10) % 10
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (agent, day, count) = (self.agent.get(), self.day.date().format("%y%m%d"), self.count);
        write!(formatter, "{agent:05}-{day}-{count:04}-{}", luhn(&self.body()))
    }
}

impl fmt::Debug for OrderNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "OrderNumber({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(count: u32) -> OrderNumber {
        OrderNumber::new(
            AgentNumber::new(12),
            BusinessDay::from_date("2026-11-22".parse().unwrap()),
            count,
        )
    }

    #[test]
    fn a_number_reads_back_with_and_without_hyphens() {
        for count in [1, 34, 9_999, 10_000, 1_234_567] {
            let text = number(count).to_string();
            assert_eq!(OrderNumber::parse(&text), Some(number(count)), "{text}");
            assert_eq!(
                OrderNumber::parse(&text.replace('-', "")),
                Some(number(count)),
                "{text}"
            );
        }
    }

    #[test]
    fn one_mistyped_digit_is_always_noticed() {
        let text = number(34).to_string();
        for (position, digit) in text
            .char_indices()
            .filter(|(_, character)| character.is_ascii_digit())
        {
            for other in ('0'..='9').filter(|other| *other != digit) {
                let mut mistyped = text.clone();
                mistyped.replace_range(position..=position, &other.to_string());
                assert_eq!(OrderNumber::parse(&mistyped), None, "{mistyped}");
            }
        }
    }

    #[test]
    fn other_text_is_no_number() {
        for text in [
            "",
            "12",
            "00012-261122-0034-x",
            "99999-261122-0034-0",
            "000122611220034७",
        ] {
            assert_eq!(OrderNumber::parse(text), None, "{text}");
        }
    }
}
