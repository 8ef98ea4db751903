//! Which drivers? All combinations of at most so many columns, ranked by an information criterion (M57).
//!
//! Hundreds of thousands of models are ranked on a fast likelihood: effects of quarters without drivers, linearised once, are
//! regressed with their noise on the drivers. The best of them are then fitted by full maximum likelihood. Criteria: Schwarz,
//! "Estimating the dimension of a model", Annals of Statistics 6 (1978); Hurvich and Tsai, "Regression and time series model
//! selection in small samples", Biometrika 76 (1989).

use super::candidates::{Candidate, Candidates, Sign, Wanted};
use super::design::{Design, dot};
use super::fit::{Fit, Outcomes};
use super::persistence::{Effects, log_density};
use crate::error::{Error, Result};
use rayon::prelude::*;

/// Most models that are tried.
pub const MOST_MODELS: f64 = 3e6;
/// Models that are kept of the fast ranking, to be fitted in full.
const KEPT: usize = 20;

/// How models are ranked; lower is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Criterion {
    /// −2 ln L + k ln T.
    #[default]
    Bic,
    /// −2 ln L + 2k + 2k(k + 1)/(T − k − 1).
    Aicc,
}

/// A model: places in the list of candidates, of different columns.
pub type Chosen = Vec<usize>;

/// A model that was fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Its drivers.
    pub chosen: Chosen,
    /// Its fit on the common rows; drivers are standardised over them.
    pub fit: Fit,
    /// Its criterion.
    pub criterion: f64,
    /// Drivers (places in the list of candidates) whose sign is not the one they must have.
    pub perverse: Vec<usize>,
}

/// What the search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// Models that were tried, the one without drivers included.
    pub tried: u64,
    /// Models whose signs were as they must be.
    pub signed: u64,
    /// The best of them, the best first; the first is the model that is taken.
    pub best: Vec<Ranked>,
    /// The best of all, if its signs are not as they must be and its criterion is lower than that of the first.
    pub unsigned: Option<Ranked>,
}

impl Criterion {
    /// Name, as on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bic => "bic",
            Self::Aicc => "aicc",
        }
    }

    /// The criterion of a model with this ln L and so many `parameters`, fitted to so many `quarters`.
    pub fn of(self, log_likelihood: f64, parameters: usize, quarters: usize) -> f64 {
        let (k, t) = (parameters as f64, quarters as f64);
        let penalty = match self {
            Self::Bic => k * libm::log(t),
            Self::Aicc if t - k - 1.0 <= 0.0 => f64::INFINITY,
            Self::Aicc => 2.0 * k + 2.0 * k * (k + 1.0) / (t - k - 1.0),
        };
        penalty - 2.0 * log_likelihood
    }
}

/// What is searched, and how.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// Candidates.
    pub candidates: &'a Candidates,
    /// Columns they are of.
    pub wanted: &'a [Wanted],
    /// Outcomes at the common rows.
    pub outcomes: &'a Outcomes,
    /// Most columns of a model.
    pub most: usize,
    /// Ranking.
    pub criterion: Criterion,
}

/// A model with its fast criterion.
#[derive(Debug, Clone, PartialEq)]
struct Fast {
    criterion: f64,
    chosen: Chosen,
}

/// The best so far of those with the right signs, and of the others.
#[derive(Debug, Clone, Default, PartialEq)]
struct Tally {
    tried: u64,
    signed: u64,
    best: Vec<Fast>,
    unsigned: Vec<Fast>,
}

