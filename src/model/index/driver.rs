//! A driver of the index: a column of a series, transformed, lagged, standardised and weighed (M48).

use super::{Series, Transformation};
use crate::error::Result;

/// One term of the macro part: coefficient × (x̃_(t−lag) − mean) / standard deviation.
#[derive(Debug, Clone, PartialEq)]
pub struct Driver {
    /// Name of the column, trimmed; capitals do not count.
    pub column: String,
    /// What is made of its values.
    pub transformation: Transformation,
    /// Periods that pass before it moves the index.
    pub lag: u16,
    /// Long-run mean of the transformed driver, in its unit.
    pub mean: f64,
    /// Standard deviation of the transformed driver, in its unit, above 0.
    pub standard_deviation: f64,
    /// Standard deviations of the index per standard deviation of the driver; positive where more is better.
    pub coefficient: f64,
}

impl Driver {
    /// The transformed driver by row of `series`, without lag; None where a cell it needs is blank or before the first row.
    ///
    /// # Errors
    /// [`crate::error::Error::Model`] when `series` has no such column, or when growth meets a number that is not above 0.
    pub fn transformed(&self, series: &Series) -> Result<Vec<Option<f64>>> {
        series.transformed(&self.column, self.transformation)
    }

    /// What a value of the transformed driver adds to the index.
    pub fn part(&self, transformed: f64) -> f64 {
        self.coefficient * ((transformed - self.mean) / self.standard_deviation)
    }

    /// Periods before one that its part hangs on: lag and span.
    pub fn reach(&self) -> usize {
        usize::from(self.lag) + self.transformation.reach()
    }
}
