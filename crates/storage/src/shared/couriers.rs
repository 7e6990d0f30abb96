//! Couriers.

use super::{
    BATCH_ROWS,
    schema::couriers,
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment},
};
use crate::{RowKey, Vault, sealed_tables::COURIERS};
use diesel::prelude::*;
use kernel::{AgentId, CourierId, MobileNumber, Page, PageRequest, PersonName, RepositoryError, Scope};
use orders::{Courier, CourierRepository};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Insertable, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = couriers, check_for_backend(super::Backend), treat_none_as_default_value = false, treat_none_as_null = true)]
struct CourierRow {
    agent_id: Key,
    id: Key,
    account_id: Option<Key>,
    name_sealed: Envelope,
    phone_sealed: Envelope,
    on_duty: bool,
    created_at: Moment,
    version: i64,
}

fn sealed_row(vault: &Vault, agent_id: Key, id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &COURIERS,
        key: RowKey::ids(agent_id, id),
    }
}

fn to_row(vault: &Vault, courier: &Courier) -> Result<CourierRow, RepositoryError> {
    let row = sealed_row(vault, courier.agent_id.into(), courier.id.into());
    Ok(CourierRow {
        agent_id: courier.agent_id.into(),
        id: courier.id.into(),
        account_id: courier.account_id.map(Key::from),
        name_sealed: row.seal("name_sealed", courier.name.as_str())?,
        phone_sealed: row.seal(
            "phone_sealed",
            courier.phone.as_ref().map_or("", MobileNumber::as_str),
        )?,
        on_duty: courier.on_duty,
        created_at: courier.created_at.into(),
        version: courier.version,
    })
}

fn to_courier(vault: &Vault, row: &CourierRow) -> Result<Courier, RepositoryError> {
    let sealed_row = sealed_row(vault, row.agent_id, row.id);
    Ok(Courier {
        id: row.id.into(),
        agent_id: row.agent_id.into(),
        account_id: row.account_id.map(Into::into),
        name: sealed_row.open("name_sealed", &row.name_sealed, PersonName::parse)?,
        // An erased phone is sealed as nothing.
        phone: sealed_row.open("phone_sealed", &row.phone_sealed, |phone| {
            if phone.is_empty() {
                Ok(None)
            } else {
                MobileNumber::parse(phone).map(Some)
            }
        })?,
        on_duty: row.on_duty,
        created_at: row.created_at.0,
        version: row.version,
    })
}

fn in_scope<'query>(scope: Scope) -> couriers::BoxedQuery<'query, super::Backend> {
    let query = couriers::table.into_boxed();
    match scope {
        Scope::All => query,
        Scope::Agent(agent_id) => query.filter(couriers::agent_id.eq(Key::from(agent_id))),
        Scope::Courier { agent_id, courier_id } => query
            .filter(couriers::agent_id.eq(Key::from(agent_id)))
            .filter(couriers::id.eq(Key::from(courier_id))),
        Scope::Customer(_) => query.filter(couriers::version.lt(0)),
    }
}

impl CourierRepository for Session {
    fn insert_couriers(&mut self, couriers: &[Courier]) -> Result<(), RepositoryError> {
        for batch in couriers.chunks(BATCH_ROWS) {
            let rows = batch
                .iter()
                .map(|courier| to_row(&self.shared.vault, courier))
                .collect::<Result<Vec<_>, _>>()?;
            diesel::insert_into(couriers::table)
                .values(&rows)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    fn find_couriers(
        &mut self,
        keys: &BTreeSet<(AgentId, CourierId)>,
    ) -> Result<BTreeMap<CourierId, Courier>, RepositoryError> {
        let rows: Vec<CourierRow> = couriers::table
            .filter(
                couriers::agent_id.eq_any(
                    keys.iter()
                        .map(|(agent_id, _)| Key::from(*agent_id))
                        .collect::<BTreeSet<_>>(),
                ),
            )
            .filter(couriers::id.eq_any(keys.iter().map(|(_, id)| Key::from(*id)).collect::<BTreeSet<_>>()))
            .select(CourierRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        rows.into_iter()
            .filter(|row| keys.contains(&(row.agent_id.into(), row.id.into())))
            .map(|row| to_courier(&self.shared.vault, &row).map(|courier| (courier.id, courier)))
            .collect()
    }

    fn find_courier(&mut self, scope: Scope, id: CourierId) -> Result<Option<Courier>, RepositoryError> {
        in_scope(scope)
            .filter(couriers::id.eq(Key::from(id)))
            .select(CourierRow::as_select())
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?
            .map(|row| to_courier(&self.shared.vault, &row))
            .transpose()
    }

    fn list_couriers(
        &mut self,
        scope: Scope,
        agent_id: Option<AgentId>,
        page: &PageRequest<CourierId>,
    ) -> Result<Page<Courier, CourierId>, RepositoryError> {
        let mut query = in_scope(scope).order(couriers::id).limit(page.fetch_limit());
        if let Some(agent_id) = agent_id {
            query = query.filter(couriers::agent_id.eq(Key::from(agent_id)));
        }
        if let Some(after) = page.after {
            query = query.filter(couriers::id.gt(Key::from(after)));
        }
        let rows = query
            .select(CourierRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let found = rows
            .into_iter()
            .map(|row| to_courier(&self.shared.vault, &row))
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(found, page, |courier| courier.id))
    }

    fn save_courier(&mut self, courier: &Courier) -> Result<(), RepositoryError> {
        let row = to_row(&self.shared.vault, courier)?;
        let written = diesel::update(couriers::table)
            .filter(couriers::agent_id.eq(row.agent_id))
            .filter(couriers::id.eq(row.id))
            .filter(couriers::version.eq(row.version - 1))
            .set(&row)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(written, 1, "the courier changed")
    }
}
