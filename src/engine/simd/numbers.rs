//! Scenario numbers as SIMD words want them: in halves of 32 bits, padded to whole groups of lanes.

use crate::rng::{Purpose, counter};

/// Numbers are padded to a multiple of this, the lanes that any kernel takes at once.
pub const GROUP: usize = 64;

/// Scenario numbers; those of the padding are 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    lo: Vec<u64>,
    hi: Vec<u64>,
}

impl Numbers {
    /// The halves of `scenarios`.
    pub fn new(scenarios: &[u64]) -> Self {
        let padded = scenarios.len().next_multiple_of(GROUP);
        let half = |word: usize| {
            let halves = scenarios.iter().map(|&scenario| u64::from(half_of(scenario, word)));
            halves.chain(std::iter::repeat(0)).take(padded).collect()
        };
        Self { lo: half(2), hi: half(3) }
    }

    /// How many there are with the padding.
    pub fn padded_len(&self) -> usize {
        self.lo.len()
    }

    /// The halves of the `N` numbers from `first` on; zeros where there are not so many.
    #[inline(always)]
    pub fn lanes<const N: usize>(&self, first: usize) -> [&[u64; N]; 2] {
        [&self.lo, &self.hi].map(|half| half.get(first..).and_then(|half| half.first_chunk()).unwrap_or(&[0; N]))
    }

    /// The counter of Philox block 0 of the number at `place`.
    #[inline(always)]
    pub fn counter(&self, purpose: Purpose, place: usize, block: u32) -> [u32; 4] {
        let half = |half: &[u64]| half.get(place).map_or(0, |&half| half as u32);
        [0, block, half(&self.lo), half(&self.hi) | (purpose as u32) << 24]
    }
}

/// A word of the counter without its purpose.
fn half_of(scenario: u64, word: usize) -> u32 {
    counter(Purpose::Factor, scenario, 0, 0)[word] & [u32::MAX, u32::MAX, u32::MAX, 0x00FF_FFFF][word]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::MOST_SCENARIOS;

    #[test]
    fn halves_and_purpose_make_the_counter() {
        let scenarios = [3, (1 << 32) + 5, MOST_SCENARIOS - 1];
        let numbers = Numbers::new(&scenarios);
        assert_eq!(numbers.padded_len(), GROUP);
        for (place, scenario) in scenarios.into_iter().enumerate() {
            assert_eq!(numbers.counter(Purpose::Name, place, 7), counter(Purpose::Name, scenario, 7, 0));
            let [[lo], [hi]] = numbers.lanes(place);
            assert_eq!([*lo, *hi], [scenario & 0xFFFF_FFFF, scenario >> 32]);
        }
        assert_eq!(numbers.lanes::<8>(60), [&[0; 8]; 2]);
    }
}
