//! Flags that take the place of keys. They are applied before anything is resolved and carry the flag's name as their
//! place, so an error names what the user typed.

use super::place::{Place, Written};
use super::raw::RawModel;

/// Flags as typed; None leaves the model's key, or its default, alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `--scenarios`: whole number.
    pub scenarios: Option<String>,
    /// `--seed`: whole number, decimal or 0x….
    pub seed: Option<String>,
    /// `--levels`: decimals or percentages, separated by commas.
    pub levels: Option<String>,
}

impl Overrides {
    /// Writes the flags over the keys of `model`.
    pub fn apply(&self, model: &mut RawModel) {
        let simulation = &mut model.simulation;
        for (flag, given, key) in
            [("--scenarios", &self.scenarios, &mut simulation.scenarios), ("--seed", &self.seed, &mut simulation.seed)]
        {
            if let Some(text) = given {
                *key = Some(typed(flag, text));
            }
        }
        if let Some(list) = &self.levels {
            let levels = list.split(',').map(|level| typed("--levels", level.trim())).collect();
            simulation.levels = Some(Written { value: levels, place: Place::flag("--levels") });
        }
    }
}

fn typed(flag: &str, text: &str) -> Written<String> {
    Written { value: text.to_owned(), place: Place::flag(flag) }
}
