//! Sign-ins and their tokens.

use super::{
    BATCH_ROWS,
    accounts::AccountRow,
    memberships::{MembershipRow, to_principal},
    schema::{accounts, memberships, sessions, tokens},
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment},
};
use crate::{RowKey, Vault, sealed_tables::SESSIONS};
use diesel::prelude::*;
use identity::{
    Principal, REFRESH_TOKEN_LIFETIME, SessionRepository, SignIn, Token, TokenDigest, TokenKind, UserAgent,
};
use kernel::{AccountId, Instant, Invalid, RepositoryError, SessionId};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct SessionRow {
    account_id: Key,
    id: Key,
    started_at: Moment,
    ended_at: Option<Moment>,
    refreshed_at: Moment,
    client_sealed: Option<Envelope>,
}

/// What is sealed of a sign-in: one envelope for both.
#[derive(Serialize, Deserialize)]
struct SealedClient {
    address: Option<IpAddr>,
    user_agent: Option<String>,
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = tokens, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct TokenRow {
    account_id: Key,
    digest: Vec<u8>,
    session_id: Key,
    membership_id: Key,
    kind: String,
    expires_at: Moment,
    used_at: Option<Moment>,
}

fn to_row(token: &Token) -> TokenRow {
    TokenRow {
        account_id: token.digest.account_id().into(),
        digest: token.digest.sha256().to_vec(),
        session_id: token.session_id.into(),
        membership_id: token.membership_id.into(),
        kind: token.kind.name().to_owned(),
        expires_at: token.expires_at.into(),
        used_at: token.used_at.map(Moment),
    }
}

fn to_token(row: &TokenRow) -> Result<Token, RepositoryError> {
    let corrupt = |column, reason: &str| RepositoryError::Corrupt {
        table: "tokens",
        column,
        row: row.session_id.0.to_string(),
        reason: reason.to_owned(),
    };
    Ok(Token {
        digest: to_digest(row.account_id, &row.digest)?,
        session_id: row.session_id.into(),
        membership_id: row.membership_id.into(),
        kind: TokenKind::from_name(&row.kind).ok_or_else(|| corrupt("kind", "an unknown kind"))?,
        expires_at: row.expires_at.0,
        used_at: row.used_at.map(|at| at.0),
    })
}

fn to_digest(account_id: Key, sha256: &[u8]) -> Result<TokenDigest, RepositoryError> {
    let sha256 = sha256.try_into().map_err(|_| RepositoryError::Corrupt {
        table: "tokens",
        column: "digest",
        row: account_id.0.to_string(),
        reason: "not 32 bytes".to_owned(),
    })?;
    Ok(TokenDigest::from_row(account_id.into(), sha256))
}

fn sealed_row(vault: &Vault, account_id: Key, id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &SESSIONS,
        key: RowKey::ids(account_id, id),
    }
}

fn to_session_row(vault: &Vault, sign_in: &SignIn) -> Result<SessionRow, RepositoryError> {
    let (account_id, id) = (Key::from(sign_in.account_id), Key::from(sign_in.id));
    let client = SealedClient {
        address: sign_in.address,
        user_agent: sign_in.user_agent.as_ref().map(ToString::to_string),
    };
    let client_sealed = if client.address.is_some() || client.user_agent.is_some() {
        let text =
            serde_json::to_string(&client).map_err(|error| RepositoryError::Refused(error.to_string()))?;
        Some(sealed_row(vault, account_id, id).seal("client_sealed", &text)?)
    } else {
        None
    };
    Ok(SessionRow {
        account_id,
        id,
        started_at: sign_in.started_at.into(),
        ended_at: sign_in.ended_at.map(Moment),
        refreshed_at: sign_in.refreshed_at.into(),
        client_sealed,
    })
}

fn to_sign_in(vault: &Vault, row: &SessionRow) -> Result<SignIn, RepositoryError> {
    let client = row
        .client_sealed
        .as_ref()
        .map(|sealed| sealed_row(vault, row.account_id, row.id).open("client_sealed", sealed, parse_client))
        .transpose()?;
    let (address, user_agent) = client.map_or((None, None), |client| (client.address, client.user_agent));
    Ok(SignIn {
        id: row.id.into(),
        account_id: row.account_id.into(),
        user_agent: user_agent.as_deref().and_then(UserAgent::cut),
        address,
        started_at: row.started_at.0,
        refreshed_at: row.refreshed_at.0,
        ended_at: row.ended_at.map(|at| at.0),
    })
}

