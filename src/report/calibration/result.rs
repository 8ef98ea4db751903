//! The result of `mc-gpu calibrate`: one versioned, stable JSON object.

use crate::calibration::{Calibration, FittedDriver, ModelLine, Sign, UnitRoot};
use serde::Serialize;

/// Name and version of the JSON object; keys are only ever added within a version.
pub const CALIBRATION_SCHEMA: &str = "mc-gpu/calibration/1";

/// A fitted index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationResult {
    /// [`CALIBRATION_SCHEMA`].
    pub schema: &'static str,
    /// Version of mc-gpu.
    pub version: &'static str,
    /// What it was fitted to.
    pub source: CalibrationSource,
    /// The periods.
    pub sample: SampleReport,
    /// The index.
    pub index: IndexReport,
    /// Its drivers.
    pub drivers: Vec<DriverReport>,
    /// How errors are made.
    pub errors: ErrorsReport,
    /// What drivers leave; null where rates scatter no more than chance makes them.
    pub residual: Option<ResidualReport>,
    /// Two regimes; null where none were asked for.
    pub regimes: Option<RegimesReport>,
    /// How drivers were chosen.
    pub selection: SelectionReport,
    /// The check on the last periods; null where none were held out.
    pub holdout: Option<HoldoutReport>,
    /// The fit by period.
    pub periods: Vec<PeriodReport>,
    /// What should keep a reader from trusting it.
    pub warnings: Vec<String>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalibrationSource {
    /// Path as given.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Column of default rates.
    pub default_rate: String,
    /// Column of numbers of obligors; null without.
    pub count: Option<String>,
    /// Day of the fit, as 2025-12-31.
    pub fitted_on: String,
}

/// The periods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SampleReport {
    /// First of them.
    pub first: String,
    /// Last of them.
    pub last: String,
    /// How many.
    pub periods: usize,
    /// `monthly`, `quarterly` or `yearly`.
    pub frequency: &'static str,
    /// On how many all models were compared.
    pub compared: usize,
}

/// The index as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct IndexReport {
    /// Share of its variance that drivers explain, 0 to 1.
    pub r_squared: f64,
    /// The share with the largest residual that passes a one-sided test at 5 % if periods were independent and coefficients
    /// exact: no confidence bound, the truth may be lower (M56); null where there is no end.
    pub r_squared_low: Option<f64>,
    /// Lag-one-year autocorrelation of the residual as it is written, 0 to 1.
    pub persistence: f64,
    /// One-year asset correlation that the index implies, for `segments.*.asset_correlation`; null where there is none.
    pub asset_correlation: Option<f64>,
    /// Asset correlation of one period's rates by Vasicek's law.
    pub period_correlation: f64,
    /// Default rate per period over the cycle.
    pub long_run_default_rate: f64,
    /// Variance of the systematic part of the rate's probit.
    pub systematic_variance: f64,
    /// The constant on the rate's probit.
    pub constant: f64,
    /// Its robust standard error.
    pub constant_error: f64,
}

/// One driver.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DriverReport {
    /// Column.
    pub column: String,
    /// `level`, `change` or `growth`.
    pub transform: &'static str,
    /// Periods that a change or growth is over.
    pub span: u16,
    /// Periods that pass before it moves the index.
    pub lag: u16,
    /// Mean of the transformed driver.
    pub mean: f64,
    /// Standard deviation of the transformed driver.
    pub standard_deviation: f64,
    /// On the index, per standard deviation; positive where more is better.
    pub coefficient: f64,
    /// Robust standard error of it.
    pub standard_error: f64,
    /// Standard error of it from the observed information.
    pub information_error: f64,
    /// Its 95 % interval.
    pub interval: [f64; 2],
    /// Coefficient over robust standard error.
    pub z: f64,
    /// On the probit of the default rate.
    pub probit_coefficient: f64,
    /// `+` or `-`; null where none was asked for.
    pub expected_sign: Option<&'static str>,
    /// Variance inflation factor.
    pub variance_inflation: f64,
    /// Augmented Dickey–Fuller statistic and 5 % point; null where there is none.
    pub dickey_fuller: Option<[f64; 2]>,
}

