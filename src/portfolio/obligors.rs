//! Who owes: loans of one obligor get one number and must agree in PD and in segment. No name is kept, only a hash.

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

/// What is known of an obligor from its first loan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Obligor {
    /// Its number: dense, in order of first appearance.
    pub number: u32,
    /// Index of its segment on the tape.
    pub segment: u32,
    /// Its probability of default, 0 to 1.
    pub pd: f64,
}

/// The obligors met so far.
///
/// Identities are kept as 128 bits of SHA-256: among 10^8 obligors two share them with probability below 2e-23.
#[derive(Debug, Default)]
pub(super) struct Obligors {
    known: HashMap<u128, Obligor>,
    /// Number of each loan's obligor, in tape order; empty until the first file that has identities.
    numbers: Vec<u32>,
    used: bool,
    next: u32,
}

impl Obligors {
    /// Identities are read from now on; the `loans` read so far are obligors of their own.
    pub(super) fn start(&mut self, loans: u32) {
        if !self.used {
            self.used = true;
            self.next = loans;
            self.numbers = (0..loans).collect();
        }
    }

    /// What is known of the obligor `id`.
    pub(super) fn find(&self, id: &str) -> Option<&Obligor> {
        self.known.get(&digest(id))
    }

    /// Enters one loan, of obligor `id` if it has one (else it is an obligor of its own), with its `segment` and `pd`.
    pub(super) fn enter(&mut self, id: Option<&str>, segment: u32, pd: f64) {
        if !self.used {
            return;
        }
        let number = match id.map(|id| self.known.entry(digest(id))) {
            Some(Entry::Occupied(known)) => known.get().number,
            Some(Entry::Vacant(free)) => free.insert(Obligor { number: self.next, segment, pd }).number,
            None => self.next,
        };
        if number == self.next {
            self.next = self.next.saturating_add(1); // at most one per loan, and loans are fewer than u32::MAX
        }
        self.numbers.push(number);
    }

    /// The number of each loan's obligor, if any file had identities.
    pub(super) fn finish(self) -> Option<Vec<u32>> {
        self.used.then_some(self.numbers)
    }
}

/// Loan identities, kept as 64-bit hashes to count those that occur twice.
///
/// Among 10^8 different identities 3e-4 false repeats are expected; the count is only a note.
#[derive(Debug, Default)]
pub(super) struct LoanIds(Vec<u64>);

impl LoanIds {
    /// Enters the identity of one loan.
    pub(super) fn enter(&mut self, id: &str) {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        self.0.push(hasher.finish());
    }

    /// How many loans bear an identity that an earlier loan bears.
    pub(super) fn count_repeats(mut self) -> u64 {
        self.0.sort_unstable();
        self.0.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64
    }
}

fn digest(id: &str) -> u128 {
    Sha256::digest(id.as_bytes()).iter().take(16).fold(0, |bits, &byte| bits << 8 | u128::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loans_of_one_obligor_share_its_number() {
        let mut obligors = Obligors::default();
        obligors.enter(None, 0, 0.5);
        obligors.start(2);
        for id in [Some("x"), None, Some("y"), Some("x")] {
            obligors.enter(id, 3, 0.25);
        }
        obligors.start(99);
        assert_eq!(obligors.find("y"), Some(&Obligor { number: 4, segment: 3, pd: 0.25 }));
        assert_eq!(obligors.find("z"), None);
        assert_eq!(obligors.finish(), Some(vec![0, 1, 2, 3, 4, 2]));
        assert_eq!(Obligors::default().finish(), None);
    }

    #[test]
    fn repeated_identities_are_counted() {
        let mut ids = LoanIds::default();
        for id in ["1", "2", "1", "3", "1"] {
            ids.enter(id);
        }
        assert_eq!(ids.count_repeats(), 2);
    }
}
