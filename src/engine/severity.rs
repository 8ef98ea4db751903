//! What a default loses of its base × factor, when that is random or depends on the economy (M45 to M47): a table of shares
//! by class, state of the economy and cell of the distribution. Devices look up integers; how a table comes about is not
//! theirs to know.
//!
//! A default of class c, in a period whose state is in row r, whose own word falls into cell k, loses
//! round31(round31(base, factor), table\[c\]\[r\]\[k\]).

use super::digest::Hasher;
use super::horizon::{MATURED, WHOLE};
use crate::model::severity::ROWS;

/// Rows of a table whose shares depend on the economy.
pub const STATE_ROWS: usize = ROWS;

/// Cells of a table whose shares are random: each has the same probability.
pub const SEVERITY_CELLS: usize = 256;

/// What chooses the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The index of the segment in the period of the default.
    Index,
    /// Φ's argument of the pool in the period of the default: under M30 x of "by the end of it", under M44 x of its hazard.
    Argument,
}

/// See the module.
#[derive(Debug, Clone, PartialEq)]
pub struct Severity {
    /// Class of each profile and period, parallel to [`HorizonSpec::factors`](super::HorizonSpec::factors); idle where a loan
    /// has matured.
    pub classes: Vec<u16>,
    /// Rows by the state of the economy: 1 or [`STATE_ROWS`]; row r stands for the value r/16 − 8.
    pub rows: usize,
    /// Cells of equal probability: 1 or [`SEVERITY_CELLS`].
    pub cells: usize,
    /// Share lost, Q1.31 up to [`WHOLE`]: class-major, then by row, then by cell.
    pub table: Vec<u32>,
    /// What chooses the row; idle with one row.
    pub state: State,
}

/// Where a default finds its share: row and cell of its class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lookup {
    /// Row, below [`Severity::rows`].
    pub row: u8,
    /// Cell, below [`Severity::cells`].
    pub cell: u8,
}

/// The row of a state in Q7.24: the nearest of 256 values from −8 in steps of 1/16.
#[inline(always)]
pub const fn state_row(value: i32) -> u8 {
    const END: i32 = 8 << 24;
    // Inside ± 8 first, so that the sum cannot leave 32 bits.
    let inside = if value > END {
        END
    } else if value < -END {
        -END
    } else {
        value
    };
    let row = (inside + END + (1 << 19)) >> 20;
    if row > 255 { 255 } else { row as u8 }
}

impl Severity {
    /// Whether its row depends on the economy.
    pub fn is_by_state(&self) -> bool {
        self.rows > 1
    }

    /// Whether it is drawn, one word for each default.
    pub fn is_drawn(&self) -> bool {
        self.cells > 1
    }

    /// Number of classes.
    pub fn n_classes(&self) -> usize {
        self.table.len() / (self.rows * self.cells).max(1)
    }

    /// Share lost by a default of the class at `place` of [`Severity::classes`], Q1.31.
    pub fn share(&self, place: usize, at: Lookup) -> u32 {
        let row = usize::from(self.classes[place]) * self.rows + usize::from(at.row);
        self.table[row * self.cells + usize::from(at.cell)]
    }

    /// Mean share of each class and row, class-major, 0 to 1.
    pub fn means(&self) -> Vec<f64> {
        row_means(&self.table, self.cells)
    }

    /// What does not fit profiles of these `factors`, if anything.
    pub(super) fn fault(&self, factors: &[u32]) -> Option<&'static str> {
        let of_class = self.rows * self.cells;
        if ![1, STATE_ROWS].contains(&self.rows) || ![1, SEVERITY_CELLS].contains(&self.cells) {
            return Some("a table of severities has neither one row or cell, nor 256");
        }
        if !self.table.len().is_multiple_of(of_class) || self.classes.len() != factors.len() {
            return Some("the severities do not fit the profiles");
        }
        if self.table.iter().any(|&share| share > WHOLE) {
            return Some("a severity is above 1");
        }
        let n_classes = self.n_classes();
        let has_class = |(&class, &factor): (&u16, &u32)| factor == MATURED || usize::from(class) < n_classes;
        (!self.classes.iter().zip(factors).all(has_class)).then_some("a profile has a severity that is in no table")
    }

    /// The same, with class 0 wherever a loan has matured: what is idle must not differ.
    pub(super) fn settled(mut self, factors: &[u32]) -> Self {
        let idle = self.classes.iter_mut().zip(factors).filter(|&(_, &factor)| factor == MATURED);
        idle.for_each(|(class, _)| *class = 0);
        self
    }

    /// Hashes what decides a loss.
    pub(super) fn add_to(&self, hash: &mut Hasher) {
        hash.u32s(&[self.rows as u32, self.cells as u32]);
        if self.is_by_state() {
            hash.u32s(&[self.state as u32]);
        }
        self.classes.iter().for_each(|&class| _ = hash.u32s(&[class.into()]));
        hash.u64(self.table.len() as u64).u32s(&self.table);
    }
}

/// The mean share of each row of `cells` shares in Q1.31, 0 to 1.
pub fn row_means(shares: &[u32], cells: usize) -> Vec<f64> {
    let mean = |row: &[u32]| {
        let sum: u64 = row.iter().copied().map(u64::from).sum();
        sum as f64 / (row.len() as f64 * f64::from(WHOLE))
    };
    shares.chunks(cells.max(1)).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_in_the_row_nearest_to_it() {
        let row = |value: f64| state_row((value * f64::from(1 << 24)) as i32);
        assert_eq!(
            [-9.0, -8.0, -7.97, -7.968, 0.0, 0.031, 0.032, 7.93, 7.97, 8.5].map(row),
            [0, 0, 0, 1, 128, 128, 129, 255, 255, 255]
        );
        assert_eq!([i32::MIN, i32::MAX].map(state_row), [0, 255]);
        for step in -4_321..4_321 {
            let value = f64::from(step) * 1.83e-3;
            assert!((f64::from(row(value)) / 16.0 - 8.0 - value).abs() <= 1.0 / 32.0 + 1e-7, "{value}");
        }
    }

    #[test]
    fn a_share_is_found_by_class_row_and_cell() {
        let table: Vec<u32> = (0..2 * 256 * 256).collect();
        let severity = Severity { classes: vec![1, 0, 7], rows: 256, cells: 256, table, state: State::Index };
        assert_eq!(severity.share(0, Lookup { row: 3, cell: 5 }), 65_536 + 3 * 256 + 5);
        assert_eq!(severity.share(1, Lookup { row: 255, cell: 1 }), 255 * 256 + 1);
        assert_eq!(severity.fault(&[0, 0, MATURED]), None);
        assert!(severity.fault(&[0, 0, 0]).is_some());
        assert_eq!(severity.clone().settled(&[0, 0, MATURED]).classes, [1, 0, 0]);
        assert!(Severity { rows: 2, ..severity.clone() }.fault(&[0, 0, MATURED]).is_some());
        assert!(Severity { table: vec![WHOLE + 1; 65_536], ..severity.clone() }.fault(&[MATURED; 3]).is_some());
        let means = Severity { table: vec![WHOLE, 0, WHOLE, WHOLE], rows: 1, cells: 2, ..severity }.means();
        assert_eq!(means, [0.5, 1.0]);
    }
}
