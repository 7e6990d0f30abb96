//! Agents: each applied, was reviewed and was approved on terms, like any other.

use super::{DemoError, accounts, accounts::Accounts, cast, licences::Licences, random::Random};
use crate::policy::PrivacyPolicy;
use agents::{
    ApplicationForm, ApproveApplication, Deadlines, HoldApplication, OpenReview, ProposedQuota,
    ProposedTerms, RejectApplication, RequestSupplement, SubmitApplication, approve_application,
    hold_application, open_review, reject_application, request_supplement, submit_application,
};
use kernel::{AccountId, AgentId, ApplicationId, BusinessDay, DivisionCode, Instant};
use orders::{CourierDraft, hire_courier};
use regions::{Division, DivisionLevel, DivisionTree};
use std::time::Duration;
use storage::Session;

/// Provinces that are open to agents below. 西藏 (540000) stays free, so that there is always something to apply for.
const PROVINCES: [&str; 5] = ["330000", "320000", "440000", "310000", "510000"];
/// Cities, open to agents below; 东莞 has no counties.
const CITIES: [&str; 11] = [
    "330100", "330200", "330300", "320100", "320500", "440100", "440300", "441900", "510100", "370100",
    "420100",
];
/// Counties, held alone.
const COUNTIES: [&str; 28] = [
    "330106", "330102", "330105", "330108", "330109", "330110", "330203", "330212", "330302", "320102",
    "320106", "320508", "320583", "440104", "440106", "440305", "440306", "310101", "310104", "310115",
    "510104", "510107", "110101", "110105", "110108", "429004", "350203", "610113",
];
/// Whose contract ends soon, and in how many days: 萧山区.
const EXPIRING: (&str, u64) = ("330109", 25);
/// Where applications are still waiting: the division, how many days ago somebody applied, and what has happened since. The
/// first is the named applicant's: 富阳区 is kept for it, and somebody queues behind. The last one is overdue.
const WAITING: [(&str, u64, Waiting); 8] = [
    ("330111", 2, Waiting::OnHold),
    ("330106", 2, Waiting::Submitted),
    ("500103", 3, Waiting::Submitted),
    ("350200", 4, Waiting::Reviewing),
    ("430100", 5, Waiting::Supplement),
    ("410100", 6, Waiting::Rejected),
    ("330111", 1, Waiting::Submitted),
    ("520100", 20, Waiting::Submitted),
];
/// Where more was promised than is sold: its quota is missed each month, and at risk in between.
const TOO_MUCH: &str = "330200";
/// Where a market report is due each quarter; none was written.
const REPORTS: &str = "330100";
/// How many days ahead the division of the named applicant is kept.
const HELD_DAYS: u64 = 30;

/// How many apply.
pub(super) const APPLICATIONS: usize = PROVINCES.len() + CITIES.len() + COUNTIES.len() + WAITING.len();

/// The beginning of the day on which the first of those came that still wait.
pub(super) fn first_that_waits(now: Instant) -> Instant {
    let days = WAITING.iter().map(|(_, days_ago, _)| *days_ago).max();
    BusinessDay::of(now).minus_days(days.unwrap_or_default()).start()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    Submitted,
    OnHold,
    Reviewing,
    Supplement,
    Rejected,
}

/// Founds every agency, with its couriers and customers, and leaves some applications waiting.
pub(super) fn found(
    session: &mut dyn Session,
    tree: &DivisionTree,
    random: &mut Random,
    founded: Instant,
    now: Instant,
    named: &Accounts,
    licences: &mut Licences<'_>,
) -> Result<(), DemoError> {
    let operator = *named
        .get("operator")
        .ok_or_else(|| DemoError::refused("there is no operator"))?;
    for code in PROVINCES.into_iter().chain(CITIES).chain(COUNTIES) {
        let account = match code {
            "330000" => named.get("zhejiang").copied(),
            "330100" => named.get("hangzhou").copied(),
            "330106" => named.get("xihu").copied(),
            _ => None,
        };
        let application_id = apply(session, tree, random, founded, account, code, licences)?;
        let until = match code {
            code if code == EXPIRING.0 => BusinessDay::of(now).plus_days(EXPIRING.1),
            _ => BusinessDay::of(founded).plus_days(1_095),
        };
        let validity = (BusinessDay::of(founded), until);
        let agent_id = approve(session, tree, random, validity, operator, application_id, code)?;
        staff(session, random, founded, agent_id)?;
    }
    staff(session, random, founded, AgentId::HEADQUARTERS)?;
    for (index, (code, days_ago, waiting)) in WAITING.into_iter().enumerate() {
        let account = named.get("applicant").copied().filter(|_| index == 0);
        let at = BusinessDay::of(now).minus_days(days_ago).start() + Duration::from_hours(10);
        let application_id = apply(session, tree, random, at, account, code, licences)?;
        let later = at + Duration::from_mins(90);
        leave(session, tree, random, later, operator, application_id, waiting)?;
    }
    Ok(())
}

fn division<'tree>(tree: &'tree DivisionTree, code: &str) -> Result<&'tree Division, DemoError> {
    let code: DivisionCode = code.parse().map_err(DemoError::refused)?;
    tree.resolve(code).map_err(DemoError::refused)
}

/// A county of the division, for the numbers of people and companies that live there.
fn county_within(tree: &DivisionTree, code: DivisionCode) -> String {
    let mut place = code;
    while let Some(child) = tree
        .children(Some(place))
        .find(|child| child.level != DivisionLevel::Township)
    {
        place = child.code;
    }
    place.to_string()
}

