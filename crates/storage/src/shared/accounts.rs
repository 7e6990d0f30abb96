//! Accounts, and the digests they are found by.

use super::{
    BATCH_ROWS,
    schema::{accounts, login_keys},
    session::Session,
    values::{Envelope, Key, Moment},
};
use crate::vault::{Place, Vault};
use diesel::prelude::*;
use identity::{Account, AccountRepository, PasswordHash, PrivacyPolicyVersion, Username};
use kernel::{AccountId, PersonName, RepositoryError};
use uuid::Uuid;

const USERNAME: &str = "username";

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(super::Backend), treat_none_as_default_value = false)]
pub(super) struct AccountRow {
    pub(super) id: Key,
    username: Option<Envelope>,
    name: Envelope,
    password_hash: Option<String>,
    privacy_policy_version: Option<String>,
    disabled_at: Option<Moment>,
    created_at: Moment,
    version: i64,
}

#[derive(Insertable)]
#[diesel(table_name = login_keys, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct LoginKeyRow {
    digest: Vec<u8>,
    kind: &'static str,
    account_id: Key,
}

const fn place(column: &'static str, row: Uuid) -> Place {
    Place {
        table: "accounts",
        column,
        row,
    }
}

fn corrupt(column: &'static str, row: Uuid, reason: &dyn std::fmt::Display) -> RepositoryError {
    RepositoryError::Corrupt {
        table: "accounts",
        column,
        row: row.to_string(),
        reason: reason.to_string(),
    }
}

fn to_row(account: &Account, vault: &Vault) -> Result<AccountRow, RepositoryError> {
    let id = account.id.as_uuid();
    let seal = |column, text: &str| vault.seal(place(column, id), text.as_bytes()).map(Envelope);
    Ok(AccountRow {
        id: account.id.into(),
        username: account
            .username
            .as_ref()
            .map(|username| seal("username", username.as_str()))
            .transpose()?,
        name: seal("name", account.name.as_str())?,
        password_hash: account
            .password_hash
            .as_ref()
            .map(|hash| hash.as_str().to_owned()),
        privacy_policy_version: account
            .privacy_policy_version
            .as_ref()
            .map(|version| version.as_str().to_owned()),
        disabled_at: account.disabled_at.map(Moment),
        created_at: account.created_at.into(),
        version: account.version,
    })
}

pub(super) fn to_account(row: AccountRow, vault: &Vault) -> Result<Account, RepositoryError> {
    let id = row.id.0;
    let open = |column, sealed: &Envelope| vault.open_text(place(column, id), &sealed.0);
    Ok(Account {
        id: row.id.into(),
        username: row
            .username
            .map(|sealed| {
                Username::parse(&open("username", &sealed)?).map_err(|error| corrupt("username", id, &error))
            })
            .transpose()?,
        name: PersonName::parse(&open("name", &row.name)?).map_err(|error| corrupt("name", id, &error))?,
        password_hash: row.password_hash.map(PasswordHash::from_text),
        privacy_policy_version: row
            .privacy_policy_version
            .map(|version| {
                PrivacyPolicyVersion::parse(&version)
                    .map_err(|error| corrupt("privacy_policy_version", id, &error))
            })
            .transpose()?,
        disabled_at: row.disabled_at.map(|at| at.0),
        created_at: row.created_at.0,
        version: row.version,
    })
}

impl AccountRepository for Session {
    fn insert_accounts(&mut self, accounts: &[Account]) -> Result<(), RepositoryError> {
        for batch in accounts.chunks(BATCH_ROWS) {
            let vault = &self.shared.vault;
            let rows = batch
                .iter()
                .map(|account| to_row(account, vault))
                .collect::<Result<Vec<_>, _>>()?;
            let mut keys: Vec<_> = batch
                .iter()
                .filter_map(|account| {
                    Some(LoginKeyRow {
                        digest: vault.blind(USERNAME, account.username.as_ref()?.as_str()),
                        kind: USERNAME,
                        account_id: account.id.into(),
                    })
                })
                .collect();
            // Two sets that want the same names wait for each other in one order.
            keys.sort_by(|left, right| left.digest.cmp(&right.digest));
            diesel::insert_into(accounts::table)
                .values(&rows)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            if keys.is_empty() {
                continue;
            }
            let kept = diesel::insert_into(login_keys::table)
                .values(&keys)
                .on_conflict_do_nothing()
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            self.faults.expect_rows(kept, keys.len(), "user name")?;
        }
        Ok(())
    }

    fn find_account(&mut self, id: AccountId) -> Result<Option<Account>, RepositoryError> {
        accounts::table
            .filter(accounts::id.eq(Key::from(id)))
            .select(AccountRow::as_select())
            .first(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?
            .map(|row| to_account(row, &self.shared.vault))
            .transpose()
    }

    fn find_account_by_username(&mut self, username: &Username) -> Result<Option<Account>, RepositoryError> {
        let digest = self.shared.vault.blind(USERNAME, username.as_str());
        let account_id = login_keys::table
            .filter(login_keys::digest.eq(digest))
            .filter(login_keys::kind.eq(USERNAME))
            .select(login_keys::account_id)
            .first::<Key>(&mut self.connection)
            .optional()
            .map_err(|error| self.faults.of(error))?;
        match account_id {
            Some(id) => self.find_account(id.into()),
            None => Ok(None),
        }
    }

    fn save_account(&mut self, account: &Account) -> Result<(), RepositoryError> {
        let row = to_row(account, &self.shared.vault)?;
        let saved = diesel::update(accounts::table)
            .filter(accounts::id.eq(row.id))
            .filter(accounts::version.eq(row.version))
            .set((
                accounts::name.eq(row.name),
                accounts::password_hash.eq(row.password_hash),
                accounts::privacy_policy_version.eq(row.privacy_policy_version),
                accounts::disabled_at.eq(row.disabled_at),
                accounts::version.eq(row.version + 1),
            ))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(saved, 1, "account")
    }
}