impl Search<'_> {
    /// Tries all models.
    ///
    /// # Errors
    /// [`Error::Setting`] where there are more than [`MOST_MODELS`]; [`Error::Model`] where not even the one without drivers
    /// can be fitted.
    pub fn run(&self) -> Result<Selection> {
        let models = self.models();
        if models > MOST_MODELS {
            let found = format!("{models:.2e} models to try");
            let wanted = format!(
                "at most {MOST_MODELS:.0e}: fewer --drivers, --lags, --spans or --transforms, or a smaller --most-drivers"
            );
            return Err(Error::setting("--drivers", found, wanted));
        }
        let rows = self.outcomes.len();
        let nothing = self.full(&[]).ok_or_else(no_maximum)?;
        let pseudo = self.pseudo(&nothing.fit);
        let columns: Vec<Vec<f64>> =
            self.candidates.list.iter().map(|candidate| self.standardised(candidate)).collect();
        let fast = FastSearch { search: self, columns: &columns, pseudo: &pseudo };
        let tally = (0..columns.len())
            .into_par_iter()
            .map(|first| {
                let mut tally = Tally::default();
                fast.extend(&mut vec![first], &mut tally);
                tally
            })
            .reduce(Tally::default, Tally::plus);
        let ranked = |models: &[Fast]| {
            let mut ranked: Vec<Ranked> = models.par_iter().filter_map(|fast| self.full(&fast.chosen)).collect();
            ranked.sort_by(|a, b| a.criterion.total_cmp(&b.criterion));
            ranked
        };
        let all = ranked(&[tally.best, tally.unsigned].concat());
        let (mut best, unsigned): (Vec<Ranked>, Vec<Ranked>) = all.into_iter().partition(|one| one.perverse.is_empty());
        best.push(nothing);
        best.sort_by(|a, b| a.criterion.total_cmp(&b.criterion));
        let least = best.first().map_or(f64::INFINITY, |best| best.criterion);
        let unsigned = unsigned.into_iter().next().filter(|one| one.criterion < least);
        debug_assert!(rows > 0);
        Ok(Selection { tried: tally.tried + 1, signed: tally.signed + 1, best, unsigned })
    }

    /// Fits the model of `chosen` candidates by full maximum likelihood.
    pub fn full(&self, chosen: &[usize]) -> Option<Ranked> {
        let columns: Vec<Vec<f64>> = chosen
            .iter()
            .map(|place| self.candidates.list.get(*place).map(|candidate| self.standardised(candidate)))
            .collect::<Option<_>>()?;
        let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let fit = self.outcomes.fit(&Design::new(self.outcomes.len(), &columns))?;
        let criterion = self.criterion.of(fit.log_likelihood, fit.parameters(), self.outcomes.len());
        let perverse = chosen.iter().zip(fit.coefficients.iter().skip(1));
        let perverse = perverse.filter(|(place, b)| !self.is_signed(**place, **b)).map(|(place, _)| *place).collect();
        Some(Ranked { chosen: chosen.to_vec(), fit, criterion, perverse })
    }

    /// Of every column that `chosen` has no candidate of, the candidate that beside them fits best, if its sign is not the one it
    /// must have.
    pub fn left_out(&self, chosen: &[usize]) -> Vec<usize> {
        let list = &self.candidates.list;
        let column = |place: &usize| list.get(*place).map(|candidate| candidate.wanted);
        let best = |of: usize| {
            let own = (0..list.len()).into_par_iter().filter(|place| column(place) == Some(of));
            let fits = own.filter_map(|place| self.full(&[chosen, &[place]].concat()).map(|fit| (place, fit)));
            let better = |a: &(usize, Ranked), b: &(usize, Ranked)| {
                a.1.criterion.total_cmp(&b.1.criterion).then_with(|| a.0.cmp(&b.0))
            };
            fits.min_by(better).filter(|(place, fit)| fit.perverse.contains(place)).map(|(place, _)| place)
        };
        let rest = (0..self.wanted.len()).filter(|of| !chosen.iter().any(|place| column(place) == Some(*of)));
        rest.filter_map(best).collect()
    }

    /// Models of 1 to [`most`](Self::most) columns: elementary symmetric polynomials of the numbers of candidates.
    fn models(&self) -> f64 {
        let mut sums = vec![0.0; self.most + 1];
        sums.iter_mut().take(1).for_each(|sum| *sum = 1.0);
        for column in 0..self.wanted.len() {
            let own = self.candidates.list.iter().filter(|candidate| candidate.wanted == column).count() as f64;
            for size in (1..sums.len()).rev() {
                sums[size] += own * sums[size - 1];
            }
        }
        sums.iter().sum()
    }

    fn standardised(&self, candidate: &Candidate) -> Vec<f64> {
        let rows = (self.candidates.start, self.candidates.start + self.outcomes.len());
        candidate.standardised(rows, candidate.scale(rows.0, rows.1))
    }

    /// Whether coefficient `b` on the probit of the rate has the sign that the candidate at `place` must have on the index.
    fn is_signed(&self, place: usize, b: f64) -> bool {
        let column = self.candidates.list.get(place).map_or(usize::MAX, |candidate| candidate.wanted);
        match self.wanted.get(column).and_then(|wanted| wanted.sign) {
            Some(Sign::Positive) => b < 0.0,
            Some(Sign::Negative) => b > 0.0,
            None => true,
        }
    }

    /// Effects without drivers and the variances of their noise.
    fn pseudo(&self, nothing: &Fit) -> (Vec<f64>, Vec<f64>) {
        match self.outcomes {
            Outcomes::Probits(probits) => (probits.clone(), vec![0.0; probits.len()]),
            Outcomes::Counts(counts) => {
                let etas = vec![nothing.coefficients.first().copied().unwrap_or(0.0); counts.len()];
                let measured = Effects::Counted(counts, &etas).measured(nothing.volatility.max(1e-3));
                let values = measured.values.iter().zip(&etas).map(|(effect, eta)| effect + eta).collect();
                (values, measured.variances)
            }
        }
    }
}

