//! One pass over a tape under all macro scenarios: what each makes of expected credit losses, what they come to by their weights,
//! and why they differ (M53, M55).

use super::loan::LoanEcl;
use super::measure::{Chunk, in_chunks, mixed, one_view, staged};
use super::outlook::{Outlook, View};
use super::setup::{Depth, EclSetup};
use super::total::EclTotals;
use crate::error::Result;
use crate::portfolio::Tape;
use std::ops::Range;

/// A tape under macro scenarios.
#[derive(Debug, Clone, PartialEq)]
pub struct ByScenario {
    /// By the weights of the scenarios. A loan counts in the stage that mean probabilities of default give it.
    pub weighted: EclTotals,
    /// Each scenario by itself, with its stages.
    pub scenarios: Vec<EclTotals>,
    /// Why each differs from the most likely one.
    pub attribution: Vec<Attribution>,
}

/// Why a scenario's ECL differs from that of the most likely one, in this order: what goes before is that of the scenario
/// already, what comes after still that of the most likely one. All in currency; the parts add up to the difference.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Attribution {
    /// Because the index makes other loans default.
    pub index: f64,
    /// Because loans are in other stages.
    pub staging: f64,
    /// Because losses given default move.
    pub lgd: f64,
}

/// Measures every loan of `tape` under the macro scenarios `outlook` of `setup`; `each` is handed the loans by the weights of
/// the scenarios, as [`measure`](super::measure()) does it.
///
/// # Errors
/// As [`measure`](super::measure()).
pub fn measure_by_scenario(
    tape: &Tape,
    (setup, outlook): (&EclSetup, &Outlook),
    depth: Depth,
    each: &mut dyn FnMut(usize, &[LoanEcl]) -> Result<()>,
) -> Result<ByScenario> {
    let n = outlook.scenarios().len();
    let empty = || EclTotals::new(tape.segments.len());
    let mut weighted = empty();
    let mut scenarios: Vec<EclTotals> = (0..n).map(|_| empty()).collect();
    let mut steps_of_all = vec![[0.0; 3]; n];
    let views = Views::new(outlook);
    let work = |loans: Range<usize>| -> Result<(Chunk, Vec<Chunk>, Vec<[f64; 3]>)> {
        let through = |view: View, depth: Depth| one_view(tape, &setup.through(view), depth, loans.clone());
        let chunks: Vec<Chunk> =
            (0..n).map(|scenario| through(outlook.view(scenario), depth)).collect::<Result<_>>()?;
        let staged = staged(tape, (setup, outlook), &chunks, loans.clone())?;
        let steps = (0..n).map(|scenario| {
            let own = sum(&chunks[scenario]);
            let step = |view: View| match view == outlook.view(scenario) {
                true => Ok(own),
                false => through(view, Depth::Totals).map(|chunk| sum(&chunk)),
            };
            let [first, second] = views.of(scenario);
            let after_index = step(first)?;
            Ok([after_index, if second == first { after_index } else { step(second)? }, own])
        });
        let steps = steps.collect::<Result<Vec<_>>>()?;
        Ok((mixed(outlook, &chunks, staged), chunks, steps))
    };
    in_chunks(tape, work, |first, (mixed, chunks, steps)| {
        weighted.add_chunk(&mixed);
        scenarios.iter_mut().zip(&chunks).for_each(|(totals, chunk)| totals.add_chunk(chunk));
        steps_of_all.iter_mut().flatten().zip(steps.iter().flatten()).for_each(|(sum, step)| *sum += step);
        each(first, &mixed.loans)
    })?;
    let base = steps_of_all.get(outlook.most_likely()).map_or(0.0, |[.., own]| *own);
    let attribution = steps_of_all.iter().map(|[after_index, after_staging, own]| Attribution {
        index: after_index - base,
        staging: after_staging - after_index,
        lgd: own - after_staging,
    });
    let attribution = attribution.collect();
    Ok(ByScenario { weighted, scenarios, attribution })
}

/// ECL of all loans of a chunk, currency.
fn sum(chunk: &Chunk) -> f64 {
    chunk.loans.iter().map(|loan| loan.ecl).sum()
}

/// What is looked through on the way from the most likely scenario to another.
struct Views<'a> {
    outlook: &'a Outlook,
    base: View,
}

impl<'a> Views<'a> {
    fn new(outlook: &'a Outlook) -> Self {
        Self { outlook, base: outlook.view(outlook.most_likely()) }
    }

    /// With the probabilities of default of `scenario`, then with its stages as well.
    fn of(&self, scenario: usize) -> [View; 2] {
        let own = self.outlook.view(scenario);
        let lgds = if self.outlook.moves_lgds { self.base.lgds } else { own.lgds };
        [View { pds: own.pds, staging: self.base.staging, lgds }, View { lgds, ..own }]
    }
}
