//! Agents.

use super::{
    BATCH_ROWS,
    applicants::{SealedApplicant, identity_index},
    dialect,
    schema::{agents, contracts},
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment, corrupt},
};
use crate::{RowKey, Vault, sealed_tables::AGENTS};
use ::agents::{Agent, AgentFilter, AgentRepository, Contract};
use diesel::{dsl::max, prelude::*};
use kernel::{
    AgentId, AgentNumber, ContractId, IdentityNumber, Page, PageRequest, ReachedAgent, RepositoryError, Scope,
};
use std::collections::BTreeMap;

const HEADQUARTERS: &str = "headquarters";

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = agents, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct AgentRow {
    id: Key,
    number: i32,
    kind: String,
    name_sealed: Option<Envelope>,
    identity_number_sealed: Option<Envelope>,
    identity_number_index: Option<Vec<u8>>,
    company_name: Option<String>,
    credit_code: Option<String>,
    mobile_sealed: Option<Envelope>,
    email_sealed: Option<Envelope>,
    version: i64,
    created_at: Moment,
}

fn sealed_row(vault: &Vault, id: AgentId) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &AGENTS,
        key: RowKey::id(id.as_uuid()),
    }
}

fn to_row(vault: &Vault, agent: &Agent) -> Result<AgentRow, RepositoryError> {
    let place = sealed_row(vault, agent.id);
    let sealed = agent
        .holder
        .as_ref()
        .map(|holder| SealedApplicant::seal(&place, holder))
        .transpose()?;
    let index = agent
        .holder
        .as_ref()
        .map(|holder| identity_index(vault, &holder.identity_number));
    let bare = AgentRow {
        id: agent.id.into(),
        number: agent.number.get().into(),
        kind: HEADQUARTERS.to_owned(),
        name_sealed: None,
        identity_number_sealed: None,
        identity_number_index: index,
        company_name: None,
        credit_code: None,
        mobile_sealed: None,
        email_sealed: None,
        version: agent.version,
        created_at: agent.created_at.into(),
    };
    Ok(match sealed {
        None => bare,
        Some(sealed) => AgentRow {
            kind: sealed.kind,
            name_sealed: Some(sealed.name),
            identity_number_sealed: Some(sealed.identity_number),
            company_name: sealed.company_name,
            credit_code: sealed.credit_code,
            mobile_sealed: Some(sealed.mobile),
            email_sealed: Some(sealed.email),
            ..bare
        },
    })
}

fn to_agent(vault: &Vault, row: AgentRow) -> Result<Agent, RepositoryError> {
    let id = AgentId::from(row.id);
    let unusable = |column, reason: &'static str| corrupt("agents", column, row.id, reason);
    let number = u16::try_from(row.number).map_err(|_| unusable("number", "out of range"))?;
    let sealed = (|| {
        Some(SealedApplicant {
            kind: row.kind.clone(),
            name: row.name_sealed?,
            identity_number: row.identity_number_sealed?,
            company_name: row.company_name,
            credit_code: row.credit_code,
            mobile: row.mobile_sealed?,
            email: row.email_sealed?,
        })
    })();
    let holder = match sealed {
        Some(sealed) => Some(sealed.open(&sealed_row(vault, id))?),
        None if row.kind == HEADQUARTERS => None,
        None => return Err(unusable("name_sealed", "an agent without a holder")),
    };
    Ok(Agent {
        id,
        number: AgentNumber::new(number),
        holder,
        version: row.version,
        created_at: row.created_at.0,
    })
}

impl AgentRepository for Session {
    fn next_agent_number(&mut self) -> Result<AgentNumber, RepositoryError> {
        let highest: Option<i32> = agents::table
            .select(max(agents::number))
            .first(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        u16::try_from(highest.unwrap_or_default() + 1)
            .map(AgentNumber::new)
            .map_err(|_| RepositoryError::Refused("there is no agent number left".to_owned()))
    }

    fn insert_agents(&mut self, added: &[Agent]) -> Result<(), RepositoryError> {
        for batch in added.chunks(BATCH_ROWS) {
            let vault = &self.shared.vault;
            let rows = batch
                .iter()
                .map(|agent| to_row(vault, agent))
                .collect::<Result<Vec<_>, _>>()?;
            diesel::insert_into(agents::table)
                .values(&rows)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    fn raise_agent_version(&mut self, agent: &Agent) -> Result<(), RepositoryError> {
        let raised = diesel::update(agents::table)
            .filter(agents::id.eq(Key::from(agent.id)))
            .filter(agents::version.eq(agent.version))
            .set(agents::version.eq(agent.version + 1))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(raised, 1, "an agent")
    }

    fn find_agents(&mut self, ids: &[AgentId]) -> Result<BTreeMap<AgentId, Agent>, RepositoryError> {
        agents::table
            .filter(agents::id.eq_any(ids.iter().copied().map(Key::from)))
            .select(AgentRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(|row| Ok((row.id.into(), to_agent(&self.shared.vault, row)?)))
            .collect()
    }

    fn find_agent_by_identity(
        &mut self,
        identity: &IdentityNumber,
    ) -> Result<Option<Agent>, RepositoryError> {
        agents::table
            .filter(agents::identity_number_index.eq(identity_index(&self.shared.vault, identity)))
            .select(AgentRow::as_select())
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?
            .map(|row| to_agent(&self.shared.vault, row))
            .transpose()
    }

    fn list_agents(
        &mut self,
        scope: Scope,
        filter: &AgentFilter,
        page: &PageRequest<AgentId>,
    ) -> Result<Page<Agent, AgentId>, RepositoryError> {
        let mut query = agents::table
            .filter(agents::id.ne(Key::from(AgentId::HEADQUARTERS)))
            .order(agents::id)
            .limit(page.fetch_limit())
            .select(AgentRow::as_select())
            .into_boxed();
        match scope {
            Scope::All => {}
            Scope::Agent(own) | Scope::Courier { agent_id: own, .. } => {
                query = query.filter(agents::id.eq(Key::from(own)));
            }
            Scope::Customer(_) => {
                return Ok(Page {
                    items: Vec::new(),
                    next: None,
                });
            }
        }
        if let Some(after) = page.after {
            query = query.filter(agents::id.gt(Key::from(after)));
        }
        if let Some(level) = filter.level {
            let of_level = contracts::table
                .filter(contracts::level.eq(level.name()))
                .select(contracts::agent_id);
            query = query.filter(agents::id.eq_any(of_level));
        }
        let fetched = query
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(|row| to_agent(&self.shared.vault, row))
            .collect::<Result<_, _>>()?;
        Ok(Page::cut(fetched, page, |agent: &Agent| agent.id))
    }

    fn insert_contracts(&mut self, added: &[Contract]) -> Result<(), RepositoryError> {
        self.append_contracts(added)
    }

    fn find_contracts(
        &mut self,
        ids: &[(AgentId, ContractId)],
    ) -> Result<BTreeMap<ContractId, Contract>, RepositoryError> {
        self.contracts_of_ids(ids)
    }

    fn lock_contract(
        &mut self,
        agent_id: AgentId,
        id: ContractId,
    ) -> Result<Option<Contract>, RepositoryError> {
        dialect::lock_contract(&mut self.connection, agent_id.into(), id.into())
            .map_err(|error| self.faults.of(error))?;
        Ok(self.contracts_of_ids(&[(agent_id, id)])?.remove(&id))
    }

    fn list_contracts(&mut self, agents: &[ReachedAgent]) -> Result<Vec<Contract>, RepositoryError> {
        self.contracts_of_agents(agents)
    }
}
