//! The GPU device when things go wrong: at every batch, each failure ends with the right digest and an honest account.

use super::case::{Case, awkward, one_pool};
use super::{gpu, suite};
use mc_gpu::engine::{Device, Failure, Fault, FaultKind, Gpu, GpuOptions, KernelChoice, Ledger, Plan, Scalar};

/// Small batches, so that a short run has many.
pub fn options() -> GpuOptions {
    GpuOptions { most_scenarios: Some(29), ..GpuOptions::default() }
}

fn fits(kind: FaultKind, failure: &Failure) -> bool {
    matches!(
        (kind, failure),
        (FaultKind::Lost, Failure::Lost)
            | (FaultKind::FailedMap, Failure::FailedMap)
            | (FaultKind::Incomplete, Failure::Incomplete { .. })
            // A fresh slot holds nothing; a used one what it held before.
            | (FaultKind::Ignored, Failure::Incomplete { finished: 0, .. } | Failure::OtherBatch)
            | (FaultKind::OutOfMemory | FaultKind::UploadOutOfMemory, Failure::OutOfMemory)
            | (FaultKind::OpeningOutOfMemory, Failure::OutOfMemory)
            | (FaultKind::OpeningRefused, Failure::Refused(_))
    )
}

/// A run of eleven batches, all but the last of the same size, with both kernels.
pub fn run() -> (Plan, Ledger) {
    let (_, case) = awkward().pop().unwrap();
    let plan = case.plan();
    let want = suite::played(&plan, 7, 5..316, &mut Scalar);
    (plan, want)
}

pub fn play_with(gpu: &Gpu, faults: Vec<Fault>, (plan, want): &(Plan, Ledger)) -> Gpu {
    let what = format!("{faults:?}");
    let mut gpu = gpu.with_faults(faults);
    let got = suite::played(plan, 7, 5..316, &mut gpu);
    suite::assert_same(&got, want, plan, &what);
    gpu
}

fn survives_at_every_batch(kind: FaultKind) {
    let Some(mut gpu) = gpu::open(options()) else { return };
    let run = run();
    let mut other_batches = 0;
    for attempt in 0..11 {
        gpu = play_with(&gpu, vec![Fault { attempt, kind }], &run);
        let played = gpu.played();
        assert_eq!(played.failures.len(), 1, "batch {attempt}: {played:?}");
        assert!(fits(kind, &played.failures[0]), "batch {attempt}: {played:?}");
        assert_eq!(played.finished_by_cpu, 0, "one failure is retried on the device");
        assert_eq!(gpu.notes(), [""; 0], "the device played everything in the end");
        assert_eq!(played.batches, 11);
        other_batches += u32::from(played.failures[0] == Failure::OtherBatch);
    }
    // Both slots are fresh once.
    assert_eq!(other_batches, if kind == FaultKind::Ignored { 9 } else { 0 });
    gpu = play_with(&gpu, vec![Fault { attempt: 11, kind }], &run);
    assert!(gpu.played().failures.is_empty(), "the run has eleven batches: {:?}", gpu.played());
    assert_eq!(gpu.played().batches, 11);
}

fn falls_back_to_the_cpu(kind: FaultKind) {
    let Some(mut gpu) = gpu::open(options()) else { return };
    let run = run();
    let mut helped = 0;
    for first in [0, 3, 10] {
        // More than there are halves of a batch's memory.
        gpu = play_with(&gpu, (first..first + 40).map(|attempt| Fault { attempt, kind }).collect(), &run);
        let played = gpu.played();
        assert!(played.failures.len() >= 2 && played.failures.iter().all(|failure| fits(kind, failure)), "{played:?}");
        assert!(played.finished_by_cpu > 0, "{played:?}");
        let [note] = &gpu.notes()[..] else { panic!("{:?}", gpu.notes()) };
        helped += played.finished_by_cpu;
        assert!(note.starts_with(&format!("the CPU played {helped} of the scenarios")), "{note}");
        assert!(played.finished_by_cpu + 29 * played.batches >= 311, "{played:?}");
    }
}

