//! Profiles (M32): how much of a loan's base is lost in which period. Loans of one schedule, remaining life, horizon, and band
//! of rate, undrawn share and loan-to-value share one.

use super::carried::carried;
use crate::engine::{MATURED, WHOLE};
use crate::model::ecl::{Discounting, PeriodLoss, loss_path};
use crate::model::exposure::{Collateral, ExposureSettings, LgdPath, LoanTerms, Schedule};
use crate::model::severity::{LgdLaw, Secured};
use crate::model::time::Grid;
use crate::risk::ecl::EclSetup;

/// Most profiles of a plan: their numbers have 16 bits.
pub const MOST_PROFILES: usize = 1 << 16;

/// Most words of all profiles together.
pub const MOST_WORDS: usize = 1 << 24;

/// A loan by itself, with a life of at most so many periods whose last one is cut off, counts to the month, in a pool of its own. In a longer one the
/// probability of a default in the last period is taken as even over its months, which is nearly true behind others.
pub const EXACT_PERIODS: u16 = 4;

/// Widths of the bands in which loans share a profile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bands {
    /// Of yearly rates of interest, fraction, above 0.
    pub rate: f64,
    /// Of collateral per exposure, fraction, above 0.
    pub ltv: f64,
    /// Of the undrawn part of the exposure, fraction, above 0.
    pub undrawn: f64,
    /// Of LGDs of loans' own where these are random or move, hundredths, at least 1.
    pub lgd: f64,
}

impl Bands {
    /// Twice as wide.
    pub fn doubled(self) -> Self {
        Self { rate: 2.0 * self.rate, ltv: 2.0 * self.ltv, undrawn: 2.0 * self.undrawn, ..self }
    }

    /// Twice as wide where they tell LGDs apart.
    pub fn with_fewer_lgds(self) -> Self {
        Self { ltv: 2.0 * self.ltv, lgd: 2.0 * self.lgd, ..self }
    }
}

impl Default for Bands {
    /// Half a percentage point of interest, a twentieth and a tenth of the exposure, a hundredth of LGD.
    fn default() -> Self {
        Self { rate: 0.005, ltv: 0.05, undrawn: 0.1, lgd: 1.0 }
    }
}

/// What decides a profile; equal for loans that share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProfileKey {
    /// Number of the settings of its segment, among those that differ; [`Self::CERTAIN`] for loans in default.
    settings: u16,
    /// Remaining months.
    months: u16,
    /// Months in which a default counts, at most the remaining ones.
    pub(super) horizon: u16,
    rate: i32,
    /// Undrawn part of the exposure, in bands around their middles.
    undrawn: u8,
    ltv: u16,
    /// Whether the LGD is the loan's own, not the segment's by period.
    own_lgd: bool,
    /// The band of an LGD of the loan's own that is no part of the factors, and one; 101 for one of 1; else 0.
    lgd: u8,
    /// The month in which a short life ends, where that cuts a period off; see [`EXACT_PERIODS`].
    pub(super) cut: Option<u16>,
}

/// How long a loan's defaults count.
#[derive(Debug, Clone, Copy)]
pub struct Life {
    /// Months in which they do.
    pub horizon: u16,
    /// Whether its obligor has no other loan: one pool cannot know the ends of several.
    pub is_alone: bool,
}

impl Life {
    /// The month in which it ends for a loan with `months` left, where that is within one of its first periods.
    fn cut(self, months: u16, grid: Grid) -> Option<u16> {
        let end = self.horizon.min(months);
        let is_cut = self.is_alone && !end.is_multiple_of(grid.months());
        (is_cut && grid.periods(end) <= EXACT_PERIODS).then_some(end)
    }
}

/// How profiles are made.
#[derive(Clone, Copy)]
pub struct How<'a> {
    /// Discounting, grid and severity.
    pub setup: &'a EclSetup,
    /// Widths of bands.
    pub bands: Bands,
}

impl ProfileKey {
    /// What is lost at once, and whole: loans in default.
    pub const CERTAIN: Self = Self {
        settings: u16::MAX,
        months: 0,
        horizon: 0,
        rate: 0,
        undrawn: 0,
        ltv: 0,
        own_lgd: true,
        lgd: 0,
        cut: None,
    };

