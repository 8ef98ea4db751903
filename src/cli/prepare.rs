//! From flags and files to a plan: read, check, pool, link; what `simulate` and `check` have in common.

use super::args::{InputArgs, OnErrorArg, OutputArgs, SamplingArgs};
use super::lives::{self, Horizon};
use super::{interrupt, number, path, progress};
use crate::config::{self, Overrides, RawModel, Resolved, Segments, TimesChoice};
use crate::engine::{KernelChoice, Plan, pooling_error};
use crate::error::{Error, Result};
use crate::model::Model;
use crate::portfolio::{
    DetailSummary, Details, InputFile, MadeUp, MadeUpColumns, OnError, PdKind, PoolSettings, Pooled, Rejected,
    Rounding, SegmentTotals, Tape, TapeSettings, into_pools, made_up_model, made_up_tape, read_tape, summarise_details,
};
use crate::report::{InputDigest, PathReport, PortfolioReport, SegmentReport, counted};
use crate::units::{Date, Level, Unit};
use indicatif::ProgressBar;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// Loans of the demo.
const DEMO_LOANS: u64 = 10_000;

/// Seed of the demo's loans (not of its scenarios).
const DEMO_SEED: u64 = 1;

/// A note is made when rounding moves more than this share of a segment's expected loss.
const COARSE: f64 = 1e-3;

/// A portfolio and its model, ready to be played.
pub struct Prepared {
    /// Frozen layout.
    pub plan: Plan,
    /// Scenarios of the whole run.
    pub scenarios: u64,
    /// Seed.
    pub seed: u64,
    /// Confidence levels, ascending.
    pub levels: Vec<Level>,
    /// For the result.
    pub portfolio: PortfolioReport,
    /// For the result; shares are still empty.
    pub segments: Vec<SegmentReport>,
    /// Expected loss in closed form by year of the default, currency; empty in a run of one period.
    pub years: Vec<f64>,
    /// How defaults of several periods come about; none in a run of one period.
    pub default_times: Option<TimesChoice>,
    /// The path of the economy along which they do.
    pub path: Option<PathReport>,
    /// The resolved model, as a model file.
    pub model: String,
    /// Files read.
    pub inputs: Vec<InputDigest>,
    /// Whatever was assumed.
    pub assumed: Vec<String>,
    /// What a reader of the result must know of the portfolio.
    pub notes: Vec<String>,
    /// The same files, with what served each field.
    pub files: Vec<InputFile>,
    /// Rows left out.
    pub rejected: Rejected,
    /// What the tape says of its loans beyond what a run of one period reads.
    pub details: Vec<DetailSummary>,
    /// Seconds of reading and pooling.
    pub read_seconds: f64,
}

/// Reads what `input` names; rejected rows go to a file in `out`, or in the current folder.
///
/// # Errors
/// Those of settings, tape and model.
pub fn prepare(input: &InputArgs, output: &OutputArgs, out: Option<&Path>, stop: &AtomicBool) -> Result<Prepared> {
    let rules = Rules { on_error: on_error(input.on_error, out), reporting_date: None };
    let settings = resolve(input)?;
    settings.refuse_scenarios()?;
    settings.check_economy(settings.ecl.reporting_date)?;
    let prepared = prepare_with(input, output, rules, stop)?;
    say_rejected(&prepared.rejected, output);
    Ok(prepared)
}

/// What `choice` means; rejected rows go to a file in `out`, or in the current folder.
pub fn on_error(choice: OnErrorArg, out: Option<&Path>) -> OnError {
    match choice {
        OnErrorArg::Fail => OnError::Fail,
        OnErrorArg::Skip => OnError::Skip { rejects: free_name(out.unwrap_or(Path::new("."))) },
    }
}

/// Says which rows were left out.
pub fn say_rejected(rejected: &Rejected, output: &OutputArgs) {
    if let (Some(file), false) = (&rejected.file, output.quiet) {
        eprintln!("mc-gpu: {} left out; see {} for the reasons", counted(rejected.rows, "row"), file.display());
    }
}

/// How a tape is read.
#[derive(Debug)]
pub struct Rules {
    /// What happens to dirty rows.
    pub on_error: OnError,
    /// The day that the tape speaks of, where whatever expected credit losses need is to be read too.
    pub reporting_date: Option<Date>,
}

