//! Whether loans repeat an identity: a note, for which only fingerprints are kept.
//!
//! Most tapes are in the order of their identities. Where each is longer than the one before it, or as long and later in the
//! alphabet, none occurs twice, and nothing needs to be sorted.

use super::fingerprint::fingerprint;
use rayon::slice::ParallelSliceMut;

/// Bytes of an identity whose place in the order is kept.
const MOST_BYTES: usize = 15;

/// Identities of consecutive loans, kept as 64-bit fingerprints.
///
/// Among 10^8 different identities 3e-4 false repeats are expected.
#[derive(Debug, Default)]
pub(super) struct LoanIds {
    fingerprints: Vec<u64>,
    order: Order,
}

/// The identity of one loan.
#[derive(Debug, Clone, Copy)]
pub(super) struct LoanId {
    fingerprint: u64,
    order: Order,
}

impl LoanId {
    /// What is kept of the identity `id`.
    pub(super) fn of(id: &str) -> Self {
        Self { fingerprint: fingerprint(id.as_bytes()), order: Order::of(id) }
    }
}

/// How identities follow each other.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum Order {
    /// There are none.
    #[default]
    Empty,
    /// Each comes after the one before it; with the places of the first and the last.
    Ascending(u128, u128),
    /// In some other way.
    Other,
}

impl Order {
    /// The order of one identity: its length, then its bytes.
    fn of(id: &str) -> Self {
        let mut place = [0; MOST_BYTES + 1];
        match place.split_last_chunk_mut::<MOST_BYTES>() {
            Some(([length], bytes)) if id.len() <= MOST_BYTES => {
                *length = id.len() as u8;
                for (to, from) in bytes.iter_mut().zip(id.bytes()) {
                    *to = from;
                }
            }
            _ => return Self::Other,
        }
        let place = u128::from_be_bytes(place);
        Self::Ascending(place, place)
    }

    /// The order of these identities and then those.
    fn then(self, later: Self) -> Self {
        match (self, later) {
            (Self::Empty, other) | (other, Self::Empty) => other,
            (Self::Ascending(first, end), Self::Ascending(start, last)) if end < start => Self::Ascending(first, last),
            _ => Self::Other,
        }
    }
}

impl LoanIds {
    /// Makes room for `n` more.
    pub(super) fn reserve(&mut self, n: usize) {
        self.fingerprints.reserve(n);
    }

    /// Enters the identity of one loan.
    pub(super) fn enter(&mut self, id: LoanId) {
        self.fingerprints.push(id.fingerprint);
        self.order = self.order.then(id.order);
    }

    /// Enters the identities of the loans that follow.
    pub(super) fn append(&mut self, later: &Self) {
        self.fingerprints.extend_from_slice(&later.fingerprints);
        self.order = self.order.then(later.order);
    }

    /// How many loans bear an identity that an earlier loan bears.
    pub(super) fn count_repeats(mut self) -> u64 {
        if self.order != Order::Other {
            return 0;
        }
        self.fingerprints.par_sort_unstable();
        self.fingerprints.windows(2).filter(|pair| pair[0] == pair[1]).count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(texts: &[&str]) -> LoanIds {
        let mut ids = LoanIds::default();
        texts.iter().for_each(|text| ids.enter(LoanId::of(text)));
        ids
    }

    #[test]
    fn repeated_identities_are_counted() {
        for (texts, repeats) in [
            (&["1", "2", "1", "3", "1"][..], 2),
            (&["1", "1"], 1),
            (&["9", "10", "11"], 0),
            (&["b", "aa", "ab", "ab"], 1),
            (&["a sixteenth byte", "a sixteenth byte"], 1),
            (&[], 0),
        ] {
            assert_eq!(ids(texts).count_repeats(), repeats, "{texts:?}");
            for cut in 0..=texts.len() {
                let mut all = ids(&texts[..cut]);
                all.append(&ids(&texts[cut..]));
                assert_eq!(all.count_repeats(), repeats, "{texts:?} at {cut}");
            }
        }
    }

    #[test]
    fn only_what_ascends_needs_no_sorting() {
        for (texts, order) in [(&["7", "9", "10", "1000"][..], true), (&["é", "éa"], true), (&["2", "10", "9"], false)]
        {
            assert_eq!(matches!(ids(texts).order, Order::Ascending(..)), order, "{texts:?}");
        }
    }
}
