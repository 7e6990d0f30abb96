//! What the ports of `identity` promise, save for sign-ins.

use crate::{Store, instant};
use identity::{
    Account, AccountRepository, IdempotencyKey, IdempotencyRecord, IdempotencyRepository, LoginKey,
    Membership, MembershipRepository, OpenId, PasswordHash, Position, Principal, RequestDigest, Username,
};
use kernel::{
    AccountId, AgentId, CourierId, CustomerId, MembershipId, MobileNumber, PersonName, RepositoryError, Text,
};
use uuid::Uuid;

/// An account with a password, its id made of a number.
pub(super) fn account(number: u128, username: &str) -> Account {
    Account {
        id: AccountId::from_uuid(Uuid::from_u128(number)),
        username: Some(Username::parse(username).unwrap()),
        name: PersonName::parse("张三").unwrap(),
        password_hash: Some(PasswordHash::from_text("a hash".to_owned())),
        privacy_policy_version: Some(Text::parse("2026-11").unwrap()),
        disabled_at: None,
        created_at: instant("2026-11-22T08:00:00.123456Z"),
        version: 1,
    }
}

/// A membership of account 1.
pub(super) fn membership(number: u128, position: Position) -> Membership {
    Membership {
        id: MembershipId::from_uuid(Uuid::from_u128(number)),
        account_id: AccountId::from_uuid(Uuid::from_u128(1)),
        position,
        created_at: instant("2026-11-22T08:00:00Z"),
        ended_at: None,
    }
}

fn write<S: Store, T>(store: &S, command: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(command).unwrap()
}

/// An account comes back as it was, by id and by name; absent parts stay absent.
pub fn an_account_comes_back_by_id_and_by_name<S: Store>(store: &S)
where
    S::Session: AccountRepository,
{
    let full = account(1, "zhang.san");
    let bare = Account {
        username: None,
        password_hash: None,
        privacy_policy_version: None,
        disabled_at: Some(instant("2026-11-23T08:00:00Z")),
        ..account(2, "unused")
    };
    write(store, |session| {
        session.insert_accounts(&[full.clone(), bare.clone()])
    });
    assert_eq!(
        write(store, |session| session
            .find_account_by_username(&Username::parse("Zhang.San").unwrap())),
        Some(full.clone())
    );
    assert_eq!(
        write(store, |session| session.find_account(full.id)),
        Some(full.clone())
    );
    assert_eq!(
        write(store, |session| session.find_account(bare.id)),
        Some(bare.clone())
    );
    let nobody = Username::parse("nobody").unwrap();
    assert_eq!(
        write(store, |session| session.find_account_by_username(&nobody)),
        None
    );
}

/// A user name belongs to one account; whoever takes it too has lost a race, and leaves nothing.
pub fn a_user_name_is_taken_once<S: Store>(store: &S)
where
    S::Session: AccountRepository,
{
    write(store, |session| {
        session.insert_accounts(&[account(1, "zhang.san")])
    });
    let rival = account(2, "zhang.san");
    let result = store.write(|session| session.insert_accounts(std::slice::from_ref(&rival)));
    assert!(matches!(result, Err(RepositoryError::LostRace(_))), "{result:?}");
    assert_eq!(write(store, |session| session.find_account(rival.id)), None);
    // Accounts without a name are no rivals of each other.
    let nameless = |number| Account {
        username: None,
        ..account(number, "unused")
    };
    write(store, |session| {
        session.insert_accounts(&[nameless(3), nameless(4)])
    });
}

fn openid(text: &str) -> LoginKey {
    LoginKey::WechatOpenId(OpenId::parse(text).unwrap())
}

fn phone(text: &str) -> LoginKey {
    LoginKey::Phone(MobileNumber::parse(text).unwrap())
}

/// An account is found by its openid and by its phone, disabled or not, and by nothing of another kind.
pub fn an_account_is_found_by_its_login_keys<S: Store>(store: &S)
where
    S::Session: AccountRepository,
{
    let holder = account(1, "zhang.san");
    let disabled = Account {
        disabled_at: Some(instant("2026-11-23T08:00:00Z")),
        ..account(2, "li.si")
    };
    let digits = "13812345678";
    write(store, |session| {
        session.insert_accounts(&[holder.clone(), disabled.clone()])?;
        session.set_login_key(holder.id, &openid("oABC"))?;
        session.set_login_key(holder.id, &phone(digits))?;
        session.set_login_key(disabled.id, &openid("oabc"))
    });
    for (key, expected) in [
        (openid("oABC"), Some(&holder)),
        (phone(digits), Some(&holder)),
        (openid("oabc"), Some(&disabled)),
        (openid("oAB"), None),
        (openid(digits), None),
        (phone("13812345679"), None),
    ] {
        let found = write(store, |session| session.find_account_by_login_key(&key));
        assert_eq!(found.as_ref(), expected, "{}", key.value());
    }
    let name = Username::parse("oabc").unwrap();
    assert_eq!(
        write(store, |session| session.find_account_by_username(&name)),
        None
    );
}

