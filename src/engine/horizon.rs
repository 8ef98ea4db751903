//! Several periods in a plan: when obligors default (M30, M31) and what is lost then (M32), as integers.
//!
//! A block still has one Poisson count, for its last period. The first hit at an obligor draws the period from a word of
//! its own, against the conditional probabilities of default by the end of each period; the word of a named obligor says
//! both. What is lost is the loan's base times the factor of its profile in that period, and where severity is random or
//! depends on the economy (M45 to M47), times that. Periods come from one latent variable or from a path of the index (M42).

use super::default_times::DefaultTimes;
use super::digest::Hasher;
use super::line::{Line, quantile};
use super::plan::PlannedPool;
use super::severity::{Lookup, Severity};
use crate::error::{Error, Result};
use crate::model::{Copula, Model};
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::ParallelSlice;

/// The factor 1, in Q1.31.
pub const WHOLE: u32 = 1 << 31;

/// What stands in place of a factor once a loan has matured: it cannot default any more.
pub const MATURED: u32 = u32::MAX;

/// Most periods of a horizon: forty years of months.
pub const MOST_PERIODS: usize = 480;

/// What a horizon is made of; sizes refer to the pools of a portfolio, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct HorizonSpec {
    /// Number of periods T, 1 to [`MOST_PERIODS`].
    pub periods: usize,
    /// Periods in a year, 1 to 12.
    pub per_year: usize,
    /// Probability of default by the end of each period, 0 to 1, pool-major: T for each pool, none below the one before. In
    /// path mode it decides who never defaults or at once, and which kernel plays; thresholds are those of the path.
    pub cumulative: Vec<f64>,
    /// Profiles, T words each: the factor of a loan's base in each period, Q1.31 up to [`WHOLE`]; [`MATURED`] from some period
    /// on, but not the first.
    pub factors: Vec<u32>,
    /// Number of losses of each obligor of a pool, at least 1: its loans have profiles of their own.
    pub slots: Vec<u16>,
    /// Profile of each loss of the portfolio, slot by slot within a pool.
    pub profiles: Vec<u16>,
    /// How the periods of defaults come about.
    pub times: DefaultTimes,
    /// What a default loses of its base × factor, when that is random or depends on the economy (M45 to M47).
    pub severity: Option<Severity>,
}

/// A horizon in the layout of devices; see the module.
#[derive(Debug, Clone, PartialEq)]
pub struct Horizon {
    periods: usize,
    per_year: usize,
    cumulative: Vec<f64>,
    lines: Vec<Line>,
    factors: Vec<u32>,
    profiles: Vec<u16>,
    times: DefaultTimes,
    severity: Option<Severity>,
}

impl Horizon {
    /// The horizon of pools with asset correlations `rhos` under `model`.
    ///
    /// # Errors
    /// [`Error::Internal`] when sizes do not fit or a value is out of its range.
    pub(super) fn new(spec: HorizonSpec, model: &Model, rhos: &[f64]) -> Result<Self> {
        let HorizonSpec { periods, per_year, cumulative, factors, slots, profiles, times, severity } = spec;
        let refuse = |what: &str| Err(Error::Internal(format!("a horizon of {periods} periods: {what}")));
        if !(1..=MOST_PERIODS).contains(&periods) || !(1..=12).contains(&per_year) {
            return refuse("periods out of range");
        }
        if cumulative.len() != rhos.len() * periods || factors.len() % periods != 0 || slots.len() != rhos.len() {
            return refuse("sizes do not fit");
        }
        let rises = |pool: &[f64]| pool.is_sorted() && pool.iter().all(|share| (0.0..=1.0).contains(share));
        if !cumulative.chunks(periods).all(rises) {
            return refuse("a probability of default decreases or leaves 0 to 1");
        }
        let is_profile = |row: &[u32]| {
            let end = end_of(row);
            end > 0 && row[..end].iter().all(|&factor| factor <= WHOLE) && row[end..].iter().all(|&f| f == MATURED)
        };
        if !factors.chunks(periods).all(is_profile) {
            return refuse("a profile without a period, or one that loses more than its base or after its end");
        }
        let n_profiles = factors.len() / periods;
        if profiles.iter().any(|&profile| usize::from(profile) >= n_profiles) {
            return refuse("a loan has no profile");
        }
        if let Some(what) = severity.as_ref().and_then(|severity| severity.fault(&factors)) {
            return refuse(what);
        }
        let lines = match &times {
            DefaultTimes::Copula => {
                let of_pool = |(pool, &rho)| rising_lines(pool, model.copula(), rho);
                cumulative.par_chunks(periods).zip(rhos).flat_map_iter(of_pool).collect()
            }
            DefaultTimes::Path(law) => {
                if let Some(what) = law.fault((rhos.len(), periods), model) {
                    return refuse(what);
                }
                law.lines(periods)
            }
        };
        let severity = severity.map(|severity| severity.settled(&factors));
        Ok(Self { periods, per_year, cumulative, lines, factors, profiles, times, severity })
    }

