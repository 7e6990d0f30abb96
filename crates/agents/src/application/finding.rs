//! The automatic preliminary review, and what it notices.

use crate::{
    AgentLevel, AgentLifeRepository, AgentRepository, Applicant, ApplicationRepository, TerminationState,
};
use identity::{MembershipRepository, Position};
use kernel::{AccountId, AgentId, ApplicationId, DivisionCode, Instant, Period, RepositoryError};
use regions::{Claim, DivisionTree, Exclusivity, Territory, TerritoryRepository};
use std::{collections::BTreeSet, time::Duration};

/// How far ahead a division must be free to be called so: a year.
const PROSPECT: Duration = Duration::from_hours(365 * 24);

/// What the review can notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FindingCode {
    /// Somebody holds the division within the coming year, or excludes others from it.
    DivisionHeld,
    /// The division is on hold for another application.
    OnHoldForOther,
    /// The division is of another level than the application.
    LevelMismatch,
    /// The identity is an agent that another account answers for: approval makes the applicant's account its owner too.
    AgentOfAnotherAccount,
    /// The division's contract ends soon, and its holder may renew before anybody else is heard.
    RenewalPriority,
    /// The identity is an agent that was terminated, or was given notice.
    TerminatedBefore,
    /// Another open application wants the division.
    PendingForOther,
    /// The identity is an agent already: approval adds a contract to it.
    AlreadyAgent,
    /// The identity number begins with another province than the division lies in.
    RegionDiffers,
    /// There is no attachment.
    AttachmentMissing,
}

/// Whether a finding stands in the way of approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Approval needs a reason, or is impossible.
    Blocking,
    /// Worth knowing.
    Advisory,
}

impl Severity {
    /// The stable name, also the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blocking => "blocking",
            Self::Advisory => "advisory",
        }
    }
}

impl FindingCode {
    /// Every code.
    pub const ALL: [Self; 10] = [
        Self::DivisionHeld,
        Self::OnHoldForOther,
        Self::LevelMismatch,
        Self::AgentOfAnotherAccount,
        Self::RenewalPriority,
        Self::TerminatedBefore,
        Self::PendingForOther,
        Self::AlreadyAgent,
        Self::RegionDiffers,
        Self::AttachmentMissing,
    ];

    /// The stable name, also the stored and the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DivisionHeld => "division_held",
            Self::OnHoldForOther => "on_hold_for_other",
            Self::LevelMismatch => "level_mismatch",
            Self::AgentOfAnotherAccount => "agent_of_another_account",
            Self::RenewalPriority => "renewal_priority",
            Self::TerminatedBefore => "terminated_before",
            Self::PendingForOther => "pending_for_other",
            Self::AlreadyAgent => "already_agent",
            Self::RegionDiffers => "region_differs",
            Self::AttachmentMissing => "attachment_missing",
        }
    }

    /// The code of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.name() == name)
    }

    /// Whether it stands in the way.
    pub const fn severity(self) -> Severity {
        match self {
            Self::DivisionHeld
            | Self::OnHoldForOther
            | Self::LevelMismatch
            | Self::AgentOfAnotherAccount
            | Self::RenewalPriority
            | Self::TerminatedBefore => Severity::Blocking,
            Self::PendingForOther | Self::AlreadyAgent | Self::RegionDiffers | Self::AttachmentMissing => {
                Severity::Advisory
            }
        }
    }
}

/// Something that the review noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub code: FindingCode,
    /// At which of the divisions, `None` where it is about the applicant.
    pub division_code: Option<DivisionCode>,
}

impl Finding {
    /// What it says to a Chinese reader.
    pub fn message_zh(&self) -> String {
        let at = self
            .division_code
            .map(|code| code.to_string())
            .unwrap_or_default();
        match self.code {
            FindingCode::DivisionHeld => format!("区划 {at} 已有代理商"),
            FindingCode::OnHoldForOther => format!("区划 {at} 已为另一份申请保留"),
            FindingCode::LevelMismatch => format!("区划 {at} 与申请的代理级别不符"),
            FindingCode::AgentOfAnotherAccount => {
                "申请人是另一账号的代理商，批准后本账号也成为其负责人".to_owned()
            }
            FindingCode::RenewalPriority => format!("区划 {at} 的现代理商享有优先续约权"),
            FindingCode::TerminatedBefore => "申请人曾是代理商，已被终止或已收到终止通知".to_owned(),
            FindingCode::PendingForOther => format!("区划 {at} 另有申请待审"),
            FindingCode::AlreadyAgent => "申请人已是代理商，批准后新增一份合同".to_owned(),
            FindingCode::RegionDiffers => format!("身份证号码所属省份与区划 {at} 不同"),
            FindingCode::AttachmentMissing => "未上传附件".to_owned(),
        }
    }