    /// The key of a loan of `terms` under segment settings and their number.
    pub fn new(
        (number, settings): (u16, &ExposureSettings),
        terms: &LoanTerms<'_>,
        life: Life,
        How { setup, bands }: How<'_>,
    ) -> Self {
        let discounting = setup.discounting;
        let matters = discounting == Discounting::Effective || matches!(terms.schedule, Schedule::Annuity);
        let rate = if matters { (12.0 * terms.rate / bands.rate).floor() } else { 0.0 };
        let exposure = terms.drawn + terms.undrawn;
        let undrawn = if exposure > 0.0 { (terms.undrawn / exposure / bands.undrawn + 0.5).floor() } else { 0.0 };
        let ltv = match terms.collateral {
            Some(collateral) if exposure > 0.0 => 1.0 + (collateral.value / exposure / bands.ltv).floor().min(60_000.0),
            _ => 0.0,
        };
        let lgd = match terms.lgd {
            // What is lost whole is no random number, and shares no band with what is.
            LgdPath::Constant(lgd) if carries(setup, settings, terms) && lgd >= 1.0 => 101.0,
            LgdPath::Constant(lgd) if carries(setup, settings, terms) => {
                1.0 + (100.0 * lgd / bands.lgd).floor().clamp(0.0, 99.0)
            }
            _ => 0.0,
        };
        Self {
            settings: number,
            months: terms.months,
            horizon: life.horizon.min(terms.months),
            rate: rate as i32,
            undrawn: undrawn as u8,
            ltv: ltv as u16,
            own_lgd: matches!(terms.lgd, LgdPath::Constant(_)),
            lgd: lgd as u8,
            cut: life.cut(terms.months, setup.grid),
        }
    }

    /// The number of its settings; None for loans in default.
    pub fn numbered(&self) -> Option<u16> {
        (self.settings != Self::CERTAIN.settings).then_some(self.settings)
    }

    /// The settings that this profile has among `exposure`, by segment, whose `numbers` are given; None for loans in default.
    pub fn settings<'a>(&self, exposure: &'a [ExposureSettings], numbers: &[u16]) -> Option<&'a ExposureSettings> {
        let place = numbers.iter().position(|&number| number == self.settings)?;
        exposure.get(place)
    }

    /// The share of defaults that counts of those in the period after month `start` of a life that lasts to month `end`.
    pub(super) fn counts(&self, (start, end): (u16, u16), grid: Grid) -> f64 {
        match self.cut {
            Some(_) => 1.0,
            None => f64::from(end.min(self.horizon).saturating_sub(start)) / f64::from(grid.months()),
        }
    }

    /// What loans have in common that stand in the table with one LGD: settings and band; None where the LGD is in the factors.
    pub fn lgd_band(&self) -> Option<(u16, u8)> {
        (self.lgd > 0).then_some((self.settings, self.lgd))
    }

    /// Periods in which a default counts, at least 1.
    pub fn periods(&self, grid: Grid) -> u16 {
        grid.periods(self.horizon).max(1)
    }
}

/// Sums over the loans of a profile, of which its row has the means; weights are what the loans are expected to lose.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Means {
    weight: f64,
    rate: f64,
    undrawn: f64,
    lgd: f64,
    /// The highest LGD, which is no sum.
    highest_lgd: f64,
    cover: f64,
}

impl Means {
    /// Adds a loan of `terms` with that expected credit `loss`, currency.
    pub fn add(&mut self, terms: &LoanTerms<'_>, loss: f64) {
        let exposure = terms.drawn + terms.undrawn;
        // Where nothing is expected to be lost, exposures weigh.
        let weight = loss + 1e-12 * exposure;
        if weight > 0.0 && weight.is_finite() {
            self.weight += weight;
            self.rate += weight * terms.rate;
            self.undrawn += weight * (terms.undrawn / exposure);
            self.lgd += weight * terms.lgd.at(0);
            self.highest_lgd = self.highest_lgd.max(terms.lgd.at(0));
            self.cover += weight * terms.collateral.map_or(0.0, |collateral| collateral.value / exposure);
        }
    }

    /// These with the highest LGD of `others` in place of their own: bases are then no larger than exposures.
    pub fn with_lgd_of(self, others: &Self) -> Self {
        Self { lgd: self.weight * others.highest_lgd.clamp(0.0, 1.0), ..self }
    }

