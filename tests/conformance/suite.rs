//! What every device must do. The scalar device is the specification that the others are held against.

use super::case::{Case, PoolCase, any_case, awkward, many, one_pool};
use super::horizon_case::{HorizonCase, timed};
use mc_gpu::engine::{Control, Device, Job, Keep, Ledger, Part, Plan, Scalar, Sink, State, play, visit};
use mc_gpu::error::Result;
use mc_gpu::rng::MOST_SCENARIOS;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

type MakeDevice<'a> = &'a dyn Fn() -> Box<dyn Device>;

/// Random portfolios per device that are held against the reference.
const CASES: u32 = 200;

/// Random portfolios, beside the awkward ones, for properties that need several runs of each.
const SEVERAL: usize = 20;

fn empty(plan: &Plan, range: Range<u64>) -> Ledger {
    let n_years = plan.horizon().map_or(0, |horizon| horizon.years());
    Ledger::new(range, Keep::Segments(plan.n_segments())).with_years(n_years)
}

pub fn played(plan: &Plan, seed: u64, range: Range<u64>, device: &mut dyn Device) -> Ledger {
    played_by(&Job::new(plan, seed), range, device)
}

fn played_by(job: &Job<'_>, range: Range<u64>, device: &mut dyn Device) -> Ledger {
    let ledger = Mutex::new(empty(job.plan(), range));
    let control = Control { stop: &AtomicBool::new(false), progress: &|_| {} };
    play(job, device, &ledger, &control).unwrap();
    ledger.into_inner().unwrap()
}

/// Losses, defaults and segment losses, and with them the digest.
pub fn assert_same(got: &Ledger, want: &Ledger, plan: &Plan, what: &str) {
    assert!(got == want, "{what}: losses differ");
    assert_eq!(got.losses_digest(plan.unit()), want.losses_digest(plan.unit()), "{what}");
}

fn check_against_reference(case: &Case, range: Range<u64>, device: &mut dyn Device, what: &str) {
    let plan = case.plan();
    let want = played_by(&case.job(&plan), range.clone(), &mut Scalar);
    assert_same(&played_by(&case.job(&plan), range, device), &want, &plan, what);
}

pub fn equals_the_reference_on_random_portfolios(make: MakeDevice<'_>) {
    // A fixed seed: a failure is reproducible, and is shrunk.
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, rng);
    let device = Mutex::new(make());
    runner
        .run(&any_case(), |case| {
            check_against_reference(&case, 3..22, device.lock().unwrap().as_mut(), "random portfolio");
            Ok(())
        })
        .unwrap();
}

pub fn equals_the_reference_on_awkward_portfolios(make: MakeDevice<'_>) {
    for (name, case) in awkward() {
        check_against_reference(&case, 0..129, make().as_mut(), name);
    }
}

/// So many that tiles are full on every device, with a short one at the end, and their numbers cross 2^32; few hits and
/// many in a block, and names in a part of a Philox block and in several.
pub fn equals_the_reference_over_many_scenarios(make: MakeDevice<'_>) {
    let pool = |pd, n: u32| PoolCase { segment: 0, pd, losses: (0..n).map(|i| 17 + i * i).collect() };
    let pools = vec![pool(0.03, 71), pool(0.2, 9), pool(0.04, 5_003), pool(0.0004, 3_001), pool(0.5, 131)];
    let case = Case { pools, ..one_pool(0.0, vec![]) };
    let first = (1 << 32) - 9_001;
    check_against_reference(&case, first..first + 20_011, make().as_mut(), "many scenarios");
    let years = HorizonCase { slots: vec![1, 1, 2], salt: 5, n_profiles: 11, ..timed(7, 4) };
    let paths = years.clone().path().severity(256, 256, State::Argument);
    let case = Case { horizon: Some(years), ..case };
    check_against_reference(&case, first..first + 9_511, make().as_mut(), "many scenarios of many periods");
    let case = Case { horizon: Some(paths), ..case };
    check_against_reference(&case, first + 7_800..first + 10_303, make().as_mut(), "many scenarios of paths");
}

pub fn does_not_depend_on_how_the_range_is_split(make: MakeDevice<'_>) {
    for (name, case) in many(SEVERAL, 1) {
        let plan = case.plan();
        let whole = played_by(&case.job(&plan), 0..131, make().as_mut());
        let ledger = Mutex::new(empty(&plan, 0..131));
        let control = Control { stop: &AtomicBool::new(false), progress: &|_| {} };
        let job = case.job(&plan);
        // Out of order, of odd sizes, one at a time; the gaps that are left are filled by the call that follows.
        for range in [100..101, 7..30, 120..131, 0..7, 31..99] {
            let part = played_by(&case.job(&plan), range, make().as_mut());
            part.parts().for_each(|part| ledger.lock().unwrap().record(&part).unwrap());
        }
        play(&job, make().as_mut(), &ledger, &control).unwrap();
        assert_same(&ledger.into_inner().unwrap(), &whole, &plan, &name);
    }
}

