//! The macro part of a segment's index (M48): what the drivers of a path make of it, period by period of the run.
//!
//! ```text
//! m_t = Σ_d β_d (x̃_(d,t−lag_d) − mean_d) / sd_d,   Y_t = m_t + √(1 − R²) × residual
//! ```

use super::joined::Joined;
use super::{Driver, Series, Window};
use crate::error::{Error, Result};

/// What moves the index of a segment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MacroIndex {
    /// Its drivers; without any the macro part is 0.
    pub drivers: Vec<Driver>,
    /// R², share of the index's variance that drivers explain, 0 to below 1.
    pub r_squared: f64,
}

impl MacroIndex {
    /// √(1 − R²), what is left to the residual.
    pub fn scale(&self) -> f64 {
        (1.0 - self.r_squared).sqrt()
    }

    /// The macro part in each period of the run under the `path` of drivers; lags and spans reach back into rows of the path
    /// before the run, and into `history`.
    ///
    /// # Errors
    /// [`Error::Model`] for whatever [`Window::first_row`] and the history refuse, and for a column or a cell that is needed and
    /// lacking.
    pub fn part(&self, history: Option<&Series>, path: &Series, window: &Window) -> Result<Vec<f64>> {
        let first = window.first_row(path)?;
        let joined = Joined::new(history, path)?;
        let frequency = path.calendar.frequency();
        let mut sum = vec![0.0; window.reach(frequency)];
        for driver in &self.drivers {
            let values = joined.from(driver, first)?;
            let last = values.last().copied().unwrap_or(driver.mean);
            for (period, sum) in sum.iter_mut().enumerate() {
                *sum += match values.get(period) {
                    Some(value) => driver.part(*value),
                    None => driver.part(last) * window.reversion.left(period + 1 - values.len()),
                };
            }
        }
        Ok(window.on_grid(&sum, frequency))
    }
}

/// The index of `segment` as a `path` gives it directly, in each period of the run: its column, or the one called `index`;
/// after the last row back to 0.
///
/// # Errors
/// [`Error::Model`] for whatever [`Window::first_row`] refuses, without such a column, and for a blank cell.
pub fn given_index(path: &Series, segment: &str, window: &Window) -> Result<Vec<f64>> {
    let first = window.first_row(path)?;
    let column = match path.has(segment) {
        true => segment,
        false if path.has(COLUMN) => COLUMN,
        false => {
            let found = format!("neither a column '{segment}' nor one '{COLUMN}'");
            let remedy = format!("name a column after the segment, or one '{COLUMN}' for all segments");
            return Err(Error::Model { place: path.name.clone(), found, remedy });
        }
    };
    let values = path.needed(column)?;
    let value = |row: usize| {
        let blank = || Error::Model {
            place: path.name.clone(),
            found: format!("a blank cell in column '{column}' for {}", path.label(row)),
            remedy: "give the index of every period, 0 where it is as usual".to_owned(),
        };
        values.get(row).copied().flatten().ok_or_else(blank)
    };
    let mut index = (first..values.len()).map(value).collect::<Result<Vec<f64>>>()?;
    let (given, last) = (index.len(), index.last().copied().unwrap_or(0.0));
    let frequency = path.calendar.frequency();
    index.extend((given..window.reach(frequency)).map(|period| last * window.reversion.left(period + 1 - given)));
    Ok(window.on_grid(&index, frequency))
}

/// The column of an index that all segments share.
const COLUMN: &str = "index";

#[cfg(test)]
#[path = "macro_part_tests.rs"]
mod tests;