    /// What it says to an English reader.
    pub fn message_en(&self) -> String {
        let at = self
            .division_code
            .map(|code| code.to_string())
            .unwrap_or_default();
        match self.code {
            FindingCode::DivisionHeld => format!("division {at} is held by an agent"),
            FindingCode::OnHoldForOther => format!("division {at} is on hold for another application"),
            FindingCode::LevelMismatch => format!("division {at} is not of the level applied for"),
            FindingCode::AgentOfAnotherAccount => {
                "the applicant is another account's agent; approval makes this account its owner too"
                    .to_owned()
            }
            FindingCode::RenewalPriority => {
                format!("the holder of division {at} may renew before anybody else is heard")
            }
            FindingCode::TerminatedBefore => "the applicant is an agent that was terminated".to_owned(),
            FindingCode::PendingForOther => format!("another application waits for division {at}"),
            FindingCode::AlreadyAgent => "the applicant is an agent; approval adds a contract".to_owned(),
            FindingCode::RegionDiffers => {
                format!("the identity number is of another province than division {at}")
            }
            FindingCode::AttachmentMissing => "there is no attachment".to_owned(),
        }
    }
}

/// What a review reads: who wants the divisions, who holds them, and who the applicant is.
pub trait ReviewSession:
    ApplicationRepository + AgentRepository + AgentLifeRepository + TerritoryRepository + MembershipRepository
{
}

impl<Session> ReviewSession for Session where
    Session: ApplicationRepository
        + AgentRepository
        + AgentLifeRepository
        + TerritoryRepository
        + MembershipRepository
        + ?Sized
{
}

/// What the review looks at.
pub(crate) struct Subject<'application> {
    /// The application itself, which does not stand in its own way.
    pub id: ApplicationId,
    /// The account that applies.
    pub account_id: AccountId,
    pub applicant: &'application Applicant,
    pub level: AgentLevel,
    pub division_codes: &'application [DivisionCode],
    /// Where it is stored as waiting, so that it does not count itself.
    pub waits_for: &'application [DivisionCode],
    pub has_attachments: bool,
}

/// Reviews the subject as things stand: findings in the order of [`FindingCode`], those of one code in the order of the
/// divisions.
pub(crate) fn review(
    session: &mut (impl ReviewSession + ?Sized),
    tree: &DivisionTree,
    now: Instant,
    subject: &Subject<'_>,
) -> Result<Vec<Finding>, RepositoryError> {
    let reviewed = review_all(session, tree, now, std::slice::from_ref(subject))?;
    Ok(reviewed.into_iter().flatten().collect())
}

/// Reviews many at once, each like [`review`]: territories, holds and queues are read together, however many they are.
pub(crate) fn review_all(
    session: &mut (impl ReviewSession + ?Sized),
    tree: &DivisionTree,
    now: Instant,
    subjects: &[Subject<'_>],
) -> Result<Vec<Vec<Finding>>, RepositoryError> {
    let wanted = subjects.iter().flat_map(|subject| subject.division_codes);
    let codes: Vec<_> = wanted.copied().collect::<BTreeSet<_>>().into_iter().collect();
    let held = find_holders(session, tree, now, &codes)?;
    let renewable = find_renewable(session, now, &held)?;
    let holds = session.list_holds(&codes, now)?;
    let waiting = session.count_waiting(&codes, None)?;

    let mut reviewed = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let agent = session.find_agent_by_identity(&subject.applicant.identity_number)?;
        let is_own = match &agent {
            Some(agent) => owns(session, subject.account_id, agent.id)?,
            None => true,
        };
        let is_terminated = match &agent {
            Some(agent) => was_terminated(session, agent.id)?,
            None => false,
        };
        let agent_id = agent.as_ref().map(|agent| agent.id);
        let mut findings = Vec::new();
        let mut note = |code, division_code, noticed: bool| {
            if noticed {
                findings.push(Finding { code, division_code });
            }
        };
        for code in subject.division_codes {
            let claims = prospect_of(tree, now, *code);
            let is_held = held.iter().any(|held| held.conflicts_with(&claims));
            let may_renew =
                |other: &Territory| Some(other.agent_id) != agent_id && other.conflicts_with(&claims);
            let is_renewable = renewable.iter().any(may_renew);
            let on_hold = holds
                .iter()
                .any(|hold| hold.division_code == *code && hold.application_id != subject.id);
            let fits = tree
                .find(*code)
                .is_some_and(|division| subject.level.may_hold(division.level));
            let own = u64::from(subject.waits_for.contains(code));
            let others_wait = waiting.get(code).is_some_and(|count| *count > own);
            let differs = province_of(subject.applicant) != province_digits(*code);
            note(FindingCode::DivisionHeld, Some(*code), is_held);
            note(FindingCode::OnHoldForOther, Some(*code), on_hold);
            note(FindingCode::LevelMismatch, Some(*code), !fits);
            note(FindingCode::RenewalPriority, Some(*code), is_renewable);
            note(FindingCode::PendingForOther, Some(*code), others_wait);
            note(FindingCode::RegionDiffers, Some(*code), differs);
        }
        note(FindingCode::AgentOfAnotherAccount, None, !is_own);
        note(FindingCode::TerminatedBefore, None, is_terminated);
        note(FindingCode::AlreadyAgent, None, agent.is_some());
        note(FindingCode::AttachmentMissing, None, !subject.has_attachments);
        findings.sort_by_key(|finding| finding.code);
        reviewed.push(findings);
    }
    Ok(reviewed)
}

