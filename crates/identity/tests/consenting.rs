//! Agreeing to privacy policies.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use identity::{
    AccountRepository, AgreeAnewError, ConsentOccasion, ConsentRepository, OpenAccount, PasswordHash,
    PolicyInForce, Position, Username, agree_anew, open_account,
};
use kernel::{AccountId, CustomerId, Instant, PersonName, Text};
use testing::{Memory, SeededIds, instant};
use uuid::Uuid;

fn now() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

fn account_id() -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(1))
}

fn policy(version: &str) -> PolicyInForce {
    PolicyInForce::new(Text::parse(version).unwrap())
}

fn opened(agreed: Option<&str>) -> (Memory, SeededIds) {
    let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
    let command = OpenAccount {
        id: account_id(),
        username: Username::parse("zhang.san").unwrap(),
        password_hash: PasswordHash::from_text("hash".to_owned()),
        name: PersonName::parse("张三").unwrap(),
        privacy_policy_version: agreed.map(|version| Text::parse(version).unwrap()),
        position: Position::Customer(CustomerId::from_uuid(Uuid::from_u128(2))),
    };
    open_account(&mut memory, &ids, now(), command).unwrap();
    (memory, ids)
}

#[test]
fn opening_an_account_keeps_what_was_agreed_to() {
    let (mut memory, _) = opened(Some("2026-11"));
    let kept = memory.list_consents(account_id()).unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].version.as_str(), kept[0].at), ("2026-11", now()));
    assert_eq!(kept[0].occasion, ConsentOccasion::Registration);

    let (mut memory, _) = opened(None);
    assert!(memory.list_consents(account_id()).unwrap().is_empty());
}

#[test]
fn agreeing_anew_keeps_both_agreements_and_the_account_has_the_last() {
    let (mut memory, ids) = opened(Some("2026-11"));
    let consent = agree_anew(
        &mut memory,
        &ids,
        now(),
        &policy("2027-01"),
        account_id(),
        "2027-01",
    )
    .unwrap();
    assert_eq!(consent.occasion, ConsentOccasion::Renewal);
    let kept = memory.list_consents(account_id()).unwrap();
    assert_eq!(
        kept.iter().map(|kept| kept.version.as_str()).collect::<Vec<_>>(),
        ["2026-11", "2027-01"]
    );
    let account = memory.find_account(account_id()).unwrap().unwrap();
    assert_eq!(account.privacy_policy_version, Some(consent.version));
}

#[test]
fn nobody_agrees_to_another_policy_or_for_nobody() {
    let (mut memory, ids) = opened(Some("2026-11"));
    let mut agree = |account_id, version| {
        agree_anew(&mut memory, &ids, now(), &policy("2027-01"), account_id, version).unwrap_err()
    };
    assert!(
        matches!(agree(account_id(), "2026-11"), AgreeAnewError::Invalid(invalid) if invalid.code == "outdated_policy")
    );
    let nobody = AccountId::from_uuid(Uuid::from_u128(9));
    assert!(matches!(agree(nobody, "2027-01"), AgreeAnewError::NotFound(id) if id == nobody));
    assert_eq!(memory.list_consents(account_id()).unwrap().len(), 1);
}
