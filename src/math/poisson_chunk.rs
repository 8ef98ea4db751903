//! Many Poisson counts at once (M8): the integers of [`poisson_quantile`], from loops that the compiler turns into SIMD
//! words.
//!
//! Both ways to a count are taken for a whole chunk at a time, in + − × ÷ √ only, so their bits are the same at any
//! width; what they leave in doubt is left to the scalar function. Below a mean of 16 (there the expansion would leave
//! its tails in doubt too often) probabilities are summed from zero, as many terms for every lane as the largest mean
//! needs.

use super::poisson::{EXPANSION_ERROR, LARGEST_SLANT, MOST_MEAN, STEEPEST, SUM_ERROR};
use super::poisson::{inverse, poisson_quantile};
use super::probit::{PROBIT_ERROR, ProbitTable};

/// Most counts in a chunk.
pub const CHUNK: usize = 256;

/// Lanes that are computed together.
const LANES: usize = 16;

/// One small mean in as many does not make a chunk be sorted.
const FEW: usize = 32;

/// Places for a chunk whose small and large means are both padded to whole groups of lanes.
const PLACES: usize = CHUNK + LANES;

/// From this mean on the expansion is used.
const EXPANSION_FROM: f64 = 16.0;

/// Larger means are taken as this one.
const MOST: f64 = MOST_MEAN as f64;

/// Most terms that are summed; a mean of 16 needs 37.
const TERMS: usize = 40;

/// Adding it leaves the nearest integer in the low bits of the significand.
const ROUNDER: f64 = 1.5 * (1u64 << 52) as f64;

/// Stands for a count that is in doubt.
const DOUBT: u32 = u32::MAX;

/// 1/k, and 0 in the place of 1/0.
const RECIPROCALS: [f64; TERMS] = reciprocals();

const fn reciprocals() -> [f64; TERMS] {
    let mut values = [0.0; TERMS];
    let mut k = 1;
    while k < TERMS {
        values[k] = 1.0 / k as f64;
        k += 1;
    }
    values
}

/// [`poisson_quantile`] of each pair of `us` (odd multiples of 2^−53 between 0 and 1) and `means`, of which there are
/// at most [`CHUNK`].
#[inline(always)]
pub fn poisson_quantiles(us: &[f64], means: &[f32], out: &mut [u32]) {
    let n = us.len().min(means.len()).min(CHUNK);
    let (us, means) = (&us[..n], &means[..n]);
    let n_large = means.iter().map(|&mean| usize::from(f64::from(mean) >= EXPANSION_FROM)).sum::<usize>();
    let mut sorted = Sorted { us: [0.5; PLACES], means: [0.0; PLACES], counts: [0; PLACES] };
    // A few small means among large ones are left in doubt by the expansion, and are cheaper one by one than sorted
    // out.
    if n_large == 0 || n - n_large <= n / FEW {
        sorted.us[..n].copy_from_slice(us);
        sorted.means[..n].iter_mut().zip(means).for_each(|(m, &mean)| *m = f64::from(mean));
        sorted.count(if n_large == 0 { 0 } else { PLACES }, n);
        out.iter_mut().zip(&sorted.counts[..n]).for_each(|(out, &count)| *out = count);
    } else {
        sort(us, means, n_large, (&mut sorted, out));
    }
    if out.iter().fold(0, |doubts, &count| doubts | u32::from(count == DOUBT)) != 0 {
        for ((count, &u), &mean) in out.iter_mut().zip(us).zip(means) {
            if *count == DOUBT {
                *count = decide(u, mean);
            }
        }
    }
}

