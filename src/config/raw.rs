//! A model as it was written: types are checked, meaning is not (that is `resolve`). Every key is optional, and each
//! value remembers its place.

use super::entries::Entries;
use super::place::Written;
use super::raw_economy::{RawIndex, RawScenarios};
use std::path::PathBuf;

/// All sections of a model file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawModel {
    /// Folder that relative paths start from.
    pub folder: PathBuf,
    /// `[simulation]`.
    pub simulation: RawSimulation,
    /// `[copula]`.
    pub copula: RawCopula,
    /// `[factors]`.
    pub factors: RawFactors,
    /// `[segments.*]` in written order, at least one; None when there is no such section.
    pub segments: Option<Vec<RawSegment>>,
    /// `[ratings]`: names and PDs in written order.
    pub ratings: Vec<(String, Written<f64>)>,
    /// `[columns]`: fields and where they come from, in written order.
    pub columns: Vec<(String, Written<RawSource>)>,
    /// `[input]`.
    pub input: RawInput,
    /// The sections of expected credit loss, by dotted key.
    pub ecl: Entries,
    /// `[[overlays]]` in written order, placed at their first lines, by dotted key (`overlays.cap`).
    pub overlays: Vec<Written<Entries>>,
    /// `[index]`.
    pub index: Option<RawIndex>,
    /// `[scenarios]`.
    pub scenarios: Option<RawScenarios>,
}

/// `[simulation]`. Numbers are decimal digits, so that flags and files are read by the same code and levels stay exact.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawSimulation {
    /// Whole number.
    pub scenarios: Option<Written<String>>,
    /// Whole number, decimal or 0x….
    pub seed: Option<Written<String>>,
    /// Decimals or percentages.
    pub levels: Option<Written<Vec<Written<String>>>>,
    /// Name of a kernel.
    pub kernel: Option<Written<String>>,
    /// What the loans of one borrower are to each other.
    pub obligors: Option<Written<String>>,
    /// Number.
    pub band_width: Option<Written<String>>,
    /// `auto` or a number.
    pub unit: Option<Written<String>>,
}

/// `[copula]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawCopula {
    /// Name of a copula.
    pub kind: Option<Written<String>>,
    /// Number.
    pub degrees_of_freedom: Option<Written<f64>>,
}

/// `[factors]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawFactors {
    /// Names.
    pub names: Option<Written<Vec<String>>>,
    /// Rows of finite numbers, of any lengths.
    pub correlation: Option<Written<Vec<Vec<f64>>>>,
    /// Path.
    pub correlation_file: Option<Written<String>>,
    /// Lag-one-year autocorrelation.
    pub persistence: Option<Written<RawPersistence>>,
}

/// Persistence as written.
#[derive(Debug, Clone, PartialEq)]
pub enum RawPersistence {
    /// One number for all factors.
    All(f64),
    /// Factors and finite numbers, at least one.
    Each(Vec<RawLoading>),
}

/// One `[segments.*]`.
#[derive(Debug, Clone, PartialEq)]
pub struct RawSegment {
    /// Name, placed at the segment's first mention.
    pub name: Written<String>,
    /// rho.
    pub asset_correlation: Option<Written<RawCorrelation>>,
    /// Factors and finite numbers, at least one.
    pub loadings: Option<Written<Vec<RawLoading>>>,
    /// Number.
    pub lgd: Option<Written<f64>>,
    /// What it has in place of `[exposure]` and `[collateral]`, by those keys; `exposure.lgd_by_period` besides.
    pub ecl: Entries,
}

/// A factor's name with its loading.
pub type RawLoading = (String, Written<f64>);

/// rho as written.
#[derive(Debug, Clone, PartialEq)]
pub enum RawCorrelation {
    /// A number.
    Number(f64),
    /// `{ basel = "…" }`.
    Basel(String),
}

/// Where a field of the tape comes from, as written.
#[derive(Debug, Clone, PartialEq)]
pub enum RawSource {
    /// A name, or `{ column = "…", unit = "…" }`.
    Column {
        /// The column's name.
        name: String,
        /// The unit's name.
        unit: Option<Written<String>>,
        /// What dates are read by.
        format: Option<Written<String>>,
        /// Cells and what they stand for, in written order.
        values: Option<Box<Written<RawValues>>>,
    },
    /// A list of names.
    Columns(Vec<String>),
    /// `{ constant = 0.45 }`.
    Number(f64),
    /// `{ constant = "BB" }`.
    Text(String),
}

/// Cells and what they stand for, in written order.
pub type RawValues = Vec<(String, RawValue)>;

/// What a cell stands for, as written.
#[derive(Debug, Clone, PartialEq)]
pub enum RawValue {
    /// A finite number.
    Number(f64),
    /// A text.
    Text(String),
}

/// `[input]`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawInput {
    /// One character, or `tab`.
    pub delimiter: Option<Written<String>>,
    /// Decimal sign.
    pub decimal: Option<Written<String>>,
    /// Label of an encoding.
    pub encoding: Option<Written<String>>,
}
