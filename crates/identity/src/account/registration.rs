//! What somebody fills in to register.

use super::PrivacyPolicyVersion;
use crate::{Password, PolicyInForce, Username};
use kernel::{FieldError, PersonName, Validation};

/// A filled-in registration, every field of it checked.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The user name wanted.
    pub username: Username,
    /// The password chosen.
    pub password: Password,
    /// The holder's name.
    pub name: PersonName,
    /// The privacy policy agreed to.
    pub privacy_policy_version: PrivacyPolicyVersion,
}

impl Registration {
    /// Checks every field; the errors are those of all fields. The policy agreed to is the one in force.
    pub fn parse(
        username: &str,
        password: String,
        name: &str,
        privacy_policy_version: &str,
        policy: &PolicyInForce,
    ) -> Result<Self, Vec<FieldError>> {
        let mut validation = Validation::default();
        let username = validation.take("username", Username::parse(username));
        let password = validation.take("password", Password::parse(password));
        let name = validation.take("name", PersonName::parse(name));
        let version = validation.take(
            "privacy_policy_version",
            policy.require_current(privacy_policy_version),
        );
        validation.finish_with((|| {
            Some(Self {
                username: username?,
                password: password?,
                name: name?,
                privacy_policy_version: version?,
            })
        })())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> PolicyInForce {
        PolicyInForce::new(PrivacyPolicyVersion::parse("2026-11").unwrap())
    }

    #[test]
    fn the_errors_of_all_fields_come_at_once() {
        let errors = Registration::parse("x", "short".to_owned(), "", "", &policy()).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_ref()).collect();
        assert_eq!(fields, ["username", "password", "name", "privacy_policy_version"]);
    }

    #[test]
    fn a_right_one_is_taken() {
        let registration =
            Registration::parse("Zhang.San", "12345678".to_owned(), "张三", "2026-11", &policy()).unwrap();
        assert_eq!(registration.username.as_str(), "zhang.san");
    }
}