struct FastSearch<'a> {
    search: &'a Search<'a>,
    columns: &'a [Vec<f64>],
    pseudo: &'a (Vec<f64>, Vec<f64>),
}

impl FastSearch<'_> {
    /// Tries `chosen`, and every model that has candidates of later columns besides.
    fn extend(&self, chosen: &mut Chosen, tally: &mut Tally) {
        self.judge(chosen, tally);
        let list = &self.search.candidates.list;
        let column = |place: usize| list.get(place).map_or(0, |candidate| candidate.wanted);
        let Some(last) = chosen.last().map(|last| column(*last)).filter(|_| chosen.len() < self.search.most) else {
            return;
        };
        for next in (0..list.len()).filter(|next| column(*next) > last) {
            chosen.push(next);
            self.extend(chosen, tally);
            chosen.pop();
        }
    }

    fn judge(&self, chosen: &[usize], tally: &mut Tally) {
        tally.tried += 1;
        let columns: Vec<&[f64]> =
            chosen.iter().filter_map(|place| self.columns.get(*place)).map(Vec::as_slice).collect();
        let rows = self.pseudo.0.len();
        let Some((coefficients, log_likelihood)) = profile(self.pseudo, &Design::new(rows, &columns)) else { return };
        let criterion = self.search.criterion.of(log_likelihood, chosen.len() + 2, rows);
        let is_signed =
            chosen.iter().zip(coefficients.iter().skip(1)).all(|(place, b)| self.search.is_signed(*place, *b));
        tally.signed += u64::from(is_signed);
        let list = if is_signed { &mut tally.best } else { &mut tally.unsigned };
        let most = if is_signed { KEPT } else { KEPT / 4 };
        if list.len() < most || list.last().is_some_and(|last| criterion < last.criterion) {
            let place = list.partition_point(|one| one.criterion <= criterion);
            list.insert(place, Fast { criterion, chosen: chosen.to_vec() });
            list.truncate(most);
        }
    }
}

impl Tally {
    fn plus(mut self, other: Self) -> Self {
        self.tried += other.tried;
        self.signed += other.signed;
        for (own, others, most) in [(&mut self.best, other.best, KEPT), (&mut self.unsigned, other.unsigned, KEPT / 4)]
        {
            own.extend(others);
            // Equal ones by their drivers, so that the outcome does not hang on which thread was first.
            own.sort_by(|a, b| a.criterion.total_cmp(&b.criterion).then_with(|| a.chosen.cmp(&b.chosen)));
            own.truncate(most);
        }
        self
    }
}

/// Coefficients and ln L of `values` that are the design times them, plus an effect, plus noise of known variances.
fn profile((values, noise): &(Vec<f64>, Vec<f64>), design: &Design) -> Option<(Vec<f64>, f64)> {
    /// Scoring steps for the effect's variance; it need not be exact for a ranking.
    const STEPS: usize = 12;
    let known = noise.iter().all(|noise| *noise == 0.0);
    let mut variance = 0.05;
    let mut weights: Vec<f64> = noise.iter().map(|noise| 1.0 / (noise + variance)).collect();
    let mut coefficients = Vec::new();
    for _ in 0..STEPS {
        coefficients = design.least_squares(values, &weights)?.0;
        let residuals = values.iter().zip(design.rows()).map(|(y, row)| y - dot(row, &coefficients));
        let (mut up, mut down) = (0.0, 0.0);
        for (residual, weight) in residuals.zip(&weights) {
            up += weight * (weight * residual * residual - 1.0);
            down += weight * weight;
        }
        let next = (variance + up / down).max(1e-9);
        let is_done = (next - variance).abs() < 1e-5 * variance;
        variance = next;
        weights.iter_mut().zip(noise).for_each(|(weight, noise)| *weight = 1.0 / (noise + variance));
        if is_done || known && variance <= 1e-9 {
            break;
        }
    }
    let residuals = values.iter().zip(design.rows()).map(|(y, row)| y - dot(row, &coefficients));
    let log_likelihood = residuals.zip(noise).map(|(residual, noise)| log_density(residual, noise + variance)).sum();
    Some((coefficients, log_likelihood))
}

/// What is said where a likelihood has no maximum.
pub(super) fn no_maximum() -> Error {
    Error::Model {
        place: "calibrate".to_owned(),
        found: "the likelihood has no maximum: defaults are separated by the drivers, or there are too few of them"
            .to_owned(),
        remedy: "take a longer history, fewer drivers, or a larger portfolio".to_owned(),
    }
}
