//! What is known about a loss distribution, and how a sample is held against it.
//!
//! Mean, standard deviation and expected shortfall are estimates with standard errors. VaR is judged by the number of
//! scenarios beyond the true quantile, never by its value: a count is binomial whatever the distribution, lattice or
//! not.

use super::binomial::Trials;
use super::check::{Check, Subject};
use super::law::Law;
use super::run::Sample;
use crate::units::Level;

/// An expected shortfall is judged where at least so many scenarios are expected in its tail: with fewer, its standard
/// error is too uncertain for the far tails in which checks are judged.
const ENOUGH_TAIL: f64 = 1000.0;

/// The true figures of a loss distribution, in units.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// Expected loss.
    pub mean: f64,
    /// Standard deviation of the loss.
    pub standard_deviation: f64,
    /// P(L = 0), where it is known and neither 0 nor 1.
    pub no_loss: Option<f64>,
    /// Levels that are known.
    pub tails: Vec<Tail>,
}

/// The true figures at one level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tail {
    /// The level a.
    pub level: Level,
    /// VaR, units.
    pub value_at_risk: f64,
    /// P(L > VaR): 1 − a, or less on a lattice.
    pub beyond: f64,
    /// Expected shortfall, units.
    pub expected_shortfall: f64,
}

impl Truth {
    /// The figures of `law` at `levels`.
    pub fn of(law: &Law, levels: &[Level]) -> Self {
        let tail = |&level: &Level| {
            let at_risk = law.value_at_risk(level);
            Tail {
                level,
                value_at_risk: at_risk as f64,
                beyond: law.beyond(at_risk),
                expected_shortfall: law.expected_shortfall(level),
            }
        };
        // A probability so small that no scenario will show it can be judged neither way.
        let no_loss = Some(law.no_loss()).filter(|probability| *probability > 1e-5);
        Self {
            mean: law.mean(),
            standard_deviation: law.standard_deviation(),
            no_loss,
            tails: levels.iter().map(tail).collect(),
        }
    }

    /// Every figure against `sample`; `subject` names the portfolio.
    pub fn judge(&self, sample: &Sample, subject: &Subject) -> Vec<Check> {
        let figure = |name: &str| Subject { name: format!("{}: {name}", subject.name), ..subject.clone() };
        let number = sample.scenarios();
        let moments = sample.moments();
        let (mean, deviation) = (moments.mean, moments.standard_deviation);
        let mut checks = vec![
            Check::estimate(figure("expected loss"), self.mean, mean.value, mean.standard_error),
            Check::estimate(
                figure("standard deviation"),
                self.standard_deviation,
                deviation.value,
                deviation.standard_error,
            ),
        ];
        if let Some(probability) = self.no_loss {
            let count = number - sample.beyond(0.0);
            checks.push(Check::count(figure("scenarios without loss"), Trials { number, probability }, count));
        }
        for tail in &self.tails {
            let trials = Trials { number, probability: tail.beyond };
            let name = format!("scenarios beyond VaR {}", tail.level);
            checks.push(Check::count(figure(&name), trials, sample.beyond(tail.value_at_risk)));
            if tail.level.tail(number) >= ENOUGH_TAIL {
                let (value, error) = sample.expected_shortfall(tail.level);
                checks.push(Check::estimate(
                    figure(&format!("ES {}", tail.level)),
                    tail.expected_shortfall,
                    value,
                    error,
                ));
            }
        }
        checks
    }
}
