//! Portfolios larger than the device's memory: played part after part, with the same digest, and nothing left to the CPU.

use super::case::{Case, PoolCase, one_pool};
use super::horizon_case::{HorizonCase, timed};
use super::{gpu, suite};
use mc_gpu::engine::{Device, Failure, Fault, FaultKind, Gpu, GpuOptions, KernelChoice, Ledger, Plan, Scalar, State};

/// Nine shelves of 64 KiB or less, of both kernels, in two segments, with certain losses.
fn run() -> (Plan, Ledger) {
    let losses = |n: u32| (0..n).map(|i| i.wrapping_mul(2_654_435_761) % 100_003).collect::<Vec<u32>>();
    let pool = |segment, pd, n| PoolCase { segment, pd, losses: losses(n) };
    let case = Case {
        n_segments: 2,
        pools: vec![pool(0, 0.02, 70_001), pool(0, 0.4, 20_011), pool(1, 0.01, 33_003), pool(1, 1.0, 7)],
        rhos: vec![one_pool(0.5, vec![]).rhos[0]; 2],
        loadings: vec![vec![1.0]; 2],
        kernel: KernelChoice::Auto,
        ..one_pool(0.0, vec![])
    };
    let plan = case.plan();
    let want = suite::played(&plan, 7, 3..400, &mut Scalar);
    (plan, want)
}

fn open(most_resident_bytes: Option<u64>) -> Option<Gpu> {
    gpu::open(GpuOptions {
        most_bytes: Some(1 << 16),
        most_scenarios: Some(53),
        most_resident_bytes,
        ..GpuOptions::default()
    })
}

fn play(gpu: &mut Gpu, faults: Vec<Fault>, (plan, want): &(Plan, Ledger)) {
    let what = format!("{faults:?}");
    *gpu = gpu.with_faults(faults);
    suite::assert_same(&suite::played(plan, 7, 3..400, gpu), want, plan, &what);
    assert_eq!(gpu.played().finished_by_cpu, 0, "{what}: {:?}", gpu.played());
}

#[test]
fn a_plan_beyond_the_budget_is_played_in_parts() {
    let Some(gpu) = open(None) else { return };
    let run = run();
    // All at once: 397 scenarios in batches of 53.
    let mut whole = gpu.with_most_resident_bytes(None);
    play(&mut whole, vec![], &run);
    assert_eq!(whole.played().batches, 8);
    // Nine shelves, four chunks of two batches each; fewer groups for a larger budget.
    let mut batches = vec![];
    for bytes in [1, 150_000, 300_000] {
        let mut parts = gpu.with_most_resident_bytes(Some(bytes));
        play(&mut parts, vec![], &run);
        assert!(parts.played().failures.is_empty());
        batches.push(parts.played().batches);
    }
    assert!(batches[0] > batches[1] && batches[1] > batches[2] && batches[2] > 8, "{batches:?}");
}

#[test]
fn a_device_that_refuses_memory_gets_less_until_it_fits() {
    let Some(mut gpu) = open(None) else { return };
    let run = run();
    // Refused while uploading three times over, then while the slots of the second and the ninth batch are made.
    let upload = Fault { attempt: 0, kind: FaultKind::UploadOutOfMemory };
    let batch = |attempt| Fault { attempt, kind: FaultKind::OutOfMemory };
    play(&mut gpu, vec![upload, upload, upload, batch(1), batch(8)], &run);
    assert_eq!(gpu.played().failures, vec![Failure::OutOfMemory; 5]);
    assert!(gpu.played().batches > 8, "in parts: {:?}", gpu.played());
    play(&mut gpu, vec![], &run);
    assert_eq!((gpu.played().batches, gpu.played().failures.len()), (8, 0), "the next run tries all of it");
}

#[test]
fn a_failure_in_a_part_loses_none_of_the_others() {
    let Some(mut gpu) = open(Some(150_000)) else { return };
    let run = run();
    play(&mut gpu, vec![], &run);
    let batches = gpu.played().batches;
    for (attempt, kind) in
        (0..batches).zip([FaultKind::Lost, FaultKind::Ignored, FaultKind::OutOfMemory].into_iter().cycle())
    {
        play(&mut gpu, vec![Fault { attempt, kind }], &run);
        assert_eq!(gpu.played().failures.len(), 1, "{kind:?} at batch {attempt}");
        // What had landed was kept.
        let more = gpu.played().batches - batches;
        assert!(more == 0 || kind == FaultKind::OutOfMemory, "{kind:?} at batch {attempt}: {more} batches more");
    }
}

#[test]
fn tables_of_several_periods_beyond_a_binding_are_left_to_the_cpu_which_is_said() {
    let Some(mut gpu) = open(None) else { return };
    let played = |n_profiles, gpu: &mut Gpu| {
        let years = HorizonCase { slots: vec![2], salt: 3, n_profiles, ..timed(480, 12) };
        let plan = Case { horizon: Some(years), ..one_pool(0.01, (0..345).collect()) }.plan();
        let want = suite::played(&plan, 7, 3..90, &mut Scalar);
        suite::assert_same(&suite::played(&plan, 7, 3..90, gpu), &want, &plan, "wide tables");
        (gpu.played().failures.clone(), gpu.played().finished_by_cpu, gpu.notes().len())
    };
    // 480 words for each profile, and 958 for the lines of the only pool: 16,318 words fit 64 KiB, 16,798 do not.
    assert_eq!(played(32, &mut gpu), (vec![], 0, 0));
    assert_eq!(played(33, &mut gpu), (vec![Failure::TooLarge], 87, 1));
    for part in ["tables of pools × periods", "more than the device's limits allow", "a coarser time.period"] {
        assert!(gpu.notes()[0].contains(part), "{:?}", gpu.notes());
    }
}

#[test]
fn rows_of_a_path_and_severities_take_their_share_of_a_binding() {
    let Some(mut gpu) = open(None) else { return };
    let played = |n_segments: usize, horizon: HorizonCase, gpu: &mut Gpu| {
        let losses = |segment: usize| (0..19).map(|i| 1_000 * i + segment as u32).collect();
        let pool = |segment| PoolCase { segment: segment as u32, pd: 0.03, losses: losses(segment) };
        let case = Case {
            n_segments,
            pools: (0..n_segments.min(3)).map(pool).collect(),
            rhos: vec![one_pool(0.5, vec![]).rhos[0]; n_segments],
            loadings: vec![vec![1.0]; n_segments],
            horizon: Some(horizon),
            ..one_pool(0.0, vec![])
        };
        let plan = case.plan();
        let want = suite::played(&plan, 7, 3..90, &mut Scalar);
        suite::assert_same(&suite::played(&plan, 7, 3..90, gpu), &want, &plan, "rows of a path");
        (gpu.played().batches, gpu.played().failures.clone(), gpu.played().finished_by_cpu)
    };
    // 3 × 480 rows and one, of 4 bytes for each scenario, leave room for 11 in 64 KiB; 34 × 480 rows for one, 35 × 480 for none.
    let months = || timed(480, 12).path();
    assert_eq!(played(3, months(), &mut gpu), (8, vec![], 0));
    assert_eq!(played(34, months(), &mut gpu), (87, vec![], 0));
    assert_eq!(played(35, months(), &mut gpu), (0, vec![Failure::TooLarge], 87));
    let severity = |cells| timed(4, 4).severity(256, cells, State::Index);
    assert_eq!(played(1, severity(1), &mut gpu), (2, vec![], 0));
    assert_eq!(played(1, severity(256), &mut gpu), (0, vec![Failure::TooLarge], 87));
}
