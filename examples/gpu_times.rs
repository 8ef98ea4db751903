//! Where the time goes on a GPU: the recipe behind BENCHMARKS.md, for whoever has a card.
//!
//! `cargo run --release --example gpu_times [SECONDS] [LOANS]`, about 5 seconds per line and 10,000,000 loans by default.
//! Three portfolios, each at PD 0.5, 2 and 5 %: (a) all loans in one segment; (b) 20 segments of 90 PD bands; (c) 100,000
//! names with 1,000 PDs in 50 segments, played by name. Every line is checked: its digest must be the CPU's over the first scenarios.

use mc_gpu::engine::{
    AdapterKind, Control, Device, Gpu, GpuOptions, Job, Keep, KernelChoice, KernelClock, Ledger, Plan, Times,
    find_adapters, play, preferred,
};
use mc_gpu::error::{Error, Result};
use mc_gpu::model::{AssetCorrelation, SegmentSpec};
use mc_gpu::validate::run::{Group, Portfolio};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Scenarios whose digest is compared with the CPU's.
const CHECKED: u64 = 67;

fn main() -> Result<()> {
    let mut numbers = std::env::args().skip(1).filter_map(|text| text.replace('_', "").parse::<f64>().ok());
    let (seconds, loans) = (numbers.next().unwrap_or(5.0), numbers.next().unwrap_or(1e7) as u32);
    let mut adapters = find_adapters();
    let place = preferred(&adapters, AdapterKind::Software)
        .ok_or_else(|| Error::NoDevice { wanted: "gpu".to_owned(), here: vec!["no adapter".to_owned()] })?;
    let adapter = adapters.swap_remove(place);
    println!("{}, driver {}", adapter.info.title(), adapter.info.driver);
    let mut gpu = Gpu::open(adapter, GpuOptions { clock: KernelClock::On, ..GpuOptions::default() })?;
    println!(
        "| portfolio | PD | scenarios | loan-scenarios/s | kernels alone | words/s in kernels | tables | sending | waiting \
         | kernels |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for pd in [0.005, 0.02, 0.05] {
        measure("(a) one segment", &mut gpu, &one_segment(loans, pd)?.plan(KernelChoice::Granular)?, (pd, seconds))?;
        measure("(b) 20 × 90 bands", &mut gpu, &spread(20, 90, loans, pd)?.plan(KernelChoice::Auto)?, (pd, seconds))?;
        let names = spread(50, 20, 100_000, pd)?.plan(KernelChoice::Named)?;
        measure("(c) 100,000 names", &mut gpu, &names, (pd, seconds))?;
    }
    Ok(())
}

/// Made-up losses, unequal as amounts are.
fn losses(n: u32) -> Vec<u32> {
    (0..n).map(|i| 1 + (i.wrapping_mul(2_654_435_761) >> 14)).collect()
}

fn one_segment(loans: u32, pd: f64) -> Result<Portfolio> {
    Portfolio::one_factor(AssetCorrelation::Fixed(0.15), vec![Group { segment: 0, pd, losses: losses(loans) }])
}

/// Pools of equal size in `segments` segments; in each, PDs spread evenly in their logarithm, from a tenth of `pd` to about
/// three times it.
fn spread(segments: u32, bands: u32, loans: u32, pd: f64) -> Result<Portfolio> {
    let mut portfolio = one_segment(0, pd)?;
    let spec = |segment| SegmentSpec {
        name: format!("segment {segment}"),
        correlation: AssetCorrelation::Fixed(0.15),
        loadings: vec![1.0],
    };
    portfolio.segments = (0..segments).map(spec).collect();
    let n = segments * bands;
    let band = |i: u32| Group {
        segment: i / bands,
        pd: pd * libm::exp(f64::from(i % bands) / f64::from(bands - 1) * 3.4 - 2.3),
        losses: losses(loans / n),
    };
    portfolio.groups = (0..n).map(band).collect();
    Ok(portfolio)
}

fn digest(plan: &Plan, scenarios: u64, device: &mut dyn Device) -> Result<String> {
    let ledger = Mutex::new(Ledger::new(0..scenarios, Keep::Totals));
    play(&Job::new(plan, 42), device, &ledger, &Control { stop: &AtomicBool::new(false), progress: &|_| {} })?;
    Ok(ledger.into_inner().unwrap_or_else(PoisonError::into_inner).losses_digest(plan.unit()).to_string())
}

/// Plays for about `seconds` and prints a line.
fn measure(name: &str, gpu: &mut Gpu, plan: &Plan, (pd, seconds): (f64, f64)) -> Result<()> {
    let expected = digest(plan, CHECKED, &mut mc_gpu::Cpu::on_all_cores()?)?;
    if digest(plan, CHECKED, gpu)? != expected {
        return Err(Error::Internal(format!("{name} at PD {pd}: other losses than the CPU's")));
    }
    let mut scenarios = 4 * CHECKED;
    let elapsed = loop {
        let begun = Instant::now();
        digest(plan, scenarios, gpu)?;
        let elapsed = begun.elapsed().as_secs_f64();
        if elapsed > 0.7 * seconds || scenarios >= 1 << 24 {
            break elapsed;
        }
        scenarios = (scenarios as f64 * (seconds / elapsed).clamp(1.5, 8.0)) as u64;
    };
    let played = gpu.played();
    assert!(played.failures.is_empty(), "{:?}", played.failures);
    let Times { tables, sending, waiting, kernels } = played.times;
    let work = plan.losses().len() as f64 * scenarios as f64;
    println!(
        "| {name} | {} % | {scenarios} | {:.2e} | {:.2e} | {:.2e} | {:.3} s | {:.3} s | {:.3} s | {:.3} s |",
        pd * 100.0,
        work / elapsed,
        work / kernels.as_secs_f64(),
        plan.work_per_scenario() * scenarios as f64 / kernels.as_secs_f64(),
        tables.as_secs_f64(),
        sending.as_secs_f64(),
        waiting.as_secs_f64(),
        kernels.as_secs_f64(),
    );
    Ok(())
}
