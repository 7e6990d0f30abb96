//! Invitations to work for an agent.

use super::{
    schema::invitations,
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment, corrupt},
};
use crate::{RowKey, Vault, sealed_tables::INVITATIONS};
use diesel::prelude::*;
use identity::{Invitation, InvitationDigest, InvitationRepository, InvitationState, Position, Role};
use kernel::{Instant, InvitationId, Page, PageRequest, PersonName, ReachedAgent, RepositoryError};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = invitations, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct InvitationRow {
    agent_id: Key,
    id: Key,
    role: String,
    courier_id: Option<Key>,
    name_sealed: Envelope,
    code_digest: Vec<u8>,
    invited_by: Key,
    created_at: Moment,
    expires_at: Moment,
    closed_at: Option<Moment>,
    accepted_by: Option<Key>,
}

fn sealed_row(vault: &Vault, agent_id: Key, id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &INVITATIONS,
        key: RowKey::ids(agent_id, id),
    }
}

/// When it was closed, and by whom it was accepted.
fn closed(state: InvitationState) -> (Option<Moment>, Option<Key>) {
    match state {
        InvitationState::Open => (None, None),
        InvitationState::Accepted { account_id, at } => (Some(Moment(at)), Some(account_id.into())),
        InvitationState::Withdrawn { at } => (Some(Moment(at)), None),
    }
}

fn to_row(vault: &Vault, invitation: &Invitation) -> Result<InvitationRow, RepositoryError> {
    let id = Key::from(invitation.id);
    let (closed_at, accepted_by) = closed(invitation.state);
    Ok(InvitationRow {
        agent_id: invitation.agent_id.into(),
        id,
        role: invitation.position.role().name().to_owned(),
        courier_id: invitation.position.courier_id().map(Key::from),
        name_sealed: sealed_row(vault, invitation.agent_id.into(), id)
            .seal("name_sealed", invitation.name.as_str())?,
        code_digest: invitation.digest.sha256().to_vec(),
        invited_by: invitation.invited_by.into(),
        created_at: invitation.created_at.into(),
        expires_at: invitation.expires_at.into(),
        closed_at,
        accepted_by,
    })
}

fn to_invitation(vault: &Vault, row: &InvitationRow) -> Result<Invitation, RepositoryError> {
    let unusable = |column, reason: &'static str| corrupt("invitations", column, row.id, reason);
    let agent_id = row.agent_id.into();
    let position = Role::from_name(&row.role)
        .and_then(|role| Position::of(role, Some(agent_id), row.courier_id.map(Into::into), None))
        .ok_or_else(|| unusable("role", "does not go with the other columns"))?;
    let sha256 = <[u8; 32]>::try_from(row.code_digest.as_slice())
        .map_err(|_| unusable("code_digest", "is not 32 bytes"))?;
    let state = match (row.closed_at, row.accepted_by) {
        (None, None) => InvitationState::Open,
        (Some(at), Some(account_id)) => InvitationState::Accepted {
            account_id: account_id.into(),
            at: at.0,
        },
        (Some(at), None) => InvitationState::Withdrawn { at: at.0 },
        (None, Some(_)) => return Err(unusable("accepted_by", "is there without closed_at")),
    };
    Ok(Invitation {
        id: row.id.into(),
        agent_id,
        position,
        name: sealed_row(vault, row.agent_id, row.id).open(
            "name_sealed",
            &row.name_sealed,
            PersonName::parse,
        )?,
        digest: InvitationDigest::from_row(agent_id, sha256),
        invited_by: row.invited_by.into(),
        created_at: row.created_at.0,
        expires_at: row.expires_at.0,
        state,
    })
}

impl InvitationRepository for Session {
    fn insert_invitation(&mut self, invitation: &Invitation) -> Result<(), RepositoryError> {
        let row = to_row(&self.shared.vault, invitation)?;
        diesel::insert_into(invitations::table)
            .values(&row)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    fn find_invitation(
        &mut self,
        agent: ReachedAgent,
        id: InvitationId,
    ) -> Result<Option<Invitation>, RepositoryError> {
        invitations::table
            .filter(invitations::agent_id.eq(Key::from(agent.id())))
            .filter(invitations::id.eq(Key::from(id)))
            .select(InvitationRow::as_select())
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?
            .map(|row| to_invitation(&self.shared.vault, &row))
            .transpose()
    }

    fn find_invitation_by_code(
        &mut self,
        digest: &InvitationDigest,
    ) -> Result<Option<Invitation>, RepositoryError> {
        invitations::table
            .filter(invitations::agent_id.eq(Key::from(digest.agent_id())))
            .filter(invitations::code_digest.eq(digest.sha256().to_vec()))
            .select(InvitationRow::as_select())
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?
            .map(|row| to_invitation(&self.shared.vault, &row))
            .transpose()
    }

    fn list_open_invitations(
        &mut self,
        agent: ReachedAgent,
        now: Instant,
        page: &PageRequest<InvitationId>,
    ) -> Result<Page<Invitation, InvitationId>, RepositoryError> {
        let mut query = invitations::table
            .filter(invitations::agent_id.eq(Key::from(agent.id())))
            .filter(invitations::closed_at.is_null())
            .filter(invitations::expires_at.gt(Moment(now)))
            .order(invitations::id.desc())
            .limit(page.fetch_limit())
            .select(InvitationRow::as_select())
            .into_boxed();
        if let Some(after) = page.after {
            query = query.filter(invitations::id.lt(Key::from(after)));
        }
        let fetched = query
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(|row| to_invitation(&self.shared.vault, &row))
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(fetched, page, |invitation: &Invitation| invitation.id))
    }

    fn close_invitation(&mut self, invitation: &Invitation) -> Result<(), RepositoryError> {
        let (closed_at, accepted_by) = closed(invitation.state);
        let saved = diesel::update(invitations::table)
            .filter(invitations::agent_id.eq(Key::from(invitation.agent_id)))
            .filter(invitations::id.eq(Key::from(invitation.id)))
            .filter(invitations::closed_at.is_null())
            .set((
                invitations::closed_at.eq(closed_at),
                invitations::accepted_by.eq(accepted_by),
            ))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(saved, 1, "invitation")
    }
}
