//! The use cases of `identity` on the in-memory fake: what they do, and every way they refuse.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use chrono::TimeDelta;
use identity::{
    ACCESS_TOKEN_LIFETIME, Account, AccountRepository, Admitted, Membership, MembershipRepository,
    OpenAccount, OpenAccountError, OpenSessionError, Password, PasswordHash, PasswordHasher, Position,
    Principal, REFRESH_TOKEN_LIFETIME, Refresh, Role, SignedIn, SwitchError, TokenDigest, TokenText,
    Username, WrongCredentials, authenticate, find_credentials, open_account, open_session, refresh,
    sign_out, switch,
};
use kernel::{AccountId, AgentId, CustomerId, Instant, MembershipId, PersonName, RepositoryError};
use std::collections::BTreeMap;
use testing::{Memory, PlainPasswords, SeededIds, SeededSecrets, instant};
use uuid::Uuid;

/// A customer 张三, whose password is `correct horse`.
struct World {
    memory: Memory,
    ids: SeededIds,
    secrets: SeededSecrets,
    now: Instant,
    account: Account,
    membership: Membership,
}

impl World {
    fn new() -> Self {
        let (mut memory, ids) = (Memory::default(), SeededIds::new(1));
        let now = instant("2026-11-22T08:00:00Z");
        let (account, membership) = open_account(&mut memory, &ids, now, zhang_san()).unwrap();
        let secrets = SeededSecrets::new(1);
        Self {
            memory,
            ids,
            secrets,
            now,
            account,
            membership,
        }
    }

    fn admit(&mut self, username: &str, password: &str) -> Result<Admitted, WrongCredentials> {
        find_credentials(&mut self.memory, username)
            .unwrap()
            .admit(&PlainPasswords, password.to_owned())
    }

    fn open(&mut self, admitted: &Admitted) -> Result<SignedIn, OpenSessionError> {
        open_session(&mut self.memory, &self.ids, &self.secrets, self.now, admitted)
    }

    fn sign_in(&mut self) -> SignedIn {
        let admitted = self.admit("zhang.san", "correct horse").unwrap();
        self.open(&admitted).unwrap()
    }

    fn caller(&mut self, token: &TokenText) -> Option<Principal> {
        authenticate(&mut self.memory, &digest(token), self.now).unwrap()
    }

    fn refresh(&mut self, token: &TokenText) -> Refresh {
        refresh(&mut self.memory, &self.secrets, self.now, &digest(token)).unwrap()
    }

    fn switch(&mut self, token: &TokenText, to: MembershipId) -> Result<SignedIn, SwitchError> {
        switch(&mut self.memory, &self.secrets, self.now, &digest(token), to)
    }

    fn disable(&mut self) {
        let disabled = Account {
            disabled_at: Some(self.now),
            ..self.account.clone()
        };
        self.memory.save_account(&disabled).unwrap();
    }

    /// One more membership, of this account unless another is named.
    fn join(&mut self, account_id: AccountId, position: Position) -> Membership {
        let membership = Membership {
            id: MembershipId::from_uuid(kernel::IdSource::next_uuid(&self.ids, self.now)),
            account_id,
            position,
            created_at: self.now,
            ended_at: None,
        };
        self.memory.insert_memberships(&[membership]).unwrap();
        membership
    }
}

fn zhang_san() -> OpenAccount {
    OpenAccount {
        id: AccountId::from_uuid(Uuid::from_u128(1)),
        username: Username::parse("zhang.san").unwrap(),
        password_hash: PlainPasswords.hash(&Password::parse("correct horse".to_owned()).unwrap()),
        name: PersonName::parse("张三").unwrap(),
        privacy_policy_version: Some("2026-11".to_owned().try_into().unwrap()),
        position: Position::Customer(CustomerId::from_uuid(Uuid::from_u128(7))),
    }
}

fn digest(token: &TokenText) -> TokenDigest {
    TokenDigest::of(token.expose()).unwrap()
}

#[test]
fn an_opened_account_signs_in_and_is_who_it_was_opened_for() {
    let mut world = World::new();
    let signed_in = world.sign_in();
    let expected = Principal::of(&world.account, &world.membership);
    assert_eq!(signed_in.principal, expected);
    assert_eq!(world.caller(&signed_in.tokens.access), Some(expected));
}

#[test]
fn whoever_registers_is_signed_in_without_the_password_again() {
    let mut world = World::new();
    let admitted = Admitted::newly_opened(world.account.clone());
    assert_eq!(
        world.open(&admitted).unwrap().principal.account_id,
        world.account.id
    );
}

