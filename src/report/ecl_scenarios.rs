//! Expected credit loss by macro scenario: each beside the weighted one, why they differ, and the paths of the index.

use super::ecl_result::{Ecl, Estimate, StageReport, YearReport, years};
use super::ecl_simulated::LossQuantile;
use crate::math::normal;
use crate::model::path::{Climate, Regimes};
use crate::model::staging::Framework;
use crate::risk::ecl::{ByScenario, EclTotals, Outlook, Share};
use serde::Serialize;

/// The share of paths inside the band that is shown.
pub const BAND: f64 = 0.9;

/// What counts as a move of an index: less is not seen.
const LEAST_MOVE: f64 = 5e-4;

/// Steps of bisection for a quantile: more than f64 can tell apart.
const STEPS: usize = 200;

/// One macro scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScenarioReport {
    /// Name.
    pub name: String,
    /// Weight, 0 to 1.
    pub weight: f64,
    /// ECL if it came true, currency.
    pub total: Estimate,
    /// Every stage of the framework.
    pub stages: Vec<StageReport>,
    /// By the year after the reporting date in which a default falls.
    pub years: Vec<YearReport>,
    /// Of the simulated distribution under it: none in closed form.
    pub quantiles: Vec<LossQuantile>,
    /// Share of its scenarios of the simulation whose losses exceed the (weighted) allowance; null in closed form.
    pub probability_above_allowance: Option<Share>,
    /// Why it differs from the most likely one.
    pub difference: DifferenceReport,
    /// Digest of its simulated losses (M16); null in closed form.
    pub losses_digest: Option<String>,
}

/// Why ECL differs from that of the most likely scenario, in closed form, currency; the parts add up to the whole.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DifferenceReport {
    /// The whole.
    pub total: f64,
    /// Because the index makes more or fewer loans default.
    pub index: f64,
    /// Because loans are in other stages.
    pub staging: f64,
    /// Because losses given default move.
    pub lgd: f64,
}

/// What the most likely scenario alone would have missed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NonLinearity {
    /// The scenario of the largest weight.
    pub most_likely: String,
    /// Its ECL, closed form, currency.
    pub ecl: f64,
    /// Weighted ECL less that, currency.
    pub effect: f64,
}

/// The index of some segments in one macro scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndexPath {
    /// Scenario.
    pub scenario: String,
    /// Segments that have it.
    pub segments: Vec<String>,
    /// Share of paths between `low` and `high`.
    pub band: f64,
    /// By period after the reporting date.
    pub periods: Vec<IndexPeriod>,
}

/// An index in one period, standard deviations; low is bad.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct IndexPeriod {
    /// 1 for the first after the reporting date, and so on.
    pub period: u16,
    /// Macro part: the mean over paths.
    pub mean: f64,
    /// Lower end of the random band.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl IndexPath {
    /// The last period in which its mean still moves.
    pub fn moves_until(&self) -> u16 {
        let last = self.periods.windows(2).rposition(|pair| (pair[0].mean - pair[1].mean).abs() > LEAST_MOVE);
        last.map_or(1, |place| place as u16 + 2)
    }
}

impl Ecl {
    /// Adds what was measured under each macro scenario of `outlook`; the figures so far are those by their weights.
    pub fn add_scenarios(
        &mut self,
        (found, outlook): (&ByScenario, &Outlook),
        segments: &[String],
        framework: Framework,
    ) {
        let base = outlook.most_likely();
        let base_ecl = found.scenarios.get(base).map_or(0.0, |totals| totals.total().ecl);
        let last = self.years.len();
        let report = |((scenario, totals), why): ((&_, &EclTotals), &crate::risk::ecl::Attribution)| {
            let scenario: &crate::model::index::MacroScenario = scenario;
            let total = totals.total().ecl;
            let mut by_year = years(totals);
            by_year.truncate(last);
            ScenarioReport {
                name: scenario.name.clone(),
                weight: scenario.weight,
                total: Estimate { value: total, standard_error: None, closed_form: total, z: None },
                stages: framework
                    .stages()
                    .iter()
                    .map(|&stage| StageReport::new(stage, totals.stage(stage, None)))
                    .collect(),
                years: by_year,
                quantiles: vec![],
                probability_above_allowance: None,
                difference: DifferenceReport {
                    total: total - base_ecl,
                    index: why.index,
                    staging: why.staging,
                    lgd: why.lgd,
                },
                losses_digest: None,
            }
        };
        let all = outlook.scenarios().iter().zip(&found.scenarios).zip(&found.attribution);
        self.scenarios = all.map(report).collect();
        self.non_linearity = outlook.scenarios().get(base).filter(|_| outlook.scenarios().len() > 1).map(|scenario| {
            let effect = found.weighted.total().ecl - base_ecl;
            NonLinearity { most_likely: scenario.name.clone(), ecl: base_ecl, effect }
        });
        self.index_paths = index_paths(outlook, segments);
    }
}