/// How errors are made.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ErrorsReport {
    /// Lags taken in.
    pub newey_west_lags: usize,
    /// Standard errors on either side that make a 95 % interval.
    pub critical: f64,
}

/// What drivers leave.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ResidualReport {
    /// Standard deviation on the probit of the rate.
    pub volatility: f64,
    /// Autocorrelation at one period, without the noise of counts.
    pub autocorrelation: f64,
    /// Its standard error.
    pub autocorrelation_error: Option<f64>,
    /// The same at one year.
    pub yearly_autocorrelation: f64,
    /// Autocorrelations at one period and one year, noise included; null where there is none.
    pub plain: [Option<f64>; 2],
    /// Augmented Dickey–Fuller statistic and 5 % point; null where there is none.
    pub dickey_fuller: Option<[f64; 2]>,
}

/// Two regimes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RegimesReport {
    /// Probability of leaving calm, per period.
    pub leave_calm: f64,
    /// Probability of leaving turbulence, per period.
    pub leave_turbulent: f64,
    /// Their standard errors; null where the likelihood is not regular.
    pub leave_errors: Option<[f64; 2]>,
    /// Volatilities, calm and turbulent, on the residual scaled to variance 1.
    pub volatility: [f64; 2],
    /// Standard error of ln(turbulent / calm).
    pub log_ratio_error: Option<f64>,
    /// Means on the index, of the residual scaled to mean 0.
    pub mean: [f64; 2],
    /// Share of periods that are turbulent in the long run.
    pub turbulent_share: f64,
    /// Autocorrelation within regimes at one period.
    pub autocorrelation: f64,
    /// Twice the gain of ln L over one regime; its law is not chi-square.
    pub likelihood_ratio: f64,
    /// BIC less that of one regime; below 0 two are better.
    pub bic_difference: f64,
}

/// How drivers were chosen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SelectionReport {
    /// `bic` or `aicc`.
    pub criterion: &'static str,
    /// Models tried.
    pub tried: u64,
    /// Models with the expected signs.
    pub signed: u64,
    /// The best of them.
    pub best: Vec<ModelReport>,
    /// A better one that was refused for its signs; null where there is none.
    pub refused: Option<ModelReport>,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelReport {
    /// Its drivers.
    pub drivers: Vec<String>,
    /// Its criterion; lower is better.
    pub criterion: f64,
    /// Drivers with a sign that makes no sense.
    pub perverse: Vec<String>,
}

/// The check on the last periods.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HoldoutReport {
    /// How many.
    pub periods: usize,
    /// Root mean squared error of the forecast rate.
    pub rate_error: f64,
    /// The same of the mean rate before.
    pub rate_error_of_mean: f64,
    /// Root mean squared error on the probit.
    pub probit_error: f64,
    /// The same of the mean rate before.
    pub probit_error_of_mean: f64,
    /// Share of rates within the 90 % band.
    pub coverage_of_90_percent: f64,
}

/// One period.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PeriodReport {
    /// Its name.
    pub period: String,
    /// Observed default rate.
    pub rate: f64,
    /// Obligors; null where unknown.
    pub number: Option<f64>,
    /// Expected rate given the drivers.
    pub fitted: f64,
    /// 90 % band of the rate given the drivers.
    pub band: [f64; 2],
    /// Forecast without the held-out periods; null elsewhere.
    pub forecast: Option<f64>,
    /// Macro part of the index.
    pub macro_part: f64,
    /// Probability of turbulence given all periods; null without regimes.
    pub turbulent: Option<f64>,
}

