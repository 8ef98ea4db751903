//! Which obligors share a pool: those of one segment and one PD, or one band of PDs where a segment has too many (M12).

use super::fingerprint::Fingerprints;
use super::pool::Pool;
use rayon::prelude::*;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// Up to this many different PDs in a segment are kept apart, one pool each, instead of being banded.
pub const MOST_EXACT_PDS: usize = 256;

/// Obligors that a thread sorts at once.
const STRETCH: usize = 1 << 16;

/// How each segment's PDs become pool keys: ordered as the PDs are.
pub(crate) struct PdKeys {
    banded: Vec<bool>,
    log_width: f64,
}

impl PdKeys {
    /// For obligors in those segments and with those PDs: bands of the relative width `band_width` where there are too many
    /// PDs and they are not `graded`.
    pub(crate) fn choose((segments, pds): (&[u32], &[f64]), n_segments: usize, graded: bool, band_width: f64) -> Self {
        let mut distinct: Vec<HashSet<u64, Fingerprints>> = vec![HashSet::default(); n_segments];
        if !graded {
            for (&segment, &pd) in segments.iter().zip(pds) {
                let seen = &mut distinct[segment as usize];
                if seen.len() <= MOST_EXACT_PDS {
                    seen.insert(pd.to_bits());
                }
            }
        }
        let banded = distinct.iter().map(|seen| seen.len() > MOST_EXACT_PDS).collect();
        Self { banded, log_width: libm::log1p(band_width) }
    }

    /// A number that is equal for PDs of one pool and rises with the PD.
    pub(crate) fn key(&self, segment: u32, pd: f64) -> i64 {
        if !self.banded[segment as usize] {
            return pd.to_bits() as i64; // PDs are not negative, so their bits are ordered as they are
        }
        let band = |p: f64| (libm::log(p) / self.log_width).floor() as i64;
        match pd {
            p if p <= 0.0 => i64::MIN,
            p if p >= 1.0 => i64::MAX,
            p if p <= 0.5 => band(p),
            p => -band(1.0 - p), // beyond one half a band is narrow in 1 − p
        }
    }
}

/// The pools in order with their places (PD and spread still 0), and the pool of each obligor in place of its segment.
pub(super) fn sort_into_pools(segments: Vec<u32>, pds: &[f64], keys: &PdKeys) -> (Vec<Pool>, Vec<u32>) {
    let (order, slots) = sort_keys(segments, |place, segment| (segment, keys.key(segment, pds[place])));
    let mut pools = Vec::with_capacity(order.len());
    let mut first = 0;
    for &((segment, _), obligors) in &order {
        pools.push(Pool { segment, pd: 0.0, first, obligors, spread: 0.0 });
        first += obligors;
    }
    (pools, slots)
}

/// The different keys of `values`, in order and with how many have each; and in place of each value the number of its key
/// among them. A key is made from a value and its place.
pub(crate) fn sort_keys<K: Copy + Ord + Hash + Send + Sync>(
    mut values: Vec<u32>,
    key: impl Fn(usize, u32) -> K + Sync,
) -> (Vec<(K, u32)>, Vec<u32>) {
    let stretches = values.par_chunks_mut(STRETCH).enumerate();
    let met: Vec<Vec<(K, u32)>> =
        stretches.map(|(nth, values)| number_keys(values, |place, value| key(nth * STRETCH + place, value))).collect();
    let mut sizes: HashMap<K, u32, Fingerprints> = HashMap::default();
    for &(key, n) in met.iter().flatten() {
        *sizes.entry(key).or_default() += n;
    }
    let mut order: Vec<(K, u32)> = sizes.into_iter().collect();
    order.sort_unstable();
    values.par_chunks_mut(STRETCH).zip(&met).for_each(|(values, met)| {
        let rank = |(key, _): &(K, u32)| order.partition_point(|(other, _)| other < key) as u32;
        let ranks: Vec<u32> = met.iter().map(rank).collect();
        values.iter_mut().for_each(|value| *value = ranks[*value as usize]);
    });
    (order, values)
}

/// Replaces each value by the number of its key among those met, which are given with how many have each.
fn number_keys<K: Copy + Eq + Hash>(values: &mut [u32], key: impl Fn(usize, u32) -> K) -> Vec<(K, u32)> {
    let mut numbers: HashMap<K, u32, Fingerprints> = HashMap::default();
    let mut met: Vec<(K, u32)> = Vec::new();
    for (place, value) in values.iter_mut().enumerate() {
        let key = key(place, *value);
        let number = *numbers.entry(key).or_insert_with(|| {
            met.push((key, 0));
            met.len() as u32 - 1
        });
        met[number as usize].1 += 1;
        *value = number;
    }
    met
}
