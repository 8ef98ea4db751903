//! Where the time goes on a CPU: the recipe behind the tables of BENCHMARKS.md.
//!
//! `cargo run --release --example cpu_times [TURNS] [SECTION…]`, 7 turns and every section by default: instructions, threads,
//! counts, size, wide. What is compared is played in turn, and each figure is the median of its turns (the best beside
//! it where neighbours on a shared machine matter most). Tables are part of every time.

use mc_gpu::engine::{Control, Cpu, Device, Instructions, Job, Keep, KernelChoice, Ledger, Plan, play};
use mc_gpu::error::Result;
use mc_gpu::model::{AssetCorrelation, Copula, SegmentSpec};
use mc_gpu::validate::run::{Group, Portfolio};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

/// A table of the report, from the number of turns.
type Section = fn(usize) -> Result<()>;

const SECTIONS: [(&str, Section); 5] =
    [("instructions", by_instructions), ("threads", by_threads), ("counts", counts), ("size", by_size), ("wide", wide)];

fn main() -> Result<()> {
    let mut wanted: Vec<String> = std::env::args().skip(1).collect();
    let given = wanted.first().and_then(|text| text.parse().ok());
    if given.is_some() {
        wanted.remove(0);
    }
    let turns = given.unwrap_or(7);
    if let Some(unknown) = wanted.iter().find(|wanted| SECTIONS.iter().all(|(name, _)| name != wanted)) {
        let names = SECTIONS.map(|(name, _)| name).join(", ");
        return Err(mc_gpu::Error::setting("SECTION", format!("'{unknown}'"), format!("one of {names}")));
    }
    println!("{}, {turns} turns", Cpu::new(1)?.info().name);
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|wanted| wanted == name);
    SECTIONS.into_iter().filter(|(name, _)| is_wanted(name)).try_for_each(|(_, section)| section(turns))
}

/// Made-up losses, unequal as amounts are.
fn losses(n: u32) -> Vec<u32> {
    (0..n).map(|i| 1 + (i.wrapping_mul(2_654_435_761) >> 14)).collect()
}

fn one_segment(loans: u32, pd: f64) -> Result<Portfolio> {
    Portfolio::one_factor(AssetCorrelation::Fixed(0.15), vec![Group { segment: 0, pd, losses: losses(loans) }])
}

/// `n` segments of `names` obligors with a PD each, ten factors, Student t.
fn many_segments(n: u32, names: u32) -> Result<Portfolio> {
    let mut portfolio = one_segment(0, 0.5)?;
    let loading = |segment: u32, factor: u32| 0.05 + f64::from((segment * 7 + factor * 13) % 29) / 40.0;
    let entry = |i: usize| if i / 10 == i % 10 { 1.0 } else { 0.3 };
    portfolio.factors =
        mc_gpu::model::Factors::new((0..10).map(|i| format!("f{i}")).collect(), (0..100).map(entry).collect())?;
    portfolio.copula = Copula::StudentT { degrees_of_freedom: 5.0 };
    let spec = |segment| SegmentSpec {
        name: format!("segment {segment}"),
        correlation: AssetCorrelation::Fixed(0.2),
        loadings: (0..10).map(|factor| loading(segment, factor)).collect(),
    };
    portfolio.segments = (0..n).map(spec).collect();
    let group = |segment: u32| Group { segment, pd: 0.002 + f64::from(segment % 97) / 2_000.0, losses: losses(names) };
    portfolio.groups = (0..n).map(group).collect();
    Ok(portfolio)
}

/// One segment of `n` obligors with a PD each.
fn many_names(n: u32) -> Result<Portfolio> {
    let mut portfolio = one_segment(0, 0.5)?;
    let pd = |i: u32| 0.0005 + f64::from(i % 997) / 20_000.0;
    portfolio.groups = (0..n).map(|i| Group { segment: 0, pd: pd(i), losses: vec![1 + i % 100_003] }).collect();
    Ok(portfolio)
}

/// Seconds that one run takes.
fn seconds(plan: &Plan, scenarios: u64, cpu: &mut Cpu) -> Result<f64> {
    let begun = Instant::now();
    let ledger = Mutex::new(Ledger::new(0..scenarios, Keep::Totals));
    play(&Job::new(plan, 42), cpu, &ledger, &Control { stop: &AtomicBool::new(false), progress: &|_| {} })?;
    Ok(begun.elapsed().as_secs_f64())
}

/// Seconds of one case over its turns.
struct Seconds {
    median: f64,
    best: f64,
}

impl Seconds {
    fn new(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self { median: values[values.len() / 2], best: values[0] }
    }
}

/// Runs every case once per turn, one after the other.
fn in_turn<T>(turns: usize, cases: &mut [T], mut run: impl FnMut(&mut T) -> Result<f64>) -> Result<Vec<Seconds>> {
    let mut times = vec![Vec::new(); cases.len()];
    for _ in 0..turns.max(1) {
        for (times, case) in times.iter_mut().zip(&mut *cases) {
            times.push(run(case)?);
        }
    }
    Ok(times.into_iter().map(Seconds::new).collect())
}

