//! `mc-gpu check`: a dry run. How columns are read, what would be rejected, pools, memory and time expected.

use super::args::{CheckArgs, Format, OnErrorArg};
use super::prepare::Rules;
use super::threads::on_threads;
use super::{interrupt, number, prepare};
use crate::engine::{
    Control, Device, Horizon, Job, Keep, Kernel, Ledger, Plan, ledger_bytes, play, select_device, what_to_keep,
};
use crate::error::{Error, Result};
use crate::portfolio::{DetailSummary, Field, How, InputFile, OnError, Rejected, Served};
use crate::report::{PortfolioReport, counted, decimals_for, grouped};
use crate::units::Date;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const SCHEMA: &str = "mc-gpu/check/1";

/// Playing is tried for about this long to say how long the whole run takes.
const TRIAL: Duration = Duration::from_millis(300);

#[derive(serde::Serialize)]
struct Checked {
    schema: &'static str,
    files: Vec<CheckedFile>,
    portfolio: PortfolioReport,
    rejected: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<CheckedDetails>,
    blocks: u64,
    granular_blocks: u64,
    expected: Expected,
    notes: Vec<String>,
    assumed: Vec<String>,
    good: bool,
}

#[derive(serde::Serialize)]
struct CheckedFile {
    path: String,
    rows: u64,
    columns: Vec<Mapping>,
}

#[derive(serde::Serialize)]
struct Mapping {
    field: String,
    from: String,
    unit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<String>,
    how: &'static str,
}

/// What a tape says beyond what a run of one period reads.
#[derive(serde::Serialize)]
struct CheckedDetails {
    reporting_date: String,
    columns: Vec<CheckedDetail>,
}

#[derive(serde::Serialize)]
struct CheckedDetail {
    name: &'static str,
    loans: u64,
    least: Option<f64>,
    most: Option<f64>,
}

/// What a run would take, from a short trial.
#[derive(serde::Serialize)]
struct Expected {
    scenarios: u64,
    read_seconds: f64,
    play_seconds: f64,
    memory_bytes: u64,
    device: String,
}

/// Checks and prints; exit status 1 when rows would stop a run.
pub fn run(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let threads = number::threads(args.device.threads.as_deref())?;
    let mut device = select_device(&args.device.device, threads)?;
    let stop = interrupt::stop_flag()?;
    let reporting_date = args.reporting_date.as_deref().map(number::date).transpose()?;
    let rules = Rules { on_error: OnError::Inspect, reporting_date };
    let prepared = on_threads(threads, || prepare::prepare_with(&args.input, &args.output, rules, &stop))??;
    let job = prepared.job()?;
    let per_scenario = trial(&job, device.as_mut(), &stop)?;
    let granular = prepared.plan.blocks().iter().filter(|block| block.kernel == Kernel::Granular).count();
    let skips = args.input.on_error == OnErrorArg::Skip && prepared.portfolio.loans > 0;
    let good = prepared.rejected.rows == 0 || skips;
    let reading = reading_bytes(&prepared.files, on_threads(threads, rayon::current_num_threads)?);
    let checked = Checked {
        schema: SCHEMA,
        files: prepared.files.iter().map(describe).collect(),
        rejected: prepared.rejected.issues.iter().map(ToString::to_string).collect(),
        details: reporting_date.map(|date| describe_details(date, &prepared.details)),
        blocks: prepared.plan.blocks().len() as u64,
        granular_blocks: granular as u64,
        expected: Expected {
            scenarios: prepared.scenarios,
            read_seconds: prepared.read_seconds,
            play_seconds: per_scenario * prepared.scenarios as f64,
            memory_bytes: memory_bytes(&prepared.plan, prepared.portfolio.obligors, reading, prepared.scenarios),
            device: device.info().name,
        },
        portfolio: prepared.portfolio,
        notes: prepared.notes,
        assumed: prepared.assumed,
        good,
    };
    match args.output.format {
        Format::Json => super::print_json(&checked)?,
        Format::Table => super::print(&table(&checked, &prepared.rejected))?,
    }
    Ok(ExitCode::from(u8::from(!good)))
}

/// Seconds per scenario.
fn trial(job: &Job<'_>, device: &mut dyn Device, stop: &AtomicBool) -> Result<f64> {
    let n_years = job.plan().horizon().map_or(0, Horizon::years);
    let mut scenarios = 64;
    loop {
        let ledger = Mutex::new(Ledger::new(0..scenarios, Keep::Totals).with_years(n_years));
        let control = Control { stop, progress: &|_| {} };
        let started = Instant::now();
        play(job, device, &ledger, &control)?;
        if stop.load(Ordering::SeqCst) {
            return Err(Error::Interrupted);
        }
        let seconds = started.elapsed();
        if seconds >= TRIAL || scenarios >= 1 << 20 {
            return Ok(seconds.as_secs_f64() / scenarios as f64);
        }
        scenarios *= 4;
    }
}

/// Bytes: the tape while it is read, or the plan with its losses, whichever is more.
fn memory_bytes(plan: &Plan, obligors: u64, reading: u64, scenarios: u64) -> u64 {
    let range = 0..scenarios;
    let n_years = plan.horizon().map_or(0, Horizon::years);
    let ledger = ledger_bytes(&range, what_to_keep(&range, plan.n_segments()), n_years);
    let playing = (8 * obligors).saturating_add(ledger);
    reading.max(playing) + (16 << 20)
}

