//! Expected losses of loans whose LGD moves with the economy and is not scaled back to its mean (M46): the mean LGD of a default
//! in each period, E[(P_t − P_{t−1}) LGD(Y)] / (F_t − F_{t−1}), by the trapezoidal rule on the values of Y that rows of the table
//! stand for. It takes the place of the LGD in the closed form.
//!
//! Along a path (see [`AlongPaths`]) defaults by state are looked up between PDs for which they are known.

use super::along_path::{AlongPaths, State};
use super::lgds_by_scenario::LgdsByScenario;
use super::nodes::Between;
use super::outlook::Lens;
use super::setup::EclSetup;
use crate::error::{Error, Result};
use crate::math::normal;
use crate::model::Copula;
use crate::model::ecl::{PeriodExposure, PeriodLoss, exposure_path};
use crate::model::exposure::{ExposureSettings, LoanTerms};
use crate::model::severity::{CopulaDefaults, ROWS, Secured, row_state};
use crate::model::term::TermKey;
use std::collections::HashMap;
use std::sync::atomic::Ordering;

/// Rows that are kept at most: 32 MiB.
const MOST_ROWS: usize = 16_384;

/// What decides the conditional probability of default within so many months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    segment: u32,
    term: TermKey,
    months: u16,
}

/// Probabilities of default by state of the economy, each times the density of that state; many loans share them.
#[derive(Debug)]
pub struct DefaultsByState {
    known: HashMap<Key, Vec<f64>>,
    along_paths: AlongPaths,
    by_scenario: LgdsByScenario,
}

/// A loan, as its losses are expected.
pub struct Exposed<'a> {
    /// Its terms.
    pub terms: &'a LoanTerms<'a>,
    /// The settings of its segment.
    pub settings: &'a ExposureSettings,
    /// Its segment.
    pub segment: u32,
    /// The name of that, for messages.
    pub name: &'a str,
    /// Its term structure.
    pub key: TermKey,
}

impl Default for DefaultsByState {
    fn default() -> Self {
        Self {
            known: HashMap::new(),
            along_paths: AlongPaths::new(Lens::Tape, State::Index),
            by_scenario: LgdsByScenario::default(),
        }
    }
}

impl DefaultsByState {
    /// Puts the loss of a default in each period before `horizon` into `losses`, which have that of an LGD that does not move.
    ///
    /// # Errors
    /// [`Error::Internal`] when `setup` has no correlations; along a path that of a correlation which it cannot have;
    /// [`Error::Interrupted`] once `setup` says so.
    pub fn move_losses(
        &mut self,
        loan: &Exposed<'_>,
        setup: &EclSetup,
        horizon: u16,
        losses: &mut [PeriodLoss],
    ) -> Result<()> {
        if setup.severity.stop.load(Ordering::Relaxed) {
            return Err(Error::Interrupted);
        }
        let between = Between::new(loan.key.pd).filter(|_| setup.severity.path.is_some());
        let exposures = exposure_path(loan.terms, setup.discounting, setup.grid);
        let collateral = Secured::by(loan.terms.collateral.as_ref());
        let moves_expectation = setup.severity.settings.moves_expectation(loan.settings, collateral);
        for (period, loss) in exposures.iter().zip(losses).take_while(|(period, _)| period.start < horizon) {
            if moves_expectation && let Some(lgd) = self.mean_lgd(loan, setup, (period, between.as_ref()))? {
                loss.loss = period.exposure * lgd;
            }
            if let (Lens::Scenario(scenario), Some(law)) = (setup.view.lgds, &setup.severity.path) {
                let found = (scenario, between.as_ref());
                loss.loss *= self.by_scenario.multiple(loan, (setup, law), period, found)?;
            }
        }
        Ok(())
    }

    /// The mean LGD of a default in `period`, found `between` PDs; None where there is none to speak of.
    fn mean_lgd(
        &mut self,
        loan: &Exposed<'_>,
        setup: &EclSetup,
        (period, between): (&PeriodExposure, Option<&Between>),
    ) -> Result<Option<f64>> {
        let mean = setup.severity.settings.expected(loan.settings, period);
        let defaults = match &setup.severity.path {
            None => {
                let (before, after) = (self.row(loan, setup, period.start)?, self.row(loan, setup, period.end)?);
                after.iter().zip(&before).map(|(after, before)| after - before).collect()
            }
            Some(law) => {
                // A part of a period is as the whole.
                let number = usize::from(period.start / setup.grid.months());
                self.along_paths.row(loan, (setup, law), (number, between))?
            }
        };
        let (mut all, mut lost) = (0.0, 0.0);
        for (row, mass) in defaults.iter().enumerate() {
            all += mass;
            lost += mass * mean.at(row_state(row));
        }
        Ok((all > 0.0).then(|| lost / all))
    }

    /// Defaults within so many `months`, by state.
    fn row(&mut self, loan: &Exposed<'_>, setup: &EclSetup, months: u16) -> Result<Vec<f64>> {
        if months == 0 {
            return Ok(vec![0.0; ROWS]);
        }
        let key = Key { segment: loan.segment, term: loan.key, months };
        if let Some(row) = self.known.get(&key) {
            return Ok(row.clone());
        }
        let (copula, rho) = link(loan, setup)?;
        let law = CopulaDefaults::new(copula, &[setup.terms.cumulative(loan.key, months)], rho);
        let of_row = |row: usize| normal::pdf(row_state(row)) * law.conditional(0, row_state(row));
        let row: Vec<f64> = (0..ROWS).map(of_row).collect();
        self.keep(key, row.clone());
        Ok(row)
    }

    fn keep(&mut self, key: Key, row: Vec<f64>) {
        if self.known.len() >= MOST_ROWS {
            self.known.clear();
        }
        self.known.insert(key, row);
    }
}

/// The copula and the asset correlation of `loan`.
fn link(loan: &Exposed<'_>, setup: &EclSetup) -> Result<(Copula, f64)> {
    link_of(loan.segment, loan.key, setup)
}

/// The copula and the asset correlation of loans of `segment` with the term structure `key`.
pub fn link_of(segment: u32, key: TermKey, setup: &EclSetup) -> Result<(Copula, f64)> {
    let model = setup.severity.model.as_ref();
    let link = model.and_then(|model| Some((model.copula(), model.segments().get(segment as usize)?)));
    let (copula, link) = link.ok_or_else(|| Error::Internal("an LGD that moves without a model".to_owned()))?;
    Ok((copula, link.correlation(setup.terms.cumulative(key, 12))))
}
