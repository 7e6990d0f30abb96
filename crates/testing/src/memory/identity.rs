//! Accounts, memberships, sign-ins, tokens and idempotency records.

use super::Memory;
use identity::{
    Account, AccountRepository, IdempotencyKey, IdempotencyRecord, IdempotencyRepository, Invitation,
    InvitationDigest, InvitationRepository, InvitationState, LoginKey, Member, Membership,
    MembershipRepository, Principal, SignIn, Token, TokenDigest, TokenKind, Username,
};
use kernel::{
    AccountId, Instant, InvitationId, MembershipId, Page, PageRequest, ReachedAgent, RepositoryError,
    SessionId,
};
use std::collections::BTreeMap;

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) accounts: BTreeMap<AccountId, Account>,
    pub(super) login_keys: BTreeMap<LoginKey, AccountId>,
    pub(super) memberships: BTreeMap<MembershipId, Membership>,
    pub(super) invitations: BTreeMap<InvitationId, Invitation>,
    pub(super) sign_ins: BTreeMap<SessionId, SignIn>,
    pub(super) tokens: BTreeMap<TokenDigest, Token>,
    pub(super) idempotency_records: BTreeMap<(AccountId, IdempotencyKey), IdempotencyRecord>,
}

impl Rows {
    fn principal(&self, id: MembershipId) -> Option<Principal> {
        let membership = self
            .memberships
            .get(&id)
            .filter(|membership| membership.ended_at.is_none())?;
        let account = self
            .accounts
            .get(&membership.account_id)
            .filter(|account| account.disabled_at.is_none())?;
        Some(Principal::of(account, membership))
    }

    fn member(&self, agent: ReachedAgent, membership: &Membership) -> Option<Member> {
        let account = self.accounts.get(&membership.account_id)?;
        let lasts_here = membership.ended_at.is_none() && membership.position.agent_id() == Some(agent.id());
        lasts_here.then(|| Member {
            membership: *membership,
            name: account.name.clone(),
            disabled: account.disabled_at.is_some(),
        })
    }

    pub(super) fn caller(&self, digest: &TokenDigest, now: Instant) -> Option<Principal> {
        let token = self.tokens.get(digest)?;
        let good = token.kind == TokenKind::Access
            && token.expires_at > now
            && token.used_at.is_none()
            && self.sign_ins[&token.session_id].ended_at.is_none();
        good.then(|| self.principal(token.membership_id)).flatten()
    }
}

impl Memory {
    /// Every account, for assertions.
    pub fn accounts(&self) -> impl Iterator<Item = &Account> {
        self.identity.accounts.values()
    }
}

impl AccountRepository for Memory {
    fn insert_accounts(&mut self, accounts: &[Account]) -> Result<(), RepositoryError> {
        for account in accounts {
            let taken = account.username.is_some()
                && self
                    .identity
                    .accounts
                    .values()
                    .any(|other| other.username == account.username);
            if taken {
                return Err(RepositoryError::LostRace("user name"));
            }
            self.identity.accounts.insert(account.id, account.clone());
        }
        Ok(())
    }

    fn find_account(&mut self, id: AccountId) -> Result<Option<Account>, RepositoryError> {
        Ok(self.identity.accounts.get(&id).cloned())
    }

    fn lock_account(&mut self, id: AccountId) -> Result<Option<Account>, RepositoryError> {
        self.find_account(id)
    }

    fn find_account_by_username(&mut self, username: &Username) -> Result<Option<Account>, RepositoryError> {
        let mut accounts = self.identity.accounts.values();
        Ok(accounts
            .find(|account| account.username.as_ref() == Some(username))
            .cloned())
    }

    fn find_account_by_login_key(&mut self, key: &LoginKey) -> Result<Option<Account>, RepositoryError> {
        let account_id = self.identity.login_keys.get(key);
        Ok(account_id.and_then(|id| self.identity.accounts.get(id)).cloned())
    }

    fn set_login_key(&mut self, account_id: AccountId, key: &LoginKey) -> Result<(), RepositoryError> {
        let keys = &mut self.identity.login_keys;
        keys.retain(|kept, holder| *holder != account_id || kept.kind() != key.kind());
        if keys.contains_key(key) {
            return Err(RepositoryError::LostRace("login key"));
        }
        keys.insert(key.clone(), account_id);
        Ok(())
    }

    fn save_account(&mut self, account: &Account) -> Result<(), RepositoryError> {
        match self.identity.accounts.get_mut(&account.id) {
            Some(stored) if stored.version == account.version => {
                *stored = Account {
                    username: stored.username.clone(),
                    created_at: stored.created_at,
                    version: account.version + 1,
                    ..account.clone()
                };
                Ok(())
            }
            _ => Err(RepositoryError::LostRace("account")),
        }
    }
}

