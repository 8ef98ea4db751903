//! Reports: what a run says, to people (table), to scripts (JSON) and to later runs (folder). Only reports are
//! serialisable; L8: a report can be remade.

mod attribution;
mod calibration;
pub mod chart;
mod ecl_manifest;
mod ecl_mixture;
mod ecl_result;
mod ecl_scenario_table;
mod ecl_scenarios;
mod ecl_simulated;
mod ecl_table;
mod folder;
mod index_chart;
mod loan_file;
mod losses;
mod manifest;
mod number;
mod result;
mod table;

pub use attribution::tail_shares;
pub use calibration::{
    CALIBRATION_SCHEMA, CalibrationResult, CalibrationSource, calibration_chart, index_fragment, render_calibration,
};
pub use ecl_manifest::{ECL_MANIFEST_SCHEMA, EclManifest};
pub use ecl_result::{
    CLOSED_FORM_NOTE, ECL_SCHEMA, Ecl, EclPortfolio, EclResult, EclSegment, Estimate, MoveReport, OverlayReport,
    ReasonReport, StageReport, TermReport, WhatIfReport, YearReport,
};
pub use ecl_scenarios::{DifferenceReport, IndexPath, IndexPeriod, NonLinearity, ScenarioReport};
pub use ecl_simulated::{
    EconomyQuantile, EconomyReport, LayoutReport, LossQuantile, SeveritiesReport, Simulated, played_years,
};
pub use ecl_table::render_ecl;
pub use folder::{ECL_FILE, RunFolder, SUMMARY_FILE, SavedRun, write_atomically};
pub use loan_file::{LoanFile, WrittenLoans};
pub use manifest::{InputDigest, MANIFEST_SCHEMA, Manifest};
pub use number::{counted, decimals_for, grouped};
pub use result::{
    FactorPersistence, PathReport, PathRho, PortfolioReport, RESULT_SCHEMA, RunReport, RunResult, Seconds,
    SegmentReport, ShareAtLevel,
};
pub use table::render;
