//! Macro scenarios as a run takes them: what each makes of every segment's index (M48), what the tape's PDs are (M51), and the
//! regimes of the residual (M50).

use crate::model::path::{Climate, Regimes};

/// What the tape's PDs are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PdBasis {
    /// Through the cycle: the index shifts them.
    #[default]
    ThroughTheCycle,
    /// Of this point in time: their mean over the macro scenarios, by weight, is what the tape says.
    PointInTime,
}

impl PdBasis {
    /// Both.
    pub const ALL: [Self; 2] = [Self::ThroughTheCycle, Self::PointInTime];

    /// Name, as in a model file.
    pub fn name(self) -> &'static str {
        match self {
            Self::ThroughTheCycle => "ttc",
            Self::PointInTime => "pit",
        }
    }
}

/// By which PDs loans are staged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScenarioStaging {
    /// Once, by the mean of the macro scenarios' PDs, by weight.
    #[default]
    Weighted,
    /// Under each macro scenario by its own PDs.
    Scenario,
}

impl ScenarioStaging {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Weighted, Self::Scenario];

    /// Name, as in a model file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Weighted => "weighted",
            Self::Scenario => "scenario",
        }
    }
}

/// The economy of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct MacroEconomy {
    /// What the tape's PDs are.
    pub pd_basis: PdBasis,
    /// By which PDs loans are staged.
    pub staging: ScenarioStaging,
    /// Macro scenarios in written order with weights that add up to 1; one, with weight 1, for the path of a model without
    /// scenarios; none where nothing but regimes is asked for.
    pub scenarios: Vec<MacroScenario>,
    /// Regimes, per period of the run.
    pub regimes: Option<Regimes>,
}

/// One macro scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct MacroScenario {
    /// Name, as in the model; `path` where the model has one path and no scenarios.
    pub name: String,
    /// Weight, 0 to 1.
    pub weight: f64,
    /// What it makes of the index of each segment, in the portfolio's order.
    pub climates: Vec<Climate>,
}

impl MacroScenario {
    /// The macro part `parts` (by period of the run) of an index whose residual is scaled by `scale`, as short as can be: what
    /// stays as it is to the end is said once.
    pub fn climate(mut parts: Vec<f64>, scale: f64) -> Climate {
        while let [.., before, last] = parts.as_slice()
            && before == last
        {
            parts.pop();
        }
        if parts.iter().all(|part| *part == 0.0) {
            parts.clear();
        }
        Climate { macro_part: parts, scale }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn climates_say_what_goes_on_once() {
        let climate = |parts: &[f64]| MacroScenario::climate(parts.to_vec(), 0.8).macro_part;
        assert_eq!(climate(&[1.0, 0.5, 0.0, 0.0, 0.0]), [1.0, 0.5, 0.0]);
        assert_eq!(climate(&[1.0, 0.5, 0.5]), [1.0, 0.5]);
        assert_eq!(climate(&[-0.0, 0.0]), [0.0; 0]);
        assert_eq!(climate(&[]), [0.0; 0]);
        assert_eq!(climate(&[0.0, 0.0, 1.0]), [0.0, 0.0, 1.0]);
        assert!(MacroScenario::climate(vec![0.0; 160], 1.0).is_none());
    }
}