#[test]
fn a_user_name_is_given_once() {
    let mut world = World::new();
    let result = open_account(&mut world.memory, &world.ids, world.now, zhang_san());
    assert!(matches!(result, Err(OpenAccountError::UsernameTaken(name)) if name.as_str() == "zhang.san"));
    assert_eq!(world.memory.accounts().count(), 1);
}

#[test]
fn headquarters_people_are_opened_with_their_role() {
    let mut world = World::new();
    let command = OpenAccount {
        id: AccountId::from_uuid(Uuid::from_u128(2)),
        username: Username::parse("operator").unwrap(),
        privacy_policy_version: None,
        position: Position::at_headquarters(Role::Operator).unwrap(),
        ..zhang_san()
    };
    let (account, membership) = open_account(&mut world.memory, &world.ids, world.now, command).unwrap();
    let principal = Principal::of(&account, &membership);
    assert_eq!(principal.role, Role::Operator);
    assert_eq!(principal.agent_id, Some(AgentId::HEADQUARTERS));
}

#[test]
fn a_wrong_password_an_unknown_name_and_a_disabled_account_are_answered_alike() {
    let mut world = World::new();
    for (username, password) in [
        ("zhang.san", "wrong horse"),
        ("zhang.san", "short"),
        ("nobody", "correct horse"),
        ("not a name", "correct horse"),
    ] {
        assert_eq!(
            world.admit(username, password).unwrap_err(),
            WrongCredentials,
            "{username}"
        );
    }
    world.disable();
    assert_eq!(
        world.admit("zhang.san", "correct horse").unwrap_err(),
        WrongCredentials
    );
}

#[test]
fn an_account_that_changed_after_its_password_was_verified_is_not_let_in() {
    let mut world = World::new();
    let admitted = world.admit("zhang.san", "correct horse").unwrap();
    let changed = Account {
        password_hash: Some(PasswordHash::from_text("another".to_owned())),
        ..world.account.clone()
    };
    world.memory.save_account(&changed).unwrap();
    assert!(matches!(
        world.open(&admitted),
        Err(OpenSessionError::WrongCredentials(_))
    ));
}

#[test]
fn an_account_that_was_disabled_after_its_password_was_verified_is_not_let_in() {
    let mut world = World::new();
    let admitted = world.admit("zhang.san", "correct horse").unwrap();
    world.disable();
    assert!(matches!(
        world.open(&admitted),
        Err(OpenSessionError::WrongCredentials(_))
    ));
}

#[test]
fn an_account_whose_memberships_ended_is_told_so() {
    let mut world = World::new();
    let admitted = world.admit("zhang.san", "correct horse").unwrap();
    world.memory.end_membership(world.membership.id, world.now);
    assert!(matches!(
        world.open(&admitted),
        Err(OpenSessionError::NoMembership)
    ));
}

#[test]
fn an_access_token_ends_with_its_time_its_membership_its_account_and_its_sign_in() {
    let ends: [fn(&mut World, &SignedIn); 4] = [
        |world, _| world.now += ACCESS_TOKEN_LIFETIME,
        |world, _| world.memory.end_membership(world.membership.id, world.now),
        |world, _| world.disable(),
        |world, signed_in| sign_out(&mut world.memory, world.now, &digest(&signed_in.tokens.access)).unwrap(),
    ];
    for end in ends {
        let mut world = World::new();
        let signed_in = world.sign_in();
        end(&mut world, &signed_in);
        assert_eq!(world.caller(&signed_in.tokens.access), None);
    }
}

#[test]
fn a_refresh_token_is_no_access_token_and_the_other_way_round() {
    let mut world = World::new();
    let signed_in = world.sign_in();
    assert_eq!(world.caller(&signed_in.tokens.refresh), None);
    assert_eq!(world.refresh(&signed_in.tokens.access), Refresh::Refused);
}

#[test]
fn a_refresh_buys_the_next_pair_until_its_last_instant() {
    let mut world = World::new();
    let first = world.sign_in();
    world.now += REFRESH_TOKEN_LIFETIME - TimeDelta::microseconds(1);
    let Refresh::Renewed(second) = world.refresh(&first.tokens.refresh) else {
        panic!("not renewed");
    };
    assert_eq!(second.principal, first.principal);
    assert_eq!(world.caller(&second.tokens.access), Some(first.principal.clone()));
    world.now += REFRESH_TOKEN_LIFETIME;
    assert_eq!(world.refresh(&second.tokens.refresh), Refresh::Refused);
}