/// Large means first, and small ones from the next whole group of lanes on, so that no group goes both ways.
#[inline(always)]
fn sort(us: &[f64], means: &[f32], n_large: usize, (sorted, out): (&mut Sorted, &mut [u32])) {
    let first_small = n_large.next_multiple_of(LANES);
    let (mut next_large, mut next_small) = (0, first_small);
    let mut places = [0u16; CHUNK];
    for ((place, &u), &mean) in places.iter_mut().zip(us).zip(means) {
        let m = f64::from(mean);
        let is_large = usize::from(m >= EXPANSION_FROM);
        let next = if is_large == 1 { next_large } else { next_small } % PLACES;
        next_large += is_large;
        next_small += 1 - is_large;
        *place = next as u16;
        sorted.us[next] = u;
        sorted.means[next] = m;
    }
    sorted.count(first_small, next_small);
    out.iter_mut().zip(&places).for_each(|(out, &place)| *out = sorted.counts[usize::from(place) % PLACES]);
}

/// Uniform numbers and means in groups of lanes of one kind, and their counts.
struct Sorted {
    us: [f64; PLACES],
    means: [f64; PLACES],
    counts: [u32; PLACES],
}

impl Sorted {
    /// Counts the places below `end`: those below `first_small` by the expansion, the others by sums.
    #[inline(always)]
    fn count(&mut self, first_small: usize, end: usize) {
        let (us, _) = self.us.as_chunks();
        let (means, _) = self.means.as_chunks();
        let (counts, _) = self.counts.as_chunks_mut();
        let groups = us.iter().zip(means).zip(counts).enumerate();
        for (nth, ((us, means), counts)) in groups.take(end.div_ceil(LANES)) {
            *counts = if nth * LANES < first_small { expand(us, means) } else { sum_from_zero(us, means) };
        }
    }
}

#[cold]
#[inline(never)]
fn decide(u: f64, mean: f32) -> u32 {
    poisson_quantile(u, mean)
}

/// Counts from the expansion, or [`DOUBT`].
#[inline(always)]
fn expand(us: &[f64; LANES], means: &[f64; LANES]) -> [u32; LANES] {
    let normals = ProbitTable::shared().quantiles(us);
    let mut counts = [0; LANES];
    for lane in 0..LANES {
        // So written, what is not a number stays none, and is in doubt.
        let m = if means[lane] > MOST { MOST } else { means[lane] };
        let root = m.sqrt();
        let per_root = 1.0 / root;
        let per_mean = per_root * per_root;
        let slant = normals[lane] * per_root;
        let x = inverse(slant, m, per_mean);
        let doubt = EXPANSION_ERROR * per_mean + STEEPEST * PROBIT_ERROR * root;
        // The whole part without a conversion: x − ½ rounded to the nearest integer in the low bits of the significand.
        // Where that is a tie, x is whole and in doubt.
        let shifted = (x - 0.5) + ROUNDER;
        let part = x - (shifted - ROUNDER);
        let is_sure = (part > doubt) & (part < 1.0 - doubt) & (slant.abs() <= LARGEST_SLANT) & (m >= EXPANSION_FROM);
        counts[lane] = if is_sure { shifted.to_bits() as u32 } else { DOUBT };
    }
    counts
}

/// Counts by adding probabilities from zero upwards, or [`DOUBT`].
#[inline(always)]
fn sum_from_zero(us: &[f64; LANES], means: &[f64; LANES]) -> [u32; LANES] {
    let most = means.iter().fold(0.0, |most, &m| if m > most { m } else { most });
    // Enough terms for all but the last thousandth.
    let terms = ((most + 3.4 * most.sqrt()) as usize + 4).min(TERMS - 1);
    let mut term = [0.0; LANES];
    let mut sum = [0.0; LANES];
    let (mut low, mut high) = ([0.0; LANES], [0.0; LANES]);
    for lane in 0..LANES {
        term[lane] = exponential(means[lane]);
        sum[lane] = term[lane];
    }
    for reciprocal in &RECIPROCALS[1..=terms] {
        for lane in 0..LANES {
            low[lane] += if sum[lane] < us[lane] - SUM_ERROR { 1.0 } else { 0.0 };
            high[lane] += if sum[lane] < us[lane] + SUM_ERROR { 1.0 } else { 0.0 };
            term[lane] *= means[lane] * reciprocal;
            sum[lane] += term[lane];
        }
    }
    let mut counts = [0; LANES];
    for lane in 0..LANES {
        // A mean that is negative or no number has no sure count.
        let is_sure = (low[lane] == high[lane]) & (sum[lane] > us[lane] + SUM_ERROR) & (means[lane] >= 0.0);
        counts[lane] = if is_sure { (low[lane] + ROUNDER).to_bits() as u32 } else { DOUBT };
    }
    counts
}

