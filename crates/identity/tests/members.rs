//! Inviting people, accepting, withdrawing, ending, disabling: what they do, and every way they refuse.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use identity::{
    AcceptInvitationError, Account, AccountRepository, DisableAccountError, EndMembershipError,
    INVITATION_LIFETIME, InvitationCode, InvitationDigest, InvitationRepository, Invite, InviteError,
    MAXIMUM_OPEN_INVITATIONS, Membership, MembershipRepository, Position, Principal, Role,
    WithdrawInvitationError, accept_invitation, disable_account, enable_account, end_membership, invite,
    withdraw_invitation,
};
use kernel::{
    AccountId, AgentId, IdSource, Instant, InvitationId, MembershipId, PageRequest, PersonName, ReachedAgent,
    Scope,
};
use testing::{Memory, SeededIds, SeededSecrets, instant};
use uuid::Uuid;

struct World {
    memory: Memory,
    ids: SeededIds,
    secrets: SeededSecrets,
    now: Instant,
}

fn own() -> AgentId {
    AgentId::from_uuid(Uuid::from_u128(7))
}

fn office(agent_id: AgentId) -> ReachedAgent {
    Scope::All.agent(agent_id).unwrap()
}

fn digest(code: &InvitationCode) -> InvitationDigest {
    InvitationDigest::of(code.expose()).unwrap()
}

impl World {
    fn new() -> Self {
        Self {
            memory: Memory::default(),
            ids: SeededIds::new(1),
            secrets: SeededSecrets::new(1),
            now: instant("2026-11-22T08:00:00Z"),
        }
    }

    /// Somebody with an account of their own in that position.
    fn somebody(&mut self, position: Position) -> Principal {
        let account = Account {
            id: AccountId::from_uuid(self.ids.next_uuid(self.now)),
            username: None,
            name: PersonName::parse("张三").unwrap(),
            password_hash: None,
            privacy_policy_version: None,
            disabled_at: None,
            created_at: self.now,
            version: 1,
        };
        self.memory
            .insert_accounts(std::slice::from_ref(&account))
            .unwrap();
        self.join(&account, position)
    }

    fn join(&mut self, account: &Account, position: Position) -> Principal {
        let membership = Membership {
            id: MembershipId::from_uuid(self.ids.next_uuid(self.now)),
            account_id: account.id,
            position,
            created_at: self.now,
            ended_at: None,
        };
        self.memory.insert_memberships(&[membership]).unwrap();
        Principal::of(account, &membership)
    }

    fn invite(
        &mut self,
        inviter: &Principal,
        position: Position,
    ) -> Result<(InvitationId, InvitationCode), InviteError> {
        let command = Invite {
            position,
            name: PersonName::parse("王五").unwrap(),
        };
        let agent = office(inviter.agent_id.unwrap());
        let (ids, secrets) = (&self.ids, &self.secrets);
        invite(&mut self.memory, ids, secrets, self.now, inviter, agent, command)
            .map(|(invitation, code)| (invitation.id, code))
    }

    fn accept(
        &mut self,
        caller: &Principal,
        code: &InvitationCode,
    ) -> Result<Membership, AcceptInvitationError> {
        accept_invitation(&mut self.memory, &self.ids, self.now, caller, &digest(code))
            .map(|(_, membership)| membership)
    }

    fn end(&mut self, caller: &Principal, id: MembershipId) -> Result<(), EndMembershipError> {
        let agent = office(caller.agent_id.unwrap());
        end_membership(&mut self.memory, self.now, caller, agent, id).map(|_| ())
    }

    fn acts(&mut self, id: MembershipId) -> bool {
        !self.memory.find_principals(&[id]).unwrap().is_empty()
    }
}

#[test]
fn whoever_is_invited_and_accepts_is_that_from_then_on() {
    let mut world = World::new();
    let (owner, guest) = (
        world.somebody(Position::AgentOwner(own())),
        world.somebody(Position::Applicant),
    );
    let (_, code) = world.invite(&owner, Position::AgentStaff(own())).unwrap();
    let membership = world.accept(&guest, &code).unwrap();
    assert_eq!(
        (membership.account_id, membership.position),
        (guest.account_id, Position::AgentStaff(own()))
    );
    let found = world.memory.find_principals(&[membership.id]).unwrap();
    assert_eq!(found[&membership.id].role, Role::AgentStaff);
    let open = world
        .memory
        .list_open_invitations(office(own()), world.now, &PageRequest::first())
        .unwrap();
    assert!(open.items.is_empty());
}

