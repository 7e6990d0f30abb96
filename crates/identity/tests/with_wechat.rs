//! Signing in with WeChat on the in-memory fake: who gets in, who gets an account, and every way it is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use identity::{
    Account, AccountRepository, AdmitWithWechatError, BindPhoneError, LoginKey, OpenId, OpenWechatAccount,
    OpenWechatAccountError, PolicyInForce, Position, WechatRegistration, admit_with_wechat, bind_phone,
    open_session, open_wechat_account,
};
use kernel::{AccountId, CustomerId, Instant, MobileNumber, RepositoryError, Text};
use testing::{Memory, SeededIds, SeededSecrets, instant};
use uuid::Uuid;

fn now() -> Instant {
    instant("2026-11-22T08:00:00Z")
}

fn openid(text: &str) -> OpenId {
    OpenId::parse(text).unwrap()
}

fn phone(text: &str) -> MobileNumber {
    MobileNumber::parse(text).unwrap()
}

fn newcomer(number: u128, of: &str, consent: Option<&str>) -> OpenWechatAccount {
    let policy = PolicyInForce::new(Text::parse("2026-11").unwrap());
    OpenWechatAccount {
        id: AccountId::from_uuid(Uuid::from_u128(number)),
        openid: openid(of),
        registration: WechatRegistration::parse(None, consent, &policy).unwrap(),
        position: Position::Customer(CustomerId::from_uuid(Uuid::from_u128(number))),
    }
}

fn open(memory: &mut Memory, number: u128, of: &str) -> Account {
    let command = newcomer(number, of, Some("2026-11"));
    let (account, _) = open_wechat_account(memory, &SeededIds::new(1), now(), command).unwrap();
    account
}

#[test]
fn whoever_has_an_account_is_let_into_it() {
    let mut memory = Memory::default();
    assert!(admit_with_wechat(&mut memory, &openid("oABC")).unwrap().is_none());
    let account = open(&mut memory, 1, "oABC");
    assert_eq!(account.name.as_str(), identity::WECHAT_DEFAULT_NAME);
    let admitted = admit_with_wechat(&mut memory, &openid("oABC")).unwrap().unwrap();
    let (ids, secrets) = (SeededIds::new(2), SeededSecrets::new(1));
    let signed_in = open_session(
        &mut memory,
        &ids,
        &secrets,
        now(),
        &admitted,
        &identity::Client::default(),
    )
    .unwrap();
    assert_eq!(signed_in.principal.account_id, account.id);
    assert!(admit_with_wechat(&mut memory, &openid("oabc")).unwrap().is_none());
}

#[test]
fn nobody_gets_an_account_without_consent() {
    let mut memory = Memory::default();
    let refused = open_wechat_account(&mut memory, &SeededIds::new(1), now(), newcomer(1, "oABC", None));
    assert!(matches!(refused, Err(OpenWechatAccountError::NoConsent)));
    assert_eq!(memory.accounts().count(), 0);
    assert!(admit_with_wechat(&mut memory, &openid("oABC")).unwrap().is_none());
}

#[test]
fn an_openid_that_was_taken_meanwhile_sends_the_command_back_to_run_again() {
    let mut memory = Memory::default();
    open(&mut memory, 1, "oABC");
    let second = newcomer(2, "oABC", Some("2026-11"));
    let refused = open_wechat_account(&mut memory, &SeededIds::new(2), now(), second);
    assert!(matches!(
        refused,
        Err(OpenWechatAccountError::Repository(RepositoryError::LostRace(_)))
    ));
}

#[test]
fn a_disabled_account_is_let_in_by_no_openid() {
    let mut memory = Memory::default();
    let account = open(&mut memory, 1, "oABC");
    memory
        .save_account(&Account {
            disabled_at: Some(now()),
            ..account
        })
        .unwrap();
    let refused = admit_with_wechat(&mut memory, &openid("oABC"));
    assert!(matches!(refused, Err(AdmitWithWechatError::WrongCredentials(_))));
}

#[test]
fn a_phone_is_bound_to_one_account_and_an_account_to_one_phone() {
    let mut memory = Memory::default();
    let (first, second) = (open(&mut memory, 1, "oABC"), open(&mut memory, 2, "oDEF"));
    bind_phone(&mut memory, first.id, &phone("13812345678")).unwrap();
    bind_phone(&mut memory, first.id, &phone("13812345678")).unwrap();
    let taken = bind_phone(&mut memory, second.id, &phone("138 1234 5678"));
    assert!(matches!(taken, Err(BindPhoneError::PhoneTaken)));

    bind_phone(&mut memory, first.id, &phone("13912345678")).unwrap();
    bind_phone(&mut memory, second.id, &phone("13812345678")).unwrap();
    for (number, holder) in [("13912345678", first.id), ("13812345678", second.id)] {
        let found = memory.find_account_by_login_key(&LoginKey::Phone(phone(number)));
        assert_eq!(found.unwrap().unwrap().id, holder, "{number}");
    }
}

#[test]
fn binding_a_phone_saves_the_account_so_that_two_at_once_follow_each_other() {
    let mut memory = Memory::default();
    let account = open(&mut memory, 1, "oABC");
    bind_phone(&mut memory, account.id, &phone("13812345678")).unwrap();
    let stale = memory.save_account(&account);
    assert!(matches!(stale, Err(RepositoryError::LostRace(_))));
}

#[test]
fn no_phone_is_bound_to_nobody() {
    let nobody = AccountId::from_uuid(Uuid::from_u128(404));
    let refused = bind_phone(&mut Memory::default(), nobody, &phone("13812345678"));
    assert!(matches!(refused, Err(BindPhoneError::NoAccount(id)) if id == nobody));
}
