//! E-mail addresses (RFC 5321 and 5322, checked by the `email_address` crate).

use crate::Invalid;
use std::{fmt, str::FromStr};

const MAXIMUM_BYTES: usize = 254;

/// A checked e-mail address. Debug output shows it masked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Takes one plain address, without display name, whose domain has a dot. Surrounding spaces are cut.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let address = email_address::EmailAddress::from_str(text)
            .ok()
            .filter(|address| {
                text.len() <= MAXIMUM_BYTES
                    && address.display_part().is_empty()
                    && address.domain().contains('.')
                    && !text.contains(char::is_control)
            });
        match address {
            Some(_) => Ok(Self(text.to_owned())),
            None => Err(Invalid::new(
                "invalid_email",
                "请填写有效的电子邮箱地址",
                "must be an e-mail address",
            )),
        }
    }

    /// The whole address. For sealing only.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first character and the domain: `z***@example.com`.
    pub fn masked(&self) -> String {
        let domain = self.0.rsplit_once('@').map_or("", |(_, domain)| domain);
        let first: String = self.0.chars().take(1).collect();
        format!("{first}***@{domain}")
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "EmailAddress({})", self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_are_taken_and_masked() {
        let address = EmailAddress::parse(" zhang.san@example.com ").unwrap();
        assert_eq!(address.as_str(), "zhang.san@example.com");
        assert_eq!(address.masked(), "z***@example.com");
    }

    #[test]
    fn other_text_is_refused() {
        let long = format!("{}@example.com", "a".repeat(250));
        for text in [
            "",
            "zhang",
            "zhang@",
            "@example.com",
            "zhang@localhost",
            "Zhang <z@example.com>",
            "a b@example.com",
            &long,
        ] {
            assert!(EmailAddress::parse(text).is_err(), "{text}");
        }
    }
}