/// Bytes of the tape while it is read: 36 a loan, and where loans name their obligors, these with what is known of each; and
/// what each of `threads` has in hand.
fn reading_bytes(files: &[InputFile], threads: usize) -> u64 {
    let names_obligors = |file: &InputFile| file.fields.iter().any(|served| served.field == Field::ObligorId);
    let a_thread: u64 = if files.iter().any(names_obligors) { 6 << 20 } else { 2 << 20 };
    // Two to eight bytes a loan for each detail.
    let details = |file: &InputFile| file.fields.iter().filter(|served| !served.field.is_always_read()).count();
    let a_loan = |file: &InputFile| if names_obligors(file) { 160 } else { 36 } + 8 * details(file) as u64;
    let tape: u64 = files.iter().map(|file| file.rows * a_loan(file)).sum();
    tape + threads as u64 * a_thread
}

fn describe_details(date: Date, summaries: &[DetailSummary]) -> CheckedDetails {
    let column = |summary: &DetailSummary| {
        let (least, most) = summary.range.unzip();
        CheckedDetail { name: summary.name, loans: summary.loans, least, most }
    };
    CheckedDetails { reporting_date: date.to_string(), columns: summaries.iter().map(column).collect() }
}

fn describe(file: &InputFile) -> CheckedFile {
    let mapping = |served: &Served| Mapping {
        field: served.field.name().to_owned(),
        from: served.from.clone(),
        unit: served.unit.map(|unit| unit.name()),
        format: served.format.as_ref().map(|format| format.pattern().to_owned()),
        how: match served.how {
            How::Name => "its own name",
            How::Alias => "a known alias",
            How::Mapped => "mapped in [columns]",
            How::Constant => "a constant",
        },
    };
    CheckedFile {
        path: file.path.display().to_string(),
        rows: file.rows,
        columns: file.fields.iter().map(mapping).collect(),
    }
}

fn table(checked: &Checked, rejected: &Rejected) -> String {
    let mut text = String::new();
    for file in &checked.files {
        text += &format!("{}  {}\n", file.path, counted(file.rows, "row"));
        let widest = file.columns.iter().map(|column| column.field.len()).max().unwrap_or_default().max(11);
        for Mapping { field, from, unit, format, how } in &file.columns {
            let unit = unit.or(format.as_deref()).map_or(String::new(), |unit| format!(" in {unit}"));
            text += &format!("  {field:<widest$} ← {from}{unit} ({how})\n");
        }
    }
    let portfolio = &checked.portfolio;
    if rejected.rows > 0 {
        let share = |part: f64, rest: f64| if part > 0.0 { part / (part + rest) } else { 0.0 };
        let loans = share(rejected.rows as f64, portfolio.loans as f64);
        let exposure = share(rejected.exposure, portfolio.exposure);
        text += &format!(
            "{} cannot be used ({:.2} % of loans, {:.2} % of exposure",
            counted(rejected.rows, "row"),
            loans * 100.0,
            exposure * 100.0
        );
        if rejected.unreadable > 0 {
            text += &format!("; exposure of {} unreadable", counted(rejected.unreadable, "row"));
        }
        text += "):\n";
        checked.rejected.iter().for_each(|issue| text += &format!("  {issue}\n"));
        let hidden = rejected.rows - checked.rejected.len() as u64;
        if hidden > 0 {
            text += &format!("  … and {hidden} more\n");
        }
    } else {
        text += "every row can be used\n";
    }
    text += &format!(
        "{}, exposure {}, expected loss {}, {} in {} ({} by hits, {} by name)\n",
        counted(portfolio.loans, "loan"),
        grouped(portfolio.exposure, decimals_for(portfolio.exposure)),
        grouped(portfolio.expected_loss, decimals_for(portfolio.expected_loss)),
        counted(portfolio.pools, "pool"),
        counted(checked.blocks, "block"),
        checked.granular_blocks,
        checked.blocks - checked.granular_blocks,
    );
    if let Some(CheckedDetails { reporting_date, columns }) = &checked.details {
        text += &format!("As of {reporting_date}\n");
        for CheckedDetail { name, loans, least, most } in columns {
            let range = least.zip(*most).map_or(String::new(), |(least, most)| format!(", {least} to {most}"));
            text += &format!("  {name:<24} {}{range}\n", counted(*loans, "loan"));
        }
    }
    let expected = &checked.expected;
    text += &format!(
        "{} on {}: about {} to read and {} to play, {} MiB\n",
        counted(expected.scenarios, "scenario"),
        expected.device,
        duration(expected.read_seconds),
        duration(expected.play_seconds),
        grouped((expected.memory_bytes >> 20) as f64, 0),
    );
    for (head, lines) in [("Notes", &checked.notes), ("Assumed", &checked.assumed)] {
        if !lines.is_empty() {
            text += &format!("{head}\n");
            lines.iter().for_each(|line| text += &format!("  · {line}\n"));
        }
    }
    if !checked.good {
        text += "A run would stop at these rows: mend them, or leave them out with --on-error skip\n";
    }
    text
}

fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 1.0 => format!("{:.0} ms", s * 1000.0),
        s if s < 120.0 => format!("{s:.1} s"),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3600.0),
    }
}
