//! The use cases of `identity` on the in-memory fake: what they do, and every way they refuse.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use chrono::TimeDelta;
use identity::{
    ACCESS_TOKEN_LIFETIME, Account, AccountRepository, Admitted, AuditAction, ChangePasswordError, Client,
    Consent, ConsentRepository, EndOtherSignInsError, LoginKey, MAXIMUM_SIGN_INS, Member, Membership,
    MembershipRepository, OpenAccount, OpenAccountError, OpenSessionError, Origin, Password, PasswordHash,
    PasswordHasher, Position, Principal, REFRESH_TOKEN_LIFETIME, Refresh, Role, SignIn, SignedIn,
    SwitchError, TokenDigest, TokenText, UserAgent, Username, WrongCredentials, authenticate,
    change_password, end_other_sign_ins, find_credentials, live_sign_ins, open_account, open_session,
    refresh, sign_out, switch,
};
use kernel::{
    AccountId, AgentId, CustomerId, Instant, MembershipId, Page, PageRequest, PersonName, ReachedAgent,
    RepositoryError,
};
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
        open_session(
            &mut self.memory,
            &self.ids,
            &self.secrets,
            self.now,
            admitted,
            &client(),
        )
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

    fn live(&mut self) -> Vec<SignIn> {
        live_sign_ins(&mut self.memory, self.account.id, self.now).unwrap()
    }

    fn change_password(
        &mut self,
        token: &TokenText,
        admitted: &Admitted,
    ) -> Result<usize, ChangePasswordError> {
        let new = PasswordHash::from_text("a new hash".to_owned());
        let ended = change_password(&mut self.memory, self.now, &digest(token), admitted, &new)?;
        Ok(ended.len())
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

fn client() -> Client {
    Client {
        origin: Origin {
            request_id: Some("request-1".to_owned()),
            address: Some("198.51.100.7".parse().unwrap()),
        },
        user_agent: UserAgent::cut("微信/8.0"),
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
    world.memory.end_membership(&world.membership, world.now).unwrap();
    assert!(matches!(
        world.open(&admitted),
        Err(OpenSessionError::NoMembership)
    ));
}

#[test]
fn an_access_token_ends_with_its_time_its_membership_its_account_and_its_sign_in() {
    let ends: [fn(&mut World, &SignedIn); 4] = [
        |world, _| world.now += ACCESS_TOKEN_LIFETIME,
        |world, _| world.memory.end_membership(&world.membership, world.now).unwrap(),
        |world, _| world.disable(),
        |world, signed_in| {
            sign_out(&mut world.memory, world.now, &digest(&signed_in.tokens.access)).unwrap();
        },
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
        |world, _| world.memory.end_membership(&world.membership, world.now).unwrap(),
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
    let (unknown, _) = TokenText::generate(&SeededSecrets::new(200), world.account.id);
    assert_eq!(world.refresh(&unknown), Refresh::Refused);
    assert_eq!(
        sign_out(&mut world.memory, world.now, &digest(&unknown)).unwrap(),
        None
    );
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
    world.memory.end_membership(&ended, world.now).unwrap();
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

#[test]
fn a_sign_in_keeps_what_it_came_from_and_when_it_was_refreshed() {
    let mut world = World::new();
    let signed_in = world.sign_in();
    let [sign_in] = &world.live()[..] else {
        panic!("one")
    };
    assert_eq!(sign_in.address, client().origin.address);
    assert_eq!(sign_in.user_agent, client().user_agent);
    assert_eq!((sign_in.started_at, sign_in.refreshed_at), (world.now, world.now));

    world.now += TimeDelta::minutes(1);
    let Refresh::Renewed(second) = world.refresh(&signed_in.tokens.refresh) else {
        panic!("not renewed");
    };
    let refreshed = world.live().remove(0);
    assert_eq!(
        (refreshed.started_at, refreshed.refreshed_at),
        (sign_in.started_at, world.now)
    );
    world.now += TimeDelta::minutes(1);
    world.switch(&second.tokens.access, world.membership.id).unwrap();
    assert_eq!(world.live()[0].refreshed_at, world.now);
}

#[test]
fn a_sign_in_is_told_by_the_audit_log() {
    let mut world = World::new();
    world.sign_in();
    let sign_in = world.live().remove(0);
    let [entry] = &world.memory.audit_entries().collect::<Vec<_>>()[..] else {
        panic!("one entry");
    };
    assert_eq!(entry.action, AuditAction::SignedIn);
    assert_eq!(entry.subject, Some(sign_in.id.as_uuid()));
    assert_eq!(entry.actor.map(|actor| actor.account_id), Some(world.account.id));
    assert_eq!(entry.origin, client().origin);
}

#[test]
fn the_oldest_sign_in_makes_room_for_one_too_many() {
    let mut world = World::new();
    for _ in 0..MAXIMUM_SIGN_INS {
        world.sign_in();
        world.now += TimeDelta::seconds(1);
    }
    let before = world.live();
    assert_eq!(before.len(), MAXIMUM_SIGN_INS);
    world.sign_in();
    let after = world.live();
    assert_eq!(after[..MAXIMUM_SIGN_INS - 1], before[1..]);
    assert_eq!(after.len(), MAXIMUM_SIGN_INS);
}

#[test]
fn a_new_password_ends_all_sign_ins_but_the_one_that_asked() {
    let mut world = World::new();
    let (mine, other) = (world.sign_in(), world.sign_in());
    let admitted = world.admit("zhang.san", "correct horse").unwrap();
    assert_eq!(world.change_password(&mine.tokens.access, &admitted).unwrap(), 1);
    assert!(world.caller(&mine.tokens.access).is_some());
    assert_eq!(world.caller(&other.tokens.access), None);
    assert_eq!(
        world.admit("zhang.san", "correct horse").unwrap_err(),
        WrongCredentials
    );
    // What was verified before it changed is good for nothing any more.
    assert!(matches!(
        world.change_password(&mine.tokens.access, &admitted),
        Err(ChangePasswordError::WrongCredentials(_))
    ));
    assert!(matches!(
        world.open(&admitted),
        Err(OpenSessionError::WrongCredentials(_))
    ));
}

#[test]
fn nobody_changes_a_password_by_a_sign_in_of_somebody_else() {
    let mut world = World::new();
    let other = OpenAccount {
        id: AccountId::from_uuid(Uuid::from_u128(2)),
        username: Username::parse("li.si").unwrap(),
        ..zhang_san()
    };
    open_account(&mut world.memory, &world.ids, world.now, other).unwrap();
    let admitted = world.admit("li.si", "correct horse").unwrap();
    let theirs = world.open(&admitted).unwrap();
    let (unknown, _) = TokenText::generate(&SeededSecrets::new(200), world.account.id);
    let admitted = world.admit("zhang.san", "correct horse").unwrap();
    for token in [&theirs.tokens.access, &unknown] {
        assert!(matches!(
            world.change_password(token, &admitted),
            Err(ChangePasswordError::NotSignedIn)
        ));
    }
    world.disable();
    let mine = world.change_password(&theirs.tokens.access, &admitted);
    assert!(matches!(mine, Err(ChangePasswordError::WrongCredentials(_))));
}

#[test]
fn all_other_sign_ins_end_by_a_token_that_is_known() {
    let mut world = World::new();
    let (mine, other) = (world.sign_in(), world.sign_in());
    let ended = end_other_sign_ins(&mut world.memory, world.now, &digest(&mine.tokens.access)).unwrap();
    assert_eq!(ended.len(), 1);
    assert_eq!(world.caller(&other.tokens.access), None);
    let (unknown, _) = TokenText::generate(&SeededSecrets::new(200), world.account.id);
    let refused = end_other_sign_ins(&mut world.memory, world.now, &digest(&unknown));
    assert!(matches!(refused, Err(EndOtherSignInsError::NotSignedIn)));
    assert!(world.caller(&mine.tokens.access).is_some());
}

mockall::mock! {
    Session {}
    impl AccountRepository for Session {
        fn insert_accounts(&mut self, accounts: &[Account]) -> Result<(), RepositoryError>;
        fn find_account(&mut self, id: AccountId) -> Result<Option<Account>, RepositoryError>;
        fn lock_account(&mut self, id: AccountId) -> Result<Option<Account>, RepositoryError>;
        fn find_account_by_username(&mut self, username: &Username) -> Result<Option<Account>, RepositoryError>;
        fn find_account_by_login_key(&mut self, key: &LoginKey) -> Result<Option<Account>, RepositoryError>;
        fn set_login_key(&mut self, account_id: AccountId, key: &LoginKey) -> Result<(), RepositoryError>;
        fn save_account(&mut self, account: &Account) -> Result<(), RepositoryError>;
    }
    impl ConsentRepository for Session {
        fn insert_consents(&mut self, consents: &[Consent]) -> Result<(), RepositoryError>;
        fn list_consents(&mut self, account_id: AccountId) -> Result<Vec<Consent>, RepositoryError>;
    }
    impl MembershipRepository for Session {
        fn find_member(
            &mut self,
            agent: ReachedAgent,
            id: MembershipId,
        ) -> Result<Option<Member>, RepositoryError>;
        fn list_members(
            &mut self,
            agent: ReachedAgent,
            page: &PageRequest<MembershipId>,
        ) -> Result<Page<Member, MembershipId>, RepositoryError>;
        fn end_membership(&mut self, membership: &Membership, at: Instant) -> Result<(), RepositoryError>;
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