    /// Number of periods T.
    pub fn periods(&self) -> usize {
        self.periods
    }

    /// Periods in a year.
    pub fn per_year(&self) -> usize {
        self.per_year
    }

    /// Years, the last of which may be a part of one.
    pub fn years(&self) -> usize {
        self.periods.div_ceil(self.per_year)
    }

    /// Probability of default by the end of each period in `pool`, as put in.
    pub fn cumulative_of(&self, pool: u32) -> &[f64] {
        &self.cumulative[pool as usize * self.periods..][..self.periods]
    }

    /// How the periods of defaults come about.
    pub fn times(&self) -> &DefaultTimes {
        &self.times
    }

    /// What a default loses of its base × factor, where that is not all of it.
    pub fn severity(&self) -> Option<&Severity> {
        self.severity.as_ref()
    }

    /// Line in Φ's argument of each period in `pool`: by the end of it (M30), or of its hazard (M44).
    pub fn lines_of(&self, pool: u32) -> &[Line] {
        &self.lines[pool as usize * self.periods..][..self.periods]
    }

    /// All profiles: T factors each, or [`MATURED`].
    pub fn factors(&self) -> &[u32] {
        &self.factors
    }

    /// Periods in which a loan of `profile` can default.
    pub fn end_of(&self, profile: u16) -> usize {
        end_of(&self.factors[usize::from(profile) * self.periods..][..self.periods])
    }

    /// Profile of each loan, in the order of [`Plan::losses`](super::Plan::losses).
    pub fn profiles(&self) -> &[u16] {
        &self.profiles
    }

    /// Where the plan puts profiles into the order of its blocks.
    pub(super) fn profiles_mut(&mut self) -> &mut [u16] {
        &mut self.profiles
    }

    /// Puts the term structure of `pool` at another one-year PD, in proportional hazards: −ln(1 − F) times the ratio of the
    /// hazards of the two PDs. A pool of PD 0 or 1 had none to keep; it gets a flat hazard. Not in path mode: its thresholds
    /// are calibrated, which is not done here.
    pub(super) fn restate(&mut self, pool: u32, (from, to): (&PlannedPool, &PlannedPool), copula: Copula) {
        let start = pool as usize * self.periods;
        let hazard = |pd: f64| -libm::log1p(-pd);
        let cumulative = &mut self.cumulative[start..start + self.periods];
        for (period, share) in cumulative.iter_mut().enumerate() {
            let years = (period + 1) as f64 / self.per_year as f64;
            *share = match to.pd {
                pd if pd <= 0.0 || pd >= 1.0 => pd,
                pd if from.pd > 0.0 && from.pd < 1.0 => -libm::expm1(-hazard(*share) * (hazard(pd) / hazard(from.pd))),
                pd => -libm::expm1(-hazard(pd) * years),
            };
        }
        let lines = rising_lines(cumulative, copula, to.rho);
        self.lines[start..].iter_mut().zip(lines).for_each(|(line, restated)| *line = restated);
    }

    /// Hashes what decides a loss.
    pub(super) fn add_to(&self, hash: &mut Hasher) {
        hash.u32s(&[self.periods as u32, self.per_year as u32]);
        for &Line { threshold, shift, slope } in &self.lines {
            hash.u32s(&[threshold as u32, shift, slope as u32]);
        }
        hash.u64(self.factors.len() as u64).u32s(&self.factors);
        let mut words = [0; 1024];
        for chunk in self.profiles.chunks(words.len()) {
            chunk.iter().zip(&mut words).for_each(|(&profile, word)| *word = u32::from(profile));
            hash.u32s(&words[..chunk.len()]);
        }
        if let DefaultTimes::Path(law) = &self.times {
            law.add_to(hash.bytes(b"path"));
        }
        if let Some(severity) = &self.severity {
            severity.add_to(hash.bytes(b"severity"));
        }
    }

    /// Units lost of `base` by a loan of `profile` that defaults in `period`, from 0 (M32), before severity; None when it has
    /// matured by then.
    pub fn loss(&self, base: u32, profile: u16, period: usize) -> Option<u32> {
        let factor = self.factors[usize::from(profile) * self.periods + period];
        (factor != MATURED).then(|| round31(base, factor))
    }

    /// Units lost of the `loss` (before severity) of a loan of `profile` in `period`, by the share at `at` (M45).
    pub fn severed(&self, loss: u32, (profile, period): (u16, usize), at: Lookup) -> u32 {
        match &self.severity {
            None => loss,
            Some(severity) => round31(loss, severity.share(usize::from(profile) * self.periods + period, at)),
        }
    }
}

