//! Accounts, and the digests they are found by.

use super::{
    BATCH_ROWS, dialect,
    schema::{accounts, login_keys},
    sealing::{Envelope, SealedRow},
    session::Session,
    values::{Key, Moment},
};
use crate::{RowKey, Vault, sealed_tables::ACCOUNTS};
use diesel::prelude::*;
use identity::{Account, AccountRepository, LoginKey, PasswordHash, PrivacyPolicyVersion, Username};
use kernel::{AccountId, PersonName, RepositoryError};

const USERNAME: &str = "username";

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(super::Backend), treat_none_as_default_value = false)]
pub(super) struct AccountRow {
    pub(super) id: Key,
    username_sealed: Option<Envelope>,
    name_sealed: Envelope,
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

fn sealed_row(vault: &Vault, id: Key) -> SealedRow<'_> {
    SealedRow {
        vault,
        table: &ACCOUNTS,
        key: RowKey::id(id),
    }
}

fn to_row(account: &Account, vault: &Vault) -> Result<AccountRow, RepositoryError> {
    let row = sealed_row(vault, account.id.into());
    Ok(AccountRow {
        id: account.id.into(),
        username_sealed: account
            .username
            .as_ref()
            .map(|username| row.seal("username_sealed", username.as_str()))
            .transpose()?,
        name_sealed: row.seal("name_sealed", account.name.as_str())?,
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
    let sealed_row = sealed_row(vault, row.id);
    Ok(Account {
        id: row.id.into(),
        username: row
            .username_sealed
            .map(|sealed| sealed_row.open("username_sealed", &sealed, Username::parse))
            .transpose()?,
        name: sealed_row.open("name_sealed", &row.name_sealed, PersonName::parse)?,
        password_hash: row.password_hash.map(PasswordHash::from_text),
        privacy_policy_version: row
            .privacy_policy_version
            .map(|version| {
                PrivacyPolicyVersion::parse(&version)
                    .map_err(|error| sealed_row.corrupt("privacy_policy_version", error))
            })
            .transpose()?,
        disabled_at: row.disabled_at.map(|at| at.0),
        created_at: row.created_at.0,
        version: row.version,
    })
}

/// The kind is the purpose of the digest too, so that a phone and a user name of the same digits differ.
fn find_by_key(
    session: &mut Session,
    kind: &'static str,
    value: &str,
) -> Result<Option<Account>, RepositoryError> {
    let digest = session.shared.vault.blind(kind, value);
    let account_id = login_keys::table
        .filter(login_keys::digest.eq(digest))
        .filter(login_keys::kind.eq(kind))
        .select(login_keys::account_id)
        .first::<Key>(&mut session.connection)
        .optional()
        .map_err(|error| session.faults.of(error))?;
    match account_id {
        Some(id) => session.find_account(id.into()),
        None => Ok(None),
    }
}

impl Session {
    /// Takes an account's user name from its row; its digest is the caller's to remove.
    pub(super) fn forget_username(&mut self, id: Key) -> Result<(), RepositoryError> {
        diesel::update(accounts::table.filter(accounts::id.eq(id)))
            .set(accounts::username_sealed.eq(None::<Envelope>))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }
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

    fn lock_account(&mut self, id: AccountId) -> Result<Option<Account>, RepositoryError> {
        dialect::lock_account(&mut self.connection, Key::from(id))
            .map_err(|error| self.faults.of(error))?
            .map(|row| to_account(row, &self.shared.vault))
            .transpose()
    }

    fn find_account_by_username(&mut self, username: &Username) -> Result<Option<Account>, RepositoryError> {
        find_by_key(self, USERNAME, username.as_str())
    }

    fn find_account_by_login_key(&mut self, key: &LoginKey) -> Result<Option<Account>, RepositoryError> {
        find_by_key(self, key.kind(), key.value())
    }

    fn set_login_key(&mut self, account_id: AccountId, key: &LoginKey) -> Result<(), RepositoryError> {
        // However many there were: most accounts have none of the kind.
        diesel::delete(login_keys::table)
            .filter(login_keys::account_id.eq(Key::from(account_id)))
            .filter(login_keys::kind.eq(key.kind()))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        let row = LoginKeyRow {
            digest: self.shared.vault.blind(key.kind(), key.value()),
            kind: key.kind(),
            account_id: account_id.into(),
        };
        let kept = diesel::insert_into(login_keys::table)
            .values(&row)
            .on_conflict_do_nothing()
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.faults.expect_rows(kept, 1, "login key")
    }

    fn save_account(&mut self, account: &Account) -> Result<(), RepositoryError> {
        let row = to_row(account, &self.shared.vault)?;
        let saved = diesel::update(accounts::table)
            .filter(accounts::id.eq(row.id))
            .filter(accounts::version.eq(row.version))
            .set((
                accounts::name_sealed.eq(row.name_sealed),
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