/// The same, with the tape read by those `rules`.
///
/// # Errors
/// Those of settings, tape and model.
pub fn prepare_with(input: &InputArgs, output: &OutputArgs, rules: Rules, stop: &AtomicBool) -> Result<Prepared> {
    let started = Instant::now();
    let settings = resolve(input)?;
    check_model(&settings)?;
    let horizon = Horizon::new(&settings)?;
    if horizon.is_none() && rules.reporting_date.is_none() {
        lives::refuse_severity(&settings)?;
    }
    let spinner = progress::row_spinner(output);
    let mut tape = if input.tapes.is_empty() {
        made_up_tape(&demo())?
    } else {
        let tape_settings = match (&horizon, rules.reporting_date) {
            (Some(horizon), date) => horizon.tape_settings(date, rules.on_error),
            (None, None) => settings.tape_settings(rules.on_error),
            (None, Some(date)) => settings.detail_settings(date, rules.on_error)?,
        };
        read(&input.tapes, &tape_settings, &spinner, stop)?
    };
    if let Some(horizon) = horizon {
        let mut prepared = horizon.prepare(&tape, &settings, stop)?;
        prepared.details = summarise_details(&tape);
        (prepared.rejected, prepared.files) = (tape.rejected, tape.inputs);
        prepared.read_seconds = started.elapsed().as_secs_f64();
        return Ok(prepared);
    }
    let mut assumed = tape.assumed.clone();
    if input.tapes.is_empty() {
        assumed.insert(0, format!("no tape: a demo portfolio of {DEMO_LOANS} made-up loans was played"));
    }
    assumed.extend(settings.assumed.iter().cloned());
    let inputs = digests(&tape);
    let details = summarise_details(&tape);
    tape.details = Details::default();
    let model = link(&settings, &tape.segments)?;
    let pool_settings = PoolSettings { band_width: settings.simulation.band_width, unit: settings.simulation.unit };
    let (rejected, files) = (std::mem::take(&mut tape.rejected), std::mem::take(&mut tape.inputs));
    let pooled = into_pools(tape, pool_settings)?;
    let segments = pooled.segments.iter().map(describe_segment).collect();
    let mut notes: Vec<String> =
        rounding_note(&pooled.rounding, &pooled.segments, (pooled.unit, settings.simulation.unit))
            .into_iter()
            .collect();
    if settings.ecl.is_used {
        notes.push(
            "the model's sections of expected credit loss serve `mc-gpu ecl`; a run of one period leaves them aside"
                .to_owned(),
        );
    }
    if settings.ecl.default_times == TimesChoice::Path {
        notes.push(
            "time.default_times = \"path\" needs several periods, and this is one year in one step: set time.horizon_months or \
             time.lifetime"
                .to_owned(),
        );
    }
    notes.extend(path::idle_note(&settings));
    let mut portfolio = describe(&pooled);
    portfolio.rejected_rows = rejected.rows;
    portfolio.rejected_exposure = rejected.exposure;
    portfolio.rejected_unreadable = rejected.unreadable;
    portfolio.rejected_file = rejected.file.as_ref().map(|file| file.display().to_string());
    let pools = pooled.pools.clone();
    let plan = Plan::new(pooled, model, settings.simulation.kernel);
    portfolio.pooling_error = pooling_error(&plan, &pools);
    Ok(Prepared {
        plan,
        scenarios: settings.simulation.scenarios,
        seed: settings.simulation.seed,
        levels: settings.simulation.levels.clone(),
        portfolio,
        segments,
        years: vec![],
        default_times: None,
        path: None,
        model: config::to_toml(&settings),
        inputs,
        assumed,
        notes,
        files,
        rejected,
        details,
        read_seconds: started.elapsed().as_secs_f64(),
    })
}

/// The plan of `loans` made-up loans under their own model.
///
/// # Errors
/// Only when this library contradicts itself.
pub fn made_up_plan(loans: u64, pds: PdKind, kernel: KernelChoice) -> Result<Plan> {
    let made_up = MadeUp { loans, pds, ..demo() };
    let settings = config::resolve(&config::parse_model(&made_up_model(&made_up), "made-up model")?)?;
    let tape = made_up_tape(&made_up)?;
    let model = link(&settings, &tape.segments)?;
    let pooled = into_pools(tape, PoolSettings { band_width: settings.simulation.band_width, unit: None })?;
    Ok(Plan::new(pooled, model, kernel))
}

/// The settings that flags and model file amount to.
///
/// # Errors
/// Those of the model file and of the flags.
pub fn resolve(input: &InputArgs) -> Result<Resolved> {
    let mut raw = match (&input.model, input.tapes.is_empty()) {
        (Some(model), true) => {
            let found = format!("{} without a tape", model.display());
            return Err(Error::setting(
                "--model",
                found,
                "a tape before it: mc-gpu simulate TAPE --model FILE (the demo has its own model)",
            ));
        }
        (Some(model), false) => config::read_model(model)?,
        (None, true) => config::parse_model(&made_up_model(&demo()), "demo model")?,
        (None, false) => RawModel::default(),
    };
    overrides(&input.sampling)?.apply(&mut raw);
    config::resolve(&raw)
}

