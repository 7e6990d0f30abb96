//! The rights of a person: to see all that is kept about them, to be forgotten, and to have nothing kept for longer than
//! it is needed.
//!
//! This crate stands above the aggregates, because a person is spread over all of them. It knows no HTTP, no database and no
//! file: the erasure log outside the database is the program's.
//!
//! ```
//! use privacy::{Person, erase_person, held_about};
//! use testing::{Memory, SeededIds, build::customers::customer, instant};
//! use customers::CustomerRepository;
//!
//! let (mut session, ids) = (Memory::default(), SeededIds::new(1));
//! let now = instant("2026-11-22T08:00:00Z");
//! session.insert_customers(&[customer(1)]).unwrap();
//! let person = Person::of_customer(&mut session, customer(1).id).unwrap().unwrap();
//! assert_eq!(held_about(&mut session, &person).unwrap().customers[0].customer.name.as_str(), "张三");
//!
//! erase_person(&mut session, &ids, now, &person).unwrap();
//! assert_eq!(held_about(&mut session, &person).unwrap().customers[0].customer.name.as_str(), "已注销");
//! ```

mod erase;
mod erasure;
mod export;
mod held;
mod lawful;
mod person;
mod retention;

pub use erase::{
    ErasePersonError, Refused, STRAGGLERS_COMMIT_WITHIN, erase_person, erase_subject, to_be_repeated,
};
pub use erasure::{Erasure, ErasureRepository, Subject};
pub use export::{AdmitExportError, EXPORT_PERIOD, MAXIMUM_EXPORTS, admit_export};
pub use held::{Held, HeldAccount, HeldAgent, HeldApplication, HeldCustomer, HeldOrder, held_about};
pub use lawful::{LAWFUL_FACTS, LawfulFact};
pub use person::{Person, PersonSession};
pub use retention::{
    Kind, RETENTION_BATCH, RetentionPeriods, RetentionRepository, count_due, remove_due_batch,
};
