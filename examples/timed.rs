//! scratch
use mc_gpu::engine::*;
use mc_gpu::model::{AssetCorrelation, Copula, Factors, Model, SegmentSpec};
use mc_gpu::portfolio::{Pool, Pooled, Rounding, SegmentTotals};
use mc_gpu::units::Unit;
use std::time::Instant;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let loans: u32 = args[1].parse().unwrap();
    let pools_n: u32 = args[2].parse().unwrap();
    let periods: usize = args[3].parse().unwrap();
    let scen: u64 = args[4].parse().unwrap();
    let threads: usize = args[5].parse().unwrap();
    let n_profiles = 870usize;
    let segs = 20u32;
    let factors = Factors::new(vec!["e".into()], vec![1.0]).unwrap();
    let specs: Vec<_> = (0..segs)
        .map(|s| SegmentSpec { name: format!("s{s}"), correlation: AssetCorrelation::Fixed(0.15), loadings: vec![1.0] })
        .collect();
    let mk = |pdscale: f64| {
        let model = Model::new(Copula::Gaussian, &factors, &specs).unwrap();
        let mut pools = vec![];
        let mut first = 0;
        for p in 0..pools_n {
            let n = (u64::from(loans) * u64::from(p + 1) / u64::from(pools_n)
                - u64::from(loans) * u64::from(p) / u64::from(pools_n)) as u32;
            let pd = 0.002 * 1.06f64.powi((p % 90) as i32).min(150.0) * pdscale;
            pools.push(Pool { segment: p * segs / pools_n, pd: pd.min(0.3), first, obligors: n, spread: 0.0 });
            first += n;
        }
        (
            model,
            Pooled {
                segments: (0..segs)
                    .map(|s| SegmentTotals { name: format!("s{s}"), loans: 0, exposure: 0.0, expected_loss: 0.0 })
                    .collect(),
                pools,
                losses: (0..loans).map(|i| i.wrapping_mul(2654435761) % 1_000_003).collect(),
                rows: (0..loans).collect(),
                unit: Unit::CENT,
                rounding: Rounding::default(),
            },
        )
    };
    let run = |plan: &Plan, what: &str| {
        let cpu = Cpu::new(threads).unwrap();
        let job = Job::new(plan, 7);
        let n_years = plan.horizon().map_or(0, |h| h.years());
        let ledger = std::sync::Mutex::new(Ledger::new(0..scen, Keep::Segments(20)).with_years(n_years));
        let t = Instant::now();
        let mut cpu = cpu;
        play(&job, &mut cpu, &ledger, &Control { stop: &std::sync::atomic::AtomicBool::new(false), progress: &|_| {} })
            .unwrap();
        let s = t.elapsed().as_secs_f64();
        let l = ledger.into_inner().unwrap();
        let d: u64 = l.defaults().iter().map(|&d| u64::from(d)).sum();
        println!(
            "{what}: {s:.2} s, {} defaults, {:.3} ns per default per thread; work/scenario {:.0}; {}",
            d,
            s * 1e9 * threads as f64 / d as f64,
            plan.work_per_scenario(),
            &l.losses_digest(plan.unit()).to_string()[..12]
        );
    };
    let (model, pooled) = mk(1.0);
    let spec = {
        let cumulative = pooled
            .pools
            .iter()
            .flat_map(|pool| (1..=periods).map(move |t| 1.0 - (1.0 - pool.pd).powf(t as f64 / 4.0)))
            .collect();
        let mut fs = vec![];
        for p in 0..n_profiles {
            let end = periods - (n_profiles - 1 - p) * periods / n_profiles / 2;

            for t in 0..periods {
                fs.push(if t < end { ((1u64 << 31) * (end - t) as u64 / end as u64) as u32 } else { MATURED });
            }
        }
        // within a pool: sorted profiles
        let mut profiles = vec![];
        for pool in &pooled.pools {
            for i in 0..pool.obligors {
                profiles.push((u64::from(i) * n_profiles as u64 / u64::from(pool.obligors)) as u16);
            }
        }
        HorizonSpec { periods, per_year: 4, cumulative, factors: fs, slots: vec![1; pooled.pools.len()], profiles }
    };
    let timed = Plan::with_horizon(pooled, model, KernelChoice::Auto, spec).unwrap();
    let (model, pooled) = mk(1.0);
    let one = Plan::new(pooled, model, KernelChoice::Auto);
    for _ in 0..3 {
        run(&one, "one period");
        run(&timed, "periods   ");
    }
}
