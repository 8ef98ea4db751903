//! The stages of a run, one by one: words, tables, counts, both kernels, pooling, measuring, reading. `cargo bench`.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use mc_gpu::engine::{Conditional, Cpu, DefaultTimes, HorizonSpec, Instructions, Job, KernelChoice, Plan, WHOLE};
use mc_gpu::math::hazard::HazardTable;
use mc_gpu::math::probit::ProbitTable;
use mc_gpu::math::threshold::ThresholdTable;
use mc_gpu::model::{AssetCorrelation, Copula, Factors, Model, SegmentSpec};
use mc_gpu::portfolio::{MadeUp, PdKind, Pool, PoolSettings, Pooled, Rounding, SegmentTotals, made_up_tape, pool};
use mc_gpu::portfolio::{RATING_SCALE, TapeSettings, read_tape, write_made_up};
use mc_gpu::risk::{Sample, measure};
use mc_gpu::rng::{Purpose, counter, key, philox4x32_10_lanes};
use mc_gpu::units::{Level, Unit};
use std::hint::black_box;
use std::ops::ControlFlow;

const SCENARIOS: usize = 1024;

/// One segment, one pool of `obligors` equal loans.
fn one_pool(obligors: u32, pd: f64, kernel: KernelChoice) -> Plan {
    let (pooled, model) = pooled(obligors, pd);
    Plan::new(pooled, model, kernel)
}

/// The same over `periods` quarters, in each of which as many default.
fn over_periods((obligors, pd): (u32, f64), kernel: KernelChoice, periods: usize) -> Plan {
    let (pooled, model) = pooled(obligors, pd);
    let spec = HorizonSpec {
        periods,
        per_year: 4,
        cumulative: (1..=periods).map(|period| pd * period as f64 / periods as f64).collect(),
        factors: (0..periods).map(|period| WHOLE - period as u32 * 1_000_003).collect(),
        slots: vec![1],
        profiles: vec![0; obligors as usize],
        times: DefaultTimes::Copula,
        severity: None,
    };
    Plan::with_horizon(pooled, model, kernel, spec).expect("a plan")
}

fn pooled(obligors: u32, pd: f64) -> (Pooled, Model) {
    let factors = Factors::new(vec!["economy".into()], vec![1.0]).expect("one factor");
    let spec = SegmentSpec { name: "a".into(), correlation: AssetCorrelation::Fixed(0.15), loadings: vec![1.0] };
    let model = Model::new(Copula::Gaussian, &factors, &[spec]).expect("a model");
    let pooled = Pooled {
        segments: vec![SegmentTotals { name: "a".into(), loans: 0, exposure: 0.0, expected_loss: 0.0 }],
        pools: vec![Pool { segment: 0, pd, first: 0, obligors, spread: 0.0 }],
        losses: (0..obligors).map(|i| i % 100_003).collect(),
        rows: (0..obligors).collect(),
        unit: Unit::CENT,
        rounding: Rounding::default(),
    };
    (pooled, model)
}

/// Portable lanes alone; the words of each set of instructions are part of the kernels below.
fn words(c: &mut Criterion) {
    let mut group = c.benchmark_group("words");
    group.throughput(Throughput::Elements(64));
    group.bench_function("philox, 16 lanes", |bench| {
        let [index, block, lo, hi] = counter(Purpose::Hit, 7, 3, 0).map(|word| [word; 16]);
        bench.iter(|| philox4x32_10_lanes(black_box([index, block, lo, hi]), key(42)));
    });
    group.finish();
}

fn tables(c: &mut Criterion) {
    let mut group = c.benchmark_group("tables");
    group.throughput(Throughput::Elements(64));
    let positions: [i32; 64] = std::array::from_fn(|i| -(i as i32) * 700_001);
    let us: [f64; 64] = std::array::from_fn(|i| (i as f64 + 0.37) / 64.0);
    group.bench_function("λ", |bench| bench.iter(|| HazardTable::shared().lambdas(black_box(&positions))));
    group.bench_function("normal quantile", |bench| {
        bench.iter(|| ProbitTable::shared().quantiles(black_box(&us)));
    });
    group.bench_function("threshold", |bench| {
        bench.iter(|| black_box(&positions).map(|position| ThresholdTable::shared().threshold(position)));
    });
    group.finish();
}

fn counts(c: &mut Criterion) {
    let scenarios: Vec<u64> = (0..SCENARIOS as u64).collect();
    let mut group = c.benchmark_group("counts");
    group.throughput(Throughput::Elements(SCENARIOS as u64));
    for (name, obligors, kernel) in [
        ("hits, mean 328", 16_384, KernelChoice::Granular),
        ("hits, mean 10", 500, KernelChoice::Granular),
        ("hits, mean 2", 100, KernelChoice::Granular),
        ("thresholds", 100, KernelChoice::Named),
    ] {
        let plan = one_pool(obligors, 0.02, kernel);
        let job = Job::new(&plan, 42);
        let shocks = job.shocks(&scenarios);
        let mut out = vec![0; SCENARIOS];
        for instructions in Instructions::here() {
            group.bench_function(format!("{name}, {instructions:?}"), |bench| {
                bench.iter(|| job.counts_by(instructions, &plan.blocks()[0], &shocks, black_box(&mut out)));
            });
        }
    }
    let plan = one_pool(100, 0.02, KernelChoice::Named);
    let job = Job::new(&plan, 42);
    group.bench_function("shocks, one factor", |bench| bench.iter(|| job.shocks(black_box(&scenarios))));
    group.finish();
}