/// A login key belongs to one account; whoever sets it too has lost a race, and keeps what it had.
pub fn a_login_key_is_taken_once<S: Store>(store: &S)
where
    S::Session: AccountRepository,
{
    let (holder, rival) = (account(1, "zhang.san"), account(2, "li.si"));
    write(store, |session| {
        session.insert_accounts(&[holder.clone(), rival.clone()])?;
        session.set_login_key(holder.id, &phone("13812345678"))?;
        session.set_login_key(rival.id, &phone("13912345678"))
    });
    let result = store.write(|session| session.set_login_key(rival.id, &phone("13812345678")));
    assert!(matches!(result, Err(RepositoryError::LostRace(_))), "{result:?}");
    for (number, expected) in [("13812345678", &holder), ("13912345678", &rival)] {
        let found = write(store, |session| session.find_account_by_login_key(&phone(number)));
        assert_eq!(found.as_ref(), Some(expected), "{number}");
    }
    // The account that has it sets it again without harm.
    write(store, |session| {
        session.set_login_key(holder.id, &phone("13812345678"))
    });
}

/// A key takes the place of the account's last one of its kind, which is free then; keys of other kinds, and those of
/// other accounts, stay.
pub fn a_login_key_takes_the_place_of_the_last_of_its_kind<S: Store>(store: &S)
where
    S::Session: AccountRepository,
{
    let (holder, other) = (account(1, "zhang.san"), account(2, "li.si"));
    write(store, |session| {
        session.insert_accounts(&[holder.clone(), other.clone()])?;
        session.set_login_key(holder.id, &openid("oABC"))?;
        session.set_login_key(holder.id, &phone("13812345678"))?;
        session.set_login_key(other.id, &phone("13700000000"))
    });
    write(store, |session| {
        session.set_login_key(holder.id, &phone("13912345678"))
    });
    let username = Username::parse("zhang.san").unwrap();
    assert_eq!(
        write(store, |session| session.find_account_by_username(&username)),
        Some(holder.clone())
    );
    for (key, expected) in [
        (openid("oABC"), Some(&holder)),
        (phone("13912345678"), Some(&holder)),
        (phone("13700000000"), Some(&other)),
        (phone("13812345678"), None),
    ] {
        let found = write(store, |session| session.find_account_by_login_key(&key));
        assert_eq!(found.as_ref(), expected, "{}", key.value());
    }
    write(store, |session| {
        session.set_login_key(other.id, &phone("13812345678"))
    });
}

/// An account is saved under the version it was loaded with, once.
pub fn an_account_is_saved_under_its_version_once<S: Store>(store: &S)
where
    S::Session: AccountRepository,
{
    let opened = account(1, "zhang.san");
    write(store, |session| {
        session.insert_accounts(std::slice::from_ref(&opened))
    });
    let changed = Account {
        name: PersonName::parse("张三丰").unwrap(),
        password_hash: Some(PasswordHash::from_text("another hash".to_owned())),
        privacy_policy_version: Some(Text::parse("2026-12").unwrap()),
        disabled_at: Some(instant("2026-11-23T08:00:00Z")),
        ..opened.clone()
    };
    write(store, |session| session.save_account(&changed));
    let saved = write(store, |session| session.find_account(opened.id)).unwrap();
    assert_eq!(
        saved,
        Account {
            version: 2,
            ..changed.clone()
        }
    );
    let stale = store.write(|session| session.save_account(&changed));
    assert!(matches!(stale, Err(RepositoryError::LostRace(_))), "{stale:?}");
    let username = Username::parse("zhang.san").unwrap();
    assert_eq!(
        write(store, |session| session.find_account_by_username(&username)),
        Some(saved)
    );
}

