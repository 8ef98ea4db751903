//! `mc-gpu bench`: methods and devices side by side, in turn, on the same made-up loans.

use super::args::{BenchArgs, Format};
use super::{existing, interrupt, number, prepare, progress};
use crate::engine::{
    AdapterKind, Control, Cpu, Device, DeviceInfo, Gpu, GpuOptions, Job, Keep, KernelChoice, Ledger, Plan,
    STREAM_VERSION, Scalar, find_adapters, play, preferred, refuse_too_large,
};
use crate::error::{Error, Result};
use crate::portfolio::PdKind;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Times that every method plays, in turn with the others; the median is reported.
const ROUNDS: usize = 3;

const SCHEMA: &str = "mc-gpu/bench/1";

/// One way to play.
struct Method {
    name: &'static str,
    what: String,
    kernel: KernelChoice,
    device: Box<dyn Device>,
    seconds: Vec<f64>,
    digest: String,
}

/// What one method reached.
#[derive(serde::Serialize)]
struct Measured {
    schema: &'static str,
    method: &'static str,
    what: String,
    device: DeviceInfo,
    threads: usize,
    loans: u64,
    scenarios: u64,
    stream_version: u32,
    /// Median, least and most over the rounds; host tables included.
    seconds: f64,
    seconds_least: f64,
    seconds_most: f64,
    loan_scenarios_per_second: f64,
    times_naive: f64,
    losses_digest: String,
}

