//! Sign-ins and their tokens.

use super::{
    accounts::AccountRow,
    memberships::{MembershipRow, to_principal},
    schema::{accounts, memberships, sessions, tokens},
    session::Session,
    values::{Key, Moment},
};
use diesel::prelude::*;
use identity::{Principal, SessionRepository, SignIn, Token, TokenDigest, TokenKind};
use kernel::{AccountId, Instant, RepositoryError, SessionId};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct SessionRow {
    account_id: Key,
    id: Key,
    started_at: Moment,
    ended_at: Option<Moment>,
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

fn to_sign_in(row: &SessionRow) -> SignIn {
    SignIn {
        id: row.id.into(),
        account_id: row.account_id.into(),
        started_at: row.started_at.0,
        ended_at: row.ended_at.map(|at| at.0),
    }
}

impl SessionRepository for Session {
    fn insert_session(&mut self, sign_in: &SignIn) -> Result<(), RepositoryError> {
        let row = SessionRow {
            account_id: sign_in.account_id.into(),
            id: sign_in.id.into(),
            started_at: sign_in.started_at.into(),
            ended_at: sign_in.ended_at.map(Moment),
        };
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
        row.map(|(token, session)| Ok((to_token(&token)?, to_sign_in(&session))))
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

    fn end_session(
        &mut self,
        account_id: AccountId,
        id: SessionId,
        at: Instant,
    ) -> Result<(), RepositoryError> {
        diesel::update(sessions::table)
            .filter(sessions::account_id.eq(Key::from(account_id)))
            .filter(sessions::id.eq(Key::from(id)))
            .filter(sessions::ended_at.is_null())
            .set(sessions::ended_at.eq(Some(Moment(at))))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }
}