/// e^(−m) for m in 0…16: the Taylor series at m / 64, squared six times; relative error 2e-14.
#[inline(always)]
fn exponential(m: f64) -> f64 {
    let t = m * (-1.0 / 64.0);
    let mut sum = 1.0 + t * (1.0 / 12.0);
    let mut divisor = 11;
    while divisor > 0 {
        sum = 1.0 + t * RECIPROCALS[divisor] * sum;
        divisor -= 1;
    }
    for _ in 0..6 {
        sum *= sum;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    #[test]
    fn counts_are_those_of_the_scalar_function() {
        let mut rng = StdRng::seed_from_u64(64);
        for chunk in 0..3_456 {
            let spread = [1e-4, 0.3, 4.0][chunk % 3];
            let centre = rng.random_range(-9.0..13.0);
            let us: [f64; CHUNK] = std::array::from_fn(|lane| {
                let u = ((rng.random::<u64>() >> 12) as f64 + 0.5) / (1u64 << 52) as f64;
                // Every eighth u is far out in a tail.
                match lane % 16 {
                    0 => u * 1e-7,
                    8 => 1.0 - (u * 1e-7).max(1.0 / (1u64 << 53) as f64),
                    _ => u,
                }
            });
            let means: [f32; CHUNK] = std::array::from_fn(|lane| match (chunk + lane) % 97 {
                0 => 0.0,
                1 => f32::from_bits(16.0f32.to_bits() - 1 + lane as u32 % 3),
                _ => libm::exp(centre + spread * rng.random_range(-1.0..1.0)) as f32,
            });
            let mut counts = [0; CHUNK];
            // Not always a whole chunk.
            let n = CHUNK - chunk % 23;
            poisson_quantiles(&us[..n], &means[..n], &mut counts[..n]);
            for lane in 0..n {
                assert_eq!(counts[lane], poisson_quantile(us[lane], means[lane]), "{:e} {}", us[lane], means[lane]);
            }
        }
    }

    #[test]
    fn odd_means_are_the_scalar_function_s_too() {
        let means: [f32; CHUNK] = std::array::from_fn(|lane| match lane % 6 {
            0 => f32::NAN,
            1 => f32::INFINITY,
            2 => -1.0,
            3 => f32::from_bits(1),
            4 => 3.0,
            _ => MOST_MEAN,
        });
        let us: [f64; CHUNK] = std::array::from_fn(|lane| (lane as f64 + 0.5) / CHUNK as f64);
        let mut counts = [0; CHUNK];
        poisson_quantiles(&us, &means, &mut counts);
        for lane in 0..CHUNK {
            assert_eq!(counts[lane], poisson_quantile(us[lane], means[lane]), "{}", means[lane]);
        }
    }

    #[test]
    fn one_odd_mean_among_large_ones_is_the_scalar_function_s_too() {
        for odd in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -1.0, -0.0, 0.0, f32::from_bits(1), 3.0, 15.999_999] {
            let means: [f32; CHUNK] = std::array::from_fn(|lane| if lane == 17 { odd } else { 100.0 });
            let us: [f64; CHUNK] = std::array::from_fn(|lane| (lane as f64 + 0.5) / CHUNK as f64);
            let mut counts = [0; CHUNK];
            poisson_quantiles(&us, &means, &mut counts);
            assert_eq!(counts[17], poisson_quantile(us[17], odd), "{odd}");
        }
    }

    #[test]
    fn the_exponential_is_within_its_error() {
        let worst = (0..34_567)
            .map(|i| f64::from(i) * 16.0 / 34_567.0)
            .map(|m| (exponential(m) / libm::exp(-m) - 1.0).abs())
            .fold(0.0, f64::max);
        assert!(worst < 2e-14, "{worst:e}");
    }
}
