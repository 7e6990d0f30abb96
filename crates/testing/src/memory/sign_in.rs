//! Sign-ins, their tokens, and the counters of failed ones.

use super::Memory;
use identity::{
    AttemptCounter, AttemptKey, Principal, REFRESH_TOKEN_LIFETIME, SessionRepository, SignIn,
    SignInAttemptRepository, Token, TokenDigest, TokenKind,
};
use kernel::{AccountId, Instant, RepositoryError, SessionId};
use std::collections::BTreeMap;

/// What is kept of attempts; sign-ins and tokens are beside their accounts.
#[derive(Clone, Debug, Default)]
pub(super) struct Rows {
    pub(super) attempts: BTreeMap<AttemptKey, AttemptCounter>,
}

impl SessionRepository for Memory {
    fn insert_session(&mut self, sign_in: &SignIn) -> Result<(), RepositoryError> {
        self.identity.sign_ins.insert(sign_in.id, sign_in.clone());
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
            let sign_in = self.identity.sign_ins[&token.session_id].clone();
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

    fn list_sessions(
        &mut self,
        account_id: AccountId,
        since: Instant,
    ) -> Result<Vec<SignIn>, RepositoryError> {
        let mut found: Vec<_> = self
            .identity
            .sign_ins
            .values()
            .filter(|sign_in| {
                sign_in.account_id == account_id && sign_in.ended_at.is_none() && sign_in.refreshed_at > since
            })
            .cloned()
            .collect();
        found.sort_by_key(|sign_in| (sign_in.started_at, sign_in.id));
        Ok(found)
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

    fn refresh_session(&mut self, _: AccountId, id: SessionId, at: Instant) -> Result<(), RepositoryError> {
        self.identity.sign_ins.get_mut(&id).unwrap().refreshed_at = at;
        Ok(())
    }

    fn end_session(
        &mut self,
        account_id: AccountId,
        id: SessionId,
        at: Instant,
    ) -> Result<bool, RepositoryError> {
        match self.identity.sign_ins.get_mut(&id) {
            Some(sign_in) if sign_in.account_id == account_id && sign_in.ended_at.is_none() => {
                sign_in.ended_at = Some(at);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn end_other_sessions(
        &mut self,
        account_id: AccountId,
        kept: SessionId,
        at: Instant,
    ) -> Result<Vec<SessionId>, RepositoryError> {
        let ids: Vec<_> = self.identity.sign_ins.keys().copied().collect();
        let mut ended = Vec::new();
        for id in ids {
            if id != kept && self.end_session(account_id, id, at)? {
                ended.push(id);
            }
        }
        Ok(ended)
    }

    fn purge_expired_tokens(&mut self, before: Instant, limit: u32) -> Result<usize, RepositoryError> {
        let tokens = &mut self.identity.tokens;
        let expired = tokens.iter().filter(|(_, token)| token.expires_at < before);
        let purged = first_keys(expired, limit);
        tokens.retain(|digest, _| !purged.contains(digest));
        Ok(purged.len())
    }

    fn purge_sessions(&mut self, before: Instant, limit: u32) -> Result<usize, RepositoryError> {
        let lapsed = before - REFRESH_TOKEN_LIFETIME;
        let over = self.identity.sign_ins.iter().filter(|(_, sign_in)| {
            sign_in.refreshed_at < lapsed || sign_in.ended_at.is_some_and(|ended_at| ended_at < before)
        });
        let purged = first_keys(over, limit);
        self.identity
            .tokens
            .retain(|_, token| !purged.contains(&token.session_id));
        self.identity.sign_ins.retain(|id, _| !purged.contains(id));
        Ok(purged.len())
    }
}

impl SignInAttemptRepository for Memory {
    fn lock_attempt_counters(
        &mut self,
        keys: &[AttemptKey],
        now: Instant,
    ) -> Result<BTreeMap<AttemptKey, AttemptCounter>, RepositoryError> {
        let counters = keys.iter().map(|key| {
            let counter = self.sign_in.attempts.entry(key.clone());
            (key.clone(), *counter.or_insert(AttemptCounter::empty(now)))
        });
        Ok(counters.collect())
    }

    fn save_attempt_counters(
        &mut self,
        counters: &BTreeMap<AttemptKey, AttemptCounter>,
    ) -> Result<(), RepositoryError> {
        self.sign_in.attempts.extend(counters.clone());
        Ok(())
    }

    fn purge_attempt_counters(&mut self, before: Instant, limit: u32) -> Result<usize, RepositoryError> {
        let attempts = &mut self.sign_in.attempts;
        let old = attempts.iter().filter(|(_, counter)| counter.counted_at < before);
        let purged = first_keys(old, limit);
        attempts.retain(|key, _| !purged.contains(key));
        Ok(purged.len())
    }
}

fn first_keys<'a, K: Clone + 'a, V: 'a>(found: impl Iterator<Item = (&'a K, &'a V)>, limit: u32) -> Vec<K> {
    let limit = usize::try_from(limit).unwrap();
    found.map(|(key, _)| key.clone()).take(limit).collect()
}
