//! The fragment of a model file that a calibration writes: the keys of `[index]`, and in comments what they rest on.

use super::result::CalibrationResult;
use std::fmt::Write;

/// Largest R² that is written: with more, nothing random would be left of the index.
const LARGEST: f64 = 0.99;

/// The fragment, TOML.
pub fn index_fragment(result: &CalibrationResult) -> String {
    let mut out = String::new();
    // Writing into a String cannot fail.
    let _ = write(&mut out, result);
    out
}

/// What the low end of R² is, and that it is no confidence bound (M56).
pub(super) fn low_r_squared(low: f64) -> String {
    format!("down to {low:.3} if periods were independent and coefficients exact; the truth may be lower")
}

fn write(out: &mut String, result: &CalibrationResult) -> std::fmt::Result {
    let (source, sample, index) = (&result.source, &result.sample, &result.index);
    let mut say = |text: String| writeln!(out, "# {}", on_one_line(&text));
    say(format!("Credit index, fitted by mc-gpu {} on {}.", result.version, source.fitted_on))?;
    say(format!("History: {} (SHA-256 {})", source.file, source.sha256))?;
    let obligors =
        source.count.as_ref().map_or("no numbers of obligors".to_owned(), |count| format!("obligors '{count}'"));
    say(format!(
        "Default rate '{}', {obligors}; {} periods ({}), {} to {}.",
        source.default_rate, sample.periods, sample.frequency, sample.first, sample.last
    ))?;
    say(format!(
        "Standard errors: Newey-West with {} lags; {:.2} of them on either side make a 95 % interval.",
        result.errors.newey_west_lags, result.errors.critical
    ))?;
    match index.asset_correlation {
        Some(rho) => say(format!(
            "Implied asset correlation of a year, with the persistence below, for [segments.NAME]: asset_correlation = {rho:.4} \
             ({:.4} of one period's rates)",
            index.period_correlation
        ))?,
        None => say("No asset correlation of a year has this index".to_owned())?,
    }
    for warning in &result.warnings {
        say(format!("WARNING: {warning}"))?;
    }
    writeln!(out, "\n[index]")?;
    let fitted = if index.r_squared > LARGEST { format!("{:.4} was fitted; ", index.r_squared) } else { String::new() };
    let least = index.r_squared_low.map_or("no lower end".to_owned(), low_r_squared);
    writeln!(out, "r_squared = {}  # {fitted}{least}", number(index.r_squared.min(LARGEST)))?;
    let residual = result.residual.as_ref().map_or(String::new(), |residual| {
        let error =
            residual.autocorrelation_error.map_or(String::new(), |error| format!(", standard error {error:.2}"));
        format!("  # lag of one year; at one period {:.3}{error}", residual.autocorrelation)
    });
    writeln!(out, "persistence = {}{residual}", number(index.persistence))?;
    for driver in &result.drivers {
        writeln!(out, "\n[[index.drivers]]")?;
        writeln!(out, "column = {}", quoted(&driver.column))?;
        writeln!(out, "transform = \"{}\"", driver.transform)?;
        writeln!(out, "span = {}", driver.span)?;
        writeln!(out, "lag = {}", driver.lag)?;
        writeln!(out, "mean = {}", number(driver.mean))?;
        writeln!(out, "standard_deviation = {}", number(driver.standard_deviation))?;
        writeln!(
            out,
            "coefficient = {}  # standard error {:.4}, z {:.2}",
            number(driver.coefficient),
            driver.standard_error,
            driver.z
        )?;
    }
    if let Some(regimes) = &result.regimes {
        let pair = |[calm, turbulent]: [f64; 2]| format!("[{}, {}]", number(calm), number(turbulent));
        let error = |place: usize| match regimes.leave_errors {
            Some(errors) => format!("  # standard error {:.3}", errors.get(place).copied().unwrap_or(f64::NAN)),
            None => "  # no standard error: the likelihood is not regular here".to_owned(),
        };
        writeln!(out, "\n[index.regimes]")?;
        writeln!(out, "leave_calm = {}{}", number(regimes.leave_calm), error(0))?;
        writeln!(out, "leave_turbulent = {}{}", number(regimes.leave_turbulent), error(1))?;
        writeln!(out, "volatility = {}", pair(regimes.volatility))?;
        writeln!(out, "mean = {}", pair(regimes.mean))?;
    }
    Ok(())
}

/// A number as TOML reads it back: the shortest text of the same bits, with a point.
fn number(value: f64) -> String {
    toml::Value::Float(value + 0.0).to_string()
}

/// `text` as a TOML basic string on one line.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for sign in text.chars() {
        match sign {
            '"' | '\\' => quoted.extend(['\\', sign]),
            sign if sign.is_control() => quoted.push_str(&format!("\\U{:08X}", u32::from(sign))),
            sign => quoted.push(sign),
        }
    }
    quoted.push('"');
    quoted
}

/// `text` without anything that would end a comment.
fn on_one_line(text: &str) -> String {
    text.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect()
}
