//! Places for files in memory: so many in all, and so many for each account, so that none takes them all.

use kernel::AccountId;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Which of the two is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// The account has all that it may have.
    Account,
    /// There is none left.
    All,
}

/// The places.
#[derive(Debug)]
pub struct Places {
    taken: Arc<Mutex<BTreeMap<AccountId, usize>>>,
    in_all: usize,
    of_an_account: usize,
}

/// One of them, until it is dropped.
#[derive(Debug)]
pub struct Place {
    account_id: AccountId,
    taken: Arc<Mutex<BTreeMap<AccountId, usize>>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.get_mut(&self.account_id) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                taken.remove(&self.account_id);
            }
        }
    }
}

impl Places {
    /// So many, all of them free.
    pub fn new(in_all: usize, of_an_account: usize) -> Self {
        Self {
            taken: Arc::default(),
            in_all,
            of_an_account,
        }
    }

    /// A place for the account.
    pub fn take(&self, account_id: AccountId) -> Result<Place, Full> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.get(&account_id).copied().unwrap_or_default();
        if own >= self.of_an_account {
            return Err(Full::Account);
        }
        if taken.values().sum::<usize>() >= self.in_all {
            return Err(Full::All);
        }
        taken.insert(account_id, own + 1);
        Ok(Place {
            account_id,
            taken: Arc::clone(&self.taken),
        })
    }

    /// How many are taken.
    #[cfg(test)]
    pub(crate) fn taken(&self) -> usize {
        self.taken.lock().unwrap().values().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testing::build::agents::account_id;

    #[test]
    fn places_are_bounded_for_each_account_and_in_all() {
        let places = Places::new(5, 2);
        let refused = |account| places.take(account_id(account)).err();
        let first = places.take(account_id(1)).unwrap();
        let second = places.take(account_id(1)).unwrap();
        assert_eq!((refused(1), refused(2)), (Some(Full::Account), None));
        drop(first);
        assert_eq!(refused(1), None);
        let others: Vec<_> = (2..)
            .map_while(|account| places.take(account_id(account)).ok())
            .collect();
        assert_eq!((others.len(), refused(99)), (4, Some(Full::All)));
        drop(others);
        drop(second);
        assert_eq!(places.taken(), 0);
    }
}
