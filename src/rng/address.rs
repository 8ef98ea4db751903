//! Where each random word lives (L3, M13): seed, purpose, scenario, block and index make a Philox counter and key.

/// Scenario numbers are below this: 56 bits of the counter hold them.
pub const MOST_SCENARIOS: u64 = 1 << 56;

/// What a random word decides. The number is part of the stream version: never renumber, only add.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Purpose {
    /// Systematic factors of a scenario.
    Factor = 1,
    /// The chi-square variable of a scenario under the Student t copula.
    ChiSquare = 2,
    /// Number of hits at a granular block.
    Count = 3,
    /// Positions of those hits.
    Hit = 4,
    /// One word per loan of a named block.
    Name = 5,
    /// Contents of made-up tapes.
    MadeUp = 6,
    /// When the obligor of a hit defaults, in plans of several periods.
    Outcome = 7,
    /// How much of its loss the obligor of a hit, or of a name, loses where severity is random.
    Severity = 8,
    /// Calm or turbulent, of a scenario in each period.
    Regime = 9,
}

/// The Philox counter `[index, block, scenario_lo, purpose << 24 | scenario_hi]`.
///
/// `scenario` is below [`MOST_SCENARIOS`] (higher bits are ignored: who accepts a scenario number checks it); `block` and
/// `index` are free. Different arguments give different counters.
#[inline]
pub const fn counter(purpose: Purpose, scenario: u64, block: u32, index: u32) -> [u32; 4] {
    let scenario_lo = scenario as u32;
    let scenario_hi = (scenario >> 32) as u32 & 0x00FF_FFFF;
    [index, block, scenario_lo, (purpose as u32) << 24 | scenario_hi]
}

/// The Philox key of a run's seed: `[seed_lo, seed_hi]`.
#[inline]
pub const fn key(seed: u64) -> [u32; 2] {
    [seed as u32, (seed >> 32) as u32]
}

/// A uniform number from two words (M13): (floor(hi:lo / 2^12) + ½) × 2^−52, the midpoint of one of 2^52 equal cells.
///
/// Every value is an odd multiple of 2^−53 in [2^−53, 1 − 2^−53], never 0 or 1, and is computed without rounding. The
/// same holds for `1.0 - u`, so an upper tail can be compared exactly. (Midpoints of 2^53 cells would need 54 bits: near 1
/// they round, and the last of them becomes 1.)
#[inline]
pub const fn uniform53(hi: u32, lo: u32) -> f64 {
    let cell = ((hi as u64) << 32 | lo as u64) >> 12;
    (cell as f64 + 0.5) * (1.0 / (1u64 << 52) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::philox4x32_10;
    use std::collections::HashSet;

    #[test]
    fn every_part_of_the_address_reaches_the_counter() {
        assert_eq!(counter(Purpose::Hit, 0x00AB_CDEF_0123_4567, 8, 9), [9, 8, 0x0123_4567, 0x04AB_CDEF]);
        assert_eq!(key(0x0123_4567_89AB_CDEF), [0x89AB_CDEF, 0x0123_4567]);
        let scenarios = [0, 1, (1 << 32) - 1, 1 << 32, MOST_SCENARIOS - 1];
        let purposes = [
            Purpose::Factor,
            Purpose::ChiSquare,
            Purpose::Count,
            Purpose::Hit,
            Purpose::Name,
            Purpose::MadeUp,
            Purpose::Outcome,
            Purpose::Severity,
            Purpose::Regime,
        ];
        let mut seen = HashSet::new();
        for purpose in purposes {
            for scenario in scenarios {
                for block in [0, 1, u32::MAX] {
                    for index in [0, 1, u32::MAX] {
                        assert!(seen.insert(counter(purpose, scenario, block, index)));
                    }
                }
            }
        }
    }

    #[test]
    fn uniforms_stay_inside_and_their_complement_is_exact() {
        let step = 1.0 / (1u64 << 53) as f64;
        assert_eq!(uniform53(0, 0), step);
        assert_eq!(uniform53(u32::MAX, u32::MAX), 1.0 - step);
        for i in 0..34_567 {
            let [hi, lo, ..] = philox4x32_10(counter(Purpose::Factor, i, 2, 3), key(5));
            let u = uniform53(hi, lo);
            assert!(u > 0.0 && u < 1.0);
            assert_eq!(uniform53(!hi, !lo), 1.0 - u);
            assert_eq!(1.0 - (1.0 - u), u);
        }
    }

    #[test]
    fn uniforms_fill_their_cells_evenly() {
        // Chi-square over 100 cells; 99 degrees of freedom; 148.2 is exceeded with probability 1e-3 (fixed seed).
        let n = 123_457u64;
        let statistic = |offset: f64| {
            let mut cells = [0u32; 100];
            for i in 0..n {
                let [hi, lo, ..] = philox4x32_10(counter(Purpose::Factor, i, 0, 0), key(20_240_607));
                cells[(((uniform53(hi, lo) + offset) * 100.0) as usize).min(99)] += 1;
            }
            let expected = n as f64 / 100.0;
            cells.iter().map(|&c| (f64::from(c) - expected) * (f64::from(c) - expected) / expected).sum::<f64>()
        };
        assert!(statistic(0.0) < 148.2, "{}", statistic(0.0));
        assert!(statistic(0.004) > 148.2, "a shifted sample must fail: {}", statistic(0.004));
    }
}
