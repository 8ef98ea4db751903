//! What `--device auto` decides: nothing to start for small runs, never software, and the faster of two.

use mc_gpu::engine::{
    AdapterKind, Auto, AutoOptions, Control, Cpu, Device, DeviceKind, Job, Keep, KernelChoice, Ledger, Plan,
    find_adapters, play, preferred,
};
use mc_gpu::model::AssetCorrelation;
use mc_gpu::units::Unit;
use mc_gpu::validate::run::{Group, Portfolio};
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

const SCENARIOS: u64 = 3_001;

fn plan() -> Plan {
    let losses = (0..20_011_u32).map(|i| 1 + i % 997).collect();
    let group = Group { segment: 0, pd: 0.05, losses };
    Portfolio::one_factor(AssetCorrelation::Fixed(0.15), vec![group]).unwrap().plan(KernelChoice::Auto).unwrap()
}

/// Digest of the run.
fn played(device: &mut dyn Device) -> String {
    let plan = plan();
    let job = Job::new(&plan, 7);
    let ledger = Mutex::new(Ledger::new(0..SCENARIOS, Keep::Totals));
    let stop = AtomicBool::new(false);
    play(&job, device, &ledger, &Control { stop: &stop, progress: &|_| {} }).unwrap();
    ledger.into_inner().unwrap().losses_digest(Unit::CENT).to_string()
}

fn digest() -> String {
    played(&mut Cpu::new(1).unwrap())
}

#[test]
fn a_small_run_starts_no_driver() {
    let mut auto = Auto::new(AutoOptions::default()).unwrap();
    assert_eq!(played(&mut auto), digest());
    assert!(!auto.has_searched());
    assert_eq!((auto.trial(), auto.info().kind), (None, DeviceKind::Cpu));
}

#[test]
fn a_large_run_is_not_given_to_software() {
    let mut auto = Auto::new(AutoOptions { least_work: 0.0, ..AutoOptions::default() }).unwrap();
    assert_eq!(played(&mut auto), digest());
    assert!(auto.has_searched());
    let hardware = preferred(&find_adapters(), AdapterKind::Other).is_some();
    assert_eq!(auto.trial().is_some(), hardware, "a trial takes place where a card is, and only there");
}

#[test]
fn a_trial_is_won_by_the_faster() {
    // Software is good enough here, so that the trial takes place on every machine that can test GPUs at all.
    let any = AutoOptions { least_work: 0.0, worst: AdapterKind::Software, ..AutoOptions::default() };
    let mut auto = Auto::new(any).unwrap();
    assert_eq!(played(&mut auto), digest());
    let Some(trial) = auto.trial() else {
        assert_eq!(preferred(&find_adapters(), AdapterKind::Software), None, "an adapter is here, but was not tried");
        assert_ne!(std::env::var("MC_GPU_REQUIRE_ADAPTER").as_deref(), Ok("1"), "no adapter is here");
        return;
    };
    assert!(trial.cpu > 0.0 && trial.gpu > 0.0, "{trial:?}");
    assert_eq!(trial.takes_gpu(), trial.gpu > trial.cpu);
    assert_eq!(auto.info().kind, if trial.gpu > trial.cpu { DeviceKind::Gpu } else { DeviceKind::Cpu });
    assert_eq!(auto.notes(), [""; 0]);
}