#[test]
fn nobody_invites_to_what_their_role_does_not_appoint_to() {
    let mut world = World::new();
    let administrator = world.somebody(Position::HqAdmin);
    let owner = world.somebody(Position::AgentOwner(own()));
    let staff = world.somebody(Position::AgentStaff(own()));
    let other = AgentId::from_uuid(Uuid::from_u128(8));
    for (inviter, position) in [
        (&administrator, Position::HqAdmin),
        (&administrator, Position::AgentStaff(own())),
        (&owner, Position::AgentOwner(own())),
        (&owner, Position::Operator),
        (&owner, Position::AgentStaff(other)),
        (&staff, Position::AgentStaff(own())),
    ] {
        let refused = world.invite(inviter, position);
        assert!(
            matches!(refused, Err(InviteError::NotAppointable(role)) if role == position.role()),
            "{inviter:?} {position:?}"
        );
    }
    assert!(world.invite(&administrator, Position::Auditor).is_ok());
}

#[test]
fn invitations_that_wait_are_counted() {
    let mut world = World::new();
    let owner = world.somebody(Position::AgentOwner(own()));
    for _ in 0..MAXIMUM_OPEN_INVITATIONS {
        world.invite(&owner, Position::AgentStaff(own())).unwrap();
    }
    let refused = world.invite(&owner, Position::AgentStaff(own()));
    assert!(matches!(refused, Err(InviteError::TooManyOpen)));
    world.now += INVITATION_LIFETIME;
    assert!(world.invite(&owner, Position::AgentStaff(own())).is_ok());
}

#[test]
fn a_code_that_is_used_withdrawn_expired_or_unknown_opens_nothing() {
    let mut world = World::new();
    let owner = world.somebody(Position::AgentOwner(own()));
    let (first, second) = (
        world.somebody(Position::Applicant),
        world.somebody(Position::Applicant),
    );
    let (_, used) = world.invite(&owner, Position::AgentStaff(own())).unwrap();
    world.accept(&first, &used).unwrap();
    let (id, withdrawn) = world.invite(&owner, Position::AgentStaff(own())).unwrap();
    withdraw_invitation(&mut world.memory, world.now, office(own()), id).unwrap();
    let (_, expired) = world.invite(&owner, Position::AgentStaff(own())).unwrap();
    let (_, unknown) = World::new()
        .clone_with_other_secrets()
        .invite(&owner, Position::AgentStaff(own()))
        .unwrap();
    for code in [&used, &withdrawn, &unknown] {
        let refused = world.accept(&second, code);
        assert!(
            matches!(refused, Err(AcceptInvitationError::NotOpen)),
            "{refused:?}"
        );
    }
    world.now += INVITATION_LIFETIME;
    let refused = world.accept(&second, &expired);
    assert!(matches!(refused, Err(AcceptInvitationError::NotOpen)));
    world.now -= chrono::TimeDelta::microseconds(1);
    assert!(world.accept(&second, &expired).is_ok());
}

impl World {
    fn clone_with_other_secrets(mut self) -> Self {
        self.secrets = SeededSecrets::new(2);
        self
    }
}

#[test]
fn an_invitation_is_worth_no_more_than_its_makers_right() {
    let mut world = World::new();
    let administrator = world.somebody(Position::HqAdmin);
    let guest = world.somebody(Position::Applicant);
    let (_, code) = world.invite(&administrator, Position::Operator).unwrap();
    let other = world.somebody(Position::HqAdmin);
    disable_account(&mut world.memory, world.now, &other, administrator.account_id).unwrap();
    let refused = world.accept(&guest, &code);
    assert!(matches!(refused, Err(AcceptInvitationError::NotOpen)));
    enable_account(&mut world.memory, administrator.account_id).unwrap();
    assert!(world.accept(&guest, &code).is_ok());
}

