//! How long those are given whom an application waits for.

use super::settings::Settings;
use agents::{Deadlines, MAXIMUM_DEADLINE_DAYS};

pub(super) fn deadlines(settings: &mut Settings<'_>) -> Deadlines {
    let mut days = |name: &'static str, usual: u16| {
        let count = settings.count(name).map_or(Some(usual), |count| {
            u16::try_from(count)
                .ok()
                .filter(|days| *days <= MAXIMUM_DEADLINE_DAYS)
        });
        if count.is_none() {
            settings.refuse(name, &format!("must be at most {MAXIMUM_DEADLINE_DAYS}"));
        }
        count
    };
    let usual = Deadlines::default();
    let review_days = days("application_review_days", usual.review_days());
    let supplement_days = days("application_supplement_days", usual.supplement_days());
    review_days
        .zip(supplement_days)
        .and_then(|(review, supplement)| Deadlines::new(review, supplement))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{COMPLETE, read};
    use super::*;

    #[test]
    fn deadlines_are_days_within_a_year() {
        assert_eq!(read(COMPLETE, &[]).unwrap().deadlines, Deadlines::default());
        let with = |review: u16| read(&format!("{COMPLETE}application_review_days = {review}\n"), &[]);
        let longest = with(MAXIMUM_DEADLINE_DAYS).unwrap().deadlines;
        assert_eq!(longest.review_days(), MAXIMUM_DEADLINE_DAYS);
        assert_eq!(longest.supplement_days(), Deadlines::default().supplement_days());
        for wrong in [0, MAXIMUM_DEADLINE_DAYS + 1] {
            let refused = with(wrong).unwrap_err().to_string();
            assert!(refused.contains("application_review_days"), "{refused}");
        }
    }
}