impl CalibrationResult {
    /// The report of `calibration`, fitted to `source` of this `frequency` and ranked by this `criterion`.
    pub fn new(
        calibration: &Calibration,
        source: CalibrationSource,
        [frequency, criterion]: [&'static str; 2],
    ) -> Self {
        let end =
            |quarter: Option<&crate::calibration::Quarter>| quarter.map_or(String::new(), |one| one.label.clone());
        let critical = calibration.errors.critical;
        Self {
            schema: CALIBRATION_SCHEMA,
            version: env!("CARGO_PKG_VERSION"),
            source,
            sample: SampleReport {
                first: end(calibration.quarters.first()),
                last: end(calibration.quarters.last()),
                periods: calibration.quarters.len(),
                frequency,
                compared: calibration.compared,
            },
            index: IndexReport {
                r_squared: calibration.r_squared,
                r_squared_low: calibration.r_squared_low,
                persistence: calibration.yearly,
                asset_correlation: calibration.asset_correlation,
                period_correlation: calibration.period_correlation(),
                long_run_default_rate: calibration.long_run_rate(),
                systematic_variance: calibration.systematic,
                constant: calibration.constant[0],
                constant_error: calibration.constant[1],
            },
            drivers: calibration.drivers.iter().map(|driver| driver_report(driver, critical)).collect(),
            errors: ErrorsReport { newey_west_lags: calibration.errors.lags, critical },
            residual: residual(calibration),
            regimes: regimes(calibration),
            selection: SelectionReport {
                criterion,
                tried: calibration.selection.tried,
                signed: calibration.selection.signed,
                best: calibration.models.iter().map(model).collect(),
                refused: calibration.refused.as_ref().map(model),
            },
            holdout: calibration.holdout.as_ref().map(|holdout| HoldoutReport {
                periods: holdout.quarters,
                rate_error: holdout.rate[0],
                rate_error_of_mean: holdout.rate[1],
                probit_error: holdout.probit[0],
                probit_error_of_mean: holdout.probit[1],
                coverage_of_90_percent: holdout.coverage,
            }),
            periods: calibration.quarters.iter().map(period).collect(),
            warnings: calibration.warnings.clone(),
            notes: calibration.notes.clone(),
        }
    }
}

fn pair(test: Option<UnitRoot>) -> Option<[f64; 2]> {
    test.map(|test| [test.statistic, test.critical])
}

fn driver_report(fitted: &FittedDriver, critical: f64) -> DriverReport {
    let driver = &fitted.driver;
    let [standard_error, information_error] = fitted.standard_errors;
    DriverReport {
        column: driver.column.clone(),
        transform: driver.transformation.transform.name(),
        span: driver.transformation.span,
        lag: driver.lag,
        mean: driver.mean,
        standard_deviation: driver.standard_deviation,
        coefficient: driver.coefficient,
        standard_error,
        information_error,
        interval: [-critical, critical].map(|width| driver.coefficient + width * standard_error),
        z: fitted.z,
        probit_coefficient: fitted.probit,
        expected_sign: fitted.sign.map(|sign| if sign == Sign::Positive { "+" } else { "-" }),
        variance_inflation: fitted.inflation,
        dickey_fuller: pair(fitted.unit_root),
    }
}

fn residual(calibration: &Calibration) -> Option<ResidualReport> {
    calibration.persistence.as_ref().map(|persistence| ResidualReport {
        volatility: calibration.fit.volatility,
        autocorrelation: persistence.autocorrelation,
        autocorrelation_error: persistence.standard_error,
        yearly_autocorrelation: calibration.yearly,
        plain: calibration.plain.map(|value| Some(value).filter(|value| value.is_finite())),
        dickey_fuller: pair(calibration.unit_root),
    })
}

fn regimes(calibration: &Calibration) -> Option<RegimesReport> {
    calibration.regimes.as_ref().map(|regimes| {
        let (volatility, mean) = regimes.on_index();
        RegimesReport {
            leave_calm: regimes.leave[0],
            leave_turbulent: regimes.leave[1],
            leave_errors: regimes.leave_errors,
            volatility,
            log_ratio_error: regimes.ratio_error,
            mean,
            turbulent_share: regimes.share(),
            autocorrelation: regimes.autocorrelation,
            likelihood_ratio: regimes.ratio(),
            bic_difference: regimes.bic_difference(calibration.quarters.len()),
        }
    })
}

fn model(line: &ModelLine) -> ModelReport {
    ModelReport { drivers: line.drivers.clone(), criterion: line.criterion, perverse: line.perverse.clone() }
}

fn period(quarter: &crate::calibration::Quarter) -> PeriodReport {
    PeriodReport {
        period: quarter.label.clone(),
        rate: quarter.rate,
        number: quarter.number,
        fitted: quarter.fitted,
        band: quarter.band,
        forecast: quarter.forecast.map(|(rate, _)| rate),
        macro_part: quarter.macro_part,
        turbulent: quarter.turbulent,
    }
}