#[test]
fn nobody_becomes_twice_what_they_are() {
    let mut world = World::new();
    let owner = world.somebody(Position::AgentOwner(own()));
    let staff = world.somebody(Position::AgentStaff(own()));
    let (_, code) = world.invite(&owner, Position::AgentStaff(own())).unwrap();
    let refused = world.accept(&staff, &code);
    assert!(matches!(
        refused,
        Err(AcceptInvitationError::AlreadyMember {
            role: Role::AgentStaff,
            ..
        })
    ));
    // Once it has ended, one can come back.
    world.end(&owner, staff.membership_id).unwrap();
    assert!(world.accept(&staff, &code).is_ok());
}

#[test]
fn an_invitation_is_withdrawn_by_its_own_agent_once() {
    let mut world = World::new();
    let owner = world.somebody(Position::AgentOwner(own()));
    let (id, _) = world.invite(&owner, Position::AgentStaff(own())).unwrap();
    let other = office(AgentId::from_uuid(Uuid::from_u128(8)));
    let refused = withdraw_invitation(&mut world.memory, world.now, other, id);
    assert!(matches!(refused, Err(WithdrawInvitationError::NotOpen(_))));
    withdraw_invitation(&mut world.memory, world.now, office(own()), id).unwrap();
    let again = withdraw_invitation(&mut world.memory, world.now, office(own()), id);
    assert!(matches!(again, Err(WithdrawInvitationError::NotOpen(_))));
}

#[test]
fn whose_membership_ended_is_nobody_at_once() {
    let mut world = World::new();
    let owner = world.somebody(Position::AgentOwner(own()));
    let staff = world.somebody(Position::AgentStaff(own()));
    assert!(world.acts(staff.membership_id));
    world.end(&owner, staff.membership_id).unwrap();
    assert!(!world.acts(staff.membership_id));
    let again = world.end(&owner, staff.membership_id);
    assert!(matches!(again, Err(EndMembershipError::NotFound(_))));
}

#[test]
fn owners_administrators_and_oneself_cannot_be_dismissed_nor_another_agents_people() {
    let mut world = World::new();
    let (owner, partner) = (
        world.somebody(Position::AgentOwner(own())),
        world.somebody(Position::AgentOwner(own())),
    );
    let (administrator, other) = (
        world.somebody(Position::HqAdmin),
        world.somebody(Position::HqAdmin),
    );
    let stranger = world.somebody(Position::AgentStaff(AgentId::from_uuid(Uuid::from_u128(8))));
    let refusal = world.end(&owner, owner.membership_id);
    assert!(matches!(refusal, Err(EndMembershipError::OwnMembership)));
    for (caller, dismissed) in [(&owner, &partner), (&administrator, &other)] {
        let refusal = world.end(caller, dismissed.membership_id);
        assert!(matches!(refusal, Err(EndMembershipError::NotAppointable(role)) if role == dismissed.role));
        assert!(world.acts(dismissed.membership_id));
    }
    let refusal = world.end(&owner, stranger.membership_id);
    assert!(matches!(refusal, Err(EndMembershipError::NotFound(_))));
}

#[test]
fn a_disabled_account_is_nobody_in_every_role_until_it_is_enabled() {
    let mut world = World::new();
    let administrator = world.somebody(Position::HqAdmin);
    let staff = world.somebody(Position::AgentStaff(own()));
    let disable = |world: &mut World, id| disable_account(&mut world.memory, world.now, &administrator, id);
    assert!(disable(&mut world, staff.account_id).unwrap());
    assert!(!disable(&mut world, staff.account_id).unwrap());
    assert!(!world.acts(staff.membership_id));
    assert!(enable_account(&mut world.memory, staff.account_id).unwrap());
    assert!(!enable_account(&mut world.memory, staff.account_id).unwrap());
    assert!(world.acts(staff.membership_id));

    let refused = disable(&mut world, administrator.account_id);
    assert!(matches!(refused, Err(DisableAccountError::OwnAccount)));
    let unknown = AccountId::from_uuid(Uuid::from_u128(404));
    let refused = disable(&mut world, unknown);
    assert!(matches!(refused, Err(DisableAccountError::NotFound(id)) if id == unknown));
}