fn parse_client(text: &str) -> Result<SealedClient, Invalid> {
    serde_json::from_str(text)
        .map_err(|_| Invalid::new("malformed_json", "格式错误", "is not what was sealed"))
}

impl Session {
    /// Every sign-in that is kept of an account, oldest first.
    pub(super) fn sign_ins_of(&mut self, account_id: AccountId) -> Result<Vec<SignIn>, RepositoryError> {
        let rows = sessions::table
            .filter(sessions::account_id.eq(Key::from(account_id)))
            .order((sessions::started_at, sessions::id))
            .select(SessionRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        rows.iter()
            .map(|row| to_sign_in(&self.shared.vault, row))
            .collect()
    }
}

impl SessionRepository for Session {
    fn insert_session(&mut self, sign_in: &SignIn) -> Result<(), RepositoryError> {
        let row = to_session_row(&self.shared.vault, sign_in)?;
        diesel::insert_into(sessions::table)
            .values(&row)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    fn insert_tokens(&mut self, tokens: &[Token]) -> Result<(), RepositoryError> {
        let rows: Vec<_> = tokens.iter().map(to_row).collect();
        diesel::insert_into(tokens::table)
            .values(&rows)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    fn find_token(&mut self, digest: &TokenDigest) -> Result<Option<(Token, SignIn)>, RepositoryError> {
        let row: Option<(TokenRow, SessionRow)> = tokens::table
            .inner_join(
                sessions::table.on(sessions::account_id
                    .eq(tokens::account_id)
                    .and(sessions::id.eq(tokens::session_id))),
            )
            .filter(tokens::account_id.eq(Key::from(digest.account_id())))
            .filter(tokens::digest.eq(digest.sha256().as_slice()))
            .select((TokenRow::as_select(), SessionRow::as_select()))
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?;
        row.map(|(token, session)| Ok((to_token(&token)?, to_sign_in(&self.shared.vault, &session)?)))
            .transpose()
    }

    fn find_callers(
        &mut self,
        digests: &[TokenDigest],
        now: Instant,
    ) -> Result<BTreeMap<TokenDigest, Principal>, RepositoryError> {
        let asked: BTreeSet<_> = digests.iter().collect();
        let account_ids: BTreeSet<_> = digests
            .iter()
            .map(|digest| Key::from(digest.account_id()))
            .collect();
        let sha256s: Vec<_> = asked.iter().map(|digest| digest.sha256().to_vec()).collect();
        let rows: Vec<(Vec<u8>, MembershipRow, AccountRow)> = tokens::table
            .inner_join(
                sessions::table.on(sessions::account_id
                    .eq(tokens::account_id)
                    .and(sessions::id.eq(tokens::session_id))),
            )
            .inner_join(
                memberships::table.on(memberships::account_id
                    .eq(tokens::account_id)
                    .and(memberships::id.eq(tokens::membership_id))),
            )
            .inner_join(accounts::table.on(accounts::id.eq(tokens::account_id)))
            .filter(tokens::account_id.eq_any(account_ids.into_iter().collect::<Vec<_>>()))
            .filter(tokens::digest.eq_any(sha256s))
            .filter(tokens::kind.eq(TokenKind::Access.name()))
            .filter(tokens::expires_at.gt(Moment(now)))
            .filter(tokens::used_at.is_null())
            .filter(sessions::ended_at.is_null())
            .filter(memberships::ended_at.is_null())
            .filter(accounts::disabled_at.is_null())
            .select((
                tokens::digest,
                MembershipRow::as_select(),
                AccountRow::as_select(),
            ))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let mut callers = BTreeMap::new();
        for (sha256, membership, account) in rows {
            let digest = to_digest(account.id, &sha256)?;
            // The two lists are not pairs: only what was asked for is answered.
            if asked.contains(&digest) {
                callers.insert(digest, to_principal(account, &membership, &self.shared.vault)?);
            }
        }
        Ok(callers)
    }

    fn list_sessions(
        &mut self,
        account_id: AccountId,
        since: Instant,
    ) -> Result<Vec<SignIn>, RepositoryError> {
        sessions::table
            .filter(sessions::account_id.eq(Key::from(account_id)))
            .filter(sessions::ended_at.is_null())
            .filter(sessions::refreshed_at.gt(Moment(since)))
            .order((sessions::started_at, sessions::id))
            .select(SessionRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(|row| to_sign_in(&self.shared.vault, row))
            .collect()
    }

    fn use_refresh_token(&mut self, digest: &TokenDigest, at: Instant) -> Result<bool, RepositoryError> {
        let used = diesel::update(tokens::table)
            .filter(tokens::account_id.eq(Key::from(digest.account_id())))
            .filter(tokens::digest.eq(digest.sha256().as_slice()))
            .filter(tokens::kind.eq(TokenKind::Refresh.name()))
            .filter(tokens::used_at.is_null())
            .set(tokens::used_at.eq(Some(Moment(at))))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(used == 1)
    }

    fn use_tokens(
        &mut self,
        account_id: AccountId,
        id: SessionId,
        at: Instant,
    ) -> Result<(), RepositoryError> {
        diesel::update(tokens::table)
            .filter(tokens::account_id.eq(Key::from(account_id)))
            .filter(tokens::session_id.eq(Key::from(id)))
            .filter(tokens::used_at.is_null())
            .set(tokens::used_at.eq(Some(Moment(at))))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    fn refresh_session(
        &mut self,
        account_id: AccountId,
        id: SessionId,
        at: Instant,
    ) -> Result<(), RepositoryError> {
        let refreshed = diesel::update(sessions::table)
            .filter(sessions::account_id.eq(Key::from(account_id)))
            .filter(sessions::id.eq(Key::from(id)))
            .set(sessions::refreshed_at.eq(Moment(at)))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(refreshed, 1, "sign-in")
    }

    fn end_session(
        &mut self,
        account_id: AccountId,
        id: SessionId,
        at: Instant,
    ) -> Result<bool, RepositoryError> {
        let ended = diesel::update(sessions::table)
            .filter(sessions::account_id.eq(Key::from(account_id)))
            .filter(sessions::id.eq(Key::from(id)))
            .filter(sessions::ended_at.is_null())
            .set(sessions::ended_at.eq(Some(Moment(at))))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(ended == 1)
    }

    fn end_other_sessions(
        &mut self,
        account_id: AccountId,
        kept: SessionId,
        at: Instant,
    ) -> Result<Vec<SessionId>, RepositoryError> {
        let mut ended: Vec<Key> = diesel::update(sessions::table)
            .filter(sessions::account_id.eq(Key::from(account_id)))
            .filter(sessions::id.ne(Key::from(kept)))
            .filter(sessions::ended_at.is_null())
            .set(sessions::ended_at.eq(Some(Moment(at))))
            .returning(sessions::id)
            .get_results(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        ended.sort_unstable();
        Ok(ended.into_iter().map(Into::into).collect())
    }

    fn purge_expired_tokens(&mut self, before: Instant, limit: u32) -> Result<usize, RepositoryError> {
        let expired: Vec<(Key, Vec<u8>)> = tokens::table
            .filter(tokens::expires_at.lt(Moment(before)))
            .order(tokens::expires_at)
            .limit(i64::from(limit))
            .select((tokens::account_id, tokens::digest))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let mut purged = 0;
        for batch in expired.chunks(BATCH_ROWS) {
            let (accounts, digests): (Vec<_>, Vec<_>) = batch.iter().cloned().unzip();
            purged += diesel::delete(tokens::table)
                .filter(tokens::account_id.eq_any(accounts))
                .filter(tokens::digest.eq_any(digests))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(purged)
    }

    fn purge_sessions(&mut self, before: Instant, limit: u32) -> Result<usize, RepositoryError> {
        let lapsed = sessions::refreshed_at.lt(Moment(before - REFRESH_TOKEN_LIFETIME));
        let over: Vec<(Key, Key)> = sessions::table
            .filter(sessions::ended_at.lt(Moment(before)).assume_not_null().or(lapsed))
            .limit(i64::from(limit))
            .select((sessions::account_id, sessions::id))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let mut purged = 0;
        for batch in over.chunks(BATCH_ROWS) {
            let (accounts, ids): (Vec<_>, Vec<_>) = batch.iter().copied().unzip();
            diesel::delete(tokens::table)
                .filter(tokens::account_id.eq_any(&accounts))
                .filter(tokens::session_id.eq_any(&ids))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            purged += diesel::delete(sessions::table)
                .filter(sessions::account_id.eq_any(&accounts))
                .filter(sessions::id.eq_any(&ids))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(purged)
    }
}
