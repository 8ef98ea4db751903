//! `mc-gpu validate`: closed forms and published figures, replayed on this very device.

use super::args::{Format, ValidateArgs};
use super::{number, progress};
use crate::engine::select_device;
use crate::validate::{Check, Report, validate};
use std::process::ExitCode;

/// Runs every check; exit status 3 when one fails.
pub fn run(args: &ValidateArgs) -> anyhow::Result<ExitCode> {
    let threads = number::threads(args.device.threads.as_deref())?;
    let seed = number::whole("--seed", &args.seed)?;
    let mut device = select_device(&args.device.device, threads)?;
    let talkative = progress::is_talkative(&args.output);
    let report = validate(device.as_mut(), seed, &|step| {
        if talkative {
            eprintln!("mc-gpu: {step}");
        }
    })?;
    match args.output.format {
        Format::Json => super::print_json(&report)?,
        Format::Table => super::print(&table(&report))?,
    }
    Ok(if report.passed { ExitCode::SUCCESS } else { ExitCode::from(super::CHECK_FAILED) })
}

fn table(report: &Report) -> String {
    let width = report.checks.iter().map(|check| check.name.chars().count()).max().unwrap_or(0);
    let mut text =
        format!("{:<4} {:<width$} {:>16} {:>16} {:>11} {:>7}\n", "case", "", "expected", "got", "std. error", "z");
    for check in &report.checks {
        text += &line(check, width);
    }
    let failed = report.checks.iter().filter(|check| !check.passed).count();
    let n = report.checks.len();
    let verdict = if failed == 0 { format!("all {n} checks passed") } else { format!("{failed} of {n} checks FAILED") };
    for note in &report.notes {
        text += &format!("FAILED: this says nothing about the device, because {note}\n");
    }
    text + &format!(
        "{verdict} on {} with seed {}; chance that a correct engine fails any of them: {:.0e}\n",
        report.device.name, report.seed, report.false_positive_rate
    )
}

fn line(check: &Check, width: usize) -> String {
    let show = |value: Option<f64>, digits: usize| value.map_or("–".to_owned(), |value| format!("{value:.digits$}"));
    let mark = if check.passed { "" } else { "  FAILED" };
    format!(
        "{:<4} {:<width$} {:>16} {:>16} {:>11} {:>7}{mark}\n",
        check.case,
        check.name,
        significant(check.expected),
        significant(check.got),
        check.standard_error.map_or("–".to_owned(), significant),
        show(check.z, 2),
    )
}

/// About seven digits.
fn significant(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        a if a >= 1e6 => crate::report::grouped(value, 0),
        a if a >= 100.0 => format!("{value:.4}"),
        a if a >= 1e-3 => format!("{value:.8}"),
        _ => format!("{value:.4e}"),
    }
}
