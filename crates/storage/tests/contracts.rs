//! The contract suite on both databases, each contract on a database of its own.

#[path = "support/stored.rs"]
mod support;

/// One test per contract; `$open` answers `None` where its database is not installed.
macro_rules! contracts {
    ($open:expr; $($module:ident :: { $($name:ident),* $(,)? })*) => {$(
        mod $module {
            $(#[test] fn $name() {
                if let Some(stored) = $open {
                    testing::contract::$module::$name(&stored);
                }
            })*
        }
    )*};
}

mod on_sqlite {
    macro_rules! run {
        ($($contracts:tt)*) => { contracts!(Some(crate::support::Stored::on_sqlite()); $($contracts)*); };
    }
    testing::for_every_contract!(run);
}

mod on_postgres {
    macro_rules! run {
        ($($contracts:tt)*) => { contracts!(crate::support::Stored::on_postgres(); $($contracts)*); };
    }
    testing::for_every_contract!(run);
}