/// Whether the agent was ever let go, or is about to be.
fn was_terminated(
    session: &mut (impl AgentLifeRepository + ?Sized),
    agent_id: AgentId,
) -> Result<bool, RepositoryError> {
    let withdrawn = |state| matches!(state, TerminationState::Withdrawn { .. });
    let terminations = session.list_terminations(&[agent_id])?;
    Ok(terminations.iter().any(|one| !withdrawn(one.state)))
}

/// Whether the account answers for the agent.
pub(crate) fn owns(
    session: &mut (impl MembershipRepository + ?Sized),
    account_id: AccountId,
    agent_id: AgentId,
) -> Result<bool, RepositoryError> {
    let held = session.list_memberships(account_id)?;
    let position = Position::AgentOwner(agent_id);
    Ok(held
        .iter()
        .any(|membership| membership.position == position && membership.ended_at.is_none()))
}

/// The territories that would keep even a shared grant out of one of the divisions within the coming year.
pub(crate) fn find_holders(
    session: &mut (impl TerritoryRepository + ?Sized),
    tree: &DivisionTree,
    now: Instant,
    codes: &[DivisionCode],
) -> Result<Vec<Territory>, RepositoryError> {
    let claims: Vec<_> = codes
        .iter()
        .flat_map(|code| prospect_of(tree, now, *code))
        .collect();
    session.find_territory_conflicts(&claims)
}

/// Those of the territories that last until the end of a contract which is in its window of renewal and which none follows.
fn find_renewable(
    session: &mut (impl AgentRepository + ?Sized),
    now: Instant,
    held: &[Territory],
) -> Result<Vec<Territory>, RepositoryError> {
    let ids: Vec<_> = held
        .iter()
        .map(|held| (held.agent_id, held.contract_id))
        .collect();
    let contracts = session.find_contracts(&ids)?;
    let followed: BTreeSet<_> = contracts
        .values()
        .filter_map(|contract| contract.renews)
        .collect();
    let is_renewable = |held: &&Territory| {
        contracts.get(&held.contract_id).is_some_and(|contract| {
            let (until, days) = (
                contract.terms.validity.until(),
                contract.terms.renewal_window_days,
            );
            let opens = until - Duration::from_hours(24 * u64::from(days));
            held.validity.until() == until && opens <= now && now < until && !followed.contains(&contract.id)
        })
    };
    Ok(held.iter().filter(is_renewable).cloned().collect())
}

/// What a shared grant of the division over the coming year would claim.
fn prospect_of(tree: &DivisionTree, now: Instant, code: DivisionCode) -> Vec<Claim> {
    let division = tree.find(code).zip(Period::new(now, now + PROSPECT));
    division
        .map(|(division, prospect)| {
            Claim::of(division.code, division.level, Exclusivity::SharedBelow, prospect)
        })
        .unwrap_or_default()
}

/// 83 is written on the residence permits of people from Taiwan, whose codes begin with 71.
fn province_of(applicant: &Applicant) -> u32 {
    match applicant.identity_number.province_digits() {
        83 => 71,
        digits => u32::from(digits),
    }
}

/// The standard gives every province its two digits: for this, unlike the tree's edges, they may be cut.
fn province_digits(code: DivisionCode) -> u32 {
    code.nine_digits() / 10_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_finding_speaks_both_languages() {
        for code in FindingCode::ALL {
            assert_eq!(FindingCode::from_name(code.name()), Some(code));
            let finding = Finding {
                code,
                division_code: "330106".parse().ok(),
            };
            assert!(!finding.message_zh().is_ascii() && finding.message_en().is_ascii());
        }
        assert_eq!(FindingCode::DivisionHeld.severity().name(), "blocking");
        assert_eq!(FindingCode::RegionDiffers.severity().name(), "advisory");
    }
}