#[test]
fn a_refresh_token_used_again_ends_the_whole_sign_in() {
    let mut world = World::new();
    let first = world.sign_in();
    let Refresh::Renewed(second) = world.refresh(&first.tokens.refresh) else {
        panic!("not renewed");
    };
    assert_eq!(world.refresh(&first.tokens.refresh), Refresh::Reused);
    assert_eq!(world.caller(&second.tokens.access), None);
    assert_eq!(world.refresh(&second.tokens.refresh), Refresh::Refused);
}

#[test]
fn a_refresh_is_refused_after_the_end_of_what_it_belongs_to() {
    let ends: [fn(&mut World, &SignedIn); 3] = [
        |world, _| world.memory.end_membership(world.membership.id, world.now),
        |world, _| world.disable(),
        |world, signed_in| {
            sign_out(&mut world.memory, world.now, &digest(&signed_in.tokens.refresh)).unwrap();
        },
    ];
    for end in ends {
        let mut world = World::new();
        let signed_in = world.sign_in();
        end(&mut world, &signed_in);
        assert_eq!(world.refresh(&signed_in.tokens.refresh), Refresh::Refused);
    }
}

#[test]
fn an_unknown_token_is_refused_and_signs_out_quietly() {
    let mut world = World::new();
    let unknown = TokenText::generate(&SeededSecrets::new(200), world.account.id);
    assert_eq!(world.refresh(&unknown), Refresh::Refused);
    sign_out(&mut world.memory, world.now, &digest(&unknown)).unwrap();
    assert!(matches!(
        world.switch(&unknown, world.membership.id),
        Err(SwitchError::NotSignedIn)
    ));
}

#[test]
fn switching_goes_on_in_the_other_membership_only() {
    let mut world = World::new();
    let before = world.sign_in();
    let owner = world.join(
        world.account.id,
        Position::AgentOwner(AgentId::from_uuid(Uuid::from_u128(9))),
    );
    let after = world.switch(&before.tokens.access, owner.id).unwrap();
    assert_eq!(after.principal.role, Role::AgentOwner);
    assert_eq!(world.caller(&after.tokens.access), Some(after.principal));
    assert_eq!(world.caller(&before.tokens.access), None);
}

#[test]
fn nobody_switches_to_what_is_ended_unknown_or_somebody_elses() {
    let mut world = World::new();
    let signed_in = world.sign_in();
    let ended = world.join(world.account.id, Position::Applicant);
    world.memory.end_membership(ended.id, world.now);
    let other = OpenAccount {
        id: AccountId::from_uuid(Uuid::from_u128(2)),
        username: Username::parse("li.si").unwrap(),
        ..zhang_san()
    };
    let (_, foreign) = open_account(&mut world.memory, &world.ids, world.now, other).unwrap();
    let unknown = MembershipId::from_uuid(Uuid::from_u128(404));
    for id in [ended.id, foreign.id, unknown] {
        let refused = world.switch(&signed_in.tokens.access, id);
        assert!(matches!(refused, Err(SwitchError::NoSuchMembership(named)) if named == id));
    }
    assert!(world.caller(&signed_in.tokens.access).is_some());
}

mockall::mock! {
    Session {}
    impl AccountRepository for Session {
        fn insert_accounts(&mut self, accounts: &[Account]) -> Result<(), RepositoryError>;
        fn find_account(&mut self, id: AccountId) -> Result<Option<Account>, RepositoryError>;
        fn find_account_by_username(&mut self, username: &Username) -> Result<Option<Account>, RepositoryError>;
        fn save_account(&mut self, account: &Account) -> Result<(), RepositoryError>;
    }
    impl MembershipRepository for Session {
        fn insert_memberships(&mut self, memberships: &[Membership]) -> Result<(), RepositoryError>;
        fn list_memberships(&mut self, account_id: AccountId) -> Result<Vec<Membership>, RepositoryError>;
        fn find_principals(&mut self, ids: &[MembershipId]) -> Result<BTreeMap<MembershipId, Principal>, RepositoryError>;
    }
}

#[test]
fn a_name_that_was_taken_meanwhile_sends_the_command_back_to_run_again() {
    let mut session = MockSession::new();
    session.expect_find_account_by_username().returning(|_| Ok(None));
    session
        .expect_insert_accounts()
        .returning(|_| Err(RepositoryError::LostRace("user name")));
    let result = open_account(
        &mut session,
        &SeededIds::new(1),
        instant("2026-11-22T08:00:00Z"),
        zhang_san(),
    );
    assert!(matches!(
        result,
        Err(OpenAccountError::Repository(RepositoryError::LostRace(_)))
    ));
}
