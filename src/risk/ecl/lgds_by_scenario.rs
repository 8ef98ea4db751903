//! What a macro scenario makes of mean LGDs that move with the economy (M53): the mean over the defaults of a period in the
//! scenario per that over the defaults that expected losses are kept over, both of the law that is played (M46, M47).

use super::along_path::{AlongPaths, State};
use super::economy::Exposed;
use super::nodes::Between;
use super::outlook::Lens;
use super::setup::EclSetup;
use crate::error::Result;
use crate::model::ecl::PeriodExposure;
use crate::model::path::IndexLaw;
use crate::model::severity::{MeanLgd, row_state};
use crate::model::term::TermKey;
use std::collections::HashMap;

/// Multiples that are kept at most: 64 MiB.
const MOST_KNOWN: usize = 1 << 20;

/// What decides a multiple: segment, term structure, scenario with period, and the numbers of the LGD.
type Key = (u32, TermKey, [u32; 2], [u64; 6]);

/// See the module.
#[derive(Debug, Default)]
pub struct LgdsByScenario {
    along_paths: HashMap<(Lens, bool), AlongPaths>,
    known: HashMap<Key, f64>,
}

impl LgdsByScenario {
    /// What the LGD of a default of `loan` in `period` is to be multiplied with in a macro scenario, found between PDs where it
    /// may be; 1 where it does not move.
    ///
    /// # Errors
    /// As [`AlongPaths::row`].
    pub fn multiple(
        &mut self,
        loan: &Exposed<'_>,
        along: (&EclSetup, &IndexLaw),
        period: &PeriodExposure,
        (scenario, between): (usize, Option<&Between>),
    ) -> Result<f64> {
        let setup = along.0;
        let number = usize::from(period.start / setup.grid.months());
        let mean = match setup.severity.settings.law(loan.settings, period).mean {
            MeanLgd::Argument { lgd, .. } => {
                let base = self.paths(Lens::Tape, State::Argument);
                MeanLgd::Argument { lgd, step: base.step((loan, lgd), along, (number, between))? }
            }
            mean => mean,
        };
        if !moves(mean) {
            return Ok(1.0);
        }
        let key = (loan.segment, loan.key, [scenario as u32, number as u32], bits(mean));
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        let mut over = |lens: Lens| -> Result<f64> {
            let state = if matches!(mean, MeanLgd::Argument { .. }) { State::Argument } else { State::Index };
            let row = self.paths(lens, state).row(loan, along, (number, between))?;
            let all: f64 = row.iter().sum();
            let lost = row.iter().enumerate().map(|(number, mass)| mass * mean.at(row_state(number)));
            Ok(lost.sum::<f64>() / all)
        };
        let multiple = over(Lens::Scenario(scenario))? / over(Lens::Tape)?;
        // Where nobody defaults nothing is lost either.
        let multiple = if multiple.is_finite() { multiple } else { 1.0 };
        if self.known.len() < MOST_KNOWN {
            self.known.insert(key, multiple);
        }
        Ok(multiple)
    }
}

impl LgdsByScenario {
    fn paths(&mut self, lens: Lens, state: State) -> &mut AlongPaths {
        let key = (lens, state == State::Argument);
        self.along_paths.entry(key).or_insert_with(|| AlongPaths::new(lens, state))
    }
}

/// Whether the mean depends on the state.
fn moves(mean: MeanLgd) -> bool {
    match mean {
        MeanLgd::Whole => false,
        MeanLgd::Index { slope, security, .. } => slope > 0.0 || security.is_some_and(|own| own.loading > 0.0),
        MeanLgd::Argument { step, .. } => step > 0.0,
    }
}

fn bits(mean: MeanLgd) -> [u64; 6] {
    match mean {
        MeanLgd::Whole => [0; 6],
        MeanLgd::Index { lgd, slope, security: None } => [1, lgd.to_bits(), slope.to_bits(), 0, 0, 0],
        MeanLgd::Index { lgd, slope, security: Some(own) } => {
            [2, lgd.to_bits(), slope.to_bits(), own.cover.to_bits(), own.floor.to_bits(), own.loading.to_bits()]
        }
        MeanLgd::Argument { lgd, step } => [3, lgd.to_bits(), step.to_bits(), 0, 0, 0],
    }
}
