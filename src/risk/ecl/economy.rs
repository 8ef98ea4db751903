//! Expected losses of loans whose LGD moves with the economy and is not scaled back to its mean (M46): the mean LGD of a default
//! in each period, E[(P_t − P_{t−1}) LGD(Y)] / (F_t − F_{t−1}), by the trapezoidal rule on the values of Y that rows of the table
//! stand for. It takes the place of the LGD in the closed form.

use super::setup::EclSetup;
use crate::error::{Error, Result};
use crate::math::normal;
use crate::model::Copula;
use crate::model::ecl::{PeriodExposure, PeriodLoss, exposure_path};
use crate::model::exposure::{ExposureSettings, LoanTerms};
use crate::model::path::{Economies, IndexLaw, PathDefaults, PathGrid, PathPool, calibrate};
use crate::model::severity::{CopulaDefaults, DefaultLaw, ROWS, row_state};
use crate::model::term::TermKey;
use std::collections::HashMap;

/// Rows that are kept at most: 32 MiB.
const MOST_ROWS: usize = 16_384;

/// What decides the conditional probability of default within so many months; along a path, in the period of that number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    segment: u32,
    term: TermKey,
    months: u16,
}

/// Probabilities of default by state of the economy, each times the density of that state; many loans share them.
#[derive(Debug, Default)]
pub struct DefaultsByState {
    known: HashMap<Key, Vec<f64>>,
    /// Quadratures by the bits of the memory of an index, under one copula.
    economies: HashMap<u64, Economies>,
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

impl DefaultsByState {
    /// Puts the loss of a default in each period before `horizon` into `losses`, which have that of an LGD that does not move.
    ///
    /// # Errors
    /// [`Error::Internal`] when `setup` has no correlations.
    pub fn move_losses(
        &mut self,
        loan: &Exposed<'_>,
        setup: &EclSetup,
        horizon: u16,
        losses: &mut [PeriodLoss],
    ) -> Result<()> {
        let exposures = exposure_path(loan.terms, setup.discounting, setup.grid);
        for (period, loss) in exposures.iter().zip(losses).take_while(|(period, _)| period.start < horizon) {
            if let Some(lgd) = self.mean_lgd(loan, setup, period)? {
                loss.loss = period.exposure * lgd;
            }
        }
        Ok(())
    }

    /// The mean LGD of a default in `period`; None where there is none to speak of.
    fn mean_lgd(&mut self, loan: &Exposed<'_>, setup: &EclSetup, period: &PeriodExposure) -> Result<Option<f64>> {
        let mean = setup.severity.settings.expected(loan.settings, period);
        let defaults = match &setup.severity.path {
            None => {
                let (before, after) = (self.row(loan, setup, period.start)?, self.row(loan, setup, period.end)?);
                after.iter().zip(&before).map(|(after, before)| after - before).collect()
            }
            Some(law) => self.on_path(loan, (setup, law), usize::from(period.start / setup.grid.months()))?,
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

    /// Defaults in `period` along a path, by state of that period; a part of a period is as the whole.
    fn on_path(
        &mut self,
        loan: &Exposed<'_>,
        (setup, index): (&EclSetup, &IndexLaw),
        period: usize,
    ) -> Result<Vec<f64>> {
        let key = |period: usize| Key { segment: loan.segment, term: loan.key, months: period as u16 };
        if let Some(row) = self.known.get(&key(period)) {
            return Ok(row.clone());
        }
        let (copula, rho) = link(loan, setup)?;
        let per_year = usize::from(setup.grid.per_year());
        // All periods of the loan, as they are soon asked for too.
        let periods = usize::from(setup.grid.periods(loan.terms.months)).max(per_year).max(period + 1);
        let mut curve = vec![0.0; periods];
        setup.terms.fill(loan.key, setup.grid.months(), &mut curve);
        let memory = index.memory.get(loan.segment as usize).copied().unwrap_or(0.0);
        let pool = PathPool { segment: loan.name, curve, last: 1.0, rho, memory, anchor: None };
        let laws = calibrate(&[pool], PathGrid { copula, per_year, periods, regimes: None })?;
        let law = laws.first().ok_or_else(|| Error::Internal("a loan without a path".to_owned()))?;
        let new = || Economies::new(copula, std::iter::once(memory));
        let defaults = PathDefaults::new(law, memory, self.economies.entry(memory.to_bits()).or_insert_with(new))?;
        let mut asked = vec![];
        for other in 0..periods {
            let of_row = |row: usize| {
                let of_node = |(node, own): (usize, &(f64, f64))| own.1 * defaults.density(other, node, row_state(row));
                defaults.mixing().iter().enumerate().map(of_node).sum::<f64>()
            };
            let row: Vec<f64> = (0..ROWS).map(of_row).collect();
            if other == period {
                asked.clone_from(&row);
            }
            self.keep(key(other), row);
        }
        Ok(asked)
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
    let model = setup.severity.model.as_ref();
    let link = model.and_then(|model| Some((model.copula(), model.segments().get(loan.segment as usize)?)));
    let (copula, link) = link.ok_or_else(|| Error::Internal("an LGD that moves without a model".to_owned()))?;
    Ok((copula, link.correlation(setup.terms.cumulative(loan.key, 12))))
}