/// Both tests for one kind of failure.
macro_rules! faults {
    ($name:ident, $kind:expr) => {
        mod $name {
            use super::*;

            #[test]
            fn survives_at_every_batch() {
                super::survives_at_every_batch($kind);
            }

            #[test]
            fn falls_back_to_the_cpu() {
                super::falls_back_to_the_cpu($kind);
            }
        }
    };
}

faults!(lost_device, FaultKind::Lost);
faults!(failed_map, FaultKind::FailedMap);
faults!(incomplete_batch, FaultKind::Incomplete);
faults!(ignored_batch, FaultKind::Ignored);
faults!(out_of_memory, FaultKind::OutOfMemory);

/// Loses the device at every batch, and then `kind` goes wrong.
fn lost_and_then(kind: FaultKind) -> Vec<(Gpu, u64)> {
    let Some(mut gpu) = gpu::open(options()) else { return vec![] };
    let run = run();
    let faults = |attempt| vec![Fault { attempt, kind: FaultKind::Lost }, Fault { attempt, kind }];
    // Each on the device that the one before has opened.
    let mut play = |attempt| {
        gpu = play_with(&gpu, faults(attempt), &run);
        (gpu.clone(), attempt)
    };
    let played: Vec<(Gpu, u64)> = (0..11).map(&mut play).collect();
    for (gpu, attempt) in &played {
        let failures = &gpu.played().failures;
        assert_eq!(failures.len(), 2, "batch {attempt}: {failures:?}");
        assert!(
            failures.contains(&Failure::Lost) && failures.iter().any(|failure| fits(kind, failure)),
            "{failures:?}"
        );
    }
    played
}

#[test]
fn no_memory_to_upload_again_at_any_batch() {
    for (gpu, attempt) in lost_and_then(FaultKind::UploadOutOfMemory) {
        assert_eq!((gpu.played().finished_by_cpu, gpu.played().batches), (0, 11), "batch {attempt}");
    }
}

#[test]
fn a_device_that_cannot_be_opened_again_at_any_batch() {
    for kind in [FaultKind::OpeningOutOfMemory, FaultKind::OpeningRefused] {
        for (gpu, attempt) in lost_and_then(kind) {
            let played = gpu.played();
            assert!(played.finished_by_cpu > 0 && played.batches <= attempt, "{kind:?}, batch {attempt}: {played:?}");
            // It may be there again for the next run.
            let again = play_with(&gpu, vec![], &run());
            assert_eq!((again.played().batches, again.played().failures.len()), (11, 0));
        }
    }
}

#[test]
fn a_device_that_fails_again_and_again_is_given_up() {
    let Some(gpu) = gpu::open(options()) else { return };
    let faults = (0..60).step_by(3).map(|attempt| Fault { attempt, kind: FaultKind::Incomplete }).collect();
    let run = run();
    let gpu = play_with(&gpu, faults, &run);
    assert!(gpu.played().failures.len() <= 8, "{:?}", gpu.played());
}

#[test]
fn a_scenario_beyond_every_limit_is_played_by_the_cpu() {
    // 20,003 segments need more than 64 KiB of sums for one scenario.
    let Some(mut gpu) = gpu::open(GpuOptions { most_bytes: Some(1 << 16), ..GpuOptions::default() }) else { return };
    let n_segments = 20_003;
    let case = Case {
        n_segments,
        rhos: vec![one_pool(0.5, vec![]).rhos[0]; n_segments],
        loadings: vec![vec![1.0]; n_segments],
        kernel: KernelChoice::Named,
        ..one_pool(0.1, vec![3; 17])
    };
    let plan = case.plan();
    let want = suite::played(&plan, 7, 0..5, &mut Scalar);
    suite::assert_same(&suite::played(&plan, 7, 0..5, &mut gpu), &want, &plan, "too many segments");
    assert_eq!(gpu.played().failures, [Failure::TooLarge]);
    assert_eq!(gpu.played().finished_by_cpu, 5);
}
