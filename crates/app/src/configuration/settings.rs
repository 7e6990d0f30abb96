//! Named texts from two places, and what is wrong with them.

use super::ConfigurationError;
use std::{collections::BTreeMap, num::NonZeroU32, path::Path, str::FromStr};

/// The settings whose value is a secret, beside a database's URL with a password.
const SECRETS: [&str; 2] = ["attachments_s3_secret_key", "wechat_secret"];

/// The most of anything that is counted.
const MAXIMUM_COUNT: usize = 100_000;

pub(super) struct Settings<'a> {
    file: BTreeMap<String, String>,
    environment: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<String>,
}

impl<'a> Settings<'a> {
    pub(super) fn new(
        file: &str,
        environment: &'a dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigurationError> {
        // The parser's full message quotes the line it stopped at, which may hold a password.
        let table: toml::Table = toml::from_str(file)
            .map_err(|error: toml::de::Error| ConfigurationError::Malformed(error.message().to_owned()))?;
        let mut settings = Self {
            file: BTreeMap::new(),
            environment,
            problems: Vec::new(),
        };
        for (name, value) in table {
            match value {
                toml::Value::String(text) => {
                    settings.file.insert(name, text);
                }
                toml::Value::Integer(number) => {
                    settings.file.insert(name, number.to_string());
                }
                toml::Value::Boolean(whether) => {
                    settings.file.insert(name, whether.to_string());
                }
                _ => settings
                    .problems
                    .push(format!("{name} must be a text, a number, true or false")),
            }
        }
        Ok(settings)
    }

    /// Refuses what is secret in the file, whether or not the environment goes over it: others than its owner may read it.
    pub(super) fn refuse_secrets_of(&mut self, path: &Path) {
        let is_secret = |(name, value): &(&String, &String)| {
            SECRETS.contains(&name.as_str()) || (*name == "database_url" && holds_password(value))
        };
        let names: Vec<_> = self
            .file
            .iter()
            .filter(is_secret)
            .map(|(name, _)| name.clone())
            .collect();
        for name in names {
            let path = path.display();
            self.refuse(
                &name,
                &format!("is secret, and others than its owner may read the file: run `chmod 600 {path}`"),
            );
        }
    }

    /// The setting, from the environment before the file.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let in_file = self.file.remove(name);
        (self.environment)(&variable(name)).or(in_file)
    }

    /// A setting that is a secret and so never stands in the file.
    pub(super) fn take_from_environment(&mut self, name: &str) -> Option<String> {
        if self.file.remove(name).is_some() {
            self.refuse(name, "is a secret: it is taken from the environment only");
        }
        (self.environment)(&variable(name))
    }

    pub(super) fn required(&mut self, name: &str, what: &str) -> Option<String> {
        let value = self.take(name).filter(|value| !value.is_empty());
        if value.is_none() {
            self.refuse(name, &format!("is required: {what}"));
        }
        value
    }

    pub(super) fn parse<T: FromStr>(&mut self, name: &str, what: &str) -> Option<T> {
        let parsed = self.take(name)?.parse().ok();
        if parsed.is_none() {
            self.refuse(name, &format!("must be {what}"));
        }
        parsed
    }

    pub(super) fn count(&mut self, name: &str) -> Option<usize> {
        let what = format!("a number from 1 to {MAXIMUM_COUNT}");
        let count = self.parse(name, &what)?;
        if (1..=MAXIMUM_COUNT).contains(&count) {
            return Some(count);
        }
        self.refuse(name, &format!("must be {what}"));
        None
    }

    /// A limit, where the setting says another than the usual one. 0 is none.
    pub(super) fn limit(&mut self, name: &str, usual: Option<NonZeroU32>) -> Option<NonZeroU32> {
        let what = format!("a number from 0, which is no limit, to {MAXIMUM_COUNT}");
        match self.parse::<u32>(name, &what) {
            None => usual,
            Some(limit) if usize::try_from(limit).is_ok_and(|limit| limit <= MAXIMUM_COUNT) => {
                NonZeroU32::new(limit)
            }
            Some(_) => {
                self.refuse(name, &format!("must be {what}"));
                usual
            }
        }
    }

    pub(super) fn refuse(&mut self, name: &str, why: &str) {
        self.problems.push(format!("{name} ({}) {why}", variable(name)));
    }

    /// The failure of all that was refused so far, and of names that nobody took.
    pub(super) fn failure(mut self) -> ConfigurationError {
        let unknown = self
            .file
            .keys()
            .map(|name| format!("{name} is not a known setting"));
        self.problems.extend(unknown);
        ConfigurationError::Invalid(self.problems)
    }

    /// The whole, if nothing was refused.
    pub(super) fn finish<T>(self, whole: T) -> Result<T, ConfigurationError> {
        if self.problems.is_empty() && self.file.is_empty() {
            Ok(whole)
        } else {
            Err(self.failure())
        }
    }
}

pub(super) fn variable(name: &str) -> String {
    format!("CATCHMENT_{}", name.to_uppercase())
}

/// Whether a database's URL has a password, before its host or among its parameters.
fn holds_password(url: &str) -> bool {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    user.contains(':') || url.contains("password=")
}