/// One thread, each set of instructions: a million loans in one pool, and 100,000 names.
fn by_instructions(turns: usize) -> Result<()> {
    let cpus = Instructions::here().into_iter().map(|set| Ok((set, Cpu::new(1)?.with_instructions(set))));
    let mut cpus = cpus.collect::<Result<Vec<_>>>()?;
    println!("\n| one thread, loan-scenarios/s: median (best) | PD | {} |", list(&cpus, |(set, _)| format!("{set:?}")));
    for (name, loans, pd, kernel) in [
        ("1,000,000 loans", 1_000_000, 0.005, KernelChoice::Auto),
        ("1,000,000 loans", 1_000_000, 0.02, KernelChoice::Auto),
        ("1,000,000 loans", 1_000_000, 0.05, KernelChoice::Auto),
        ("100,000 names", 100_000, 0.02, KernelChoice::Named),
    ] {
        let plan = one_segment(loans, pd)?.plan(kernel)?;
        let scenarios = if kernel == KernelChoice::Named { 2_048 } else { 10_240 };
        let times = in_turn(turns, &mut cpus, |(_, cpu)| seconds(&plan, scenarios, cpu))?;
        let rates = list(&times, |time| {
            let work = f64::from(loans) * scenarios as f64;
            format!("{:.2e} ({:.2e})", work / time.median, work / time.best)
        });
        println!("| {name} | {} % | {rates} |", pd * 100.0);
    }
    Ok(())
}

fn list<T>(values: &[T], text: impl Fn(&T) -> String) -> String {
    values.iter().map(text).collect::<Vec<_>>().join(" | ")
}

/// One thread and two.
fn by_threads(turns: usize) -> Result<()> {
    let plan = one_segment(1_000_000, 0.02)?.plan(KernelChoice::Auto)?;
    let times = in_turn(turns, &mut [Cpu::new(1)?, Cpu::new(2)?], |cpu| seconds(&plan, 20_480, cpu))?;
    let [one, two] = &times[..] else { return Ok(()) };
    let (median, best) = (one.median / two.median, one.best / two.best);
    println!("\ntwo threads are {median:.2} times as fast as one (best runs: {best:.2})");
    Ok(())
}

/// Nanoseconds per count with everything that a count needs.
fn counts(turns: usize) -> Result<()> {
    let scenarios: Vec<u64> = (0..1_024).collect();
    println!("\n| counts: obligors | PD | mean | ns |");
    for (obligors, pd, kernel) in [
        (16_384, 0.02, KernelChoice::Granular),
        (16_384, 0.005, KernelChoice::Granular),
        (2_000, 0.01, KernelChoice::Granular),
        (500, 0.02, KernelChoice::Granular),
        (100, 0.02, KernelChoice::Granular),
        (100, 0.001, KernelChoice::Granular),
        (10, 0.02, KernelChoice::Named),
    ] {
        let plan = one_segment(obligors, pd)?.plan(kernel)?;
        let job = Job::new(&plan, 42);
        let shocks = job.shocks(&scenarios);
        let mut out = vec![0; scenarios.len()];
        let times = in_turn(10 * turns, &mut [()], |()| {
            let begun = Instant::now();
            for _ in 0..8 {
                job.counts(&plan.blocks()[0], &shocks, std::hint::black_box(&mut out));
            }
            Ok(begun.elapsed().as_secs_f64() / 8.0)
        })?;
        let ns = times[0].median * 1e9 / scenarios.len() as f64;
        println!("| {obligors} ({kernel:?}) | {} % | {:.1} | {ns:.1} |", pd * 100.0, f64::from(obligors) * pd);
    }
    Ok(())
}

/// Time per scenario over PD and number of loans.
fn by_size(turns: usize) -> Result<()> {
    println!("\n| one thread: loans | PD | defaults expected | µs a scenario | ns a default |");
    for loans in [100_000, 1_000_000, 10_000_000] {
        for pd in [0.0005, 0.005, 0.05] {
            let plan = one_segment(loans, pd)?.plan(KernelChoice::Auto)?;
            let expected = f64::from(loans) * pd;
            let scenarios = (2e7 / expected).clamp(1_024.0, 40_960.0) as u64;
            let times = in_turn(turns, &mut [Cpu::new(1)?], |cpu| seconds(&plan, scenarios, cpu))?;
            let each = times[0].median / scenarios as f64;
            println!("| {loans} | {} % | {expected} | {:.1} | {:.2} |", pd * 100.0, each * 1e6, each * 1e9 / expected);
        }
    }
    Ok(())
}

/// Many pools or segments of few obligors.
fn wide(turns: usize) -> Result<()> {
    println!("\n| one thread | scenarios | ns per obligor and scenario |");
    let cases = [
        ("10,000 names, a PD each", many_names(10_000)?, 10_000, 8_192),
        ("1,000 segments of 1, ten factors, t", many_segments(1_000, 1)?, 1_000, 16_384),
        ("1,000 segments of 10, ten factors, t", many_segments(1_000, 10)?, 10_000, 16_384),
        ("1,000 segments of 1,000, ten factors, t", many_segments(1_000, 1_000)?, 1_000_000, 4_096),
        ("10,000 segments of 100, ten factors, t", many_segments(10_000, 100)?, 1_000_000, 2_048),
    ];
    for (name, portfolio, obligors, scenarios) in cases {
        let plan = portfolio.plan(KernelChoice::Auto)?;
        let times = in_turn(turns, &mut [Cpu::new(1)?], |cpu| seconds(&plan, scenarios, cpu))?;
        println!("| {name} | {scenarios} | {:.3} |", times[0].median * 1e9 / f64::from(obligors) / scenarios as f64);
    }
    Ok(())
}
