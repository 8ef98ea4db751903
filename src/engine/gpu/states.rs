//! What plans have on the device where the state of the economy matters in each period: rows of shocks along a path (M42), and
//! tables of severities with the class of each profile and period (M45, M46).

use crate::engine::horizon::Horizon;
use crate::engine::plan::Plan;
use crate::engine::severity::{Severity, State};

/// Fields of the same names in `Params`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct States {
    /// Rows of shocks that each segment has.
    pub index_rows: u32,
    /// 1 where obligors default along a path, else 0.
    pub is_path: u32,
    /// 1 where arguments choose the rows of severities, else 0.
    pub by_argument: u32,
    /// Rows of severities in a class.
    pub severity_rows: u32,
    /// Cells of a row; 0 in a plan without severities.
    pub severity_cells: u32,
    /// Place of the classes in the tables.
    pub first_class: u32,
    /// Place of the severities in the tables.
    pub first_severity: u32,
}

impl States {
    /// Those of `plan`, whose factors and lines are the first `n_before` words of its tables: no more than a binding.
    pub fn of(plan: &Plan, n_before: u64) -> Self {
        let horizon = plan.horizon();
        let path = plan.path();
        let severity = horizon.and_then(Horizon::severity);
        Self {
            index_rows: path.map_or(1, |(_, periods)| periods as u32),
            is_path: u32::from(path.is_some()),
            by_argument: severity.map_or(0, |severity| u32::from(severity.state == State::Argument)),
            severity_rows: severity.map_or(0, |severity| severity.rows as u32),
            severity_cells: severity.map_or(0, |severity| severity.cells as u32),
            first_class: n_before as u32,
            first_severity: (n_before + severity.map_or(0, class_words)) as u32,
        }
    }
}

/// Rows of the shocks of `plan`: W, then those of each segment.
pub fn shock_rows(plan: &Plan) -> u64 {
    1 + plan.n_segments() as u64 * u64::from(States::of(plan, 0).index_rows)
}

/// Words of the classes and severities of `plan`; 0 where it has none.
pub fn state_words(plan: &Plan) -> u64 {
    let severity = plan.horizon().and_then(Horizon::severity);
    severity.map_or(0, |severity| class_words(severity) + severity.table.len() as u64)
}

/// Puts those words at the end of `words`.
pub fn extend_tables(words: &mut Vec<u32>, plan: &Plan) {
    if let Some(severity) = plan.horizon().and_then(Horizon::severity) {
        words.extend(pairs(&severity.classes));
        words.extend_from_slice(&severity.table);
    }
}

/// Two to a word, the first in its lower half.
pub fn pairs(values: &[u16]) -> impl Iterator<Item = u32> + '_ {
    values.chunks(2).map(|pair| pair.iter().rev().fold(0, |word, &value| word << 16 | u32::from(value)))
}

fn class_words(severity: &Severity) -> u64 {
    severity.classes.len().div_ceil(2) as u64
}