    /// Both together.
    pub fn join(self, other: Self) -> Self {
        Self {
            weight: self.weight + other.weight,
            rate: self.rate + other.rate,
            undrawn: self.undrawn + other.undrawn,
            lgd: self.lgd + other.lgd,
            highest_lgd: self.highest_lgd.max(other.highest_lgd),
            cover: self.cover + other.cover,
        }
    }
}

/// A profile, ready to be multiplied with bases.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Factor of the base in each period in which a default counts: 0 to 1, the largest of them 1 unless all are 0.
    pub factors: Vec<f64>,
    /// The LGD in each of them, where it is no part of the factors.
    pub laws: Option<Vec<LgdLaw>>,
    /// The class of that, once classes are numbered.
    pub classes: Vec<u16>,
    /// Whether it is that of loans in default.
    pub is_certain: bool,
    /// The month in which a default ceases to count, where that lies within the last of few periods (see [`EXACT_PERIODS`]): no
    /// factor is lowered for it, because the pool of such loans knows it.
    pub cut: Option<u16>,
}

/// Whether LGDs of loans of such `terms` are no part of their factors.
fn carries(setup: &EclSetup, settings: &ExposureSettings, terms: &LoanTerms<'_>) -> bool {
    setup.severity.settings.carries(settings, Secured::by(terms.collateral.as_ref()))
}

impl Profile {
    /// The profile of loans in default.
    pub fn certain() -> Self {
        Self { factors: vec![1.0], laws: None, classes: vec![], is_certain: true, cut: None }
    }

    /// The profile of `key`, at the means of its loans. In a period that a loan's maturity or horizon cuts off, a default
    /// counts with the share of the months that are left of it, unless [`Self::cut`] says that its pool knows.
    pub fn new(key: &ProfileKey, means: &Means, settings: &ExposureSettings, how: How<'_>) -> Self {
        let (discounting, grid) = (how.setup.discounting, how.setup.grid);
        let mean = |sum: f64| if means.weight > 0.0 { sum / means.weight } else { 0.0 };
        let undrawn = mean(means.undrawn).clamp(0.0, 1.0);
        let terms = LoanTerms {
            schedule: settings.schedule(),
            months: key.months,
            rate: mean(means.rate),
            cpr: settings.cpr,
            drawn: 1.0 - undrawn,
            undrawn,
            lgd: if key.own_lgd {
                LgdPath::Constant(mean(means.lgd))
            } else {
                LgdPath::ByPeriod(&settings.lgd_by_period)
            },
            collateral: (key.ltv > 0).then(|| Collateral { value: mean(means.cover), settings: settings.collateral }),
        };
        if carries(how.setup, settings, &terms) {
            return carried(&terms, settings, key, how);
        }
        let mut losses: Vec<PeriodLoss> = Vec::new();
        loss_path(&terms, discounting, grid, &mut losses);
        let factors = losses.iter().take_while(|loss| loss.start < key.horizon);
        let factors = factors.map(|loss| loss.loss * key.counts((loss.start, loss.end), grid)).collect();
        Self { factors: scaled(factors), laws: None, classes: vec![], is_certain: false, cut: key.cut }
    }

    /// Its words in a plan of `periods`.
    pub fn words(&self, periods: usize) -> impl Iterator<Item = u32> + '_ {
        let factor = |&factor: &f64| (factor * f64::from(WHOLE) + 0.5) as u32;
        self.factors.iter().map(factor).chain(std::iter::repeat(MATURED)).take(periods)
    }

    /// What a base of 1 is expected to lose where F is `cumulative` by the end of each period, all of it by default.
    pub fn expected(&self, cumulative: &[f64]) -> f64 {
        expected(&self.factors, cumulative)
    }
}

/// What is expected to be lost with these `factors` where F is `cumulative` by the end of each period.
pub fn expected(factors: &[f64], cumulative: &[f64]) -> f64 {
    let mut before = 0.0;
    let mut sum = 0.0;
    for (factor, &by_its_end) in factors.iter().zip(cumulative) {
        sum += (by_its_end - before) * factor;
        before = by_its_end;
    }
    sum
}

/// `factors` per the largest of them.
pub(super) fn scaled(mut factors: Vec<f64>) -> Vec<f64> {
    let largest = factors.iter().copied().fold(0.0, f64::max);
    factors.iter_mut().for_each(|factor| *factor = if largest > 0.0 { *factor / largest } else { 0.0 });
    factors
}
