//! Accounts, memberships, sign-ins, tokens and idempotency records.

use super::Memory;
use identity::{
    Account, AccountRepository, IdempotencyKey, IdempotencyRecord, IdempotencyRepository, Membership,
    MembershipRepository, Principal, SessionRepository, SignIn, Token, TokenDigest, TokenKind, Username,
};
use kernel::{AccountId, Instant, MembershipId, RepositoryError, SessionId};
use std::collections::BTreeMap;

/// What is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    accounts: BTreeMap<AccountId, Account>,
    memberships: BTreeMap<MembershipId, Membership>,
    sign_ins: BTreeMap<SessionId, SignIn>,
    tokens: BTreeMap<TokenDigest, Token>,
    idempotency_records: BTreeMap<(AccountId, IdempotencyKey), IdempotencyRecord>,
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

    fn caller(&self, digest: &TokenDigest, now: Instant) -> Option<Principal> {
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

    /// Ends a membership, as later use cases will.
    pub fn end_membership(&mut self, id: MembershipId, at: Instant) {
        self.identity.memberships.get_mut(&id).unwrap().ended_at = Some(at);
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

    fn find_account_by_username(&mut self, username: &Username) -> Result<Option<Account>, RepositoryError> {
        let mut accounts = self.identity.accounts.values();
        Ok(accounts
            .find(|account| account.username.as_ref() == Some(username))
            .cloned())
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

impl SessionRepository for Memory {
    fn insert_session(&mut self, sign_in: &SignIn) -> Result<(), RepositoryError> {
        self.identity.sign_ins.insert(sign_in.id, *sign_in);
        Ok(())
    }

    fn insert_tokens(&mut self, tokens: &[Token]) -> Result<(), RepositoryError> {
        let rows = tokens.iter().map(|token| (token.digest, token.clone()));
        self.identity.tokens.extend(rows);
        Ok(())
    }

    fn find_token(&mut self, digest: &TokenDigest) -> Result<Option<(Token, SignIn)>, RepositoryError> {
        let token = self.identity.tokens.get(digest).cloned();
        Ok(token.map(|token| {
            let sign_in = self.identity.sign_ins[&token.session_id];
            (token, sign_in)
        }))
    }

    fn find_callers(
        &mut self,
        digests: &[TokenDigest],
        now: Instant,
    ) -> Result<BTreeMap<TokenDigest, Principal>, RepositoryError> {
        Ok(digests
            .iter()
            .filter_map(|digest| Some((*digest, self.identity.caller(digest, now)?)))
            .collect())
    }

    fn use_refresh_token(&mut self, digest: &TokenDigest, at: Instant) -> Result<bool, RepositoryError> {
        match self.identity.tokens.get_mut(digest) {
            Some(token) if token.kind == TokenKind::Refresh && token.used_at.is_none() => {
                token.used_at = Some(at);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn use_tokens(&mut self, _: AccountId, id: SessionId, at: Instant) -> Result<(), RepositoryError> {
        for token in self.identity.tokens.values_mut() {
            if token.session_id == id {
                token.used_at.get_or_insert(at);
            }
        }
        Ok(())
    }

    fn end_session(&mut self, _: AccountId, id: SessionId, at: Instant) -> Result<(), RepositoryError> {
        if let Some(sign_in) = self.identity.sign_ins.get_mut(&id) {
            sign_in.ended_at.get_or_insert(at);
        }
        Ok(())
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
