//! Who owes: loans of one obligor get one number and must agree in PD and in segment. No name is kept, only a hash.

use super::fingerprint::Fingerprints;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Whose a loan is: 128 bits of the SHA-256 of the name, among 10^8 of which two agree with probability below 2e-23.
pub(super) type Identity = u128;

/// What the loans of an obligor that default together have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Standing {
    /// Index of their segment on the tape.
    pub segment: u32,
    /// Their probability of default, 0 to 1.
    pub pd: f64,
}

/// What is known of an obligor.
#[derive(Debug, Clone, Copy)]
struct Obligor {
    /// Its number: dense, in order of first appearance.
    number: u32,
    /// Of its first loan that others must agree with; None while there is none.
    standing: Option<Standing>,
}

/// The obligors met so far.
#[derive(Debug, Default)]
pub(super) struct Obligors {
    known: HashMap<Identity, Obligor, Fingerprints>,
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

    /// What loans of the obligor `id` must agree with, if there is any yet.
    pub(super) fn find(&self, id: Identity) -> Option<Standing> {
        self.known.get(&id)?.standing
    }

    /// Enters one loan, of obligor `id` if it has one (else it is an obligor of its own); others must agree with its
    /// `standing`, unless it has none.
    pub(super) fn enter(&mut self, id: Option<Identity>, standing: Option<Standing>) {
        if !self.used {
            return;
        }
        let number = match id.map(|id| self.known.entry(id)) {
            Some(Entry::Occupied(mut known)) => {
                let known = known.get_mut();
                known.standing = known.standing.or(standing);
                known.number
            }
            Some(Entry::Vacant(free)) => free.insert(Obligor { number: self.next, standing }).number,
            None => self.next,
        };
        if number == self.next {
            self.next = self.next.saturating_add(1); // at most one per loan, and loans are fewer than u32::MAX
        }
        self.numbers.push(number);
    }

    /// Enters `n` loans that are obligors of their own.
    pub(super) fn enter_alone(&mut self, n: usize) {
        if self.used {
            let from = self.next;
            self.next = self.next.saturating_add(n as u32); // as above
            self.numbers.extend(from..self.next);
        }
    }

    /// The number of each loan's obligor, if any file had identities.
    pub(super) fn finish(self) -> Option<Vec<u32>> {
        self.used.then_some(self.numbers)
    }
}

/// Whose the loan is that names the obligor `id`.
pub(super) fn identify(id: &str) -> Identity {
    Sha256::digest(id.as_bytes()).iter().take(16).fold(0, |bits, &byte| bits << 8 | u128::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loans_of_one_obligor_share_its_number() {
        let mut obligors = Obligors::default();
        let standing = Some(Standing { segment: 3, pd: 0.25 });
        obligors.enter(None, standing);
        obligors.start(2);
        for id in [Some("x"), None, Some("y"), Some("x")] {
            obligors.enter(id.map(identify), standing);
        }
        obligors.enter_alone(2);
        obligors.start(99);
        assert_eq!(obligors.find(identify("y")), standing);
        assert_eq!(obligors.find(identify("z")), None);
        assert_eq!(obligors.finish(), Some(vec![0, 1, 2, 3, 4, 2, 5, 6]));
        assert_eq!(Obligors::default().finish(), None);
    }
}
