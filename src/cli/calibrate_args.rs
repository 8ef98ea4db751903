//! Flags of `mc-gpu calibrate`.

use super::args::OutputArgs;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Arguments of `calibrate`.
#[derive(Debug, Clone, Args)]
pub struct CalibrateArgs {
    /// CSV with a row for each period: default rates and drivers
    #[arg(value_name = "HISTORY")]
    pub history: PathBuf,
    /// Column of default rates
    #[arg(long, value_name = "COLUMN")]
    pub default_rate: String,
    /// What default rates are written in
    #[arg(long, value_name = "UNIT", default_value = "share")]
    pub unit: UnitArg,
    /// Column of the number of obligors at the beginning of each period: counts are fitted instead of rates
    #[arg(long, value_name = "COLUMN")]
    pub count: Option<String>,
    /// Columns that may drive the index, such as gdp,uer,hpi
    #[arg(long, value_name = "COLUMNS", required = true)]
    pub drivers: String,
    /// What is made of each column
    #[arg(long, value_name = "LIST", default_value = "level,change,growth")]
    pub transforms: String,
    /// Periods that changes and growth are over
    #[arg(long, value_name = "LIST", default_value = "1,4")]
    pub spans: String,
    /// Periods that pass before a driver moves the index: 0..4 tries 0, 1, 2, 3 and 4
    #[arg(long, value_name = "A..B", default_value = "0..4", allow_hyphen_values = true)]
    pub lags: String,
    /// Sign that a driver must have on the index, on which more is better: gdp=+,uer=-,rate=any [default: the usual sign of well-known names, any of others]
    #[arg(long, value_name = "LIST")]
    pub signs: Option<String>,
    /// Most drivers of a model, 1 to 5
    #[arg(long, value_name = "N", default_value = "3", allow_hyphen_values = true)]
    pub most_drivers: String,
    /// What models are ranked by
    #[arg(long, value_name = "CRITERION", default_value = "bic")]
    pub criterion: CriterionArg,
    /// Periods held out for a check, the last ones; 0 for none [default: 8, or as many as can be spared]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub holdout: Option<String>,
    /// Regimes of the residual: 1, or 2 for a calm and a turbulent one
    #[arg(long, value_name = "N", default_value = "1", allow_hyphen_values = true)]
    pub regimes: String,
    /// Let the mean of the residual move with the regime too
    #[arg(long)]
    pub regime_means: bool,
    /// Fragment to write, TOML: the keys of [index], for `index.from` of a model
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Chart of the fit to write, SVG [default: beside --out]
    #[arg(long, value_name = "FILE")]
    pub chart: Option<PathBuf>,
    /// What is shown.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Replace files that are already there
    #[arg(long, short)]
    pub force: bool,
}

/// What default rates are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UnitArg {
    /// 0.02 is two in a hundred.
    Share,
    /// 2 is two in a hundred.
    Percent,
}

/// What models are ranked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CriterionArg {
    /// Schwarz's: the stricter one with many candidates and few periods.
    Bic,
    /// Akaike's, corrected for few periods.
    Aicc,
}
