//! The deposit (保证金) of a contract: a ledger of what was paid, deducted and refunded, and what may be done to it.
//!
//! Nothing in the ledger is ever changed. A deduction that an appeal undoes is followed by an entry of its own.

pub(crate) mod account;
pub(crate) mod appeal;
pub(crate) mod deduct;
pub(crate) mod pay;
pub(crate) mod refund;
pub(crate) mod repository;

use crate::Reason;
use chrono::TimeDelta;
use kernel::{AccountId, AgentId, AttachmentId, ContractId, DepositEntryId, Instant, Invalid, Money};

/// How long after a deduction the agent may appeal against it.
pub const APPEAL_PERIOD: TimeDelta = TimeDelta::days(15);
/// The most pictures that prove one deduction.
pub const MAXIMUM_EVIDENCE: usize = 5;
/// The largest amount of one entry: 100 million yuan.
pub const MAXIMUM_DEPOSIT_AMOUNT: Money = Money::from_fen(10_000_000_000);

/// What an entry of the ledger is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DepositEntryKind {
    /// Headquarters noted a payment of the agent's.
    Paid,
    /// Headquarters took from the deposit.
    Deducted,
    /// A deduction was undone after an appeal.
    Reversed {
        /// That deduction.
        deduction_id: DepositEntryId,
    },
    /// Headquarters gave back.
    Refunded,
}

impl DepositEntryKind {
    /// The stable name, also the stored and the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Deducted => "deducted",
            Self::Reversed { .. } => "reversed",
            Self::Refunded => "refunded",
        }
    }

    /// The kind of that name, with what belongs to it; `None` where the two do not fit.
    pub fn from_parts(name: &str, deduction_id: Option<DepositEntryId>) -> Option<Self> {
        match (name, deduction_id) {
            ("paid", None) => Some(Self::Paid),
            ("deducted", None) => Some(Self::Deducted),
            ("reversed", Some(deduction_id)) => Some(Self::Reversed { deduction_id }),
            ("refunded", None) => Some(Self::Refunded),
            _ => None,
        }
    }

    /// Whether the balance rises by the amount; else it falls.
    pub const fn adds(self) -> bool {
        matches!(self, Self::Paid | Self::Reversed { .. })
    }
}

/// One line of a deposit's ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositEntry {
    /// Its id.
    pub id: DepositEntryId,
    /// The agent.
    pub agent_id: AgentId,
    /// The contract whose deposit it is.
    pub contract_id: ContractId,
    /// Its place in the ledger of the contract, from 1 without a gap.
    pub number: i64,
    /// What it is.
    pub kind: DepositEntryKind,
    /// How much; more than nothing.
    pub amount: Money,
    /// What is there after it, never below nothing.
    pub balance_after: Money,
    /// A payment's reference, or why.
    pub note: Reason,
    /// The pictures that prove a deduction, in the order in which they were named.
    pub evidence: Vec<AttachmentId>,
    /// When.
    pub at: Instant,
    /// Who.
    pub actor: AccountId,
    /// What the agent has to say against a deduction.
    pub appeal: Option<Appeal>,
}

impl DepositEntry {
    /// The first instant at which it is too late to appeal against it.
    pub fn appealable_until(&self) -> Instant {
        self.at + APPEAL_PERIOD
    }
}

/// What an agent has to say against a deduction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appeal {
    /// Why it is wrong.
    pub text: Reason,
    /// When it was said.
    pub at: Instant,
    /// By whom.
    pub actor: AccountId,
    /// What headquarters made of it, once it has decided.
    pub decision: Option<AppealDecision>,
}

/// What headquarters made of an appeal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppealDecision {
    /// Whether the deduction stands.
    pub outcome: AppealOutcome,
    /// Why.
    pub reason: Reason,
    /// When.
    pub at: Instant,
    /// Who decided.
    pub actor: AccountId,
}

/// Whether a deduction stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AppealOutcome {
    /// It stands.
    Upheld,
    /// It is undone, by an entry of its own.
    Reversed,
}

impl AppealOutcome {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Upheld, Self::Reversed];

    /// The stable name, also the stored and the JSON form.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Upheld => "upheld",
            Self::Reversed => "reversed",
        }
    }

    /// The outcome of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// What the ledger of one contract sums to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DepositTotals {
    /// How many entries there are.
    pub entries: i64,
    /// What was paid.
    pub paid: Money,
    /// What was deducted.
    pub deducted: Money,
    /// What of that was undone.
    pub reversed: Money,
    /// What was given back.
    pub refunded: Money,
    /// Appeals that headquarters has not decided.
    pub open_appeals: i64,
}