/// Times, prints and, with `--out`, writes a file per method and one with all.
pub fn run(args: &BenchArgs) -> anyhow::Result<ExitCode> {
    let loans = number::positive("--loans", &args.loans)?;
    let scenarios = number::positive("--scenarios", &args.scenarios)?;
    let threads = number::threads(args.threads.as_deref())?;
    if let Some(folder) = &args.out {
        prepare_folder(folder, args)?;
    }
    refuse_too_large(&(0..scenarios), Keep::Totals, 0)?;
    let mut methods = methods(threads)?;
    let plans = [KernelChoice::Named, KernelChoice::Granular]
        .map(|kernel| prepare::made_up_plan(loans, PdKind::Grades, kernel));
    let [named, granular] = plans;
    let (named, granular) = (named?, granular?);
    let bar = progress::scenario_bar(scenarios * (ROUNDS * methods.len()) as u64, loans, &args.output);
    let stop = interrupt::stop_flag()?;
    for _ in 0..ROUNDS {
        for method in &mut methods {
            if stop.load(Ordering::SeqCst) {
                return Err(Error::Interrupted.into());
            }
            let plan = if method.kernel == KernelChoice::Named { &named } else { &granular };
            time(method, plan, scenarios, &stop)?;
            bar.inc(scenarios);
        }
    }
    bar.finish_and_clear();
    let measured = measured(&methods, loans, scenarios);
    if let Some(folder) = &args.out {
        write(folder, &measured)?;
    }
    match args.output.format {
        Format::Json => super::print_json(&serde_json::json!({ "schema": SCHEMA, "methods": measured }))?,
        Format::Table => super::print(&table(&measured))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn methods(threads: Option<usize>) -> Result<Vec<Method>> {
    let all = || threads.map_or_else(Cpu::on_all_cores, Cpu::new);
    let method = |name, what: &str, kernel, device: Box<dyn Device>| Method {
        name,
        what: what.to_owned(),
        kernel,
        device,
        seconds: vec![],
        digest: String::new(),
    };
    let (named, hits) = (KernelChoice::Named, KernelChoice::Granular);
    let mut draws = vec![
        method("naive", "a draw per loan and scenario, plain code", named, Box::new(Scalar)),
        method("vectorised", "a draw per loan and scenario, in lanes, one thread", named, Box::new(Cpu::new(1)?)),
        method("multicore", "a draw per loan and scenario, in lanes, all threads", named, Box::new(all()?)),
    ];
    let mut few = vec![
        method("hits_scalar", "hits only, plain code", hits, Box::new(Scalar)),
        method("hits_one_thread", "hits only, in lanes, one thread", hits, Box::new(Cpu::new(1)?)),
        method("hits", "hits only, in lanes, all threads", hits, Box::new(all()?)),
    ];
    if let Some(gpu) = gpu(threads) {
        let on = gpu.info().name;
        let drawing = format!("a draw per loan and scenario, {on}");
        draws.push(method("gpu_draws", &drawing, named, Box::new(gpu.clone())));
        few.push(method("gpu", &format!("hits only, {on}"), hits, Box::new(gpu)));
    }
    draws.append(&mut few);
    Ok(draws)
}

/// The machine's GPU, software included, if there is one that works.
fn gpu(threads: Option<usize>) -> Option<Gpu> {
    let mut adapters = find_adapters();
    let adapter = adapters.swap_remove(preferred(&adapters, AdapterKind::Software)?);
    Gpu::open(adapter, GpuOptions { threads, ..GpuOptions::default() })
        .inspect_err(|refused| tracing::warn!("without a GPU: {refused}"))
        .ok()
}

fn time(method: &mut Method, plan: &Plan, scenarios: u64, stop: &AtomicBool) -> Result<()> {
    let job = Job::new(plan, 42);
    let ledger = Mutex::new(Ledger::new(0..scenarios, Keep::Totals));
    let started = Instant::now();
    play(&job, method.device.as_mut(), &ledger, &Control { stop, progress: &|_| {} })?;
    method.seconds.push(started.elapsed().as_secs_f64());
    method.digest = ledger.into_inner().unwrap_or_else(PoisonError::into_inner).losses_digest(plan.unit()).to_string();
    Ok(())
}

fn measured(methods: &[Method], loans: u64, scenarios: u64) -> Vec<Measured> {
    let median = |method: &Method| {
        let mut seconds = method.seconds.clone();
        seconds.sort_by(f64::total_cmp);
        (seconds[0], seconds[seconds.len() / 2], seconds[seconds.len() - 1])
    };
    let naive = methods.first().map_or(1.0, |naive| median(naive).1);
    methods
        .iter()
        .map(|method| {
            let (least, seconds, most) = median(method);
            let device = method.device.info();
            Measured {
                schema: SCHEMA,
                method: method.name,
                what: [vec![method.what.clone()], method.device.notes()].concat().join("; "),
                threads: device.threads,
                device,
                loans,
                scenarios,
                stream_version: STREAM_VERSION,
                seconds,
                seconds_least: least,
                seconds_most: most,
                loan_scenarios_per_second: loans as f64 * scenarios as f64 / seconds.max(1e-9),
                times_naive: naive / seconds.max(1e-9),
                losses_digest: method.digest.clone(),
            }
        })
        .collect()
}

fn table(measured: &[Measured]) -> String {
    let mut text = format!(
        "{:<16} {:>7} {:>10} {:>17} {:>8}  {}\n",
        "method", "threads", "seconds", "loan-scenarios/s", "× naive", "what"
    );
    for method in measured {
        text += &format!(
            "{:<16} {:>7} {:>10.4} {:>17.2e} {:>8.1}  {}\n",
            method.method,
            method.threads,
            method.seconds,
            method.loan_scenarios_per_second,
            method.times_naive,
            method.what
        );
    }
    let digests_agree =
        |methods: &[Measured]| methods.windows(2).all(|two| two[0].losses_digest == two[1].losses_digest);
    let (named, hits) = measured.split_at(measured.len() / 2);
    let verdict = if digests_agree(named) && digests_agree(hits) {
        "the same losses to the last unit"
    } else {
        "DIFFERENT LOSSES: a bug, please report it"
    };
    text + &format!("Within each kernel (draws, hits) all devices gave {verdict}.\n")
}

fn prepare_folder(folder: &Path, args: &BenchArgs) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|source| Error::file(folder, "create the folder", source))?;
    if !args.force {
        existing::refuse(&folder.join("all.json"))?;
    }
    Ok(())
}

fn write(folder: &Path, measured: &[Measured]) -> Result<()> {
    for method in measured {
        write_json(&folder.join(format!("{}.json", method.method)), method)?;
    }
    write_json(&folder.join("all.json"), &measured)
}

fn write_json(path: &Path, value: &impl serde::Serialize) -> Result<()> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Error::Internal(error.to_string()))?;
    crate::report::write_atomically(path, (text + "\n").as_bytes())
}