/// Memberships of every position come back, oldest first, ended ones too.
pub fn memberships_of_every_position_come_back<S: Store>(store: &S)
where
    S::Session: AccountRepository + MembershipRepository,
{
    let agent_id = AgentId::from_uuid(Uuid::from_u128(7));
    let positions = [
        Position::HqAdmin,
        Position::Operator,
        Position::Auditor,
        Position::AgentOwner(agent_id),
        Position::AgentStaff(agent_id),
        Position::Courier {
            agent_id,
            courier_id: CourierId::from_uuid(Uuid::from_u128(8)),
        },
        Position::Customer(CustomerId::from_uuid(Uuid::from_u128(9))),
        Position::Applicant,
    ];
    let mut memberships: Vec<_> = (1..)
        .zip(positions)
        .map(|(number, position)| membership(number, position))
        .collect();
    memberships[3].ended_at = Some(instant("2026-11-23T08:00:00Z"));
    memberships[7].created_at = instant("2026-11-20T08:00:00Z");
    write(store, |session| {
        session.insert_accounts(&[account(1, "zhang.san"), account(2, "li.si")])?;
        session.insert_memberships(&memberships)
    });
    memberships.rotate_right(1);
    let of = |number| AccountId::from_uuid(Uuid::from_u128(number));
    assert_eq!(
        write(store, |session| session.list_memberships(of(1))),
        memberships
    );
    assert_eq!(write(store, |session| session.list_memberships(of(2))), []);
}

/// Principals are those of memberships that last, of accounts that are not disabled.
pub fn principals_are_those_whose_membership_lasts<S: Store>(store: &S)
where
    S::Session: AccountRepository + MembershipRepository,
{
    let holder = account(1, "zhang.san");
    let disabled = Account {
        disabled_at: Some(instant("2026-11-23T08:00:00Z")),
        ..account(2, "li.si")
    };
    let lasting = membership(1, Position::AgentOwner(AgentId::from_uuid(Uuid::from_u128(7))));
    let ended = Membership {
        ended_at: Some(instant("2026-11-23T08:00:00Z")),
        ..membership(2, Position::Applicant)
    };
    let of_disabled = Membership {
        account_id: disabled.id,
        ..membership(3, Position::Applicant)
    };
    write(store, |session| {
        session.insert_accounts(&[holder.clone(), disabled.clone()])?;
        session.insert_memberships(&[lasting, ended, of_disabled])
    });
    let unknown = MembershipId::from_uuid(Uuid::from_u128(4));
    let found = write(store, |session| {
        session.find_principals(&[lasting.id, ended.id, of_disabled.id, unknown])
    });
    assert_eq!(
        found.into_values().collect::<Vec<_>>(),
        [Principal::of(&holder, &lasting)]
    );
    assert!(write(store, |session| session.find_principals(&[])).is_empty());
}

/// A record comes back under its account and key, and nowhere else.
pub fn an_idempotency_record_comes_back_under_its_account_and_key<S: Store>(store: &S)
where
    S::Session: IdempotencyRepository,
{
    let record = record(1, "a-key");
    let other = record_without_resource(1, "another-key");
    write(store, |session| {
        session.insert_idempotency_records(&[record.clone(), other.clone()])
    });
    let key = |number, text: &str| {
        (
            AccountId::from_uuid(Uuid::from_u128(number)),
            IdempotencyKey::parse(text).unwrap(),
        )
    };
    let found = write(store, |session| {
        session.find_idempotency_records(&[
            key(1, "a-key"),
            key(1, "another-key"),
            key(1, "unknown"),
            key(2, "a-key"),
        ])
    });
    assert_eq!(found.into_values().collect::<Vec<_>>(), [record, other]);
    assert!(write(store, |session| session.find_idempotency_records(&[])).is_empty());
}

/// A key is taken once; the same key of another account is another key.
pub fn an_idempotency_key_is_taken_once<S: Store>(store: &S)
where
    S::Session: IdempotencyRepository,
{
    write(store, |session| {
        session.insert_idempotency_records(&[record(1, "a-key")])
    });
    let result = store
        .write(|session| session.insert_idempotency_records(&[record(1, "fresh-key"), record(1, "a-key")]));
    assert!(matches!(result, Err(RepositoryError::LostRace(_))), "{result:?}");
    write(store, |session| {
        session.insert_idempotency_records(&[record(1, "fresh-key"), record(2, "a-key")])
    });
}

fn record(account: u128, key: &str) -> IdempotencyRecord {
    IdempotencyRecord {
        account_id: AccountId::from_uuid(Uuid::from_u128(account)),
        key: IdempotencyKey::parse(key).unwrap(),
        request_digest: RequestDigest::of("POST", "/api/v1/orders", b"{}"),
        status: 201,
        answer: br#"{"name":"\u5f20\u4e09"}"#.to_vec(),
        resource_id: Some(Uuid::from_u128(77)),
        created_at: instant("2026-11-22T08:00:00Z"),
    }
}

fn record_without_resource(account: u128, key: &str) -> IdempotencyRecord {
    IdempotencyRecord {
        resource_id: None,
        answer: Vec::new(),
        status: 204,
        ..record(account, key)
    }
}