fn kernels(c: &mut Criterion) {
    let scenarios: Vec<u64> = (0..SCENARIOS as u64).collect();
    let mut group = c.benchmark_group("kernels, loan-scenarios on one thread");
    for (name, obligors, kernel) in [
        ("hits", 100_003_u32, KernelChoice::Granular),
        ("few hits", 101, KernelChoice::Granular),
        ("names", 1_009, KernelChoice::Named),
        ("one name", 1, KernelChoice::Named),
    ] {
        let plan = one_pool(obligors, 0.02, kernel);
        let job = Job::new(&plan, 42);
        group.throughput(Throughput::Elements(SCENARIOS as u64 * u64::from(obligors)));
        for instructions in Instructions::here() {
            let cpu = Cpu::new(1).expect("one thread").with_instructions(instructions);
            group.bench_function(format!("{name}, {instructions:?}"), |bench| {
                bench.iter(|| cpu.play_listed(&job, black_box(&scenarios), |_| {}));
            });
        }
    }
    group.finish();
}

/// Several periods against one, with as many defaults in all; and the economy alone.
fn periods(c: &mut Criterion) {
    let scenarios: Vec<u64> = (0..SCENARIOS as u64).collect();
    let mut group = c.benchmark_group("periods, loan-scenarios on one thread");
    for (name, loans, kernel) in
        [("hits", (100_003_u32, 0.1), KernelChoice::Granular), ("names", (1_009, 0.1), KernelChoice::Named)]
    {
        group.throughput(Throughput::Elements(SCENARIOS as u64 * u64::from(loans.0)));
        let one = ("one year".to_owned(), one_pool(loans.0, loans.1, kernel));
        let several = [4, 40].map(|n| (format!("{n} quarters"), over_periods(loans, kernel, n)));
        for (length, plan) in [one].into_iter().chain(several) {
            let job = Job::new(&plan, 42);
            let cpu = Cpu::new(1).expect("one thread");
            group.bench_function(format!("{name}, {length}"), |bench| {
                bench.iter(|| cpu.play_listed(&job, black_box(&scenarios), |_| {}));
            });
            let conditional = Conditional::new(&job);
            group.bench_function(format!("{name}, {length}, the economy alone"), |bench| {
                bench.iter(|| conditional.losses(black_box(&scenarios)));
            });
        }
    }
    group.finish();
}

fn pooling(c: &mut Criterion) {
    let made_up = MadeUp { loans: 200_003, seed: 1, segments: 6, pds: PdKind::Continuous };
    let tape = made_up_tape(&made_up).expect("a tape");
    let mut group = c.benchmark_group("pooling");
    group.throughput(Throughput::Elements(made_up.loans));
    group.bench_function("bands", |bench| {
        bench.iter(|| pool(black_box(&tape), PoolSettings { band_width: 0.1, unit: None }).expect("pools"));
    });
    group.finish();
}

fn measuring(c: &mut Criterion) {
    let losses: Vec<u64> = (0..1_000_003_u64).map(|i| i.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 20).collect();
    let defaults: Vec<u32> = losses.iter().map(|&loss| (loss >> 30) as u32).collect();
    let levels = ["0.95", "0.99", "0.999"].map(|text| Level::parse(text).expect("a level"));
    c.bench_function("measuring a million scenarios", |bench| {
        let sample = || Sample {
            losses: &losses,
            defaults: &defaults,
            unit: Unit::CENT,
            levels: &levels,
            expected_loss: 0.0,
            obligors: 1 << 14,
        };
        bench.iter_batched(sample, |sample| measure(&sample).expect("measures"), BatchSize::LargeInput);
    });
}

/// A made-up tape of graded loans in `format`, read back; `throughput` is of its loans, or of the bytes of the file.
fn read_back(c: &mut Criterion, format: &str, throughput: fn(u64, u64) -> Throughput) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(format!("tape.{format}"));
    let made_up = MadeUp { loans: 2_000_003, seed: 1, segments: 6, pds: PdKind::Grades };
    write_made_up(&made_up, &path, &|_| ControlFlow::Continue(())).expect("a tape");
    let bytes = std::fs::metadata(&path).expect("a file").len();
    let ratings = RATING_SCALE.iter().map(|(name, pd)| ((*name).to_owned(), *pd)).collect();
    let settings = TapeSettings { ratings, ..TapeSettings::default() };
    let mut group = c.benchmark_group("reading");
    group.sample_size(20).throughput(throughput(made_up.loans, bytes));
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        group.bench_function(format!("{format}, {threads} threads"), |bench| {
            let read = || read_tape(std::slice::from_ref(&path), &settings, &|_| ControlFlow::Continue(()));
            pool.install(|| bench.iter(|| read().expect("a tape")));
        });
    }
    group.finish();
}

fn reading(c: &mut Criterion) {
    read_back(c, "csv", |_, bytes| Throughput::Bytes(bytes));
    read_back(c, "csv.gz", |loans, _| Throughput::Elements(loans));
    read_back(c, "parquet", |loans, _| Throughput::Elements(loans));
}

criterion_group!(stages, words, tables, counts, kernels, periods, pooling, measuring, reading);
criterion_main!(stages);
