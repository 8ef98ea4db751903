//! Expected losses of loans whose LGD moves with the economy and is not scaled back to its mean (M46): the mean LGD of a default
//! in each period, E[(P_t − P_{t−1}) LGD(Y)] / (F_t − F_{t−1}), by the trapezoidal rule on the values of Y that rows of the table
//! stand for. It takes the place of the LGD in the closed form.

use super::setup::EclSetup;
use crate::error::{Error, Result};
use crate::math::normal;
use crate::model::ecl::{PeriodExposure, PeriodLoss, exposure_path};
use crate::model::exposure::{ExposureSettings, LoanTerms};
use crate::model::severity::{CopulaDefaults, ROWS, row_state};
use crate::model::term::TermKey;
use std::collections::HashMap;

/// Rows that are kept at most: 8 MiB.
const MOST_ROWS: usize = 4096;

/// What decides the conditional probability of default within so many months.
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
}

/// A loan, as its losses are expected.
pub struct Exposed<'a> {
    /// Its terms.
    pub terms: &'a LoanTerms<'a>,
    /// The settings of its segment.
    pub settings: &'a ExposureSettings,
    /// Its segment.
    pub segment: u32,
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
        let (before, after) = (self.row(loan, setup, period.start)?, self.row(loan, setup, period.end)?);
        let (mut all, mut lost) = (0.0, 0.0);
        for (row, (before, after)) in before.iter().zip(&after).enumerate() {
            all += after - before;
            lost += (after - before) * mean.at(row_state(row));
        }
        Ok((all > 0.0).then(|| lost / all))
    }

    fn row(&mut self, loan: &Exposed<'_>, setup: &EclSetup, months: u16) -> Result<Vec<f64>> {
        if months == 0 {
            return Ok(vec![0.0; ROWS]);
        }
        let key = Key { segment: loan.segment, term: loan.key, months };
        if let Some(row) = self.known.get(&key) {
            return Ok(row.clone());
        }
        let model = setup.severity.model.as_ref();
        let link = model.and_then(|model| Some((model.copula(), model.segments().get(loan.segment as usize)?)));
        let (copula, link) = link.ok_or_else(|| Error::Internal("an LGD that moves without a model".to_owned()))?;
        let rho = link.correlation(setup.terms.cumulative(loan.key, 12));
        let law = CopulaDefaults::new(copula, &[setup.terms.cumulative(loan.key, months)], rho);
        let of_row = |row: usize| normal::pdf(row_state(row)) * law.conditional(0, row_state(row));
        let row: Vec<f64> = (0..ROWS).map(of_row).collect();
        if self.known.len() >= MOST_ROWS {
            self.known.clear();
        }
        self.known.insert(key, row.clone());
        Ok(row)
    }
}
