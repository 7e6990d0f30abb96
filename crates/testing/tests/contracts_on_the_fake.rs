//! The contract suite on the in-memory fake.

use std::sync::Mutex;
use testing::{Memory, contract};

/// One test per contract, each on a fresh fake.
macro_rules! on_the_fake {
    ($($module:ident :: { $($name:ident),* $(,)? })*) => {$(
        mod $module {
            use super::*;
            $(#[test] fn $name() { contract::$module::$name(&Mutex::new(Memory::default())); })*
        }
    )*};
}

testing::for_every_contract!(on_the_fake);
