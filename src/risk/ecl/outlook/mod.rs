//! Expected credit loss under macro scenarios (M53): what each makes of every loan's probabilities of default, looked at one by
//! one, or all together by their weights.
//!
//! A loan's hazard of each period is multiplied by what its scenario does to hazards of that size ([`multipliers`]); what is
//! asked of a loan ([`Seen`]) may differ for probabilities of default, stages and LGDs ([`View`]).

pub(in crate::risk) mod multipliers;
mod seen;
mod view;

pub(super) use multipliers::{Multipliers, Place};
pub use seen::Seen;
pub use view::{Lens, View};

use crate::model::Model;
use crate::model::index::{MacroEconomy, MacroScenario, ScenarioStaging};
use crate::model::path::{Climate, IndexLaw};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

/// What the one scenario of an economy without any is called.
const ALONE: &str = "index";

/// Macro scenarios with all that probabilities of default under them hang on.
#[derive(Debug)]
pub struct Outlook {
    /// The scenarios, at least one; what the tape's PDs are; what decides stages; regimes.
    pub economy: MacroEconomy,
    /// Copula and correlations by segment of the tape.
    pub model: Model,
    /// The law of the residual indices.
    pub law: IndexLaw,
    /// Whether losses given default move with the economy.
    pub moves_lgds: bool,
    /// Periods that the longest life on the tape touches, at least a year of them.
    pub periods: usize,
    /// Multipliers that have been worked out.
    pub(in crate::risk) known: RwLock<HashMap<Place, Arc<Multipliers>>>,
}

impl Outlook {
    /// The scenarios of `economy` on the indices of `law` under `model`, for lives of at most so many `periods`. An economy without
    /// any has one in which all is as it is.
    pub fn new(mut economy: MacroEconomy, (model, law): (Model, IndexLaw), periods: usize) -> Self {
        if economy.scenarios.is_empty() {
            let climates = vec![Climate::none(); model.segments().len()];
            economy.scenarios.push(MacroScenario { name: ALONE.to_owned(), weight: 1.0, climates });
        }
        Self { economy, moves_lgds: false, model, law, periods, known: RwLock::default() }
    }

    /// The scenarios, at least one.
    pub fn scenarios(&self) -> &[MacroScenario] {
        &self.economy.scenarios
    }

    /// The number of the scenario of the largest weight, the first of several.
    pub fn most_likely(&self) -> usize {
        let mut best = 0;
        for (number, scenario) in self.scenarios().iter().enumerate() {
            if scenario.weight > self.scenarios()[best].weight {
                best = number;
            }
        }
        best
    }

    /// The lens for stages beside a scenario's own numbers.
    pub fn staging_beside(&self, scenario: usize) -> Lens {
        match self.economy.staging {
            ScenarioStaging::Weighted => Lens::Weighted,
            ScenarioStaging::Scenario => Lens::Scenario(scenario),
        }
    }

    /// Mean probabilities of default over the scenarios, for losses and stages.
    pub(super) const MEANS: View = View { pds: Lens::Weighted, staging: Lens::Weighted, lgds: Lens::Tape };

    /// Whether a loan has the same stage in every scenario.
    pub fn has_one_staging(&self) -> bool {
        self.economy.staging == ScenarioStaging::Weighted
    }

    /// All that scenario `number` says, with the stages that belong to it.
    pub fn view(&self, number: usize) -> View {
        let own = Lens::Scenario(number);
        View { pds: own, staging: self.staging_beside(number), lgds: own }
    }
}
