//! A calibration as tables on a terminal, warnings first.

use super::fragment::low_r_squared;
use super::result::{CalibrationResult, ModelReport};
use crate::report::chart::{Chart, text};
use crate::report::number::{counted, grouped, percent};
use crate::report::table::{lists, shown_name, table};
use std::fmt::Write;

/// Columns of the chart.
const WIDTH: usize = 100;

/// The whole result with its `chart`, ready to print.
pub fn render_calibration(result: &CalibrationResult, chart: &Chart) -> String {
    let mut out = String::new();
    // Writing into a String cannot fail.
    let _ = head(&mut out, result);
    let _ = drivers(&mut out, result);
    let _ = residual(&mut out, result);
    let _ = selection(&mut out, result);
    let _ = holdout(&mut out, result);
    let _ = writeln!(out, "{}", text(chart, WIDTH));
    let _ = lists(&mut out, &[("Notes", &result.notes), ("WARNINGS", &result.warnings)]);
    // Names of columns and files must not steer a terminal.
    out.chars().map(|sign| if sign.is_control() && sign != '\n' { ' ' } else { sign }).collect()
}

fn head(out: &mut String, result: &CalibrationResult) -> std::fmt::Result {
    let (source, sample, index) = (&result.source, &result.sample, &result.index);
    let count = source.count.as_ref().map_or(String::new(), |count| format!(" of {}", shown_name(count)));
    writeln!(out, "History    {} · {}{count}", source.file, shown_name(&source.default_rate))?;
    writeln!(
        out,
        "Sample     {} to {} · {} · {}",
        sample.first,
        sample.last,
        counted(sample.periods as u64, "period"),
        sample.frequency
    )?;
    writeln!(
        out,
        "Index      R² {:.3} · persistence {:.3} a year · long-run default rate {} a period",
        index.r_squared,
        index.persistence,
        percent(index.long_run_default_rate, 3),
    )?;
    if let Some(low) = index.r_squared_low {
        writeln!(out, "           R² {}", low_r_squared(low))?;
    }
    let year = index.asset_correlation.map_or("–".to_owned(), |rho| percent(rho, 2));
    let period = percent(index.period_correlation, 2);
    writeln!(out, "           implied asset correlation {year} of a year ({period} of one period's rates)")?;
    if !result.warnings.is_empty() {
        writeln!(out, "           {} below: read them first", counted(result.warnings.len() as u64, "warning"))?;
    }
    writeln!(out)
}

fn drivers(out: &mut String, result: &CalibrationResult) -> std::fmt::Result {
    let rows: Vec<Vec<String>> = result
        .drivers
        .iter()
        .map(|driver| {
            let made = match driver.transform {
                "level" => "level".to_owned(),
                other => format!("{other} over {}", driver.span),
            };
            let [low, high] = driver.interval;
            vec![
                shown_name(&driver.column),
                made,
                driver.lag.to_string(),
                driver.expected_sign.unwrap_or("any").to_owned(),
                grouped(driver.coefficient, 3),
                grouped(driver.standard_error, 3),
                grouped(driver.information_error, 3),
                format!("{} … {}", grouped(low, 3), grouped(high, 3)),
                grouped(driver.z, 2),
                grouped(driver.variance_inflation, 1),
            ]
        })
        .collect();
    if rows.is_empty() {
        return writeln!(out, "No drivers: the index is all residual\n");
    }
    let header = ["Driver", "made", "lag", "sign", "coefficient", "± robust", "± plain", "95 % interval", "z", "VIF"];
    table(out, &header, &rows)?;
    writeln!(
        out,
        "On the index, per standard deviation of the driver; positive is good. Robust: Newey–West, {}; interval ± {:.2} of them\n",
        counted(result.errors.newey_west_lags as u64, "lag"),
        result.errors.critical
    )
}

fn residual(out: &mut String, result: &CalibrationResult) -> std::fmt::Result {
    if let Some(residual) = &result.residual {
        let error = residual.autocorrelation_error.map_or(String::new(), |error| format!(" (± {error:.2})"));
        let show = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.2}"));
        let [period, year] = residual.plain;
        writeln!(
            out,
            "Residual   volatility {:.3} (probit) · autocorrelation {:.2}{error} at one period, {:.2} at one year; with the noise \
             of counts {} and {}",
            residual.volatility,
            residual.autocorrelation,
            residual.yearly_autocorrelation,
            show(period),
            show(year)
        )?;
    }
    if let Some(regimes) = &result.regimes {
        let error = |place: usize| {
            regimes
                .leave_errors
                .and_then(|errors| errors.get(place).copied())
                .map_or(String::new(), |e| format!(" (± {e:.3})"))
        };
        writeln!(
            out,
            "Regimes    calm: volatility {:.2}, mean {:.2}, left with {:.3}{} · turbulent: volatility {:.2}, mean {:.2}, left \
             with {:.3}{} · turbulent {} of the time",
            regimes.volatility[0],
            regimes.mean[0],
            regimes.leave_calm,
            error(0),
            regimes.volatility[1],
            regimes.mean[1],
            regimes.leave_turbulent,
            error(1),
            percent(regimes.turbulent_share, 0)
        )?;
        writeln!(
            out,
            "           2 ln L higher by {:.1} than with one regime (not chi-square: the chain vanishes under one), BIC {} by {:.1}",
            regimes.likelihood_ratio,
            if regimes.bic_difference < 0.0 { "lower" } else { "higher" },
            regimes.bic_difference.abs()
        )?;
    }
    writeln!(out)
}

fn selection(out: &mut String, result: &CalibrationResult) -> std::fmt::Result {
    let selection = &result.selection;
    writeln!(
        out,
        "Tried {}, {} with the expected signs, on the {} that all have",
        counted(selection.tried, "model"),
        grouped(selection.signed as f64, 0),
        counted(result.sample.compared as u64, "period")
    )?;
    let name = |model: &ModelReport| {
        if model.drivers.is_empty() { "no drivers".to_owned() } else { model.drivers.join(" + ") }
    };
    let mut rows: Vec<Vec<String>> =
        selection.best.iter().map(|model| vec![name(model), grouped(model.criterion, 1)]).collect();
    if let Some(refused) = &selection.refused {
        rows.push(vec![format!("REFUSED for its signs: {}", name(refused)), grouped(refused.criterion, 1)]);
    }
    table(out, &["Best", &selection.criterion.to_uppercase()], &rows)?;
    writeln!(out)
}

fn holdout(out: &mut String, result: &CalibrationResult) -> std::fmt::Result {
    let Some(holdout) = &result.holdout else { return Ok(()) };
    writeln!(
        out,
        "Held out   the last {}: error of the rate {} (mean rate before: {}), of its probit {:.3} ({:.3}); {} within the 90 % band\n",
        counted(holdout.periods as u64, "period"),
        percent(holdout.rate_error, 2),
        percent(holdout.rate_error_of_mean, 2),
        holdout.probit_error,
        holdout.probit_error_of_mean,
        percent(holdout.coverage_of_90_percent, 0)
    )
}