/// The paths of all indices with their bands; segments that share one are named together.
fn index_paths(outlook: &Outlook, segments: &[String]) -> Vec<IndexPath> {
    let mut paths: Vec<IndexPath> = vec![];
    for scenario in outlook.scenarios() {
        let mut known: Vec<(&Climate, usize)> = vec![];
        for (climate, segment) in scenario.climates.iter().zip(segments) {
            match known.iter().find(|(other, _)| *other == climate) {
                Some(&(_, place)) => paths[place].segments.push(segment.clone()),
                None => {
                    known.push((climate, paths.len()));
                    paths.push(IndexPath {
                        scenario: scenario.name.clone(),
                        segments: vec![segment.clone()],
                        band: BAND,
                        periods: index_periods(climate, outlook.economy.regimes, outlook.periods),
                    });
                }
            }
        }
    }
    paths
}

fn index_periods(climate: &Climate, regimes: Option<Regimes>, periods: usize) -> Vec<IndexPeriod> {
    let ends = [0.5 - 0.5 * BAND, 0.5 + 0.5 * BAND].map(|share| climate.scale * residual_quantile(regimes, share));
    let at = |period: usize| {
        let mean = climate.at(period);
        IndexPeriod { period: period as u16 + 1, mean, low: mean + ends[0], high: mean + ends[1] }
    };
    (0..periods).map(at).collect()
}

/// The quantile of what is random of an index: of N(0, 1), or of two such laws mixed (M50).
fn residual_quantile(regimes: Option<Regimes>, share: f64) -> f64 {
    let Some(regimes) = regimes else { return normal::quantile(share) };
    let (weight, mean, volatility) = (regimes.stationary(), regimes.mean(), regimes.volatility());
    let cdf = |x: f64| -> f64 { (0..2).map(|k| weight[k] * normal::cdf((x - mean[k]) / volatility[k])).sum() };
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..STEPS {
        let middle = 0.5 * (low + high);
        if cdf(middle) < share { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_hold_nine_of_ten_paths() {
        let climate = Climate { macro_part: vec![-1.0, -0.5], scale: 0.6 };
        let plain = index_periods(&climate, None, 3);
        assert_eq!(plain.iter().map(|own| own.mean).collect::<Vec<_>>(), [-1.0, -0.5, -0.5]);
        assert!((plain[0].high - (-1.0 + 0.6 * 1.644_853_626_951_472)).abs() < 1e-12);
        assert!((plain[0].low + plain[0].high + 2.0).abs() < 1e-12);
        let regimes = Regimes::new([0.05, 0.25], [0.1, -0.4], [0.8, 1.9]).unwrap();
        let volatile = index_periods(&climate, Some(regimes), 1)[0];
        let inside = |k: usize| {
            let at = |end: f64| normal::cdf(((end + 1.0) / 0.6 - regimes.mean()[k]) / regimes.volatility()[k]);
            regimes.stationary()[k] * (at(volatile.high) - at(volatile.low))
        };
        assert!((inside(0) + inside(1) - BAND).abs() < 1e-12);
        // Sibling: turbulence is skewed downwards.
        assert!(volatile.low + volatile.high < -2.01, "{volatile:?}");
    }
}
