//! Every table with sealed columns: the one list that sealing and the rotation of keys go by. What is not in it cannot be
//! sealed, and what is in it is re-sealed.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// A table, its columns that hold envelopes, and its primary key: one or two ids, then at most a number and a text.
#[derive(Debug)]
pub struct SealedTable {
    pub(crate) name: &'static str,
    pub(crate) ids: &'static [&'static str],
    pub(crate) number: Option<&'static str>,
    pub(crate) text: Option<&'static str>,
    pub(crate) columns: &'static [&'static str],
}

impl SealedTable {
    const fn by_ids(
        name: &'static str,
        ids: &'static [&'static str],
        columns: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            ids,
            number: None,
            text: None,
            columns,
        }
    }

    /// Every table with sealed columns, in alphabetical order.
    pub const ALL: [&'static Self; 26] = [
        &ACCOUNTS,
        &AGENT_CUSTOMERS,
        &AGENT_HISTORY,
        &AGENTS,
        &APPLICATION_HISTORY,
        &APPLICATIONS,
        &ATTACHMENTS,
        &AUDIT_ENTRIES,
        &CONSEQUENCES,
        &COURIERS,
        &CUSTOMER_ADDRESSES,
        &CUSTOMERS,
        &DEPOSIT_APPEALS,
        &DEPOSIT_ENTRIES,
        &IDEMPOTENCY_KEYS,
        &INSPECTIONS,
        &INVITATIONS,
        &MARKET_REPORTS,
        &ORDER_HISTORY,
        &ORDER_RATINGS,
        &ORDERS,
        &SESSIONS,
        &STOCK_MOVEMENTS,
        &SUPPORT_REQUESTS,
        &SUPPORT_SPENDINGS,
        &WEBHOOKS,
    ];

    /// The name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The columns that hold envelopes.
    pub const fn columns(&self) -> &'static [&'static str] {
        self.columns
    }

    /// The columns of the primary key, in the order of a [`RowKey`]'s parts.
    pub fn key_columns(&self) -> impl Iterator<Item = &'static str> {
        self.ids.iter().copied().chain(self.number).chain(self.text)
    }
}

pub(crate) static ACCOUNTS: SealedTable =
    SealedTable::by_ids("accounts", &["id"], &["username_sealed", "name_sealed"]);
pub(crate) static AGENT_CUSTOMERS: SealedTable = SealedTable::by_ids(
    "agent_customers",
    &["agent_id", "customer_id"],
    &["name_sealed", "phone_sealed"],
);
pub(crate) static AGENT_HISTORY: SealedTable =
    SealedTable::by_ids("agent_history", &["agent_id", "id"], &["reason_sealed"]);
pub(crate) static AGENTS: SealedTable = SealedTable::by_ids(
    "agents",
    &["id"],
    &[
        "name_sealed",
        "identity_number_sealed",
        "mobile_sealed",
        "email_sealed",
    ],
);
pub(crate) static APPLICATION_HISTORY: SealedTable = SealedTable {
    number: Some("version"),
    ..SealedTable::by_ids("application_history", &["application_id"], &["reason_sealed"])
};
pub(crate) static APPLICATIONS: SealedTable = SealedTable::by_ids(
    "applications",
    &["id"],
    &[
        "name_sealed",
        "identity_number_sealed",
        "mobile_sealed",
        "email_sealed",
        "state_reason_sealed",
    ],
);
pub(crate) static ATTACHMENTS: SealedTable =
    SealedTable::by_ids("attachments", &["id"], &["content_key_sealed"]);
pub(crate) static AUDIT_ENTRIES: SealedTable =
    SealedTable::by_ids("audit_entries", &["id"], &["personal_sealed"]);
pub(crate) static CONSEQUENCES: SealedTable =
    SealedTable::by_ids("consequences", &["agent_id", "id"], &["reason_sealed"]);
pub(crate) static COURIERS: SealedTable =
    SealedTable::by_ids("couriers", &["agent_id", "id"], &["name_sealed", "phone_sealed"]);
pub(crate) static CUSTOMER_ADDRESSES: SealedTable = SealedTable::by_ids(
    "customer_addresses",
    &["customer_id", "id"],
    &[
        "detail_sealed",
        "contact_name_sealed",
        "contact_phone_sealed",
        "position_sealed",
    ],
);
pub(crate) static CUSTOMERS: SealedTable =
    SealedTable::by_ids("customers", &["id"], &["name_sealed", "phone_sealed"]);
pub(crate) static DEPOSIT_APPEALS: SealedTable = SealedTable::by_ids(
    "deposit_appeals",
    &["agent_id", "entry_id"],
    &["text_sealed", "reason_sealed"],
);
pub(crate) static DEPOSIT_ENTRIES: SealedTable =
    SealedTable::by_ids("deposit_entries", &["agent_id", "id"], &["note_sealed"]);
