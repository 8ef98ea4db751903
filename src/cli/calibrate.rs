//! `mc-gpu calibrate`: a history in, an index out: fragment, chart, and what is to be thought of them.

use super::args::Format;
use super::calibrate_args::{CalibrateArgs, CriterionArg, UnitArg};
use super::{calibrate_flags, existing, number};
use crate::calibration::{Criterion, Making, RateUnit, RegimeMeans, Request, calibrate};
use crate::config::read_series;
use crate::error::{Error, Result};
use crate::portfolio::draft;
use crate::report::{
    CalibrationResult, CalibrationSource, calibration_chart, chart, index_fragment, render_calibration,
    write_atomically,
};
use crate::units::{Date, Digest};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

/// Fits, prints and writes.
pub fn run(args: &CalibrateArgs) -> anyhow::Result<ExitCode> {
    let drivers = calibrate_flags::wanted(&args.drivers, args.signs.as_deref())?;
    let making = Making {
        transforms: calibrate_flags::transforms(&args.transforms)?,
        spans: calibrate_flags::spans(&args.spans)?,
        lags: calibrate_flags::lags(&args.lags)?,
    };
    let most_drivers = match number::positive("--most-drivers", &args.most_drivers)? {
        n @ 1..=5 => n as usize,
        n => return Err(Error::setting("--most-drivers", n, "1 to 5").into()),
    };
    let holdout = args.holdout.as_deref().map(|text| number::whole("--holdout", text)).transpose()?;
    let holdout = holdout.map(|quarters| usize::try_from(quarters).unwrap_or(usize::MAX));
    let regimes = match number::whole("--regimes", &args.regimes)? {
        1 if args.regime_means => {
            return Err(Error::setting("--regime-means", "one regime", "--regimes 2 besides").into());
        }
        1 => None,
        2 if args.regime_means => Some(RegimeMeans::Free),
        2 => Some(RegimeMeans::Equal),
        n => return Err(Error::setting("--regimes", n, "1 or 2").into()),
    };
    let drawing = args.chart.clone().or_else(|| args.out.as_ref().map(|out| out.with_extension("svg")));
    refuse_clash(args, drawing.as_deref())?;
    for file in [args.out.as_deref(), drawing.as_deref()].into_iter().flatten() {
        refuse_unwritable(file)?;
    }
    let (unit, criterion) = (
        match args.unit {
            UnitArg::Share => RateUnit::Share,
            UnitArg::Percent => RateUnit::Percent,
        },
        match args.criterion {
            CriterionArg::Bic => Criterion::Bic,
            CriterionArg::Aicc => Criterion::Aicc,
        },
    );
    let series = read_series(&args.history)?;
    let bytes = std::fs::read(&args.history).map_err(|cause| Error::file(&args.history, "read", cause))?;
    let request = Request {
        series: &series,
        default_rate: (&args.default_rate, unit),
        count: args.count.as_deref(),
        drivers,
        making,
        most_drivers,
        criterion,
        holdout,
        regimes,
    };
    let calibration = calibrate(&request)?;
    let source = CalibrationSource {
        file: args.history.display().to_string(),
        sha256: Digest::of(&bytes).to_string(),
        default_rate: args.default_rate.trim().to_owned(),
        count: args.count.as_ref().map(|count| count.trim().to_owned()),
        fitted_on: today().to_string(),
    };
    let result = CalibrationResult::new(&calibration, source, [series.calendar.frequency().name(), criterion.name()]);
    let fit = calibration_chart(&calibration, format!("Default rate '{}' and its fit", args.default_rate.trim()));
    match args.output.format {
        Format::Json => super::print_json(&result)?,
        Format::Table => super::print(&render_calibration(&result, &fit))?,
    }
    let mut written = Vec::new();
    if let Some(out) = &args.out {
        write_atomically(out, index_fragment(&result).as_bytes())?;
        written.push(out.display().to_string());
    }
    if let Some(drawing) = &drawing {
        write_atomically(drawing, chart::svg(&fit).as_bytes())?;
        written.push(drawing.display().to_string());
    }
    if !args.output.quiet && !written.is_empty() {
        eprintln!("mc-gpu: written to {}", written.join(" and "));
    }
    Ok(ExitCode::SUCCESS)
}

/// Refuses to write over what is read, two files into one, or what is there already.
fn refuse_clash(args: &CalibrateArgs, drawing: Option<&Path>) -> Result<()> {
    let files: Vec<(&str, &Path)> = [("--out", args.out.as_deref()), ("--chart", drawing)]
        .into_iter()
        .filter_map(|(flag, file)| Some((flag, file?)))
        .collect();
    let is_same =
        |one: &Path, other: &Path| one == other || real(one).zip(real(other)).is_some_and(|(one, other)| one == other);
    for (flag, file) in &files {
        if is_same(file, &args.history) {
            let found = format!("'{}', which is the history", file.display());
            return Err(Error::setting(*flag, found, "another path"));
        }
        if !args.force {
            existing::refuse(file)?;
        }
    }
    match files.as_slice() {
        [(_, out), (_, drawing)] if is_same(out, drawing) => Err(Error::setting(
            "--chart",
            format!("'{}', which is --out", drawing.display()),
            "another path, such as fit.svg",
        )),
        _ => Ok(()),
    }
}

/// Refuses a place where no file can be written, before one of two is.
fn refuse_unwritable(file: &Path) -> Result<()> {
    if file.is_dir() {
        return Err(Error::file(file, "write", std::io::ErrorKind::IsADirectory.into()));
    }
    draft::create(file).map(drop)
}

fn real(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok()
}

fn today() -> Date {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from(seconds / 86_400).ok().and_then(Date::from_days).unwrap_or(Date::EXAMPLE)
}
