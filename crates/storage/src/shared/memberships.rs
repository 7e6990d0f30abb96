//! Memberships, and who acts in them.

use super::{
    BATCH_ROWS,
    accounts::{AccountRow, to_account},
    schema::{accounts, memberships},
    session::Session,
    values::{Key, Moment},
};
use crate::vault::Vault;
use diesel::prelude::*;
use identity::{Member, Membership, MembershipRepository, Position, Principal, Role};
use kernel::{AccountId, Instant, MembershipId, Page, PageRequest, ReachedAgent, RepositoryError};
use std::collections::BTreeMap;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = memberships, check_for_backend(super::Backend), treat_none_as_default_value = false)]
pub(super) struct MembershipRow {
    account_id: Key,
    id: Key,
    role: String,
    agent_id: Option<Key>,
    courier_id: Option<Key>,
    customer_id: Option<Key>,
    created_at: Moment,
    ended_at: Option<Moment>,
}

fn to_row(membership: &Membership) -> MembershipRow {
    let position = membership.position;
    MembershipRow {
        account_id: membership.account_id.into(),
        id: membership.id.into(),
        role: position.role().name().to_owned(),
        agent_id: position.agent_id().map(Key::from),
        courier_id: position.courier_id().map(Key::from),
        customer_id: position.customer_id().map(Key::from),
        created_at: membership.created_at.into(),
        ended_at: membership.ended_at.map(Moment),
    }
}

fn to_membership(row: &MembershipRow) -> Result<Membership, RepositoryError> {
    let position = Role::from_name(&row.role).and_then(|role| {
        Position::of(
            role,
            row.agent_id.map(Into::into),
            row.courier_id.map(Into::into),
            row.customer_id.map(Into::into),
        )
    });
    Ok(Membership {
        id: row.id.into(),
        account_id: row.account_id.into(),
        position: position.ok_or_else(|| RepositoryError::Corrupt {
            table: "memberships",
            column: "role",
            row: row.id.0.to_string(),
            reason: format!("`{}` does not go with the other columns", row.role),
        })?,
        created_at: row.created_at.0,
        ended_at: row.ended_at.map(|at| at.0),
    })
}

/// The principal of an account in a membership of it.
pub(super) fn to_principal(
    account: AccountRow,
    membership: &MembershipRow,
    vault: &Vault,
) -> Result<Principal, RepositoryError> {
    Ok(Principal::of(
        &to_account(account, vault)?,
        &to_membership(membership)?,
    ))
}

type WithAccount = diesel::dsl::InnerJoinOn<
    memberships::table,
    accounts::table,
    diesel::dsl::Eq<accounts::id, memberships::account_id>,
>;

/// The memberships of an agent that last, with their accounts.
fn members_of<'query>(agent: ReachedAgent) -> diesel::dsl::IntoBoxed<'query, WithAccount, super::Backend> {
    memberships::table
        .inner_join(accounts::table.on(accounts::id.eq(memberships::account_id)))
        .into_boxed()
        .filter(memberships::agent_id.eq(Key::from(agent.id())))
        .filter(memberships::ended_at.is_null())
}

fn to_member(
    (membership, account): (MembershipRow, AccountRow),
    vault: &Vault,
) -> Result<Member, RepositoryError> {
    let account = to_account(account, vault)?;
    Ok(Member {
        membership: to_membership(&membership)?,
        name: account.name,
        disabled: account.disabled_at.is_some(),
    })
}

impl MembershipRepository for Session {
    fn insert_memberships(&mut self, memberships: &[Membership]) -> Result<(), RepositoryError> {
        for batch in memberships.chunks(BATCH_ROWS) {
            let rows: Vec<_> = batch.iter().map(to_row).collect();
            diesel::insert_into(memberships::table)
                .values(&rows)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    fn list_memberships(&mut self, account_id: AccountId) -> Result<Vec<Membership>, RepositoryError> {
        memberships::table
            .filter(memberships::account_id.eq(Key::from(account_id)))
            .order((memberships::created_at, memberships::id))
            .select(MembershipRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .iter()
            .map(to_membership)
            .collect()
    }

    fn find_member(
        &mut self,
        agent: ReachedAgent,
        id: MembershipId,
    ) -> Result<Option<Member>, RepositoryError> {
        members_of(agent)
            .filter(memberships::id.eq(Key::from(id)))
            .select((MembershipRow::as_select(), AccountRow::as_select()))
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?
            .map(|row| to_member(row, &self.shared.vault))
            .transpose()
    }

    fn list_members(
        &mut self,
        agent: ReachedAgent,
        page: &PageRequest<MembershipId>,
    ) -> Result<Page<Member, MembershipId>, RepositoryError> {
        let mut query = members_of(agent).order(memberships::id).limit(page.fetch_limit());
        if let Some(after) = page.after {
            query = query.filter(memberships::id.gt(Key::from(after)));
        }
        let fetched = query
            .select((MembershipRow::as_select(), AccountRow::as_select()))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(|row| to_member(row, &self.shared.vault))
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(fetched, page, |member: &Member| member.membership.id))
    }

    fn end_membership(&mut self, membership: &Membership, at: Instant) -> Result<(), RepositoryError> {
        let ended = diesel::update(memberships::table)
            .filter(memberships::account_id.eq(Key::from(membership.account_id)))
            .filter(memberships::id.eq(Key::from(membership.id)))
            .filter(memberships::ended_at.is_null())
            .set(memberships::ended_at.eq(Moment(at)))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(ended, 1, "membership")
    }

    fn find_principals(
        &mut self,
        ids: &[MembershipId],
    ) -> Result<BTreeMap<MembershipId, Principal>, RepositoryError> {
        let rows: Vec<(MembershipRow, AccountRow)> = memberships::table
            .inner_join(accounts::table.on(accounts::id.eq(memberships::account_id)))
            .filter(memberships::id.eq_any(ids.iter().copied().map(Key::from).collect::<Vec<_>>()))
            .filter(memberships::ended_at.is_null())
            .filter(accounts::disabled_at.is_null())
            .select((MembershipRow::as_select(), AccountRow::as_select()))
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        rows.into_iter()
            .map(|(membership, account)| {
                let principal = to_principal(account, &membership, &self.shared.vault)?;
                Ok((principal.membership_id, principal))
            })
            .collect()
    }
}
