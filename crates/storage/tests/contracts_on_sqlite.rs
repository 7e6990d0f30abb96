//! The contract suite on SQLite, each contract on a database of its own.

#[path = "support/stored.rs"]
mod support;

use support::Stored;
use testing::contract;

macro_rules! on_sqlite {
    ($($module:ident :: { $($name:ident),* $(,)? })*) => {$(
        mod $module {
            use super::*;
            $(#[test] fn $name() { contract::$module::$name(&Stored::on_sqlite()); })*
        }
    )*};
}

testing::for_every_stored_contract!(on_sqlite);
