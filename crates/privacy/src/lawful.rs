//! What the law says must be kept, whoever asks to be forgotten. This is the only place that says so.

/// A kind of fact that stays after an erasure, without anything that tells a stranger who the person is, or because a
/// contract names its party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LawfulFact {
    /// What stays.
    pub what: &'static str,
    /// For how many days at least.
    pub days: i64,
    /// Why.
    pub reason: &'static str,
}

/// Days of a year, leap years included.
const YEAR_DAYS: i64 = 366;

/// What stays of an erased person. No job of this program removes any of it: a voucher is needed for far longer than such
/// a program lives.
pub const LAWFUL_FACTS: [LawfulFact; 5] = [
    LawfulFact {
        what: "an order's division, lines, totals, times and states, and the id of its customer",
        days: 3 * YEAR_DAYS,
        reason: "E-Commerce Law of the PRC, article 31: goods and transactions, at least three years from completion",
    },
    LawfulFact {
        what: "the same facts as vouchers of the books: amounts, figures of a day, movements of stock",
        days: 30 * YEAR_DAYS,
        reason: "Measures for the Administration of Accounting Archives (2015), schedule 1: vouchers, thirty years",
    },
    LawfulFact {
        what: "a contract with the ledger of its deposit, its market support and reports, its approved application and the agent that is its party",
        days: 30 * YEAR_DAYS,
        reason: "the voucher that shares and deposits are settled by; Accounting Archives as above",
    },
    LawfulFact {
        what: "what somebody agreed to, and when",
        days: 3 * YEAR_DAYS,
        reason: "Personal Information Protection Law, articles 14 and 69: consent is for the one who processes to prove; \
                 Civil Code, article 188: three years to sue",
    },
    LawfulFact {
        what: "the audit log, with ids and sealed reasons",
        days: YEAR_DAYS / 2,
        reason: "Cybersecurity Law, article 21: logs, at least six months; kept for good here, since it is a chain",
    },
];
