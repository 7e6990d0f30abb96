//! What people agree to, how long what is personal is kept, and where the erasure log is.

use super::settings::Settings;
use crate::{cli::ERASURE_LOG, policy::BUILT_IN_VERSION};
use ::privacy::{Kind, RetentionPeriods};
use chrono::TimeDelta;
use std::path::PathBuf;
use storage::KeySource;

pub(super) fn privacy_policy(settings: &mut Settings<'_>) -> (String, Option<PathBuf>) {
    let version = settings.take("privacy_policy_version");
    let file = settings.take("privacy_policy_file").map(PathBuf::from);
    if file.is_some() && version.is_none() {
        settings.refuse(
            "privacy_policy_version",
            "is required with privacy_policy_file: it names that text",
        );
    }
    (version.unwrap_or_else(|| BUILT_IN_VERSION.to_owned()), file)
}

pub(super) fn retention(settings: &mut Settings<'_>) -> RetentionPeriods {
    let mut periods = RetentionPeriods::default();
    for &kind in Kind::ALL {
        let setting = kind.setting();
        let Some(count) = settings.count(setting) else {
            continue;
        };
        let hours = if setting.ends_with("_hours") { 1 } else { 24 };
        let period = i64::try_from(count)
            .ok()
            .and_then(|count| TimeDelta::try_hours(count.checked_mul(hours)?));
        if let Some(changed) = period.and_then(|period| periods.with(kind, period)) {
            periods = changed;
        } else {
            let least = kind.least_period().num_hours() / hours;
            settings.refuse(setting, &format!("must be at least {least}"));
        }
    }
    periods
}

/// The erasure log beside the key file, or in the working directory where the keys are in the environment.
pub(super) fn erasure_log_beside(keys: &KeySource) -> PathBuf {
    match keys {
        KeySource::File(file) => file.path().with_file_name(ERASURE_LOG),
        KeySource::Text(_) => PathBuf::from(ERASURE_LOG),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::tests::{COMPLETE, read};
    use std::path::Path;

    #[test]
    fn periods_are_kept_and_have_lower_bounds() {
        let units = |kind: Kind, period: TimeDelta| {
            if kind.setting().ends_with("_hours") {
                period.num_hours()
            } else {
                period.num_days()
            }
        };
        for &kind in Kind::ALL {
            let least = units(kind, kind.least_period());
            let with = |count: i64| read(&format!("{COMPLETE}{} = {count}\n", kind.setting()), &[]);
            assert_eq!(with(least).unwrap().retention.of(kind), kind.least_period());
            let longer = with(least + 1).unwrap().retention.of(kind);
            assert_eq!(units(kind, longer), least + 1);
            let refused = with(least - 1).unwrap_err().to_string();
            assert!(refused.contains(kind.setting()), "{refused}");
        }
        assert_eq!(
            read(COMPLETE, &[]).unwrap().retention,
            RetentionPeriods::default()
        );
    }

    #[test]
    fn the_erasure_log_is_beside_the_keys_unless_it_is_named() {
        let file = "database_url = \"sqlite://a.db\"\nkey_file = \"safe/keys.toml\"\n";
        assert_eq!(
            read(file, &[]).unwrap().erasure_log,
            Path::new("safe/erasures.jsonl")
        );
        let named = format!("{file}erasure_log = \"elsewhere.jsonl\"\n");
        assert_eq!(
            read(&named, &[]).unwrap().erasure_log,
            Path::new("elsewhere.jsonl")
        );
    }

    #[test]
    fn a_policy_of_ones_own_has_a_version_of_its_own() {
        let file = format!("{COMPLETE}privacy_policy_file = \"policy.md\"\n");
        let refused = read(&file, &[]).unwrap_err().to_string();
        assert!(refused.contains("privacy_policy_version"), "{refused}");
        let whole = format!("{file}privacy_policy_version = \"2027-01\"\n");
        assert_eq!(read(&whole, &[]).unwrap().privacy_policy_version, "2027-01");
        let built_in = read(COMPLETE, &[]).unwrap();
        assert_eq!(built_in.privacy_policy_version, BUILT_IN_VERSION);
        assert_eq!(built_in.privacy_policy_file, None);
    }
}
