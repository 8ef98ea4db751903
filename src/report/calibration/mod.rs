//! What `mc-gpu calibrate` reports: JSON, a table, a chart, and the fragment that a model includes.

mod drawn;
mod fragment;
mod result;
mod table;
#[cfg(test)]
mod tests;

pub use drawn::calibration_chart;
pub use fragment::index_fragment;
pub use result::{CALIBRATION_SCHEMA, CalibrationResult, CalibrationSource};
pub use table::render_calibration;
