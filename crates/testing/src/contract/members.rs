//! What the members of an agent and its invitations promise.

use super::identity::{account, membership};
use crate::{Store, instant};
use identity::{
    Account, AccountRepository, Invitation, InvitationDigest, InvitationRepository, InvitationState, Member,
    Membership, MembershipRepository, Position,
};
use kernel::{
    AccountId, AgentId, CourierId, Instant, InvitationId, MembershipId, PageRequest, PersonName,
    ReachedAgent, RepositoryError, Scope,
};
use uuid::Uuid;

fn write<S: Store, T>(store: &S, command: impl FnMut(&mut S::Session) -> Result<T, RepositoryError>) -> T {
    store.write(command).unwrap()
}

fn agent_id(number: u128) -> AgentId {
    AgentId::from_uuid(Uuid::from_u128(number))
}

fn office(number: u128) -> ReachedAgent {
    Scope::All.agent(agent_id(number)).unwrap()
}

fn later() -> Instant {
    instant("2026-11-23T08:00:00Z")
}

/// An invitation of agent 7, open for a week.
fn invitation(number: u8) -> Invitation {
    Invitation {
        id: InvitationId::from_uuid(Uuid::from_u128(u128::from(number))),
        agent_id: agent_id(7),
        position: Position::AgentStaff(agent_id(7)),
        name: PersonName::parse("王五").unwrap(),
        digest: InvitationDigest::from_row(agent_id(7), [number; 32]),
        invited_by: MembershipId::from_uuid(Uuid::from_u128(1)),
        created_at: instant("2026-11-22T08:00:00Z"),
        expires_at: instant("2026-11-29T08:00:00Z"),
        state: InvitationState::Open,
    }
}

/// An agent's people are those whose memberships last, in pages; another agent's are not there.
pub fn members_are_an_agents_own_and_last<S: Store>(store: &S)
where
    S::Session: AccountRepository + MembershipRepository,
{
    let (zhang, li) = (
        account(1, "zhang.san"),
        Account {
            disabled_at: Some(later()),
            ..account(2, "li.si")
        },
    );
    let owner = membership(1, Position::AgentOwner(agent_id(7)));
    let courier = Membership {
        account_id: li.id,
        ..membership(
            2,
            Position::Courier {
                agent_id: agent_id(7),
                courier_id: CourierId::from_uuid(Uuid::from_u128(8)),
            },
        )
    };
    let ended = Membership {
        ended_at: Some(later()),
        ..membership(3, Position::AgentStaff(agent_id(7)))
    };
    let elsewhere = membership(4, Position::AgentStaff(agent_id(9)));
    let nowhere = membership(5, Position::Applicant);
    write(store, |session| {
        session.insert_accounts(&[zhang.clone(), li.clone()])?;
        session.insert_memberships(&[owner, courier, ended, elsewhere, nowhere])
    });
    let member = |membership, account: &Account| Member {
        membership,
        name: account.name.clone(),
        disabled: account.disabled_at.is_some(),
    };
    let everybody = [member(owner, &zhang), member(courier, &li)];

    let mut request = PageRequest {
        limit: 1,
        after: None,
    };
    let first = write(store, |session| session.list_members(office(7), &request));
    assert_eq!(first.items, everybody[..1]);
    request.after = first.next;
    let second = write(store, |session| session.list_members(office(7), &request));
    assert_eq!((second.items.as_slice(), second.next), (&everybody[1..], None));

    let find = |agent, id| write(store, |session| session.find_member(office(agent), id));
    assert_eq!(find(7, courier.id).as_ref(), Some(&everybody[1]));
    for (agent, id) in [(7, ended.id), (7, elsewhere.id), (9, owner.id), (7, nowhere.id)] {
        assert_eq!(find(agent, id), None);
    }
}