/// The line of each period of a pool (M30). A quantile may fall by its last bit where its argument rises; thresholds must not.
fn rising_lines(cumulative: &[f64], copula: Copula, rho: f64) -> impl Iterator<Item = Line> {
    cumulative.iter().scan(f64::NEG_INFINITY, move |highest, &share| {
        *highest = quantile(copula, share).max(*highest);
        Some(Line::new(*highest, rho))
    })
}

fn end_of(row: &[u32]) -> usize {
    row.iter().position(|&factor| factor == MATURED).unwrap_or(row.len())
}

/// `base` × `factor` / 2^31, rounded half up: `base` itself for the factor 1, at most half a unit off otherwise.
#[inline(always)]
pub const fn round31(base: u32, factor: u32) -> u32 {
    ((base as u64 * factor as u64 + (1 << 30)) >> 31) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AssetCorrelation, Factors, SegmentSpec};

    fn spec() -> HorizonSpec {
        let factors = vec![WHOLE, WHOLE / 3, MATURED, 7, 0, WHOLE];
        let cumulative = vec![0.01, 0.01, 0.05, 0.0, 0.5, 1.0];
        let (slots, profiles) = (vec![1, 1], vec![1, 0, 1]);
        let (times, severity) = (DefaultTimes::Copula, None);
        HorizonSpec { periods: 3, per_year: 2, cumulative, factors, slots, profiles, times, severity }
    }

    fn horizon(spec: HorizonSpec) -> Result<Horizon> {
        let factors = Factors::new(vec!["economy".into()], vec![1.0]).unwrap();
        let segment = SegmentSpec { name: "a".into(), correlation: AssetCorrelation::Fixed(0.15), loadings: vec![1.0] };
        Horizon::new(spec, &Model::new(Copula::Gaussian, &factors, &[segment]).unwrap(), &[0.15, 0.3])
    }

    #[test]
    fn a_base_times_a_factor_is_rounded_to_the_nearest_unit() {
        assert_eq!([0, 1, 77, u32::MAX].map(|base| round31(base, WHOLE)), [0, 1, 77, u32::MAX]);
        assert_eq!([0, 1, 77, u32::MAX].map(|base| round31(base, 0)), [0; 4]);
        assert_eq!(round31(3, WHOLE / 2), 2, "half a unit goes up");
        for i in 0..4_321u32 {
            let (base, factor) = (i.wrapping_mul(2_654_435_761), i.wrapping_mul(40_503_001) % (WHOLE + 1));
            let exact = f64::from(base) * f64::from(factor) / f64::from(WHOLE);
            assert!((f64::from(round31(base, factor)) - exact).abs() <= 0.5, "{base} × {factor}");
        }
    }

    #[test]
    fn rows_and_lines_are_found() {
        let horizon = horizon(spec()).unwrap();
        assert_eq!((horizon.periods(), horizon.years()), (3, 2));
        assert_eq!(horizon.cumulative_of(1), [0.0, 0.5, 1.0]);
        assert_eq!((horizon.end_of(0), horizon.end_of(1)), (2, 3));
        let losses = [(0, 1), (0, 2), (1, 1), (1, 2)].map(|(profile, period)| horizon.loss(100, profile, period));
        assert_eq!(losses, [Some(33), None, Some(0), Some(100)]);
        let lines = horizon.lines_of(0);
        assert_eq!(lines[0], lines[1]);
        assert!(lines[2].threshold > lines[1].threshold || lines[2].shift != lines[1].shift);
    }

    #[test]
    fn what_no_device_could_play_is_refused() {
        let broken = [
            HorizonSpec { periods: 0, ..spec() },
            HorizonSpec { per_year: 13, ..spec() },
            HorizonSpec { cumulative: vec![0.1; 5], ..spec() },
            HorizonSpec { cumulative: vec![0.1, 0.2, 0.19, 0.0, 0.5, 1.0], ..spec() },
            HorizonSpec { cumulative: vec![0.1, 0.2, f64::NAN, 0.0, 0.5, 1.0], ..spec() },
            HorizonSpec { factors: vec![WHOLE + 1, 0, 0, 7, 0, WHOLE], ..spec() },
            HorizonSpec { factors: vec![WHOLE, MATURED, 0, 7, 0, WHOLE], ..spec() },
            HorizonSpec { factors: vec![MATURED, MATURED, MATURED, 7, 0, WHOLE], ..spec() },
            HorizonSpec { factors: vec![WHOLE, 0, 0, 7], ..spec() },
            HorizonSpec { factors: vec![WHOLE, 0, 0], ..spec() },
            HorizonSpec { slots: vec![1], ..spec() },
            HorizonSpec { profiles: vec![1, 0, 2], ..spec() },
        ];
        for spec in broken {
            assert!(horizon(spec.clone()).is_err(), "{spec:?}");
        }
    }
}
