//! Where webhooks may point.

use super::settings::Settings;
use events::AddressPolicy;

pub(super) fn policy(settings: &mut Settings<'_>) -> AddressPolicy {
    match settings.take("webhooks_to_private_addresses").as_deref() {
        None | Some("false") => AddressPolicy::PublicOnly,
        Some("true") => AddressPolicy::Anywhere,
        Some(_) => {
            settings.refuse("webhooks_to_private_addresses", "must be true or false");
            AddressPolicy::PublicOnly
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{COMPLETE, read};
    use super::*;

    #[test]
    fn webhooks_point_to_the_public_internet_unless_somebody_says_otherwise() {
        let with = |line: &str| read(&format!("{COMPLETE}{line}\n"), &[]);
        assert_eq!(with("").unwrap().webhooks, AddressPolicy::PublicOnly);
        for (value, policy) in [
            ("true", AddressPolicy::Anywhere),
            ("false", AddressPolicy::PublicOnly),
        ] {
            let read = with(&format!("webhooks_to_private_addresses = {value}")).unwrap();
            assert_eq!(read.webhooks, policy);
        }
        let refused = with("webhooks_to_private_addresses = \"yes\"")
            .unwrap_err()
            .to_string();
        assert!(refused.contains("webhooks_to_private_addresses"), "{refused}");
    }
}