pub(crate) static IDEMPOTENCY_KEYS: SealedTable = SealedTable {
    text: Some("key"),
    ..SealedTable::by_ids("idempotency_keys", &["account_id"], &["answer_sealed"])
};
pub(crate) static INSPECTIONS: SealedTable = SealedTable::by_ids(
    "inspections",
    &["agent_id", "id"],
    &["findings_sealed", "answer_sealed"],
);
pub(crate) static MARKET_REPORTS: SealedTable =
    SealedTable::by_ids("market_reports", &["agent_id", "id"], &["sections_sealed"]);
pub(crate) static INVITATIONS: SealedTable =
    SealedTable::by_ids("invitations", &["agent_id", "id"], &["name_sealed"]);
pub(crate) static ORDER_HISTORY: SealedTable = SealedTable {
    number: Some("version"),
    ..SealedTable::by_ids("order_history", &["agent_id", "order_id"], &["reason_sealed"])
};
pub(crate) static ORDER_RATINGS: SealedTable =
    SealedTable::by_ids("order_ratings", &["agent_id", "order_id"], &["words_sealed"]);
pub(crate) static ORDERS: SealedTable = SealedTable::by_ids(
    "orders",
    &["agent_id", "id"],
    &["personal_sealed", "state_note_sealed"],
);
pub(crate) static SESSIONS: SealedTable =
    SealedTable::by_ids("sessions", &["account_id", "id"], &["client_sealed"]);
pub(crate) static STOCK_MOVEMENTS: SealedTable =
    SealedTable::by_ids("stock_movements", &["agent_id", "id"], &["reason_sealed"]);
pub(crate) static WEBHOOKS: SealedTable =
    SealedTable::by_ids("webhooks", &["agent_id", "id"], &["url_sealed", "secret_sealed"]);
pub(crate) static SUPPORT_REQUESTS: SealedTable = SealedTable::by_ids(
    "support_requests",
    &["agent_id", "id"],
    &["purpose_sealed", "note_sealed"],
);
pub(crate) static SUPPORT_SPENDINGS: SealedTable =
    SealedTable::by_ids("support_spendings", &["agent_id", "id"], &["purpose_sealed"]);

/// The primary key of a row with sealed columns, which never changes: part of what each of them is sealed for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowKey {
    pub(crate) first: Uuid,
    pub(crate) second: Option<Uuid>,
    pub(crate) number: Option<i64>,
    pub(crate) text: Option<String>,
}

impl RowKey {
    /// A key of one id.
    pub(crate) fn id(first: impl Into<Uuid>) -> Self {
        Self {
            first: first.into(),
            second: None,
            number: None,
            text: None,
        }
    }

    /// A key of two ids.
    pub(crate) fn ids(first: impl Into<Uuid>, second: impl Into<Uuid>) -> Self {
        Self {
            second: Some(second.into()),
            ..Self::id(first)
        }
    }

    /// The same key with a number.
    pub(crate) fn and_number(self, number: i64) -> Self {
        Self {
            number: Some(number),
            ..self
        }
    }

    /// The same key with a text.
    pub(crate) fn and_text(self, text: &str) -> Self {
        Self {
            text: Some(text.to_owned()),
            ..self
        }
    }

    /// The parts one after the other. A table fixes which there are, and only the last has no fixed length, so that no two
    /// keys of a table have the same bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.first.as_bytes().to_vec();
        bytes.extend(self.second.iter().flat_map(Uuid::as_bytes));
        bytes.extend(self.number.map(i64::to_be_bytes).iter().flatten());
        bytes.extend(self.text.iter().flat_map(String::as_bytes));
        bytes
    }
}

impl fmt::Display for RowKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.first)?;
        if let Some(second) = self.second {
            write!(formatter, " {second}")?;
        }
        if let Some(number) = self.number {
            write!(formatter, " {number}")?;
        }
        match &self.text {
            Some(text) => write!(formatter, " {text}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_table_stands_in_the_list_once() {
        let names: BTreeSet<_> = SealedTable::ALL.iter().map(|table| table.name).collect();
        assert_eq!(names.len(), SealedTable::ALL.len());
    }

    #[test]
    fn keys_that_differ_in_one_part_have_other_bytes() {
        let [one, two] = [1, 2].map(Uuid::from_u128);
        let keys = [
            RowKey::id(one),
            RowKey::id(two),
            RowKey::ids(one, two),
            RowKey::ids(two, one),
            RowKey::id(one).and_number(1),
            RowKey::id(one).and_number(-1),
            RowKey::id(one).and_text("a"),
            RowKey::id(one).and_text("b"),
        ];
        let bytes: BTreeSet<_> = keys.iter().map(RowKey::bytes).collect();
        assert_eq!(bytes.len(), keys.len());
    }
}
