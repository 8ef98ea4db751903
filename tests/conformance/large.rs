//! Portfolios larger than the device's limits.

use super::case::{Case, one_pool};
use super::{gpu, suite};
use mc_gpu::engine::{Cpu, GpuOptions, KernelChoice, ShaderChecks};

/// `n` loans, of which not all are distinct.
fn loans(n: u32) -> Vec<u32> {
    (0..n).map(|i| (i % 1_000_003).wrapping_mul(2_654_435_761) >> 12).collect()
}

fn first_scenarios_are_right(case: &Case, options: GpuOptions, n: u64) {
    let most_bytes = options.most_bytes;
    let Some(gpu) = gpu::open(options) else { return };
    let plan = case.plan();
    let want = suite::played(&plan, case.seed, 0..n, &mut Cpu::on_all_cores().unwrap());
    suite::assert_same(&suite::played(&plan, case.seed, 0..n, &mut gpu::Alone(gpu, most_bytes)), &want, &plan, "large");
}

#[test]
fn a_million_loans_in_buffers_of_64_kib() {
    let options = GpuOptions { most_bytes: Some(1 << 16), ..GpuOptions::default() };
    first_scenarios_are_right(&one_pool(0.003, loans(1_000_003)), options, 19);
}

#[test]
fn more_blocks_than_a_dispatch_has_workgroups() {
    // 70,001 names with a PD each are as many blocks.
    let n = 70_001;
    let mut case = one_pool(0.0, vec![]);
    case.pools = (0..n)
        .map(|i| super::case::PoolCase { segment: 0, pd: 0.0001 + f64::from(i) * 1e-6, losses: vec![i + 1] })
        .collect();
    for kernel in [KernelChoice::Named, KernelChoice::Granular] {
        first_scenarios_are_right(&Case { kernel, ..case.clone() }, GpuOptions::default(), 67);
    }
}

#[test]
#[ignore = "100 million loans take about 2 GB: cargo test --release --test conformance hundred_million -- --ignored"]
fn a_hundred_million_loans() {
    let options = GpuOptions { checks: ShaderChecks::Off, ..GpuOptions::default() };
    first_scenarios_are_right(&one_pool(0.0004, loans(100_000_007)), options, 9);
}