impl DepositTotals {
    /// The same with one entry more; `None` where a sum does not fit.
    pub fn plus(self, kind: DepositEntryKind, amount: Money) -> Option<Self> {
        let mut sum = Self {
            entries: self.entries.checked_add(1)?,
            ..self
        };
        let part = match kind {
            DepositEntryKind::Paid => &mut sum.paid,
            DepositEntryKind::Deducted => &mut sum.deducted,
            DepositEntryKind::Reversed { .. } => &mut sum.reversed,
            DepositEntryKind::Refunded => &mut sum.refunded,
        };
        *part = part.plus(amount)?;
        Some(sum)
    }

    /// What is there; `None` where it does not fit.
    pub fn balance(&self) -> Option<Money> {
        self.paid
            .plus(self.reversed)?
            .minus(self.deducted)?
            .minus(self.refunded)
    }

    /// What the agent has still to pay of what was agreed.
    pub fn due(&self, agreed: Money) -> Money {
        agreed.minus(self.paid).unwrap_or_default().max(Money::ZERO)
    }
}

/// Takes an amount from 1 fen to [`MAXIMUM_DEPOSIT_AMOUNT`].
pub(crate) fn parse_amount(fen: i64) -> Result<Money, Invalid> {
    match fen {
        1.. if fen <= MAXIMUM_DEPOSIT_AMOUNT.fen() => Ok(Money::from_fen(fen)),
        _ => Err(Invalid {
            code: "out_of_range",
            message_zh: format!("应在 1 到 {} 分之间", MAXIMUM_DEPOSIT_AMOUNT.fen()).into(),
            message_en: format!("must be from 1 to {} fen", MAXIMUM_DEPOSIT_AMOUNT.fen()).into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balance_is_what_was_paid_and_undone_without_what_was_taken() {
        let fen = Money::from_fen;
        let deduction_id = DepositEntryId::from_uuid(uuid::Uuid::from_u128(1));
        let entries = [
            (DepositEntryKind::Paid, 100),
            (DepositEntryKind::Deducted, 30),
            (DepositEntryKind::Reversed { deduction_id }, 30),
            (DepositEntryKind::Refunded, 60),
        ];
        let mut totals = DepositTotals::default();
        for (kind, amount) in entries {
            let before = totals.balance().unwrap();
            totals = totals.plus(kind, fen(amount)).unwrap();
            let moved = if kind.adds() { amount } else { -amount };
            assert_eq!(totals.balance(), before.plus(fen(moved)));
        }
        assert_eq!((totals.entries, totals.balance()), (4, Some(fen(40))));
        assert_eq!(
            (totals.due(fen(150)), totals.due(fen(80))),
            (fen(50), Money::ZERO)
        );
        assert_eq!(totals.plus(DepositEntryKind::Paid, fen(i64::MAX)), None);
    }

    #[test]
    fn an_amount_is_bounded_at_both_edges() {
        for fen in [1, MAXIMUM_DEPOSIT_AMOUNT.fen()] {
            assert_eq!(parse_amount(fen), Ok(Money::from_fen(fen)));
        }
        for fen in [i64::MIN, 0, MAXIMUM_DEPOSIT_AMOUNT.fen() + 1] {
            assert_eq!(parse_amount(fen).unwrap_err().code, "out_of_range");
        }
    }

    #[test]
    fn names_come_back_with_what_belongs_to_them() {
        let deduction_id = DepositEntryId::from_uuid(uuid::Uuid::from_u128(1));
        let reversed = DepositEntryKind::Reversed { deduction_id };
        for (kind, with) in [
            (DepositEntryKind::Paid, None),
            (DepositEntryKind::Deducted, None),
            (reversed, Some(deduction_id)),
            (DepositEntryKind::Refunded, None),
        ] {
            assert_eq!(DepositEntryKind::from_parts(kind.name(), with), Some(kind));
        }
        assert_eq!(DepositEntryKind::from_parts("reversed", None), None);
        assert_eq!(DepositEntryKind::from_parts("paid", Some(deduction_id)), None);
        for outcome in AppealOutcome::ALL {
            assert_eq!(AppealOutcome::from_name(outcome.name()), Some(outcome));
        }
    }
}
