//! A device that does not answer any more, and a run that is stopped: neither keeps anybody waiting.

use super::faults::{options, run};
use super::{gpu, suite};
use mc_gpu::engine::{Control, Failure, Fault, FaultKind, Gpu, GpuOptions, Job, Keep, Ledger, Plan, play};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

/// Nothing here takes as long by far; whoever drops a device that hangs waits for ever.
const FAR_TOO_LONG: Duration = Duration::from_secs(100);

/// Runs `work`, which drops what it was given, and fails rather than hangs.
fn in_time(work: impl FnOnce() + Send + 'static) {
    let (done, outcome) = channel();
    std::thread::spawn(move || {
        let work = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        done.send(work).unwrap();
    });
    if let Err(panicked) = outcome.recv_timeout(FAR_TOO_LONG).expect("somebody waits for a device that hangs") {
        std::panic::resume_unwind(panicked);
    }
}

fn hang_at(attempt: u64) -> Vec<Fault> {
    vec![Fault { attempt, kind: FaultKind::Hang }]
}

#[test]
fn a_device_that_hangs_at_any_batch_is_given_up_for_good() {
    for attempt in 0..11 {
        let patience = Duration::from_millis(150);
        let Some(gpu) = gpu::open(GpuOptions { patience, ..options() }) else { return };
        in_time(move || {
            let (plan, want) = run();
            // A clone that owns the device too.
            let mut hanging = gpu.with_faults(hang_at(attempt));
            suite::assert_same(&suite::played(&plan, 7, 5..316, &mut hanging), &want, &plan, "hanging");
            let played = hanging.played();
            assert_eq!(played.failures, [Failure::TimedOut], "batch {attempt}");
            assert!(played.batches <= attempt && played.finished_by_cpu > 0, "batch {attempt}: {played:?}");
            for mut later in [hanging.clone(), gpu] {
                let begun = Instant::now();
                suite::assert_same(&suite::played(&plan, 7, 5..316, &mut later), &want, &plan, "given up");
                assert_eq!((&later.played().failures[..], later.played().batches), (&[Failure::GivenUp][..], 0));
                assert!(begun.elapsed() < Duration::from_secs(30));
            }
        });
    }
}

/// Plays until `stop`, which is raised after a while, and returns how many scenarios are done.
fn stopped(gpu: &mut Gpu, plan: &Plan, after: Duration) -> u64 {
    let stop = AtomicBool::new(after.is_zero());
    let ledger = Mutex::new(Ledger::new(0..50_021, Keep::Totals));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(after);
            stop.store(true, Ordering::SeqCst);
        });
        play(&Job::new(plan, 7), gpu, &ledger, &Control { stop: &stop, progress: &|_| {} }).unwrap();
    });
    ledger.into_inner().unwrap().n_done()
}

#[test]
fn a_stop_is_heard_while_the_host_waits_for_a_device_that_hangs() {
    // With its two minutes of patience.
    let Some(gpu) = gpu::open(options()) else { return };
    in_time(move || {
        let (plan, want) = run();
        let begun = Instant::now();
        let mut hanging = gpu.with_faults(hang_at(4));
        assert!(stopped(&mut hanging, &plan, Duration::from_millis(700)) <= 4 * 29);
        assert!(begun.elapsed() < Duration::from_secs(30));
        let played = hanging.played();
        assert!(played.failures.is_empty() && played.finished_by_cpu == 0, "{played:?}");
        drop(hanging);
        drop(gpu);
        // Another device is not concerned.
        let mut other = gpu::Alone(gpu::open(options()).unwrap(), None);
        suite::assert_same(&suite::played(&plan, 7, 5..316, &mut other), &want, &plan, "another");
    });
}

#[test]
fn a_run_that_is_stopped_before_it_begins_plays_nothing() {
    let Some(mut gpu) = gpu::open(options()) else { return };
    let (plan, want) = run();
    assert_eq!(stopped(&mut gpu, &plan, Duration::ZERO), 0);
    assert!(gpu.played().failures.is_empty() && gpu.played().finished_by_cpu == 0);
    let mut alone = gpu::Alone(gpu, None);
    suite::assert_same(&suite::played(&plan, 7, 5..316, &mut alone), &want, &plan, "afterwards");
}