pub fn merged_shards_equal_the_whole(make: MakeDevice<'_>) {
    for (name, case) in many(SEVERAL, 2) {
        let plan = case.plan();
        let whole = played_by(&case.job(&plan), 0..87, make().as_mut());
        let [a, b, c] = [40..87, 0..13, 13..40].map(|range| played_by(&case.job(&plan), range, make().as_mut()));
        let left = a.merge(&b).unwrap().merge(&c).unwrap();
        let right = c.merge(&b.merge(&a).unwrap()).unwrap();
        assert_same(&left, &whole, &plan, &name);
        assert_same(&right, &whole, &plan, &name);
        assert_eq!(left.merge(&b), Err(0..13), "{name}: an overlap is refused");
    }
}

pub fn an_interrupted_run_continues_to_the_same_digest(make: MakeDevice<'_>) {
    for (name, case) in many(SEVERAL, 3) {
        let plan = case.plan();
        let n = 613;
        let whole = played_by(&case.job(&plan), 0..n, make().as_mut());
        let (stop, seen) = (AtomicBool::new(false), AtomicU64::new(0));
        let progress = |scenarios| {
            if seen.fetch_add(scenarios, Ordering::SeqCst) + scenarios >= 100 {
                stop.store(true, Ordering::SeqCst);
            }
        };
        let ledger = Mutex::new(empty(&plan, 0..n));
        let job = case.job(&plan);
        play(&job, make().as_mut(), &ledger, &Control { stop: &stop, progress: &progress }).unwrap();
        let finished = ledger.lock().unwrap().n_done();
        assert!(finished >= 100 && finished < n, "{name}: stopped after {finished} of {n}");
        play(&job, make().as_mut(), &ledger, &Control { stop: &AtomicBool::new(false), progress: &|_| {} }).unwrap();
        assert_same(&ledger.into_inner().unwrap(), &whole, &plan, &name);
    }
}

pub fn replay_adds_up_to_play(make: MakeDevice<'_>) {
    for (name, case) in many(SEVERAL, 4) {
        let plan = case.plan();
        let ledger = played_by(&case.job(&plan), 0..24, make().as_mut());
        let job = case.job(&plan);
        for (nth, scenario) in (0..24).enumerate() {
            let mut segments = vec![0; plan.n_segments()];
            let mut years = vec![0; ledger.n_years()];
            let per_year = plan.horizon().map_or(1, |horizon| horizon.per_year());
            let mut obligors = std::collections::HashSet::new();
            visit(&job, scenario, |defaulted| {
                assert!(obligors.insert(defaulted.obligor), "{name}: an obligor defaulted twice");
                match years.get_mut(defaulted.period / per_year) {
                    Some(year) => *year += defaulted.loss,
                    None => assert_eq!(u64::from(plan.losses()[defaulted.obligor]), defaulted.loss),
                }
                segments[defaulted.segment as usize] += defaulted.loss;
            });
            assert_eq!(ledger.segment_losses(nth).unwrap(), segments, "{name}");
            assert_eq!(ledger.year_losses().nth(nth).unwrap_or_default(), years, "{name}");
            assert_eq!(ledger.losses()[nth], segments.iter().sum::<u64>(), "{name}");
            assert_eq!(ledger.defaults()[nth] as usize, obligors.len(), "{name}");
        }
    }
}

pub fn plays_the_last_scenarios_there_are(make: MakeDevice<'_>) {
    struct Collect(Mutex<Vec<Part>>);
    impl Sink for Collect {
        fn accept(&self, part: Part) -> Result<()> {
            self.0.lock().unwrap().push(part);
            Ok(())
        }
        fn is_stopped(&self) -> bool {
            false
        }
    }
    let (_, case) = awkward().pop().unwrap();
    let plan = case.plan();
    let job = case.job(&plan);
    let play_last = |device: &mut dyn Device| {
        let sink = Collect(Mutex::new(vec![]));
        device.play(&job, MOST_SCENARIOS - 37..MOST_SCENARIOS, &sink).unwrap();
        let mut parts = sink.0.into_inner().unwrap();
        parts.sort_by_key(|part| part.scenarios.start);
        parts.iter().flat_map(|part| part.losses.clone()).collect::<Vec<u64>>()
    };
    let want = play_last(&mut Scalar);
    assert_eq!(want.len(), 37);
    assert_eq!(play_last(make().as_mut()), want);
}
