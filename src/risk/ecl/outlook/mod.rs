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
use crate::model::path::{Climate, IndexLaw, Regimes};
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

/// What the PDs of a tape are (M51).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PdBasis {
    /// Through the cycle: macro scenarios shift them.
    #[default]
    ThroughTheCycle,
    /// Point in time: their mean over the macro scenarios, by weight, is the input.
    PointInTime,
}

/// Which probabilities of default decide stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScenarioStaging {
    /// Their mean over the macro scenarios: a loan has one stage.
    #[default]
    Weighted,
    /// Those of each macro scenario: a loan may have another stage in each.
    Each,
}

/// A macro scenario, for the segments of a tape.
#[derive(Debug, Clone, PartialEq)]
pub struct MacroScenario {
    /// Name.
    pub name: String,
    /// Weight, 0 to 1; weights of all add up to 1.
    pub weight: f64,
    /// What it makes of the index of each segment.
    pub climates: Vec<Climate>,
}

/// Macro scenarios with all that probabilities of default under them hang on.
#[derive(Debug)]
pub struct Outlook {
    /// The scenarios, at least one.
    pub scenarios: Vec<MacroScenario>,
    /// What the tape's PDs are.
    pub basis: PdBasis,
    /// What decides stages.
    pub staging: ScenarioStaging,
    /// Calm and turbulent states, per period.
    pub regimes: Option<Regimes>,
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
    /// These `scenarios` on the indices of `law` under `model`; what has a default may be set on the value.
    pub fn new(scenarios: Vec<MacroScenario>, (model, law): (Model, IndexLaw), periods: usize) -> Self {
        Self {
            scenarios,
            basis: PdBasis::default(),
            staging: ScenarioStaging::default(),
            regimes: None,
            moves_lgds: false,
            model,
            law,
            periods,
            known: RwLock::default(),
        }
    }

    /// The number of the scenario of the largest weight, the first of several.
    pub fn most_likely(&self) -> usize {
        let mut best = 0;
        for (number, scenario) in self.scenarios.iter().enumerate() {
            if scenario.weight > self.scenarios[best].weight {
                best = number;
            }
        }
        best
    }

    /// The lens for stages beside a scenario's own numbers.
    pub fn staging_beside(&self, scenario: usize) -> Lens {
        match self.staging {
            ScenarioStaging::Weighted => Lens::Weighted,
            ScenarioStaging::Each => Lens::Scenario(scenario),
        }
    }

    /// Mean probabilities of default over the scenarios, for losses and stages.
    pub(super) const MEANS: View = View { pds: Lens::Weighted, staging: Lens::Weighted, lgds: Lens::Tape };

    /// Whether a loan has the same stage in every scenario.
    pub fn has_one_staging(&self) -> bool {
        self.staging == ScenarioStaging::Weighted
    }

    /// All that scenario `number` says, with the stages that belong to it.
    pub fn view(&self, number: usize) -> View {
        let own = Lens::Scenario(number);
        View { pds: own, staging: self.staging_beside(number), lgds: own }
    }
}