/// A membership is ended once.
pub fn a_membership_is_ended_once<S: Store>(store: &S)
where
    S::Session: AccountRepository + MembershipRepository,
{
    let staff = membership(1, Position::AgentStaff(agent_id(7)));
    write(store, |session| {
        session.insert_accounts(&[account(1, "zhang.san")])?;
        session.insert_memberships(&[staff])
    });
    write(store, |session| session.end_membership(&staff, later()));
    let again = store.write(|session| session.end_membership(&staff, later()));
    assert!(matches!(again, Err(RepositoryError::LostRace(_))), "{again:?}");
    let ended = Membership {
        ended_at: Some(later()),
        ..staff
    };
    assert_eq!(
        write(store, |session| session.list_memberships(staff.account_id)),
        [ended]
    );
    assert!(write(store, |session| session.find_principals(&[staff.id])).is_empty());
}

/// An invitation comes back to its agent by id and to anybody by its code, and to no other agent.
pub fn an_invitation_comes_back_to_its_agent_and_by_its_code<S: Store>(store: &S)
where
    S::Session: InvitationRepository,
{
    let staff = invitation(1);
    let courier = Invitation {
        position: Position::Courier {
            agent_id: agent_id(7),
            courier_id: CourierId::from_uuid(Uuid::from_u128(8)),
        },
        ..invitation(2)
    };
    write(store, |session| {
        session.insert_invitation(&staff)?;
        session.insert_invitation(&courier)
    });
    for kept in [&staff, &courier] {
        let found = |agent| write(store, |session| session.find_invitation(office(agent), kept.id));
        assert_eq!((found(7).as_ref(), found(9)), (Some(kept), None));
        let by_code = write(store, |session| session.find_invitation_by_code(&kept.digest));
        assert_eq!(by_code.as_ref(), Some(kept));
    }
    for digest in [
        InvitationDigest::from_row(agent_id(7), [9; 32]),
        InvitationDigest::from_row(agent_id(9), [1; 32]),
    ] {
        assert_eq!(
            write(store, |session| session.find_invitation_by_code(&digest)),
            None
        );
    }
}

/// Open invitations are listed newest first; expired, closed and other agents' are not.
pub fn open_invitations_are_listed_newest_first<S: Store>(store: &S)
where
    S::Session: InvitationRepository,
{
    let elsewhere = Invitation {
        agent_id: agent_id(9),
        position: Position::AgentStaff(agent_id(9)),
        digest: InvitationDigest::from_row(agent_id(9), [4; 32]),
        ..invitation(4)
    };
    let short = Invitation {
        expires_at: later(),
        ..invitation(3)
    };
    let withdrawn = Invitation {
        state: InvitationState::Withdrawn { at: later() },
        ..invitation(5)
    };
    write(store, |session| {
        for invitation in [&invitation(1), &invitation(2), &short, &elsewhere, &invitation(5)] {
            session.insert_invitation(invitation)?;
        }
        session.close_invitation(&withdrawn)
    });
    let listed = |now, limit, after| {
        let request = PageRequest { limit, after };
        write(store, |session| {
            session.list_open_invitations(office(7), now, &request)
        })
    };
    let first = listed(short.created_at, 2, None);
    assert_eq!(first.items, [short, invitation(2)]);
    let second = listed(later(), 2, first.next);
    assert_eq!((second.items, second.next), (vec![invitation(1)], None));
    let lasting = listed(later(), 20, None);
    assert_eq!(lasting.items, [invitation(2), invitation(1)]);
}

/// An invitation is closed once, whichever way.
pub fn an_invitation_is_closed_once<S: Store>(store: &S)
where
    S::Session: InvitationRepository,
{
    write(store, |session| session.insert_invitation(&invitation(1)));
    let accepted = Invitation {
        state: InvitationState::Accepted {
            account_id: AccountId::from_uuid(Uuid::from_u128(3)),
            at: later(),
        },
        ..invitation(1)
    };
    let withdrawn = Invitation {
        state: InvitationState::Withdrawn { at: later() },
        ..invitation(1)
    };
    write(store, |session| session.close_invitation(&accepted));
    for late in [&accepted, &withdrawn] {
        let again = store.write(|session| session.close_invitation(late));
        assert!(matches!(again, Err(RepositoryError::LostRace(_))), "{again:?}");
    }
    assert_eq!(
        write(store, |session| session.find_invitation(office(7), accepted.id)),
        Some(accepted.clone())
    );
}