impl MembershipRepository for Memory {
    fn insert_memberships(&mut self, memberships: &[Membership]) -> Result<(), RepositoryError> {
        let rows = memberships.iter().map(|membership| (membership.id, *membership));
        self.identity.memberships.extend(rows);
        Ok(())
    }

    fn list_memberships(&mut self, account_id: AccountId) -> Result<Vec<Membership>, RepositoryError> {
        let mut memberships: Vec<_> = self
            .identity
            .memberships
            .values()
            .filter(|membership| membership.account_id == account_id)
            .copied()
            .collect();
        memberships.sort_by_key(|membership| (membership.created_at, membership.id));
        Ok(memberships)
    }

    fn find_member(
        &mut self,
        agent: ReachedAgent,
        id: MembershipId,
    ) -> Result<Option<Member>, RepositoryError> {
        let membership = self.identity.memberships.get(&id);
        Ok(membership.and_then(|membership| self.identity.member(agent, membership)))
    }

    fn list_members(
        &mut self,
        agent: ReachedAgent,
        page: &PageRequest<MembershipId>,
    ) -> Result<Page<Member, MembershipId>, RepositoryError> {
        let fetched = self
            .identity
            .memberships
            .values()
            .filter(|membership| page.after.is_none_or(|after| membership.id > after))
            .filter_map(|membership| self.identity.member(agent, membership))
            .take(usize::from(page.limit) + 1);
        Ok(Page::cut(fetched.collect(), page, |member: &Member| {
            member.membership.id
        }))
    }

    fn end_membership(&mut self, membership: &Membership, at: Instant) -> Result<(), RepositoryError> {
        match self.identity.memberships.get_mut(&membership.id) {
            Some(stored) if stored.ended_at.is_none() => {
                stored.ended_at = Some(at);
                Ok(())
            }
            _ => Err(RepositoryError::LostRace("membership")),
        }
    }

    fn find_principals(
        &mut self,
        ids: &[MembershipId],
    ) -> Result<BTreeMap<MembershipId, Principal>, RepositoryError> {
        Ok(ids
            .iter()
            .filter_map(|id| Some((*id, self.identity.principal(*id)?)))
            .collect())
    }
}

impl InvitationRepository for Memory {
    fn insert_invitation(&mut self, invitation: &Invitation) -> Result<(), RepositoryError> {
        self.identity
            .invitations
            .insert(invitation.id, invitation.clone());
        Ok(())
    }

    fn find_invitation(
        &mut self,
        agent: ReachedAgent,
        id: InvitationId,
    ) -> Result<Option<Invitation>, RepositoryError> {
        let invitation = self.identity.invitations.get(&id);
        Ok(invitation
            .filter(|invitation| invitation.agent_id == agent.id())
            .cloned())
    }

    fn find_invitation_by_code(
        &mut self,
        digest: &InvitationDigest,
    ) -> Result<Option<Invitation>, RepositoryError> {
        let mut invitations = self.identity.invitations.values();
        Ok(invitations
            .find(|invitation| invitation.digest == *digest)
            .cloned())
    }

    fn list_open_invitations(
        &mut self,
        agent: ReachedAgent,
        now: Instant,
        page: &PageRequest<InvitationId>,
    ) -> Result<Page<Invitation, InvitationId>, RepositoryError> {
        let fetched = self
            .identity
            .invitations
            .values()
            .rev()
            .filter(|invitation| page.after.is_none_or(|after| invitation.id < after))
            .filter(|invitation| invitation.agent_id == agent.id() && invitation.is_open(now))
            .take(usize::from(page.limit) + 1);
        Ok(Page::cut(
            fetched.cloned().collect(),
            page,
            |invitation: &Invitation| invitation.id,
        ))
    }

    fn close_invitation(&mut self, invitation: &Invitation) -> Result<(), RepositoryError> {
        match self.identity.invitations.get_mut(&invitation.id) {
            Some(stored) if stored.state == InvitationState::Open => {
                stored.state = invitation.state;
                Ok(())
            }
            _ => Err(RepositoryError::LostRace("invitation")),
        }
    }
}

impl IdempotencyRepository for Memory {
    fn find_idempotency_records(
        &mut self,
        keys: &[(AccountId, IdempotencyKey)],
    ) -> Result<BTreeMap<(AccountId, IdempotencyKey), IdempotencyRecord>, RepositoryError> {
        let records = &self.identity.idempotency_records;
        Ok(keys
            .iter()
            .filter_map(|key| Some((key.clone(), records.get(key)?.clone())))
            .collect())
    }

    fn insert_idempotency_records(&mut self, records: &[IdempotencyRecord]) -> Result<(), RepositoryError> {
        for record in records {
            let key = (record.account_id, record.key.clone());
            if self
                .identity
                .idempotency_records
                .insert(key, record.clone())
                .is_some()
            {
                return Err(RepositoryError::LostRace("idempotency key"));
            }
        }
        Ok(())
    }
}
