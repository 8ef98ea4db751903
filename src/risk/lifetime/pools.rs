//! Pools of obligors that share a term structure, a length of life and a number of losses (M32).

use super::obligors::Obligors;
use super::profile::Profile;
use crate::model::term::{TermKey, TermStructures};
use crate::portfolio::{PdKeys, sort_keys};
use crate::risk::ecl::EclSetup;

/// What obligors of a pool have in common; pools are ordered by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct PoolKey {
    segment: u32,
    curve: u16,
    /// Age in months, where curves count from origination.
    age: u16,
    /// PD or band of PDs.
    pd: i64,
    /// ⌈log₂⌉ of the periods that the longest of its losses lasts: no obligor waits long behind others of its block.
    life: u32,
    losses: u32,
    /// The month in which short lives end that a period does not end with; 0 for others.
    cut: u16,
}

/// A pool: its obligors in order of life, profile and row.
#[derive(Debug, PartialEq)]
pub struct Group {
    /// Segment.
    pub segment: u32,
    /// Losses of each obligor.
    pub losses: usize,
    /// Numbers of the obligors.
    pub obligors: Vec<u32>,
    /// The term structure that they share: at the mean PD and age of its obligors, weighted by what they can lose.
    pub term: TermKey,
    /// The month after which nobody can default any more, where that cuts a period off (see
    /// [`Profile::cut`](super::profile::Profile::cut)).
    pub cut: Option<u16>,
}

impl Group {
    /// Probability of default by the end of each of `periods`.
    pub fn cumulative(&self, setup: &EclSetup, periods: usize) -> Vec<f64> {
        let mut cumulative = vec![0.0; periods];
        setup.terms.fill(self.term, setup.grid.months(), &mut cumulative);
        let last = self.last(setup);
        cumulative.iter_mut().for_each(|share| *share = share.min(last));
        cumulative
    }

    /// Probability of default by the month in which lives are cut off; 1 where none are.
    pub fn last(&self, setup: &EclSetup) -> f64 {
        self.cut.map_or(1.0, |month| setup.terms.cumulative(self.term, month))
    }
}

/// Gathers `obligors` into pools; PDs in bands of the relative width `band_width` where a segment has too many.
pub fn gather(
    obligors: &Obligors,
    (profiles, terms): (&[Profile], &TermStructures),
    (n_segments, band_width): (usize, f64),
) -> Vec<Group> {
    let pds: Vec<f64> = obligors.terms.iter().map(|key| if key.pd.is_nan() { 0.0 } else { key.pd }).collect();
    let pd_keys = PdKeys::choose((&obligors.segment, &pds), n_segments, false, band_width);
    let life = |obligor: usize| {
        let last = |&profile: &u16| profiles[usize::from(profile)].factors.len() as u32;
        obligors.profile[obligors.losses(obligor)].iter().map(last).max().unwrap_or(1).max(1)
    };
    let cut = |obligor: usize| {
        let own = obligors.profile[obligors.losses(obligor)].iter();
        own.filter_map(|&profile| profiles[usize::from(profile)].cut).max()
    };
    let (order, numbers) = sort_keys(obligors.segment.clone(), |obligor, segment| {
        let TermKey { curve, age, .. } = obligors.terms[obligor];
        PoolKey {
            segment,
            curve,
            age,
            pd: pd_keys.key(segment, pds[obligor]),
            life: life(obligor).next_power_of_two().trailing_zeros(),
            losses: obligors.losses(obligor).len() as u32,
            cut: cut(obligor).unwrap_or(0),
        }
    });
    // Life, first profile and number of each obligor in one word, which sorts as they do.
    let mut words: Vec<Vec<u64>> = order.iter().map(|&(_, n)| Vec::with_capacity(n as usize)).collect();
    for (obligor, &number) in numbers.iter().enumerate() {
        let first = obligors.losses(obligor).start;
        let profile = u64::from(obligors.profile.get(first).copied().unwrap_or(0));
        words[number as usize].push(u64::from(life(obligor)) << 48 | profile << 32 | obligor as u64);
    }
    drop(numbers);
    let group = |((key, _), mut words): ((PoolKey, u32), Vec<u64>)| {
        words.sort_unstable();
        let own: Vec<u32> = words.into_iter().map(|word| word as u32).collect();
        let term = mean_term(obligors, &own, terms);
        let cut = Some(key.cut).filter(|&month| month > 0);
        Group { segment: key.segment, losses: key.losses as usize, obligors: own, term, cut }
    };
    order.into_iter().zip(words).map(group).collect()
}

/// The term structure at the mean PD and age of these `own` obligors.
fn mean_term(obligors: &Obligors, own: &[u32], terms: &TermStructures) -> TermKey {
    let Some(&first) = own.first() else { return TermKey::flat(0.0) };
    let start = obligors.terms[first as usize];
    if own.iter().all(|&obligor| obligors.terms[obligor as usize] == start) {
        return start;
    }
    let (mut weight, mut pd, mut age) = (0.0, 0.0, 0.0);
    let (mut lowest, mut highest) = (f64::INFINITY, f64::NEG_INFINITY);
    for &obligor in own {
        let key = obligors.terms[obligor as usize];
        let ecl: f64 = obligors.ecl[obligors.losses(obligor as usize)].iter().sum();
        // What it can lose, nearly: what it is expected to, per probability of default.
        let own_pd = if key.pd.is_nan() { terms.cumulative(key, 12) } else { key.pd };
        let amount = if own_pd > 0.0 { ecl / own_pd } else { 0.0 } + 1e-300;
        weight += amount;
        pd += amount * key.pd;
        age += amount * f64::from(key.age);
        (lowest, highest) = (lowest.min(key.pd), highest.max(key.pd));
    }
    let pd = if start.pd.is_nan() { start.pd } else { (pd / weight).clamp(lowest, highest) };
    TermKey { pd, age: (age / weight + 0.5) as u16, ..start }
}
