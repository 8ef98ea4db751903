//! The digest of one small run of stream version 1. If it changes, draws have changed: raise the version, say why in
//! CHANGELOG.md, and only then type the new digest here.

use mc_gpu::config::{parse_model, resolve};
use mc_gpu::engine::{Control, Cpu, Job, Keep, Ledger, Plan, STREAM_VERSION, play};
use mc_gpu::model::{Factors, Model};
use mc_gpu::portfolio::{PoolSettings, Tape, pool};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

const MODEL: &str = "[copula]\nkind = \"student_t\"\ndegrees_of_freedom = 7.5\n\
    [factors]\nnames = [\"n\", \"s\", \"w\"]\ncorrelation = [[1.0, 0.25, 0.1], [0.25, 1.0, -0.2], [0.1, -0.2, 1.0]]\n\
    [segments.a]\nasset_correlation = 0.16\nloadings = { n = 0.6, s = 0.4 }\n\
    [segments.b]\nasset_correlation = { basel = \"corporate\" }\nloadings = { w = 1.0 }\n\
    [segments.c]\nloadings = { n = 0.3, w = -0.2 }\n";

#[test]
fn stream_version_1_gives_this_digest_on_every_machine() {
    let settings = resolve(&parse_model(MODEL, "golden").unwrap()).unwrap();
    let mut tape = Tape { segments: ["a", "b", "c"].map(str::to_owned).to_vec(), ..Tape::default() };
    for i in 0..40_013_u32 {
        tape.segment.push(i % 3);
        tape.pd.push(f64::from(1 + i * i % 4999) / 12_500.0);
        tape.ead.push(f64::from(i * 7919 % 100_003) / 4.0);
        tape.lgd.push(0.45);
    }
    let factors = Factors::new(settings.factors.names.clone(), settings.factors.correlation.clone()).unwrap();
    let model = Model::new(settings.copula, &factors, &settings.segment_specs(&tape.segments).unwrap()).unwrap();
    let pooled = pool(&tape, PoolSettings { band_width: 0.1, unit: None }).unwrap();
    let plan = Plan::new(pooled, model, settings.simulation.kernel);
    let ledger = Mutex::new(Ledger::new(0..1_009, Keep::Totals));
    let control = Control { stop: &AtomicBool::new(false), progress: &|_| {} };
    play(&Job::new(&plan, 2026), &mut Cpu::new(2).unwrap(), &ledger, &control).unwrap();
    let digest = ledger.into_inner().unwrap().losses_digest(plan.unit());
    assert_eq!(STREAM_VERSION, 1);
    assert_eq!(digest.to_string(), "5f25c777215be0bda61f45f0d752686e17fd44610f383437118d831e912a6d77");
}