/// Submits an application for one division, of a company two times out of three.
fn apply(
    session: &mut dyn Session,
    tree: &DivisionTree,
    random: &mut Random,
    at: Instant,
    account: Option<AccountId>,
    code: &str,
    licences: &mut Licences<'_>,
) -> Result<ApplicationId, DemoError> {
    let wanted = division(tree, code)?;
    let county = county_within(tree, wanted.code);
    let name = cast::name(random);
    let enterprise = random.per_mille(667);
    let account_id = match account {
        Some(account_id) => account_id,
        None => accounts::open_silent(session, random, at, &name)?,
    };
    let licence = licences
        .next()
        .ok_or_else(|| DemoError::refused("there are too few licences"))?;
    let form = ApplicationForm {
        kind: if enterprise { "enterprise" } else { "person" }.to_owned(),
        identity_number: cast::identity_number(random, &county),
        company_name: enterprise.then(|| cast::company(random, wanted.name())),
        credit_code: enterprise.then(|| cast::credit_code(random, &county)),
        mobile: cast::mobile(random),
        email: format!("agent-{code}@example.com"),
        level: match wanted.level {
            DivisionLevel::Province => "province",
            DivisionLevel::City => "city",
            DivisionLevel::County | DivisionLevel::Township => "county",
        }
        .to_owned(),
        division_codes: vec![code.to_owned()],
        privacy_policy_version: accounts::DEMO_PRIVACY_POLICY.to_owned(),
        attachments: vec![licence.upload(session, account_id, at)?],
        name,
    };
    let command = SubmitApplication {
        account_id,
        form,
        policy: PrivacyPolicy::built_in().in_force(),
        deadlines: Deadlines::default(),
    };
    submit_application(session, random, tree, at, &command)
        .map(|application| application.id)
        .map_err(DemoError::refused)
}

fn approve(
    session: &mut dyn Session,
    tree: &DivisionTree,
    random: &mut Random,
    (from, until): (BusinessDay, BusinessDay),
    operator: AccountId,
    application_id: ApplicationId,
    code: &str,
) -> Result<AgentId, DemoError> {
    let level = division(tree, code)?.level;
    let (exclusivity, share_rate_bp, override_rate_bp, deposit_fen) = match level {
        DivisionLevel::Province => ("shared_below", 6_000, Some(300), 20_000_000),
        DivisionLevel::City => ("shared_below", 6_500, Some(500), 8_000_000),
        DivisionLevel::County | DivisionLevel::Township => ("exclusive", 7_000, None, 3_000_000),
    };
    // Everybody sells so much in a month, but for one who promised too much.
    let target = if code == TOO_MUCH { 3_000 } else { 100 };
    let terms = ProposedTerms {
        exclusivity: exclusivity.to_owned(),
        share_rate_bp,
        override_rate_bp,
        quota: Some(ProposedQuota {
            period: "month".to_owned(),
            measure: "buckets".to_owned(),
            target,
            yearly_growth_bp: Some(800),
        }),
        deposit_fen: Some(deposit_fen),
        // A fifth of the deposit again, for the whole contract.
        support_budget_fen: Some(deposit_fen / 5),
        report_period: (code == REPORTS).then(|| "quarter".to_owned()),
        renewal_window_days: None,
        grace_days: None,
        valid_from: from.to_string(),
        valid_until: until.to_string(),
    };
    let command = ApproveApplication {
        application_id,
        actor: operator,
        terms,
        division_codes: None,
        override_reason: None,
    };
    approve_application(session, random, tree, from.start(), &command)
        .map(|approved| approved.agent.id)
        .map_err(DemoError::refused)
}

/// Couriers, two to five for each agent.
fn staff(
    session: &mut dyn Session,
    random: &mut Random,
    at: Instant,
    agent_id: AgentId,
) -> Result<(), DemoError> {
    for _ in 0..random.between(2, 6) {
        let draft = CourierDraft {
            name: cast::name(random),
            phone: cast::mobile(random),
        };
        hire_courier(session, random, at, agent_id, None, &draft).map_err(DemoError::refused)?;
    }
    Ok(())
}

/// Leaves an application where it is waiting.
fn leave(
    session: &mut dyn Session,
    tree: &DivisionTree,
    random: &Random,
    at: Instant,
    actor: AccountId,
    application_id: ApplicationId,
    waiting: Waiting,
) -> Result<(), DemoError> {
    match waiting {
        Waiting::Submitted => return Ok(()),
        Waiting::OnHold => {
            let command = HoldApplication {
                application_id,
                actor,
                until: BusinessDay::of(at).plus_days(HELD_DAYS).to_string(),
                reason: "等待仓库验收".to_owned(),
            };
            return hold_application(session, random, tree, at, &command)
                .map(drop)
                .map_err(DemoError::refused);
        }
        Waiting::Reviewing => open_review(
            session,
            random,
            tree,
            at,
            &OpenReview {
                application_id,
                actor,
            },
        ),
        Waiting::Supplement => {
            let message = "请补充营业执照的清晰照片".to_owned();
            request_supplement(
                session,
                random,
                at,
                &RequestSupplement {
                    application_id,
                    actor,
                    message,
                    deadlines: Deadlines::default(),
                },
            )
        }
        Waiting::Rejected => {
            let reason = "仓储条件不符合要求".to_owned();
            reject_application(
                session,
                random,
                tree,
                at,
                &RejectApplication {
                    application_id,
                    actor,
                    reason,
                },
            )
        }
    }
    .map(drop)
    .map_err(DemoError::refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_division_is_of_the_edition_and_tibet_stays_free() {
        let tree = DivisionTree::embedded();
        let waiting = WAITING.into_iter().map(|(code, ..)| code);
        for code in PROVINCES.into_iter().chain(CITIES).chain(COUNTIES).chain(waiting) {
            assert!(tree.grantable(code.parse().unwrap()).is_ok(), "{code}");
            assert!(!code.starts_with("54"), "{code}");
        }
    }
}