/// What flags say in place of the model.
///
/// # Errors
/// [`Error::Setting`] for what is no number.
pub fn overrides(sampling: &SamplingArgs) -> Result<Overrides> {
    let scenarios = sampling.scenarios.as_deref().map(|text| number::whole("--scenarios", text)).transpose()?;
    // 1e3 is digits for the model; 0x… it reads itself.
    let digits = |text: &String| number::whole("--seed", text).map_or_else(|_| text.clone(), |seed| seed.to_string());
    Ok(Overrides {
        scenarios: scenarios.map(|number| number.to_string()),
        seed: sampling.seed.as_ref().map(digits),
        levels: sampling.levels.clone(),
    })
}

fn demo() -> MadeUp {
    MadeUp { loans: DEMO_LOANS, seed: DEMO_SEED, segments: 4, pds: PdKind::Grades, columns: MadeUpColumns::OneYear }
}

/// Reads until `stop` is raised.
///
/// # Errors
/// Those of the tape.
pub fn read(files: &[PathBuf], settings: &TapeSettings, spinner: &ProgressBar, stop: &AtomicBool) -> Result<Tape> {
    let tape = read_tape(files, settings, &|rows| {
        spinner.set_position(rows);
        interrupt::go_on(stop)
    });
    spinner.finish_and_clear();
    tape
}

/// The files of `tape`, for a manifest.
pub fn digests(tape: &Tape) -> Vec<InputDigest> {
    let digest = |input: &InputFile| InputDigest {
        path: input.path.display().to_string(),
        bytes: input.bytes,
        sha256: input.sha256.clone(),
        rows: input.rows,
    };
    tape.inputs.iter().map(digest).collect()
}

/// Links every listed segment, so that a model that cannot be is refused before a long tape is read.
///
/// # Errors
/// Those of factors and segments.
pub fn check_model(settings: &Resolved) -> Result<()> {
    link(settings, &listed_segments(settings)).map(drop)
}

/// Names of the segments that the model lists.
pub fn listed_segments(settings: &Resolved) -> Vec<String> {
    match &settings.segments {
        Segments::Any => Vec::new(),
        Segments::Listed(listed) => listed.iter().map(|segment| segment.name.clone()).collect(),
    }
}

/// The model of the segments called `names`, in their order.
///
/// # Errors
/// Those of factors and segments.
pub fn link(settings: &Resolved, names: &[String]) -> Result<Model> {
    settings.link(names)
}

/// `rejected_rows.csv` in `folder`, or the first of `rejected_rows-2.csv` … that is free: nothing of the user's is replaced.
fn free_name(folder: &Path) -> PathBuf {
    let numbered = (2..).map(|number: u32| folder.join(format!("rejected_rows-{number}.csv")));
    let mut names = std::iter::once(folder.join("rejected_rows.csv")).chain(numbered);
    names.find(|name| !name.exists()).unwrap_or_else(|| folder.join("rejected_rows.csv"))
}

/// A warning when the losses of one of `segments` are too small for `unit`, or for the one that was `wanted`.
pub fn rounding_note(
    rounding: &Rounding,
    segments: &[SegmentTotals],
    (unit, wanted): (Unit, Option<Unit>),
) -> Option<String> {
    let (segment, error) = rounding.worst.filter(|&(_, error)| error > COARSE)?;
    let remedy = match wanted {
        Some(_) => "set simulation.unit = \"auto\", or to less",
        None => "the largest exposure sets the unit: play the largest exposures in a run of their own",
    };
    let name = &segments.get(segment as usize)?.name;
    Some(format!(
        "in units of {unit} rounding moves {:.1} % of the expected loss of segment '{name}'; {remedy}",
        error * 100.0
    ))
}

fn describe(pooled: &Pooled) -> PortfolioReport {
    PortfolioReport {
        loans: pooled.segments.iter().map(|segment| segment.loans).sum(),
        obligors: pooled.losses.len() as u64,
        exposure: pooled.segments.iter().map(|segment| segment.exposure).sum(),
        expected_loss: pooled.segments.iter().map(|segment| segment.expected_loss).sum(),
        pools: pooled.pools.len() as u64,
        pooling_error: 0.0,
        unit: pooled.unit,
        rounding_error: pooled.rounding.error,
        rejected_rows: 0,
        rejected_exposure: 0.0,
        rejected_unreadable: 0,
        rejected_file: None,
    }
}

/// The line of a segment; its shares are still empty.
pub fn describe_segment(totals: &SegmentTotals) -> SegmentReport {
    SegmentReport {
        name: totals.name.clone(),
        loans: totals.loans,
        exposure: totals.exposure,
        expected_loss: totals.expected_loss,
        share_of_loss: Vec::new(),
    }
}
