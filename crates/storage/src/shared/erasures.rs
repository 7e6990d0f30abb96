//! What goes of a person, and the note that it went.

use super::{
    BATCH_ROWS,
    order_rows::to_erased_row,
    schema::{
        application_divisions, application_history, applications, customer_addresses, division_holds,
        erasures, idempotency_keys, inbox, inbox_heads, invitations, login_keys, memberships, order_history,
        order_ratings, orders, sessions, tokens,
    },
    sealing::Envelope,
    session::Session,
    values::{Key, Moment, corrupt},
};
use ::orders::Order;
use diesel::prelude::*;
use identity::SignIn;
use kernel::{AccountId, ApplicationId, CustomerId, Instant, RepositoryError};
use privacy::{Erasure, ErasureRepository, Subject};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = erasures, check_for_backend(super::Backend), treat_none_as_default_value = false)]
struct ErasureRow {
    subject_id: Key,
    kind: String,
    erased_at: Moment,
}

impl ErasureRepository for Session {
    fn insert_erasures(&mut self, added: &[Erasure]) -> Result<(), RepositoryError> {
        let to_row = |erasure: &Erasure| ErasureRow {
            subject_id: Key(erasure.subject.id()),
            kind: erasure.subject.kind().to_owned(),
            erased_at: erasure.at.into(),
        };
        for batch in added.chunks(BATCH_ROWS) {
            diesel::insert_into(erasures::table)
                .values(&batch.iter().map(to_row).collect::<Vec<_>>())
                .on_conflict_do_nothing()
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    fn list_erasures(&mut self) -> Result<Vec<Erasure>, RepositoryError> {
        erasures::table
            .order((erasures::erased_at, erasures::subject_id))
            .select(ErasureRow::as_select())
            .load(&mut self.connection)
            .map_err(|error| self.faults.of(error))?
            .into_iter()
            .map(|row| {
                let subject = Subject::of(&row.kind, row.subject_id.0);
                Ok(Erasure {
                    subject: subject.ok_or_else(|| corrupt("erasures", "kind", row.subject_id, "unknown"))?,
                    at: row.erased_at.0,
                })
            })
            .collect()
    }

    fn list_sign_ins(&mut self, account_id: AccountId) -> Result<Vec<SignIn>, RepositoryError> {
        self.sign_ins_of(account_id)
    }

    fn delete_sign_ins(&mut self, account_id: AccountId) -> Result<(), RepositoryError> {
        let account_id = Key::from(account_id);
        diesel::delete(tokens::table.filter(tokens::account_id.eq(account_id)))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        diesel::delete(sessions::table.filter(sessions::account_id.eq(account_id)))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    fn delete_invitations_of(&mut self, account_id: AccountId) -> Result<(), RepositoryError> {
        let accepted = invitations::table.filter(invitations::accepted_by.eq(Some(Key::from(account_id))));
        diesel::delete(accepted)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    fn discard_unattached_of(&mut self, account_id: AccountId) -> Result<(), RepositoryError> {
        self.discard_unattached(account_id)
    }

    fn delete_idempotency_records(&mut self, account_id: AccountId) -> Result<(), RepositoryError> {
        let own = idempotency_keys::table.filter(idempotency_keys::account_id.eq(Key::from(account_id)));
        diesel::delete(own)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    fn delete_inbox(&mut self, account_id: AccountId) -> Result<(), RepositoryError> {
        let account_id = Key::from(account_id);
        // The head first, as whoever adds a message locks it first.
        diesel::delete(inbox_heads::table.filter(inbox_heads::account_id.eq(account_id)))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        diesel::delete(inbox::table.filter(inbox::account_id.eq(account_id)))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    fn end_memberships_of(&mut self, account_id: AccountId, at: Instant) -> Result<(), RepositoryError> {
        diesel::update(memberships::table)
            .filter(memberships::account_id.eq(Key::from(account_id)))
            .filter(memberships::ended_at.is_null())
            .set(memberships::ended_at.eq(Some(Moment(at))))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    fn free_login_keys(&mut self, account_id: AccountId) -> Result<(), RepositoryError> {
        let account_id = Key::from(account_id);
        diesel::delete(login_keys::table.filter(login_keys::account_id.eq(account_id)))
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        self.forget_username(account_id)
    }

    fn delete_applications(&mut self, ids: &[ApplicationId]) -> Result<(), RepositoryError> {
        for batch in ids.chunks(BATCH_ROWS) {
            let keys: Vec<_> = batch.iter().copied().map(Key::from).collect();
            self.discard_attached(&keys)?;
            let history = application_history::application_id.eq_any(&keys);
            diesel::delete(application_history::table.filter(history))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            diesel::delete(division_holds::table.filter(division_holds::application_id.eq_any(&keys)))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            let wanted = application_divisions::application_id.eq_any(&keys);
            diesel::delete(application_divisions::table.filter(wanted))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            diesel::delete(applications::table.filter(applications::id.eq_any(&keys)))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }

    fn delete_addresses(&mut self, customer_id: CustomerId) -> Result<(), RepositoryError> {
        let own =
            customer_addresses::table.filter(customer_addresses::customer_id.eq(Key::from(customer_id)));
        diesel::delete(own)
            .execute(&mut self.connection)
            .map_err(|error| self.faults.of(error))?;
        Ok(())
    }

    fn save_erased_orders(&mut self, blank: &[Order], at: Instant) -> Result<(), RepositoryError> {
        for order in blank {
            let (agent_id, id) = (Key::from(order.agent_id), Key::from(order.id));
            let row = to_erased_row(&self.shared.vault, order, at)?;
            // Whoever changed its state since it was read wrote words of its own; the command runs again and reads them.
            let written = diesel::update(orders::table)
                .filter(orders::agent_id.eq(agent_id))
                .filter(orders::id.eq(id))
                .filter(orders::version.eq(order.version))
                .set(row)
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            self.faults.expect_rows(written, 1, "an order changed")?;
            diesel::update(order_history::table)
                .filter(order_history::agent_id.eq(agent_id))
                .filter(order_history::order_id.eq(id))
                .filter(order_history::reason_sealed.is_not_null())
                .set(order_history::reason_sealed.eq(None::<Envelope>))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
            diesel::update(order_ratings::table)
                .filter(order_ratings::agent_id.eq(agent_id))
                .filter(order_ratings::order_id.eq(id))
                .set(order_ratings::words_sealed.eq(None::<Envelope>))
                .execute(&mut self.connection)
                .map_err(|error| self.faults.of(error))?;
        }
        Ok(())
    }
}
